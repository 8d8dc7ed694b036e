"""Frozen documents: what a floor keeps is stored as issued, locked, once for all, before the live rows are masked."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from kigen.ledger import parties
from kigen.ledger.bulk import add, batches
from kigen.ledger.canonical import canonical
from kigen.ledger.frozen_lock import Locked, Opened, lock, unlock
from kigen.ledger.frozen_page import render
from kigen.ledger.keys_store import StoreKeys
from kigen.ledger.tables_frozen import frozen as table
from kigen.ledger.tables_frozen import parties as parties_table
from kigen.policy.floors import Document
from kigen.policy.papers import Paper, as_json, from_json, party_words
from kigen.policy.records import Kind, Ref, ref_text

Ends = Callable[[dt.date], dt.datetime]
"""When the floor of a document of that date is over: `schedule.floors.end` in the operator's zone."""

MOST = 2**63 - 1


class Otherwise(ValueError):
    """A record that was frozen with another content: the first one stands. The text is the sentence."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen document as it was read: both digests are those of the bytes that were read."""

    id: int
    paper: Paper
    page: str
    content: bytes
    content_digest: str
    page_digest: str
    frozen_at: dt.datetime
    until: dt.datetime | None


def unfrozen(connection: Connection, host: str, refs: Iterable[Ref]) -> set[Ref]:
    """Those of the records of which no document is stored.

    Only these may be asked of the host: the rows of the others are masked.
    """
    wanted = set(refs)
    return wanted - {(Kind(row.kind), row.record) for row in _there(connection, host, wanted)}


def freeze(
    connection: Connection, keys: StoreKeys, papers: Iterable[Paper], documents: Iterable[Document], ends: Ends,
    at: dt.datetime,
) -> list[int]:  # fmt: skip
    """Store documents in the caller's transaction; returns their ids in the order of the papers.

    `documents` are the floors' own dates: with None, or for a paper that is not among them, nobody knows when the floor
    ends, and the document stays. One that is stored already and has a later date now is kept for longer. The same paper
    again is the same; another content raises Otherwise, and nothing of this call may be committed then.
    """
    documents = list(documents)
    dated = {document.ref: document.dated for document in documents}
    by_host: dict[str, dict[Ref, Paper]] = {}
    order: list[tuple[str, Ref]] = []
    for paper in papers:
        order.append((paper.host, paper.ref))
        if by_host.setdefault(paper.host, {}).setdefault(paper.ref, paper) != paper:
            raise _otherwise(paper.ref)
    ids: dict[tuple[str, Ref], int] = {}
    for host, mine in by_host.items():
        there = {(Kind(row.kind), row.record): row for row in _there(connection, host, mine, lock=True)}
        for ref, row in there.items():
            if _opened(keys, row).content != _content(mine[ref]):
                raise _otherwise(ref)
        lengthen(connection, host, [one for one in documents if one.ref in there], ends)
        fresh = {ref: paper for ref, paper in mine.items() if ref not in there}
        _insert(connection, keys, fresh, dated, ends, at)
        found = _there(connection, host, mine)
        ids |= {(host, (Kind(row.kind), row.record)): row.id for row in found}
        _write_parties(connection, keys, {ids[host, ref]: paper for ref, paper in fresh.items()})
    return [ids[one] for one in order]


def lengthen(connection: Connection, host: str, documents: Iterable[Document], ends: Ends) -> int:
    """Keep documents longer of which the floors have a later date now; returns how many.

    A payment that came later moves a document into another fiscal year. An earlier date never shortens here, and one
    that nobody can read any more keeps the document until a person has looked.
    """
    dated = {document.ref: document.dated for document in documents}
    changed = 0
    for row in _there(connection, host, dated, lock=True):
        day = dated[Kind(row.kind), row.record]
        if row.dated is not None and (day is None or day > row.dated):
            until = None if row.until is None or day is None else max(row.until, ends(day))
            connection.execute(update(table).where(table.c.id == row.id).values(dated=day, until=until))
            changed += 1
    return changed


def read(connection: Connection, keys: StoreKeys, number: int) -> Frozen:
    """One document by its id; ValueError with one sentence where there is none, for another key, and where it was
    changed since."""
    row = connection.execute(select(table).where(table.c.id == number)).first()
    if row is None:
        raise ValueError(f"there is no frozen document {number}; 'kigen frozen search' shows those that are there")
    opened = _opened(keys, row)
    paper = from_json(json.loads(opened.content))
    return Frozen(
        row.id, paper, opened.page.decode("utf-8"), opened.content, opened.content_digest, opened.page_digest,
        row.frozen_at, row.until,
    )  # fmt: skip


def numbers(connection: Connection, host: str, refs: Iterable[Ref]) -> dict[Ref, str]:
    """What is printed on the documents of these records; records without one are left out."""
    return {(Kind(row.kind), row.record): row.number for row in _there(connection, host, refs)}


def is_any(connection: Connection) -> bool:
    """Whether any document is stored: then the keys must not be replaced."""
    return connection.scalar(select(table.c.id).limit(1)) is not None


def locked_with(connection: Connection) -> dict[str, int]:
    """How many documents each key has locked, by the key's name."""
    query = select(table.c.store_key, func.count()).group_by(table.c.store_key)
    return {row.store_key: row[1] for row in connection.execute(query)}


def thousandths(total: Decimal | None) -> int | None:
    """An amount as it is searched; None where there is none or it is beyond all counting."""
    if total is None or abs(total) * 1000 > MOST:
        return None
    return int((total * 1000).to_integral_value(ROUND_HALF_EVEN))


def _there(connection: Connection, host: str, refs: Iterable[Ref], lock: bool = False) -> list[Row[Any]]:
    by_kind: dict[Kind, list[int]] = {}
    for kind, number in sorted(set(refs)):
        by_kind.setdefault(kind, []).append(number)
    found: list[Row[Any]] = []
    for kind, numbers in by_kind.items():
        for batch in batches(numbers):
            mine = and_(table.c.host == host, table.c.kind == kind.value, table.c.record.in_(batch))
            columns = table.c if lock else (table.c.id, table.c.kind, table.c.record, table.c.number)
            query = select(*columns).where(mine)
            found += connection.execute(query.with_for_update() if lock else query)
    return found


def _insert(
    connection: Connection, keys: StoreKeys, papers: Mapping[Ref, Paper], dated: Mapping[Ref, dt.date | None],
    ends: Ends, at: dt.datetime,
) -> None:  # fmt: skip
    rows = []
    for ref, paper in papers.items():
        locked = lock(keys, paper.host, ref, _content(paper), render(paper).encode("utf-8"))
        day = dated.get(ref)
        rows.append({
            "host": paper.host, "kind": ref[0].value, "record": ref[1], "client": paper.client,
            "number": paper.number[:255], "issued": paper.issued, "currency": paper.currency[:32],
            "amount": thousandths(paper.total), "dated": day, "until": ends(day) if day else None, "frozen_at": at,
            "store_key": locked.store_key, "wrapped": locked.wrapped, "content": locked.content, "page": locked.page,
        })  # fmt: skip
    for batch in batches(rows):
        connection.execute(insert(table), batch)


def _write_parties(connection: Connection, keys: StoreKeys, papers: Mapping[int, Paper]) -> None:
    rows: Sequence[tuple[str, int]] = [
        (digest, number)
        for number, paper in papers.items()
        for digest in sorted(parties.digests(keys, party_words(paper)))
    ]
    add(connection, parties_table, ("party", "document"), rows)


def _content(paper: Paper) -> bytes:
    return canonical(as_json(paper))


def _opened(keys: StoreKeys, row: Row[Any]) -> Opened:
    locked = Locked(row.store_key, row.wrapped, row.content, row.page)
    return unlock(keys, row.host, (Kind(row.kind), row.record), locked)


def _otherwise(ref: Ref) -> Otherwise:
    return Otherwise(
        f"the document of {ref_text(ref)} is stored already, with another content; the first one stands, and nothing"
        " was changed"
    )
