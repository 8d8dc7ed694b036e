"""Sentences that people wrote about a client: they go with the client, and what happened when stays."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, and_, or_, select, update

from kigen.ledger import absorbed, change_log, consents
from kigen.ledger.bulk import batches
from kigen.ledger.inbox import EARLY, FAILED
from kigen.ledger.tables import contracts, events, holds, inbox
from kigen.ledger.tables_requests import request_acts
from kigen.policy.records import Kind

ERASED = "what it said is gone: it was about a client that was erased"

NAMING = ("client", "client_id", "userid", "clientid")
"""How arrivals name their client: kigen's own form, and the hosts'."""


def empty(
    connection: Connection, clients: Sequence[int], numbers_of: Mapping[Kind, Sequence[int]], now: dt.datetime
) -> None:
    """Empty what was told and written of these clients and records, and of clients that are gone into them.

    Of events stays what happened when, of arrivals that they came. The words of a hold that is in force stay: by them a
    person knows what must be kept. A digest goes with its words, for whoever guesses them could confirm it.
    The words of who became part of somebody that is there stay until that one goes: by them it is looked for then.
    """
    everyone = sorted(absorbed.with_gone(connection, clients) - absorbed.living_on(connection, clients))
    is_over = or_(holds.c.released_at.is_not(None), holds.c.until <= now)
    bare = {"reason": "", "release_reason": None}
    change_log.empty(connection, everyone, numbers_of)
    for batch in batches(everyone):
        connection.execute(update(events).where(events.c.client.in_(batch)).values(data="{}", digest=None))
        connection.execute(update(holds).where(holds.c.client.in_(batch), is_over).values(bare))
        mine = request_acts.c.client.in_(batch)
        connection.execute(update(request_acts).where(mine).values(reason=None, route=None))
        connection.execute(update(contracts).where(contracts.c.client.in_(batch)).values(duty=None))
    if not everyone:
        return  # a record went by its own rule, and its client is there: why it was held is told as before
    consents.forget(connection, everyone, now)
    _empty_arrivals(connection, set(everyone))
    if connection.scalar(select(holds.c.id).where(holds.c.record.is_not(None), is_over).limit(1)) is None:
        return  # mostly so
    for kind, numbers in numbers_of.items():
        for batch in batches(numbers):
            named = and_(holds.c.kind == kind.value, holds.c.record.in_(batch), is_over)
            connection.execute(update(holds).where(named).values(bare))


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
            # The reason is a plugin's words as well, which may repeat what it was told.
            bare = {"payload": "{}", "error": ERASED, "digest": None}
            connection.execute(update(inbox).where(inbox.c.id == number).values(bare))
