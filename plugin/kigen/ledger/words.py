"""Sentences that people wrote about a client: they go with the client, and what happened when stays."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, update

from kigen.ledger.bulk import batches
from kigen.ledger.tables import contracts, events, holds
from kigen.ledger.tables_requests import request_acts


def empty_events(connection: Connection, clients: Sequence[int]) -> None:
    """Of what events told of these clients only what happened when stays."""
    for batch in batches(clients):
        connection.execute(update(events).where(events.c.client.in_(batch)).values(data="{}"))


def empty(connection: Connection, clients: Sequence[int]) -> None:
    """The same, and the reasons of holds and requests and the duties of contracts, which nobody needs any more.

    A hold that is in force keeps its client, so of clients that are gone there are only ended ones.
    """
    empty_events(connection, clients)
    for batch in batches(clients):
        connection.execute(update(holds).where(holds.c.client.in_(batch)).values(reason="", release_reason=None))
        mine = request_acts.c.client.in_(batch)
        connection.execute(update(request_acts).where(mine).values(reason=None, route=None))
        connection.execute(update(contracts).where(contracts.c.client.in_(batch)).values(duty=None))
