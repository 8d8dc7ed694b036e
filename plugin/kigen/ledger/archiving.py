"""Which clients kigen archived, with the status that each had before; kept until the archive is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, insert, select, update

from kigen.ledger.bulk import batches
from kigen.ledger.quick import Question, answer, asks_by_ids, instant
from kigen.ledger.tables import archives, records
from kigen.policy.records import Kind, State


def archived_at(connection: Connection, clients: Sequence[int]) -> dict[int, dt.datetime]:
    """When kigen archived these clients, where that archive has not ended."""
    return answer(connection, archives_of(connection, clients))


def archives_of(connection: Connection, clients: Sequence[int]) -> Question[dict[int, dt.datetime]]:
    """The question that `archived_at` asks."""
    asks = asks_by_ids(connection, archives, "client, at", "client", clients, also="ended_at IS NULL")
    return Question([*asks], _meaning)


def _meaning(rows: Iterable[Sequence[Any]]) -> dict[int, dt.datetime]:
    found: dict[int, dt.datetime] = {}
    for client, at in rows:
        since = instant(at) or dt.datetime.min
        found[client] = max(since, found.get(client, since))
    return found


def archived_by(connection: Connection, run: int) -> dict[int, dt.datetime]:
    """The clients that a run archived and that are archived still, with when that was."""
    open_ones = select(archives.c.client, archives.c.at).where(archives.c.run == run, archives.c.ended_at.is_(None))
    return {row.client: row.at for row in connection.execute(open_ones)}


def open_of(connection: Connection, run_of: Mapping[int, int]) -> dict[int, dt.datetime]:
    """Of these clients those that are archived still, by the run that is named with each; with when that was."""
    found = {}
    for batch in batches(sorted(run_of)):
        mine = and_(archives.c.client.in_(batch), archives.c.ended_at.is_(None))
        for row in connection.execute(select(archives.c.client, archives.c.at, archives.c.run).where(mine)):
            if row.run == run_of[row.client]:
                found[row.client] = row.at
    return found


def write_archives(connection: Connection, former: Mapping[int, str], run: int, now: dt.datetime) -> None:
    """Remember that kigen archived these clients, and their former status for undoing it."""
    rows = [{"client": c, "at": now, "former_status": status, "run": run} for c, status in former.items()]
    if rows:
        connection.execute(insert(archives), rows)
    for batch in batches(sorted(former)):
        # kigen's own act is not a change that it "saw": the state is noted without an instant of change;
        # when to look again, the next reconcile says.
        mine = and_(records.c.kind == Kind.CLIENT, records.c.id.in_(batch))
        connection.execute(update(records).where(mine).values(state=State.CLOSED.value, due_at=None, next_look=None))


def end_archives_of(connection: Connection, clients: Sequence[int], now: dt.datetime) -> None:
    """Note that these clients are no longer archived, whoever opened them again."""
    for batch in batches(sorted(set(clients))):
        open_ones = and_(archives.c.client.in_(batch), archives.c.ended_at.is_(None))
        connection.execute(update(archives).where(open_ones).values(ended_at=now))
