"""Slips tried at one point of a sweep after the other: each waits for the run, or keeps its record; never neither."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from kigen.errors import Status
from tests.chaos import what_slips
from tests.chaos.invariants import acts
from tests.chaos.stage import Stage
from tests.chaos.what_slips import Slip
from tests.support.mariadb import MariaDB
from tests.work.billing import Billing

LINGERS = 0.1
"""Seconds for which a slip is written and not yet committed; short beside any lock wait."""


class Slipping:
    """The slips of one table on an installation of their own; all of them at once at each point."""

    def __init__(self, server: MariaDB, url: str, folder: Path, slips: dict[str, Slip], name: str) -> None:
        billing = Billing(url, folder / "state")
        self.orders = what_slips.fill(billing, slips)
        billing.site.engine.dispose()
        self.stage = Stage(url, folder, server)
        self.name = name
        self.kept: set[str] = set()
        self.late: set[str] = set()

    def acting_points(self) -> list[int]:
        """The points of transactions that act: from their first statement to the moment after their commit."""
        found: list[int] = []
        piece: list[int] = []
        for number, name in enumerate(self.stage.points, start=1):
            piece.append(number)
            if name == "after COMMIT":
                names = {self.stage.points[one - 1] for one in piece}
                if {"before DELETE", "before locking read"} <= names:
                    found += piece
                piece = []
        return found

    def play(self, at: int, lingers: bool) -> None:
        """All slips at one point of a sweep."""
        stage, label = self.stage, f"{self.name} at point {at}" + (" and not yet committed" if lingers else "")
        stage.put_back()
        ended = stage.disturb(does="slip", at=at, slips=self.orders, lingers=LINGERS if lingers else 0.0)
        stage.figures.runs += 1
        stage.figures.checks += 1
        found = stage.figures.violations
        if ended.status not in (Status.DONE, Status.FINDINGS):
            found.append(f"{label}: it ended with {ended.status}: {ended.err}")
        if ended.hit is None:
            return
        for what, became in ended.slips.items():
            # Several that linger meet in tables of a few rows: the server gives one up, and it is sent again.
            gave_way = " that was given up once" if became["was_given_up"] else ""
            stage.figures.kills[f"slip of {self.name}{gave_way}"] += 1
            found += [f"{label}: {what}: {one}" for one in self._judge(self.orders[what], became)]
            (self.late if became["is_gone"] else self.kept).add(what)
        self._judge_acts(label)

    def at_random(self, rng: Random, count: int) -> None:
        """At some points of the acting transactions, and some of all; every third time not yet committed."""
        acting = self.acting_points()
        for turn in range(count):
            at = rng.choice(acting) if turn % 4 else rng.randint(1, len(self.stage.points))
            self.play(at, lingers=turn % 3 == 2)

    def _judge(self, order: dict[str, Any], became: dict[str, Any]) -> list[str]:
        if became["error"] or became["met"] is None:
            return [f"it could not be written: {became['error']}"]
        if became["is_gone"] and became["was_first"]:
            return ["it was committed before the commit that took its record"]
        if became["is_gone"] and order["meets"] and became["met"]:
            return ["it found its record, which is gone"]
        return []

    def _judge_acts(self, label: str) -> None:
        with self.stage.site.reading() as connection:
            told = acts(connection)
            here = self.stage.moment()
        before = self.stage.before.host["tblclients"]
        gone = {("client", key[0]) for key in before.keys() - here.host["tblclients"].keys()}
        deleted = {(kind, number) for kind, number, action in told if (kind, action) == ("client", "delete")}
        if gone != deleted or len(told) != len(set(told)):
            self.stage.figures.violations.append(f"{label}: the acts are not what was done")
