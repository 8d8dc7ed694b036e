"""Finding frozen documents by date, amount and party, without opening one; and who was shown which of them.

Japan's rules for electronic books ask for a search by transaction date, amount and other party, by ranges and together.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select

from kigen.ledger import absorbed, parties
from kigen.ledger.frozen import thousandths
from kigen.ledger.keys_store import StoreKeys
from kigen.ledger.tables_frozen import frozen as table
from kigen.ledger.tables_frozen import parties as parties_table
from kigen.ledger.tables_frozen import views
from kigen.policy.papers import client_word, searched_client, searched_words
from kigen.policy.records import Kind, Ref


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; all that is given must hold. Dates and amounts are ranges with both ends in them.

    `since` and `until` are the date of issue, in the host's own zone. A document without a date, or without an amount,
    is in no range. `party` is a name, a company, an e-mail address, or `client:7`, which means that client with all
    that it became part of and that became part of it.
    """

    since: dt.date | None = None
    until: dt.date | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    currency: str | None = None
    party: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A document that was found: what stands in the open of it. `until` None: nobody knows when its floor ends."""

    id: int
    host: str
    ref: Ref
    client: int | None
    number: str
    issued: dt.date | None
    currency: str
    amount: Decimal | None
    until: dt.datetime | None
    frozen_at: dt.datetime


COLUMNS = (
    table.c.id, table.c.host, table.c.kind, table.c.record, table.c.client, table.c.number, table.c.issued,
    table.c.currency, table.c.amount, table.c.until, table.c.frozen_at,
)  # fmt: skip


def search(connection: Connection, keys: StoreKeys, wanted: Wanted) -> list[Found]:
    """The documents that meet all of it, by date and id; none for a party without a letter or digit in it."""
    query: Select[Any] = select(*COLUMNS)
    bounds = (
        (wanted.since, table.c.issued.__ge__), (wanted.until, table.c.issued.__le__),
        (thousandths(wanted.least), table.c.amount.__ge__), (thousandths(wanted.most), table.c.amount.__le__),
    )  # fmt: skip
    for bound, compare in bounds:
        if bound is not None:
            query = query.where(compare(bound))
    if wanted.currency is not None:
        query = query.where(table.c.currency == wanted.currency.strip().upper())
    if wanted.party is not None:
        mine = parties_table.c.party.in_(sorted(parties.digests(keys, _words(connection, wanted.party))))
        query = query.where(table.c.id.in_(select(parties_table.c.document).where(mine)))
    return [_found(row) for row in connection.execute(query.order_by(table.c.issued, table.c.id))]


def _words(connection: Connection, party: str) -> frozenset[str]:
    number = searched_client(party)
    if number is None:
        return searched_words(party)
    return frozenset(client_word(one) for one in absorbed.whole(connection, absorbed.heirs(connection, [number])))


def note_view(connection: Connection, number: int, ref: Ref, at: dt.datetime, actor: str, part: str) -> None:
    """Note that somebody was shown a document; `part` says what of it: data or page."""
    connection.execute(
        insert(views).values(document=number, kind=ref[0].value, record=ref[1], at=at, actor=actor, part=part)
    )


def viewed(connection: Connection, number: int | None = None) -> list[Row[Any]]:
    """Who was shown which document when, the oldest first; of one document or of all, also of those that are gone."""
    query = select(views).order_by(views.c.id)
    return list(connection.execute(query.where(views.c.document == number) if number else query))


def _found(row: Row[Any]) -> Found:
    amount = None if row.amount is None else Decimal(row.amount) / 1000
    return Found(
        row.id, row.host, (Kind(row.kind), row.record), row.client, row.number, row.issued, row.currency, amount,
        row.until, row.frozen_at,
    )  # fmt: skip
