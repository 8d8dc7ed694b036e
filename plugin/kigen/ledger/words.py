"""Sentences that people wrote about a client: they go with the client, and what happened when stays."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from kigen.ledger.bulk import batches
from kigen.ledger.inbox import EARLY, FAILED
from kigen.ledger.tables import contracts, events, holds, inbox
from kigen.ledger.tables_requests import request_acts

NAMING = ("client", "client_id", "userid", "clientid")
"""How arrivals name their client: kigen's own form, and the hosts'."""


def empty_events(connection: Connection, clients: Sequence[int]) -> None:
    """Of what events told of these clients only what happened when stays."""
    for batch in batches(clients):
        connection.execute(update(events).where(events.c.client.in_(batch)).values(data="{}"))


def _empty_arrivals(connection: Connection, clients: set[int]) -> None:
    """What waits for its day, or was set aside for a person, and names one of these clients as its client."""
    waiting = select(inbox.c.id, inbox.c.payload).where(inbox.c.state.in_((EARLY, FAILED)))
    for number, payload in connection.execute(waiting).all():
        try:
            told = json.loads(payload)
        except ValueError:
            continue
        named = {str(told.get(key)) for key in NAMING} if isinstance(told, dict) else set()
        if named & set(map(str, clients)):
            connection.execute(update(inbox).where(inbox.c.id == number).values(payload="{}"))


def empty(connection: Connection, clients: Sequence[int]) -> None:
    """The same, and the reasons of holds and requests and the duties of contracts, which nobody needs any more.

    A hold that is in force keeps its client, so of clients that are gone there are only ended ones.
    """
    empty_events(connection, clients)
    for batch in batches(clients):
        connection.execute(update(holds).where(holds.c.client.in_(batch)).values(reason="", release_reason=None))
        mine = request_acts.c.client.in_(batch)
        connection.execute(update(request_acts).where(mine).values(reason=None, route=None))
        _empty_arrivals(connection, set(batch))
        connection.execute(update(contracts).where(contracts.c.client.in_(batch)).values(duty=None))
