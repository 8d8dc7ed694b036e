"""The history of requests: every step with who took it, how the person was authenticated, and why, each once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select

from kigen.ledger.tables_requests import request_acts as table


def write(
    connection: Connection, client: int, right: str, act: str, at: dt.datetime, *, actor: str | None = None,
    method: str | None = None, source: str | None = None, reason: str | None = None, route: str | None = None,
    contact: int = 0,
) -> None:  # fmt: skip
    """Add a step; the same one again (client, contact, right, act, instant) changes nothing."""
    same = and_(_mine(client, contact, right), table.c.act == act, table.c.at == at)
    if connection.scalar(select(table.c.id).where(same)) is None:
        values = {"actor": actor, "method": method, "source": source, "reason": reason, "route": route}
        connection.execute(
            insert(table).values(client=client, contact=contact, request_right=right, act=act, at=at, **values)
        )


def of(connection: Connection, client: int, right: str, contact: int = 0) -> list[Row[Any]]:
    """All steps about one right of a client, or of one contact of it, in their order."""
    mine = _mine(client, contact, right)
    return list(connection.execute(select(table).where(mine).order_by(table.c.at, table.c.id)))


def _mine(client: int, contact: int, right: str) -> ColumnElement[bool]:
    return and_(table.c.client == client, table.c.contact == contact, table.c.request_right == right)
