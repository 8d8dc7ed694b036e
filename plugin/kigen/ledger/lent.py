"""Which erasures a client has only from another that was merged into it, and when those count: once that one is gone.

A merger that was undone, or never came true, leaves two clients. Each is then erased by what it asked itself; what the
other asked stands in its list for a person to close, and deletes nothing (cases.md G4, G5).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, or_, select

from kigen.ledger.bulk import batches
from kigen.ledger.marks import mark
from kigen.ledger.quick import by_ids
from kigen.ledger.tables import merges, records, requests
from kigen.policy.desk import PASSED_ON
from kigen.policy.records import Kind

LONGEST_CHAIN = 100


def lent(
    connection: Connection, clients: Iterable[int], right: str, there: Collection[int] | None = None
) -> set[tuple[int, dt.datetime]]:
    """Of these clients the requests, by client and receipt, that another one made which is still there or was answered.

    Whether it is there is what the last reconcile saw, or `there`: those that the platform has now.
    """
    found: set[tuple[int, dt.datetime]] = set()
    for client in sorted(set(clients)):
        for batch in batches(sorted(_merged_into(connection, client))):
            is_there = select(records.c.id).where(records.c.kind == Kind.CLIENT.value, records.c.id.in_(batch))
            # What was passed on is nobody's erasure, so nobody has it from there.
            is_own = or_(requests.c.state.is_(None), requests.c.state != PASSED_ON)
            mine = (requests.c.client.in_(batch), requests.c.request_right == right, requests.c.contact == 0, is_own)
            by_now = is_there if there is None else sorted(set(batch) & set(there))
            counts_there = or_(requests.c.closed_at.is_not(None), requests.c.client.in_(by_now))
            found |= {(client, at) for at in connection.scalars(select(requests.c.received).where(*mine, counts_there))}
    return found


def free(connection: Connection, clients: Iterable[int]) -> None:
    """These clients are gone: those that they were merged into are read again."""
    mark(connection, [into for _, into in by_ids(connection, merges, "client, into_client", "client", clients)])


def _merged_into(connection: Connection, client: int) -> set[int]:
    """Clients that became this one, also by way of others; without itself where they were merged in a circle."""
    found, fresh = {client}, {client}
    for _ in range(LONGEST_CHAIN):
        earlier = select(merges.c.client).where(merges.c.into_client.in_(sorted(fresh)))
        fresh = set(connection.scalars(earlier)) - found
        if not fresh:
            break
        found |= fresh
    return found - {client}
