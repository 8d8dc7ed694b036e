"""Clients of whom nothing may rest on consent any more, until the gate has emptied what did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, select

from kigen.ledger.bulk import batches, put
from kigen.ledger.tables_notices import letting_go


def note(connection: Connection, ended: Mapping[int, dt.datetime]) -> None:
    """Have the next run look at these clients; their last consent by mail ended at that instant."""
    put(connection, letting_go, [{"client": client, "ended_at": at} for client, at in sorted(ended.items())])


def waiting(connection: Connection, clients: Iterable[int] | None = None) -> dict[int, dt.datetime]:
    """Who waits, by client with that instant; None: of all."""
    query = select(letting_go.c.client, letting_go.c.ended_at).order_by(letting_go.c.client)
    if clients is None:
        return {row.client: row.ended_at for row in connection.execute(query)}
    return {
        row.client: row.ended_at
        for batch in batches(sorted(set(clients)))
        for row in connection.execute(query.where(letting_go.c.client.in_(batch)))
    }


def forget(connection: Connection, clients: Iterable[int]) -> None:
    """It was done, or there is nothing to do any more."""
    for batch in batches(sorted(set(clients))):
        connection.execute(delete(letting_go).where(letting_go.c.client.in_(batch)))
