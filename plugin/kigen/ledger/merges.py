"""Clients that became part of another: what is remembered of the one counts for the other, whichever was told first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Table, and_, insert, select

from kigen.ledger import requests
from kigen.ledger.bulk import put
from kigen.ledger.quick import by_ids, instant
from kigen.ledger.tables import contracts, holds, observed
from kigen.ledger.tables import merges as table
from kigen.ledger.tables_notices import consents, notice_views
from kigen.policy.records import FINAL_LOGIN, Kind

LONGEST_CHAIN = 100  # clients merged in a circle would hand their holds round for ever


def remember(connection: Connection, merged: Iterable[tuple[int, int, dt.datetime]]) -> None:
    """Note mergers as (client, into, at); told twice, the later instant stays."""
    for client, into, at in sorted(merged):
        same = and_(table.c.client == client, table.c.into_client == into)
        known = connection.scalar(select(table.c.at).where(same))
        if client != into and (known is None or known < at):
            put(connection, table, [{"client": client, "into_client": into, "at": at}])


def hand_over(connection: Connection, clients: Iterable[int]) -> set[int]:
    """Hand over holds, contracts, requests and sign-ins of those of these clients that were merged, down the chain.

    Returns who got something: of these no event tells, so the caller has them read again.
    """
    reached: set[int] = set()
    waiting = sorted(set(clients))
    for _ in range(LONGEST_CHAIN):
        changed = set()
        for client, into, at in _mergers(connection, waiting):
            if _hand_over(connection, client, into, at):
                changed.add(into)
        reached |= changed
        if not changed:
            break
        waiting = sorted(changed)
    return reached


def _mergers(connection: Connection, clients: Sequence[int]) -> list[tuple[int, int, dt.datetime]]:
    told = by_ids(connection, table, "client, into_client, at", "client", clients)
    return sorted((client, into, at) for client, into, text in told if (at := instant(text)))


def _hand_over(connection: Connection, client: int, into: int, at: dt.datetime) -> bool:
    is_changed = requests.hand_over(connection, client, into, at)
    # Copied, not moved: until the tables show that the old client is gone, what protects it stays on it too.
    for protecting in (holds, contracts, consents, notice_views):
        is_changed = _copy(connection, protecting, client, into) or is_changed
    login = _last_login(connection, client)
    known = _last_login(connection, into)
    if login and (known is None or known < login):
        put(connection, observed, [{"kind": Kind.CLIENT.value, "id": into, "name": FINAL_LOGIN, "at": login}])
        is_changed = True
    return is_changed


def _copy(connection: Connection, protecting: Table, client: int, into: int) -> bool:
    """Give the other client the same holds or contracts; one that it has already, word for word, is not given twice."""
    columns = [column for column in protecting.c if column.name not in ("id", "client")]
    known = {tuple(row) for row in connection.execute(select(*columns).where(protecting.c.client == into))}
    mine = connection.execute(select(*columns).where(protecting.c.client == client)).mappings().all()
    fresh = [dict(row) for row in mine if tuple(row.values()) not in known]
    for values in fresh:
        connection.execute(insert(protecting).values(client=into, **values))
    return bool(fresh)


def _last_login(connection: Connection, client: int) -> dt.datetime | None:
    mine = and_(observed.c.kind == Kind.CLIENT.value, observed.c.id == client, observed.c.name == FINAL_LOGIN)
    return connection.scalar(select(observed.c.at).where(mine))
