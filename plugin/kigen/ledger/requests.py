"""Rights requests as far as they keep or ask for a deletion: which right, when received, when and how closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from kigen.ledger import absorbed
from kigen.ledger.bulk import batches
from kigen.ledger.lent import lent
from kigen.ledger.quick import Question, answer, ask, asks_by_ids, instant
from kigen.ledger.tables import closings
from kigen.ledger.tables import requests as table
from kigen.packing import Ask, Ids
from kigen.policy.desk import FULFILLED, PASSED_ON, WITHDRAWN
from kigen.policy.facts import Request
from kigen.policy.moments import Moments, counts, moments

ITSELF = 0
"""In place of a contact's number: the client itself asks."""

ERASURE = "erasure"


def open_request(
    connection: Connection, client: int, right: str, at: dt.datetime, regime: str | None = None, contact: int = ITSELF
) -> int | None:
    """Note a request; the same one again is the same, and one that the client withdrew later is closed at once.

    Returns its number, None where it was known. It takes the place of one of that instant that was passed on.
    """
    mine = and_(_of_one(client, contact, right), table.c.received == at)
    known = connection.execute(select(table.c.id, table.c.state).where(mine)).first()
    if known is not None and known.state != PASSED_ON:
        return None
    closed_at = _withdrawn(connection, client, contact, right, at)
    state = WITHDRAWN if closed_at else None
    if known is not None:
        connection.execute(update(table).where(mine).values(closed_at=closed_at, state=state, regime=regime))
        return int(known.id)
    values = {"client": client, "contact": contact, "request_right": right, "received": at, "closed_at": closed_at,
              "state": state, "regime": regime}  # fmt: skip
    return _put(connection, values)


def _put(connection: Connection, values: Mapping[str, Any]) -> int | None:
    key = connection.execute(insert(table).values(**values)).inserted_primary_key
    return int(key[0]) if key else None


def _withdrawn(
    connection: Connection, client: int, contact: int, right: str, since: dt.datetime
) -> dt.datetime | None:  # fmt: skip
    """When the client first took such a request back; what a contact asks is never closed by that."""
    if contact != ITSELF:
        return None
    told = and_(closings.c.client == client, closings.c.request_right == right, closings.c.at >= since)
    at: dt.datetime | None = connection.scalar(select(func.min(closings.c.at)).where(told))
    return at


def pass_on(
    connection: Connection, client: int, right: str, at: dt.datetime, regime: str | None = None
) -> int | None:  # fmt: skip
    """Note a request about what the client stores for others, closed at once: it keeps nothing and deletes nothing.

    Returns its number; the same one again is the same. None where the client itself asked at that very instant.
    """
    mine = and_(_of_one(client, ITSELF, right), table.c.received == at)
    known = connection.execute(select(table.c.id, table.c.state).where(mine)).first()
    if known is not None:
        return int(known.id) if known.state == PASSED_ON else None
    values = {"client": client, "contact": ITSELF, "request_right": right, "received": at, "closed_at": at,
              "state": PASSED_ON, "regime": regime}  # fmt: skip
    return _put(connection, values)


def close_one(connection: Connection, number: int, at: dt.datetime, state: str) -> None:
    """Close one request and none that repeats it."""
    connection.execute(update(table).where(table.c.id == number, _is_open(at)).values(closed_at=at, state=state))


def close_requests(connection: Connection, client: int, right: str, at: dt.datetime) -> int:
    """Close the client's own requests of this right received at `at` or before; returns how many were open.

    The closing itself is remembered: requests that arrive after it, but were made before, are closed by it too.
    """
    known = and_(closings.c.client == client, closings.c.request_right == right, closings.c.at == at)
    if connection.scalar(select(closings.c.at).where(known)) is None:
        connection.execute(insert(closings).values(client=client, request_right=right, at=at))
    condition = and_(_of_one(client, ITSELF, right), table.c.received <= at, _is_open(at))
    return connection.execute(update(table).where(condition).values(closed_at=at, state=WITHDRAWN)).rowcount


def hand_over(connection: Connection, client: int, into: int, merged: dt.datetime) -> bool:
    """Copy the requests of one client, and of its contacts, to another, each closed when it was.

    True where that changed anything. What either withdrew before they were `merged` does not withdraw what the other
    asked for: only from then on do both ask with one voice.
    """
    is_changed = False
    for row in connection.execute(select(table).where(table.c.client == client).order_by(table.c.received)).all():
        same = and_(_of_one(into, row.contact, row.request_right), table.c.received == row.received)
        known = connection.execute(select(table.c.id, table.c.state).where(same)).first()
        if known is not None and PASSED_ON in (known.state, row.state):
            if row.state != PASSED_ON:  # what the client itself asked is the one that is to be carried out
                connection.execute(update(table).where(same).values(closed_at=row.closed_at, state=row.state))
                is_changed = True
            continue
        if known is None:
            names = ("contact", "request_right", "received", "regime", "extended_at")
            values = {name: row._mapping[name] for name in names}
            since = max(row.received, merged)
            withdrawn = _withdrawn(connection, into, row.contact, row.request_right, since)
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
        answered: dict[tuple[str, int], set[int]] = {}
        asked = select(table.c.client, table.c.contact, table.c.request_right).where(table.c.id.in_(batch))
        for row in connection.execute(asked):
            answered.setdefault((row.request_right, row.contact), set()).add(row.client)
        for (right, contact), clients in answered.items():
            whose = and_(table.c.client.in_(sorted(clients)), table.c.contact == contact)
            open_ones = and_(whose, table.c.request_right == right, table.c.received <= at, _is_open(at))
            connection.execute(update(table).where(open_ones).values(closed_at=at, state=state))


def contacts_asking(connection: Connection, client: int) -> bool:
    """Whether a contact of this client has asked to be erased and was not answered."""
    whose = and_(table.c.client == client, table.c.contact != ITSELF, table.c.request_right == ERASURE)
    return connection.scalar(select(table.c.id).where(whose, table.c.closed_at.is_(None)).limit(1)) is not None


def contacts_gone(connection: Connection, clients: Sequence[int], at: dt.datetime) -> None:
    """Close what contacts of these clients asked to be erased: contacts go with their client, whole or in part."""
    for batch in batches(clients):
        whose = and_(table.c.client.in_(batch), table.c.contact != ITSELF, table.c.request_right == ERASURE)
        open_ones = and_(whose, table.c.received <= at, _is_open(at))
        connection.execute(update(table).where(open_ones).values(closed_at=at, state=FULFILLED))


def listed(connection: Connection, clients: Sequence[int] | None = None) -> list[Row[Any]]:
    """Every request of these clients, or of all, by who asked and right, in the order in which they were received."""
    whose = (table.c.client, table.c.contact, table.c.request_right)
    query = select(table).order_by(*whose, table.c.received, table.c.id)
    if clients is not None:
        query = query.where(table.c.client.in_(clients))
    return list(connection.execute(query))


def extend(connection: Connection, number: int, at: dt.datetime) -> None:
    """Note that the answer to a request was put off."""
    connection.execute(update(table).where(table.c.id == number).values(extended_at=at))


def asking(connection: Connection, right: str, now: dt.datetime) -> dict[int, dt.datetime]:
    """Clients with an open request of this right, each with the instant from which it counts: the earliest.

    Of the clients themselves: what a contact asks is not asked by its client.
    """
    query = select(table.c.client, func.min(table.c.received)).where(
        table.c.contact == ITSELF, table.c.request_right == right, table.c.received <= now, _is_open(now)
    )
    return {row[0]: row[1] for row in connection.execute(query.group_by(table.c.client))}


def asking_for_erasure(
    connection: Connection, clients: Iterable[int] | None, is_there: Callable[[Sequence[int]], Collection[int]]
) -> set[int]:
    """Those of these clients, or of all, who asked to be erased and were not answered, whenever that came in.

    An erasure that was handed over by a merger counts once the other client is gone: `is_there` tells of clients which
    of them the platform has.
    """
    query = select(table.c.client, table.c.received).where(
        table.c.contact == ITSELF, table.c.request_right == ERASURE, table.c.closed_at.is_(None)
    )
    pieces = [query] if clients is None else [query.where(table.c.client.in_(one)) for one in batches(sorted(clients))]
    asked = {(row.client, row.received) for one in pieces for row in connection.execute(one)}
    own = {client for client, _ in asked}
    there = is_there(sorted(absorbed.whole(connection, own))) if own else ()
    return {client for client, _ in asked - lent(connection, own, ERASURE, there)}


def open_requests(
    connection: Connection, clients: Sequence[int], now: dt.datetime, lock: bool = False,
    today: dt.datetime | None = None,
) -> dict[int, list[Request]]:  # fmt: skip
    """Requests open at `now`, oldest first, by client; asking again while one runs counts from the first.

    An erasure that was handed over by a merger counts once the other client is gone. What a contact asks keeps the
    client's data as what the client asks does; its erasure does neither: the client is not asked to go, and where it
    goes its contacts go along. See policy/moments.py for `today`.
    """
    return answer(connection, open_at(connection, clients, moments(now, today), lock))


def open_at(
    connection: Connection, clients: Sequence[int], asked: Moments, lock: bool = False
) -> Question[dict[int, list[Request]]]:
    """The question that `open_requests` asks; with `lock` none is made, closed or withdrawn before the commit."""
    return Question([*_of(connection, clients, lock)], partial(_open, connection, asked))


def _open(connection: Connection, asked: Moments, rows: Iterable[Sequence[Any]]) -> dict[int, list[Request]]:
    told = []
    for number, client, contact, right, text, closed_at, regime in rows:
        if contact != ITSELF and right == ERASURE:
            continue
        received, closed = instant(text), instant(closed_at)
        if received and counts(right, received, closed, asked):
            told.append(Request(number, client, right, received, regime))
    asking = {one.client for one in told if one.right == ERASURE}
    others = lent(connection, asking, ERASURE) if asking else set()
    told = [one for one in told if one.right != ERASURE or (one.client, one.received) not in others]
    found: dict[int, list[Request]] = {}
    for one in sorted(told, key=lambda one: (one.received, one.id)):
        mine = found.setdefault(one.client, [])
        if all(request.right != one.right for request in mine):
            mine.append(one)
    return found


COLUMNS = "id, client, contact, request_right, received, closed_at, regime"


def _of(connection: Connection, clients: Sequence[int], lock: bool) -> Iterator[Ask]:
    if not lock or connection.dialect.name == "sqlite":
        yield from asks_by_ids(connection, table, COLUMNS, "client", clients)
        return
    # By the index also where there are few rows: the server would rather walk them all, and then all are locked, the
    # requests of clients that another process of the run is at among them.
    rest = f"FROM {table.name} FORCE INDEX (kigen_requests_once) WHERE client IN %s"
    for batch in batches(sorted(set(clients))):
        yield ask(connection, rest, COLUMNS, (Ids(batch),), lock=True)


def _of_one(client: int, contact: int, right: str) -> ColumnElement[bool]:
    return and_(table.c.client == client, table.c.contact == contact, table.c.request_right == right)


def _is_open(at: dt.datetime) -> ColumnElement[bool]:
    return or_(table.c.closed_at.is_(None), table.c.closed_at > at)
