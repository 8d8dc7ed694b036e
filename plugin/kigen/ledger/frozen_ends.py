"""When frozen documents go: at their floor's end, not before, and not while a hold or an open request needs them.

A floor that became longer holds at once. One that became shorter is told by a run and acted on by a later one, so that
a wrong answer to `floors.*` can be taken back before anything is lost.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, func, or_, select, tuple_, update

from kigen.ledger import frozen_gone
from kigen.ledger.bulk import batches
from kigen.ledger.frozen import Ends
from kigen.ledger.tables import holds, records, requests
from kigen.ledger.tables_frozen import frozen as table
from kigen.ledger.tables_frozen import parties
from kigen.policy.moments import ERASURE, Moments, counts, is_in_force, moments
from kigen.policy.records import Kind, Ref

AT_ONCE = 500
"""Documents that one transaction destroys: those of a whole year end at one instant."""


def renew(connection: Connection, ends: Ends, run: int) -> Counter[str]:
    """Compute every end anew by the floors as they are now; `run` is this run's number, told again it changes nothing.

    Returns how many documents became `longer`, and how many `shorter` from the next run on. One whose date nobody knows
    stays as it is.
    """
    found: Counter[str] = Counter()
    group = (table.c.dated, table.c.until, table.c.shorter, table.c.shorter_run)
    query = select(*group, func.count()).where(table.c.dated.is_not(None)).group_by(*group)
    for dated, until, shorter, told_by, number in connection.execute(query).all():
        end = ends(dated)
        values: dict[str, dt.datetime | int | None]
        if until is None or end >= until:
            values = {"until": end, "shorter": None, "shorter_run": None}
            found["longer"] += number if until is None or end > until else 0
        elif shorter is not None and told_by is not None and told_by < run:
            is_more = end < shorter
            values = {
                "until": max(end, shorter), "shorter": end if is_more else None, "shorter_run": run if is_more else None
            }  # fmt: skip
            found["shorter"] += number if is_more else 0
        else:
            values = {"until": until, "shorter": end, "shorter_run": run}
            found["shorter"] += number
        if values != {"until": until, "shorter": shorter, "shorter_run": told_by}:
            same = [column.is_(None) if value is None else column == value
                    for column, value in zip(group, (dated, until, shorter, told_by), strict=True)]  # fmt: skip
            connection.execute(update(table).where(and_(*same)).values(values))
    return +found


def ending(
    connection: Connection, now: dt.datetime, limit: int = AT_ONCE, today: dt.datetime | None = None
) -> list[int]:
    """The clients of the documents that would go next: whether their floor is over by the records as they are now is
    to be looked at first."""
    query = _ended(connection, moments(now, today))
    rows = [] if query is None else connection.execute(query.limit(limit)).all()
    return sorted({row.client for row in rows if row.client is not None})


def destroy_ended(
    connection: Connection, now: dt.datetime, limit: int = AT_ONCE, of: Collection[int] | None = None,
    today: dt.datetime | None = None,
) -> dict[Kind, list[int]]:  # fmt: skip
    """Delete documents whose floor is over, in the caller's transaction, at most `limit`: each with its own key.

    `of` are the clients whose documents may go, None: of all; a document of no client always may. Returns the records
    they were of, by kind; empty when there are no more. That they went is noted with the later of
    `now` and `today`: from then on a backup may hold what is no longer here. Holds and requests are read with a lock,
    so that none can slip in before the commit.
    """
    asked = moments(now, today)
    query = _ended(connection, asked)
    if query is None:
        return {}
    if of is not None:
        query = query.where(or_(table.c.client.is_(None), table.c.client.in_(sorted(of))))
    rows = connection.execute(query.limit(limit).with_for_update()).all()
    gone: dict[Kind, list[int]] = {}
    frozen_gone.note(connection, rows, max(asked))
    for batch in batches([row.id for row in rows]):
        connection.execute(delete(parties).where(parties.c.document.in_(batch)))
        connection.execute(delete(table).where(table.c.id.in_(batch)))
    for row in rows:
        gone.setdefault(Kind(row.kind), []).append(row.record)
    return {kind: sorted(gone[kind]) for kind in Kind if kind in gone}


def _ended(connection: Connection, asked: Moments) -> Select[Any] | None:
    """What is over its floor and kept by nothing else, the earliest first."""
    now = min(asked)
    if connection.scalar(select(table.c.id).where(table.c.until <= now).limit(1)) is None:
        return None  # mostly so, and then nothing need be locked
    clients, refs = _kept(connection, asked)
    columns = (table.c.id, table.c.host, table.c.kind, table.c.record, table.c.client)
    query = select(*columns).where(table.c.until <= now)
    if clients:
        query = query.where(or_(table.c.client.is_(None), table.c.client.not_in(sorted(clients))))
    if refs:
        query = query.where(tuple_(table.c.kind, table.c.record).not_in([(kind.value, id_) for kind, id_ in refs]))
    return query.order_by(table.c.until, table.c.id)


def kept_back(connection: Connection, now: dt.datetime) -> int:
    """How many documents are over their floor and stay all the same, for a hold or an open request."""
    clients, refs = _kept(connection, (now,), lock=False)
    ended = connection.execute(select(table.c.client, table.c.kind, table.c.record).where(table.c.until <= now))
    return sum(row.client in clients or (Kind(row.kind), row.record) in refs for row in ended)


def endless(connection: Connection) -> int:
    """How many documents have no end that anybody knows: a person must say when they were issued and paid."""
    return connection.scalar(select(func.count()).select_from(table).where(table.c.until.is_(None))) or 0


def _kept(connection: Connection, asked: Moments, lock: bool = True) -> tuple[set[int], set[Ref]]:
    """Clients whose documents stay, and single records. A hold on any record of a client keeps all of its documents:
    what belongs to that record can no longer be told from the masked rows."""
    query = select(holds.c.client, holds.c.kind, holds.c.record, holds.c.released_at, holds.c.until)
    placed = connection.execute(query.with_for_update(read=True) if lock else query).all()
    held = [row for row in placed if is_in_force(row.released_at, row.until, asked)]
    refs = {(Kind(row.kind), int(row.record)) for row in held if row.kind}
    clients = {row.client for row in held if row.client is not None} | {
        id_ for kind, id_ in refs if kind is Kind.CLIENT
    }
    may_keep = and_(
        requests.c.request_right != ERASURE, or_(requests.c.closed_at.is_(None), requests.c.closed_at > min(asked))
    )
    told = select(requests.c.client, requests.c.request_right, requests.c.received, requests.c.closed_at)
    told = told.where(may_keep)
    for client, right, received, closed in connection.execute(told.with_for_update(read=True) if lock else told):
        if counts(right, received, closed, asked):
            clients.add(client)
    return clients | _owners(connection, refs), refs


def _owners(connection: Connection, refs: Iterable[Ref]) -> set[int]:
    """The clients of records, as kigen knows them: by the records that it follows and by the documents themselves."""
    wanted = [(kind.value, id_) for kind, id_ in refs]
    found: set[int] = set()
    for own, number in ((records, records.c.id), (table, table.c.record)):
        for batch in batches(wanted):
            mine = select(own.c.client).where(tuple_(own.c.kind, number).in_(batch), own.c.client.is_not(None))
            found.update(connection.scalars(mine))
    return found
