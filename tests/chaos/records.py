"""What the run records and the chunks of runs must say of each other, and of the rows that are gone."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from sqlalchemy import Connection, select

from kigen.ledger import runs
from kigen.ledger.tables import ranges
from kigen.ledger.tables import runs as table
from tests.chaos.invariants import Moment

NAMES = {"archived": "archive", "deleted": "delete"}


def contradictions(connection: Connection) -> list[str]:
    """Where a run record tells more than was done, a chunk is of no run, or a run is done and its work is not."""
    records = {row.id: row for row in connection.execute(select(table))}
    done = Counter((act.run, act.action, act.kind.value) for act in runs.acts(connection))
    found = [f"acts of run {run}, which has no record" for run in sorted({run for run, *_ in done} - records.keys())]
    for run, row in records.items():
        if row.outcome == runs.REFUSED and any(mine == run for mine, *_ in done):
            found.append(f"run {run} was refused and acted")
        for name, action in NAMES.items():
            for kind, number in json.loads(row.counts).get(name, {}).items():
                if number > done[run, action, kind]:
                    found.append(f"run {run} tells of {number} {kind} {name}, its chunks of {done[run, action, kind]}")
    undone = connection.scalars(select(ranges.c.run).where(ranges.c.told.is_(None)).distinct())
    found += [f"run {run} is done, and a piece of it is not" for run in undone if records[run].outcome == runs.DONE]
    if sum(row.outcome == runs.RUNNING for row in records.values()) > 1:
        found.append("several runs are running")
    return found


def untold(before: Moment, now: Moment, told: dict[str, Any]) -> list[str]:
    """Where the record of a run in which nothing happened does not tell exactly what is gone."""
    gone = {name: len(rows) - len(now.host[name]) for name, rows in before.host.items()}
    found = [
        f"{gone[name]} rows of {name} are gone, the record tells of {told['rows'].get(name, 0)}"
        for name in gone
        if gone[name] != told["rows"].get(name, 0)
    ]
    fresh = Counter(action for _, _, action in (Counter(now.acts) - Counter(before.acts)).elements())
    archived = sum(told["archived"].values())
    if archived != fresh["archive"]:
        found.append(f"{fresh['archive']} clients were archived, the record tells of {archived}")
    return found
