"""What a run archived is opened again: the former status comes back, and the archive is over.

What a run deleted is gone. A client that staff opened meanwhile, or whose payment ended the archive, is left alone.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from kigen.ledger import archiving, runs
from kigen.ledger.bulk import batches
from kigen.work import proof
from kigen.work.brakes import Brake
from kigen.work.lease import lease
from kigen.work.opened import open_again
from kigen.work.opening import before_all_else
from kigen.work.site import Site
from kigen.work.stamping import stamp


class UnknownRun(ValueError):
    """No run has this number."""


@dataclass
class Undone:
    """How the undoing went. `deleted` counts what that run deleted, which stays gone."""

    of: int
    run: int | None = None
    unarchived: int = 0
    kept: Counter[str] = field(default_factory=Counter)
    deleted: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    warnings: list[str] = field(default_factory=list)
    brake: Brake | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "run": self.run, "undone": self.of, "unarchived": {"client": self.unarchived} if self.unarchived else {},
            "kept": dict(self.kept), "deleted_then": dict(self.deleted), "remaining": 0,
            "seconds": round(self.seconds, 3), "stopped": self.brake.code if self.brake else None,
            "warnings": self.warnings, "acted": self.unarchived,
        }  # fmt: skip


def undo(site: Site, of: int) -> Undone:
    """Take back what the run `of` archived. Raises UnknownRun, and AnotherRunner where one works already.

    Once more is nothing more: what was opened again is no longer archived.
    """
    began = time.monotonic()
    undone = Undone(of)
    with lease(site) as connection:
        undone.brake = before_all_else(connection, site, undone.warnings)
        if undone.brake:
            return undone
        with connection.begin():
            if not runs.is_known(connection, of):
                raise UnknownRun(f"there is no run {of}")
            archived = archiving.archived_by(connection, of)
            rules = {act.id: act.rule for act in runs.acts_of(connection, of) if act.action == "archive"}
            undone.deleted.update(act.kind.value for act in runs.acts_of(connection, of) if act.action == "delete")
            undone.run = runs.begin(
                connection, site.machine_now, site.now, site.is_machine_clock, is_confirmed=True, actor=site.actor
            )
        undone.kept["already-open"] = len(rules) - len(archived)
        for clients in batches(sorted(archived)):
            _open_again(connection, site, undone, {client: archived[client] for client in clients}, rules)
        undone.kept += Counter()
        undone.seconds = time.monotonic() - began
        with connection.begin():
            runs.finish(connection, undone.run, runs.DONE, undone.as_json(), None, site.machine_now)
        if warning := proof.sign(site, connection, site.machine_now):
            undone.warnings.append(warning)
    undone.warnings += stamp(site)
    return undone


def _open_again(
    connection: Connection, site: Site, undone: Undone, archived: Mapping[int, dt.datetime], rules: Mapping[int, str]
) -> None:
    """One transaction for some clients, with its evidence."""
    with connection.begin():
        found = open_again(
            connection, site, undone.run or 0, {client: (at, rules[client]) for client, at in archived.items()}
        )
    undone.unarchived += found.opened
    undone.kept["already-gone"] += len(archived) - found.there
    undone.kept["already-open"] += found.there - found.opened
    if warning := proof.write(site, connection, found.told):
        undone.warnings.append(warning)
