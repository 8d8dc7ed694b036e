"""The record of runs: when, by whom, what was done and kept, why it stopped, and each act by kind and id."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, insert, select, update

from kigen.ledger import bulk
from kigen.ledger.tables import chunks, runs
from kigen.policy.records import Kind

RUNNING, DONE, STOPPED, REFUSED, FAILED, DIED = "running", "done", "stopped", "refused", "failed", "died"


def begin(
    connection: Connection, machine_now: dt.datetime, decided_at: dt.datetime, is_machine_clock: bool,
    is_confirmed: bool, actor: str, above: int = 0,
) -> int:  # fmt: skip
    """Open a run record; runs that never finished are marked as died, since only one runner can be alive.

    Its number is above `above`: numbers of runs that a restored database has lost stand in evidence.
    """
    connection.execute(update(runs).where(runs.c.outcome == RUNNING).values(outcome=DIED, finished_at=machine_now))
    latest = connection.scalar(select(func.max(runs.c.id))) or 0
    number = {"id": above + 1} if above > latest else {}
    result = connection.execute(
        insert(runs).values(
            **number,
            started_at=machine_now, decided_at=decided_at, is_machine_clock=is_machine_clock,
            is_ahead=decided_at > machine_now, is_confirmed=is_confirmed, actor=actor, outcome=RUNNING, counts="{}",
        )
    )  # fmt: skip
    key = result.inserted_primary_key
    return int(key[0]) if key else 0


def stop(connection: Connection, run: int, code: str) -> None:
    """Note that a run is to stop, while its processes are still at their last chunks."""
    connection.execute(update(runs).where(runs.c.id == run).values(stopped=code))


def is_stopping(connection: Connection, run: int) -> bool:
    """Whether a run is to stop, or has ended."""
    row = connection.execute(select(runs.c.outcome, runs.c.stopped).where(runs.c.id == run)).first()
    return row is None or row.outcome != RUNNING or row.stopped is not None  # None: a backup was put back


def is_known(connection: Connection, run: int) -> bool:
    """Whether there is a run of this number."""
    return connection.execute(select(runs.c.id).where(runs.c.id == run)).first() is not None


def decided_at(connection: Connection, run: int) -> dt.datetime:
    """The instant that a run decides by."""
    at: dt.datetime = connection.execute(select(runs.c.decided_at).where(runs.c.id == run)).scalar_one()
    return at


def begun_at(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[dt.datetime, dt.datetime]]:
    """By run when it began by the machine's clock, and the instant that it decided by."""
    found: dict[int, tuple[dt.datetime, dt.datetime]] = {}
    for batch in bulk.batches(sorted(numbers)):
        query = select(runs.c.id, runs.c.started_at, runs.c.decided_at).where(runs.c.id.in_(batch))
        found.update({row.id: (row.started_at, row.decided_at) for row in connection.execute(query)})
    return found


def finish(
    connection: Connection, run: int, outcome: str, counts: dict[str, Any], stopped: str | None, now: dt.datetime
) -> None:
    """Close a run record with its counts by kind and reason."""
    values = {"outcome": outcome, "counts": json.dumps(counts), "stopped": stopped, "finished_at": now}
    connection.execute(update(runs).where(runs.c.id == run).values(values))


@dataclass(frozen=True, slots=True)
class Act:
    """What a run did to one record. `due_at` to the second, None where the act had no date."""

    kind: Kind
    id: int
    run: int
    action: str
    rule: str
    due_at: dt.datetime | None
    at: dt.datetime


Done = list[tuple[int, dt.datetime | None]]
"""Ids of records of one kind, each with the date by which a rule acted on it."""


CHUNK = ("run", "kind", "action", "rule", "at", "lowest", "highest", "records")


def write_chunk(
    connection: Connection, run: int, action: str, at: dt.datetime, done: Mapping[tuple[Kind, str], Done]
) -> None:
    """Remember what a run did, by kind and rule, in the transaction that does it."""
    rows: list[tuple[object, ...]] = []
    for (kind, rule), mine in done.items():
        numbers = [number for number, _ in mine]
        told = json.dumps([(number, due and int(due.timestamp())) for number, due in mine])
        rows.append((run, kind.value, action, rule, bulk.written(at), min(numbers), max(numbers), told))
    bulk.insert(connection, chunks, CHUNK, rows)


def acts(connection: Connection, kind: Kind | None = None, number: int | None = None) -> Iterator[Act]:
    """What runs did, the latest first: of one record, of one kind, or all."""
    query = select(chunks).order_by(chunks.c.id.desc())
    if kind is not None:
        query = query.where(chunks.c.kind == kind.value)
    if number is not None:
        query = query.where(chunks.c.lowest <= number, chunks.c.highest >= number)
    yield from (act for act in _acts(connection, query) if number in (None, act.id))


def acts_of(connection: Connection, run: int) -> Iterator[Act]:
    """What one run did, the latest first."""
    return _acts(connection, select(chunks).where(chunks.c.run == run).order_by(chunks.c.id.desc()))


def _acts(connection: Connection, query: Select[Any]) -> Iterator[Act]:
    for row in connection.execute(query):
        for id_, due in json.loads(row.records):
            due_at = dt.datetime.fromtimestamp(due, dt.UTC) if due is not None else None
            yield Act(Kind(row.kind), id_, row.run, row.action, row.rule, due_at, row.at)


def last_act(connection: Connection, kind: Kind, number: int) -> Act | None:
    """The latest thing done to a record, None where nothing was."""
    return next(acts(connection, kind, number), None)


def last_on_machine_clock(connection: Connection) -> dt.datetime | None:
    """When the latest run on the machine's own clock began; a refused one may have been refused for that clock."""
    trusted = and_(runs.c.is_machine_clock.is_(True), runs.c.outcome != REFUSED)
    return connection.scalar(select(runs.c.started_at).where(trusted).order_by(runs.c.id.desc()).limit(1))


def last_not_refused(connection: Connection) -> int:
    """The number of the latest run that was let through, 0 before the first."""
    return connection.scalar(select(func.max(runs.c.id)).where(runs.c.outcome != REFUSED)) or 0


def recent_sizes(connection: Connection, limit: int = 30) -> list[int]:
    """How many records each of the latest finished runs acted on, the newest first."""
    rows = connection.scalars(
        select(runs.c.counts).where(runs.c.outcome.in_((DONE, STOPPED))).order_by(runs.c.id.desc()).limit(limit)
    )
    return [int(json.loads(row).get("acted", 0)) for row in rows]


def refused_since(connection: Connection, at: dt.datetime) -> tuple[int, str] | None:
    """The latest run and by which brake it was refused, where it began at this instant or later; None if it was not."""
    row = latest(connection)
    if row is None or row.outcome != REFUSED or row.started_at < at:
        return None
    return row.id, row.stopped or REFUSED


def latest(connection: Connection) -> Row[Any] | None:
    """The latest run, None before the first."""
    return connection.execute(select(runs).order_by(runs.c.id.desc()).limit(1)).first()
