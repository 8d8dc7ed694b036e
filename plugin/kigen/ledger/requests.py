"""Rights requests as far as they keep or ask for a deletion: which right, when received, when and how closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from kigen.ledger import quarantine
from kigen.ledger.bulk import batches
from kigen.ledger.quick import Question, answer, ask, asks_by_ids, instant
from kigen.ledger.tables import closings
from kigen.ledger.tables import requests as table
from kigen.packing import Ask, Ids
from kigen.policy.desk import FULFILLED, WITHDRAWN
from kigen.policy.facts import Request
from kigen.policy.moments import ERASURE, Moments, counts, moments


def open_request(
    connection: Connection, client: int, right: str, at: dt.datetime, regime: str | None = None
) -> int | None:
    """Note a request; the same one again is the same, and one that was withdrawn later is closed at once.

    Returns its number, None where it was known.
    """
    mine = and_(table.c.client == client, table.c.request_right == right, table.c.received == at)
    if connection.scalar(select(table.c.id).where(mine)) is not None:
        return None
    closed_at = _withdrawn(connection, client, right, at)
    state = WITHDRAWN if closed_at else None
    values = {"client": client, "request_right": right, "received": at, "closed_at": closed_at, "state": state,
              "regime": regime}  # fmt: skip
    return _put(connection, values)


def _put(connection: Connection, values: Mapping[str, Any]) -> int | None:
    key = connection.execute(insert(table).values(**values)).inserted_primary_key
    if values["request_right"] == ERASURE and values["closed_at"] is None:
        quarantine.destroy_of(connection, [values["client"]])  # what could still be brought back is asked about as well
    return int(key[0]) if key else None


def _withdrawn(connection: Connection, client: int, right: str, since: dt.datetime) -> dt.datetime | None:
    told = and_(closings.c.client == client, closings.c.request_right == right, closings.c.at >= since)
    at: dt.datetime | None = connection.scalar(select(func.min(closings.c.at)).where(told))
    return at


def close_requests(connection: Connection, client: int, right: str, at: dt.datetime) -> int:
    """Close requests of this right received at `at` or before; returns how many were open.

    The closing itself is remembered: requests that arrive after it, but were made before, are closed by it too.
    """
    known = and_(closings.c.client == client, closings.c.request_right == right, closings.c.at == at)
    if connection.scalar(select(closings.c.at).where(known)) is None:
        connection.execute(insert(closings).values(client=client, request_right=right, at=at))
    condition = and_(
        table.c.client == client, table.c.request_right == right, table.c.received <= at,
        or_(table.c.closed_at.is_(None), table.c.closed_at > at),
    )  # fmt: skip
    return connection.execute(update(table).where(condition).values(closed_at=at, state=WITHDRAWN)).rowcount


def hand_over(connection: Connection, client: int, into: int, merged: dt.datetime) -> bool:
    """Copy the requests of one client to another, each closed when it was; True where that changed anything.

    What either withdrew before they were `merged` does not withdraw what the other asked for: only from then on do
    both ask with one voice.
    """
    is_changed = False
    for row in connection.execute(select(table).where(table.c.client == client).order_by(table.c.received)).all():
        same = and_(
            table.c.client == into, table.c.request_right == row.request_right, table.c.received == row.received
        )
        if connection.scalar(select(table.c.id).where(same)) is None:
            values = {name: row._mapping[name] for name in ("request_right", "received", "regime", "extended_at")}
            withdrawn = _withdrawn(connection, into, row.request_right, max(row.received, merged))
            state = row.state if row.closed_at else WITHDRAWN if withdrawn else None
            _put(connection, {**values, "client": into, "closed_at": row.closed_at or withdrawn, "state": state})
            is_changed = True
        if row.closed_at:
            later = and_(same, or_(table.c.closed_at.is_(None), table.c.closed_at > row.closed_at))
            result = connection.execute(update(table).where(later).values(closed_at=row.closed_at, state=row.state))
            is_changed = is_changed or result.rowcount > 0
    return is_changed


def carried_out(connection: Connection, numbers: Sequence[int], at: dt.datetime, state: str = FULFILLED) -> None:
    """Close requests that were answered, by number, and the later ones of the same right that were linked to them.

    These are rows that this transaction has locked already.
    """
    for batch in batches(numbers):
        answered: dict[str, set[int]] = {}
        for row in connection.execute(select(table.c.client, table.c.request_right).where(table.c.id.in_(batch))):
            answered.setdefault(row.request_right, set()).add(row.client)
        for right, clients in answered.items():
            mine = and_(table.c.client.in_(sorted(clients)), table.c.request_right == right)
            is_open = or_(table.c.closed_at.is_(None), table.c.closed_at > at)
            open_ones = and_(mine, table.c.received <= at, is_open)
            connection.execute(update(table).where(open_ones).values(closed_at=at, state=state))


def listed(connection: Connection, clients: Sequence[int] | None = None) -> list[Row[Any]]:
    """Every request of these clients, or of all, by client and right, in the order in which they were received."""
    query = select(table).order_by(table.c.client, table.c.request_right, table.c.received, table.c.id)
    if clients is not None:
        query = query.where(table.c.client.in_(clients))
    return list(connection.execute(query))


def extend(connection: Connection, number: int, at: dt.datetime) -> None:
    """Note that the answer to a request was put off."""
    connection.execute(update(table).where(table.c.id == number).values(extended_at=at))


def asking(connection: Connection, right: str, now: dt.datetime) -> dict[int, dt.datetime]:
    """Clients with an open request of this right, each with the instant from which it counts: the earliest."""
    is_open = or_(table.c.closed_at.is_(None), table.c.closed_at > now)
    query = select(table.c.client, func.min(table.c.received)).where(
        table.c.request_right == right, table.c.received <= now, is_open
    )
    return {row[0]: row[1] for row in connection.execute(query.group_by(table.c.client))}


def open_requests(
    connection: Connection, clients: Sequence[int], now: dt.datetime, lock: bool = False,
    today: dt.datetime | None = None,
) -> dict[int, list[Request]]:  # fmt: skip
    """Requests open at `now`, oldest first, by client; asking again while one runs counts from the first.

    See policy/moments.py for `today`.
    """
    return answer(connection, open_at(connection, clients, moments(now, today), lock))


def open_at(
    connection: Connection, clients: Sequence[int], asked: Moments, lock: bool = False
) -> Question[dict[int, list[Request]]]:
    """The question that `open_requests` asks; with `lock` none is made, closed or withdrawn before the commit."""
    return Question([*_of(connection, clients, lock)], partial(_open, asked))


def _open(asked: Moments, rows: Iterable[Sequence[Any]]) -> dict[int, list[Request]]:
    told = []
    for number, client, right, text, closed_at, regime in rows:
        received, closed = instant(text), instant(closed_at)
        if received and counts(right, received, closed, asked):
            told.append(Request(number, client, right, received, regime))
    found: dict[int, list[Request]] = {}
    for one in sorted(told, key=lambda one: (one.received, one.id)):
        mine = found.setdefault(one.client, [])
        if all(request.right != one.right for request in mine):
            mine.append(one)
    return found


COLUMNS = "id, client, request_right, received, closed_at, regime"


def _of(connection: Connection, clients: Sequence[int], lock: bool) -> Iterator[Ask]:
    if not lock or connection.dialect.name == "sqlite":
        yield from asks_by_ids(connection, table, COLUMNS, "client", clients)
        return
    # By the index also where there are few rows: the server would rather walk them all, and then all are locked, the
    # requests of clients that another process of the run is at among them.
    rest = f"FROM {table.name} FORCE INDEX (kigen_requests_once) WHERE client IN %s"
    for batch in batches(sorted(set(clients))):
        yield ask(connection, rest, COLUMNS, (Ids(batch),), lock=True)
