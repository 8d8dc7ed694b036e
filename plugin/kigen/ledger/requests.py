"""Rights requests as far as they keep or ask for a deletion: which right, when received, when closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, and_, insert, or_, select, update

from kigen.ledger.bulk import batches
from kigen.ledger.tables import observed
from kigen.ledger.tables import requests as table
from kigen.policy.facts import Request


def open_request(connection: Connection, client: int, right: str, at: dt.datetime) -> None:
    """Note a request; the same one again is the same, and one that was withdrawn later is closed at once."""
    mine = and_(table.c.client == client, table.c.request_right == right)
    if connection.scalar(select(table.c.id).where(and_(mine, table.c.received == at))) is not None:
        return
    closed = connection.scalar(
        select(observed.c.at).where(
            and_(observed.c.kind == "client", observed.c.id == client, observed.c.name == f"closed {right}")
        )
    )
    closed_at = closed if closed and closed >= at else None
    connection.execute(insert(table).values(client=client, request_right=right, received=at, closed_at=closed_at))


def close_requests(connection: Connection, client: int, right: str, at: dt.datetime) -> int:
    """Close requests of this right received at `at` or before; returns how many were open."""
    condition = and_(
        table.c.client == client, table.c.request_right == right, table.c.received <= at,
        or_(table.c.closed_at.is_(None), table.c.closed_at > at),
    )  # fmt: skip
    return connection.execute(update(table).where(condition).values(closed_at=at)).rowcount


def open_requests(
    connection: Connection, clients: Sequence[int], now: dt.datetime, lock: bool = False
) -> dict[int, list[Request]]:
    """Requests open at `now`, oldest first, by client; asking again while one runs counts from the first."""
    found: dict[int, list[Request]] = {}
    for batch in batches(clients):
        query = (
            select(table)
            .where(and_(table.c.client.in_(batch), table.c.received <= now))
            .where(or_(table.c.closed_at.is_(None), table.c.closed_at > now))
            .order_by(table.c.received, table.c.id)
        )
        for row in connection.execute(query.with_for_update() if lock else query):
            mine = found.setdefault(row.client, [])
            if all(request.right != row.request_right for request in mine):
                mine.append(Request(row.id, row.client, row.request_right, row.received))
    return found
