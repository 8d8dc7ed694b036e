"""Acts written as the tests tell them, one by one; the ledger takes them by run, action, instant, kind and rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from kigen.ledger import runs


def write_acts(connection: Connection, acts: Iterable[runs.Act]) -> None:
    """What runs did, chunk by chunk."""
    sorts: dict[tuple[Any, ...], dict[Any, runs.Done]] = defaultdict(lambda: defaultdict(list))
    for act in acts:
        sorts[act.run, act.action, act.at][act.kind, act.rule].append((act.id, act.due_at))
    for told, done in sorts.items():
        runs.write_chunk(connection, *told, done)
