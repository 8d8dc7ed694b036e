"""Which clients kigen anonymised, for which reasons parts of them stay, and by which rule these go in the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, or_, select, update

from kigen.ledger.bulk import batches, put
from kigen.ledger.marks import mark
from kigen.ledger.quick import Question, answer, asks_by_ids, instant
from kigen.ledger.tables import records
from kigen.ledger.tables_requests import anonymised as table
from kigen.policy.facts import Anonymised
from kigen.policy.records import Kind, Ref

COLUMNS = "client, at, until, codes, rule"


def of(connection: Connection, clients: Iterable[int]) -> dict[int, Anonymised]:
    """The last time that each of these clients was anonymised; the others are left out."""
    return answer(connection, last_times(connection, clients))


def everyone(connection: Connection) -> list[int]:
    """All clients that kigen anonymised and that are not deleted yet."""
    return list(connection.scalars(select(table.c.client).order_by(table.c.client)))


def last_times(connection: Connection, clients: Iterable[int]) -> Question[dict[int, Anonymised]]:
    """The question that `of` asks."""
    return Question([*asks_by_ids(connection, table, COLUMNS, "client", clients)], _meaning)


def _meaning(rows: Iterable[Sequence[Any]]) -> dict[int, Anonymised]:
    found = {}
    for client, at, until, codes, rule in rows:
        since = instant(at)
        if since:
            found[client] = Anonymised(since, instant(until), frozenset(codes.split()), rule)
    return found


def write(connection: Connection, done: Mapping[int, Anonymised], run: int | None) -> None:
    """Remember that these clients were anonymised, by client; an earlier time is overwritten.

    They leave the due index: when to look at them again, the next reconcile says.
    """
    put(
        connection,
        table,
        [
            {"client": client, "at": one.at, "until": one.until, "codes": " ".join(sorted(one.codes)),
             "rule": one.rule, "run": run}
            for client, one in sorted(done.items())
        ],
    )  # fmt: skip
    rest(connection, {Kind.CLIENT: sorted(done)})
    mark(connection, done)


def rest(connection: Connection, kept: Mapping[Kind, Sequence[int]]) -> None:
    """Take what stays of anonymised clients out of the due index, as `write` does with the clients themselves."""
    for kind, numbers in kept.items():
        for batch in batches(numbers):
            mine = and_(records.c.kind == kind, records.c.id.in_(batch))
            connection.execute(update(records).where(mine).values(action=None, due_at=None, next_look=None))


def meet(connection: Connection, client: int, first_seen: Mapping[Ref, dt.datetime]) -> None:
    """Remember records that stay of a client and that were never met before, by when they are met.

    The next reading would else take them for new, and a client that has something new for one that came back.
    """
    rows = [
        {"kind": kind.value, "id": number, "client": client, "first_seen": at}
        for (kind, number), at in sorted(first_seen.items())
    ]
    put(connection, records, rows)


def lengthen(connection: Connection, ends: Mapping[int, dt.datetime | None]) -> set[int]:
    """Keep what stays of these clients longer, never shorter, None: until a person has looked; those that changed."""
    changed = set()
    for client, one in of(connection, ends).items():
        end = ends[client]
        if one.until is not None and (end is None or end > one.until):
            connection.execute(update(table).where(table.c.client == client).values(until=end))
            changed.add(client)
    return changed


def ended(connection: Connection, now: dt.datetime) -> list[int]:
    """Clients of which what stays may go: no floor is known that lasts longer. Ascending."""
    is_over = or_(table.c.until.is_(None), table.c.until <= now)
    return list(connection.scalars(select(table.c.client).where(is_over).order_by(table.c.client)))


def forget(connection: Connection, clients: Iterable[int]) -> None:
    """Drop what is remembered of clients that are gone."""
    for batch in batches(sorted(set(clients))):
        connection.execute(delete(table).where(table.c.client.in_(batch)))
