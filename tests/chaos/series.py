"""Troubles in a row on one installation: after each the invariants are judged, in the end the rest is finished."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random
from typing import Any

from kigen.errors import Status
from tests.chaos.invariants import Moment
from tests.chaos.stage import Stage
from tests.work.runner import Ended

SHARES = (0.9, 0.7, 0.5)
"""How long the runs after the first trouble are about, as shares of an undisturbed one."""
SENTENCES = {"drop connection": "run it again", "kill server": "run it again", "fill disk": "disk"}
"""What the one sentence of a run that failed must say, by what happened to it."""
AFTERWARDS = re.compile("state_dir|have no time stamp")
"""Of what a run warns whose trouble came when all of its work was done."""


class Series:
    """One sort of trouble on one stage. `command` is disturbed; a sweep where it is empty."""

    def __init__(self, stage: Stage, does: str, *command: str, **more: Any) -> None:
        self.stage, self.does, self.command, self.more = stage, does, command, more
        stage.put_back()
        undisturbed = stage.disturb(*command, does=None)
        assert undisturbed.status in (Status.DONE, Status.FINDINGS), undisturbed
        self.points = undisturbed.points
        self.after_one = stage.moment()
        self.by_commits: dict[int, Moment] = {}
        self.name = " ".join([does, "in", *(command or ("sweep",))]) + (" on SQLite" if stage.is_sqlite else "")

    def named(self) -> list[int]:
        """Of each name of a point the first, one in the middle and the last."""
        by_name: dict[str, list[int]] = {}
        for number, name in enumerate(self.points, start=1):
            by_name.setdefault(name, []).append(number)
        return sorted({numbers[place] for numbers in by_name.values() for place in (0, len(numbers) // 2, -1)})

    def play(self, first: int, rng: Random, more: int = len(SHARES)) -> int:
        """Trouble at the point `first`, then at random ones of the next runs; how many times it came."""
        stage = self.stage
        stage.put_back()
        came = 0
        chosen = [first, *(1 + int(len(self.points) * share * rng.random()) for share in SHARES[:more])]
        for turn, at in enumerate(chosen):
            label = f"{self.name} at point {at} (turn {turn + 1} of {chosen})"
            ended = stage.disturb(*self.command, does=self.does, at=at, **self.more)
            stage.figures.runs += 1
            stage.mend()
            stage.figures.failed += ended.status not in (None, Status.DONE)
            self._judge_end(label, ended)
            if ended.hit is None:
                continue
            came += 1
            stage.figures.kills[self.name] += 1
            stage.judge(label)
            if turn == 0:
                self._judge_commits(label, at, ended)
        stage.finish(f"{self.name} at points {chosen}")
        return came

    def play_at_random_times(self, seconds: float, rng: Random) -> int:
        """SIGKILL from outside, at moments that nobody chose; `seconds` is how long an undisturbed run takes."""
        stage = self.stage
        stage.put_back()
        came = 0
        for share in (1.0, *SHARES, *SHARES):
            delay = seconds * share * rng.random()
            ended = stage.disturb(*self.command, kill_after=delay)
            stage.figures.runs += 1
            if ended.status is None:
                came += 1
                stage.figures.kills[f"{self.name} at any time"] += 1
                stage.judge(f"{self.name} after {delay:.4f} seconds")
        stage.finish(f"{self.name} at random times")
        return came

    def _judge_end(self, label: str, ended: Ended) -> None:
        """A run that lost its database says so in one sentence, unless all of its work had been done."""
        found = self.stage.figures.violations
        if ended.hit is None:
            if ended.status not in (Status.DONE, Status.FINDINGS):
                found.append(f"{label}: the run ended with {ended.status} by itself: {ended.err}")
        elif self.does == "kill":
            if ended.status is not None:
                found.append(f"{label}: it went on after SIGKILL")
        elif ended.status == Status.UNREACHABLE:
            if ended.err.count("\n") != 1 or SENTENCES[self.does] not in ended.err:
                found.append(f"{label}: what it said is not the one sentence: {ended.err!r}")
        elif ended.status != Status.DONE and not (ended.status == Status.FINDINGS and AFTERWARDS.search(ended.err)):
            found.append(f"{label}: it ended with {ended.status}: {ended.err}")

    def _judge_commits(self, label: str, at: int, ended: Ended) -> None:
        """The platform is exactly as the commits until then left it: the same whenever trouble came between them."""
        found, now = self.stage.figures.violations, self.stage.moment()
        if ended.status in (Status.DONE, Status.FINDINGS):
            if now != self.after_one:
                found.append(f"{label}: it ended as if nothing had happened, with work left undone")
            return
        if self.points[at - 1] != ended.hit:
            found.append(f"{label}: the run was another one: {ended.hit}, expected {self.points[at - 1]}")
        # Where the server is gone after a commit was sent, "after COMMIT" has come and the commit counts.
        commits = self.points[:at].count("after COMMIT")
        if self.by_commits.setdefault(commits, now) != now:
            found.append(f"{label}: after {commits} commits it is not as it was another time")


def middle(numbers: Sequence[int], rng: Random, count: int) -> list[int]:
    """Some of them, in order."""
    return sorted(rng.sample(list(numbers), min(count, len(numbers))))
