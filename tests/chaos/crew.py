"""A sweep and its workers at once: some of them are killed, or their server or a connection is, and the rest goes on.

Whoever survives ends by itself. After each turn the invariants are judged; in the end the rest is finished.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import Any

from kigen.errors import Status
from tests.chaos.crowd import PIECES
from tests.chaos.records import contradictions, untold
from tests.chaos.series import SENTENCES
from tests.chaos.stage import Stage
from tests.work.billing import NOW
from tests.work.runner import Ended, Runner

WORKERS = 2
TURNS = 2
PATIENCE = 1.5
"""Seconds for which a worker waits for a sweep: longer than one needs before it lays out its pieces, and not much
longer, since a sweep that finds nothing to do lays out none."""

SHARES, SECONDS = {"sweep": 0.6, "worker": 0.3}, 1.0
"""Trouble comes within so large a share of the points of a sweep that is alone, from the first lock on; or within so
many seconds after the start."""

SWEEP = "sweep"
NAMES = (SWEEP, *(f"worker {number}" for number in range(1, WORKERS + 1)))
HAPPENS = ("kill", "kill", "kill at any time", "kill server", "drop connection")


@dataclass(frozen=True)
class Turn:
    """What happens to whom: `at` is a point, or seconds where it is "kill at any time"."""

    happens: dict[str, tuple[str, float]]

    def __str__(self) -> str:
        return ", ".join(f"{does} of {who} at {at:g}" for who, (does, at) in self.happens.items()) or "nothing"


class Crew:
    """A sweep and workers on one stage."""

    def __init__(self, stage: Stage, patience: float = PATIENCE) -> None:
        self.stage, self.patience = stage, patience
        self.pieces = 0  # that workers finished
        self.runners = {SWEEP: stage.runner, **{name: Runner(stage.config, NOW) for name in NAMES[1:]}}

    def end(self) -> None:
        """Let the workers' processes go; the stage is the caller's."""
        for name in NAMES[1:]:
            self.runners[name].end()

    def play(self, rng: Random) -> int:
        """Some turns in a row, each with trouble for one or two; how many times it came."""
        return self.play_turns([self._turn(rng) for _ in range(TURNS)])

    def play_turns(self, turns: list[Turn]) -> int:
        """These turns, and then the rest."""
        stage, came = self.stage, 0
        stage.put_back()
        for turn in turns:
            came += self._play(turn)
        stage.finish(f"a crew, after {'; '.join(map(str, turns))}")
        self._judge_records(f"a crew, after {'; '.join(map(str, turns))}")
        return came

    def _turn(self, rng: Random) -> Turn:
        happens = {}
        for who in rng.sample(NAMES, rng.choice((1, 1, 2))):
            does = rng.choice(HAPPENS)
            points = int(len(self.stage.points) * SHARES[who.split()[0]])
            happens[who] = (does, SECONDS * rng.random() if does == "kill at any time" else 1 + rng.randrange(points))
        return Turn(happens)

    def _play(self, turn: Turn) -> int:
        stage, label = self.stage, f"a crew, {turn}"
        before = stage.moment()
        with ThreadPoolExecutor(len(NAMES)) as pool:
            going = {name: pool.submit(self._run, name, turn) for name in NAMES}
            first = going[SWEEP].result()
            # The next sweep begins while workers may still be at the last chunks of the one that was killed.
            second = stage.disturb(does=None, pieces=PIECES) if first.status is None else None
            ended = {name: one.result() for name, one in going.items()}
        stage.figures.runs += len(ended) + (second is not None)
        stage.mend()
        is_server_gone = any(turn.happens.get(name, ("",))[0] == "kill server" and ended[name].hit for name in NAMES)
        found = stage.figures.violations
        for name, one in ended.items():
            self.pieces += json.loads(one.out)["pieces"] if name != SWEEP and one.out else 0
            stage.figures.failed += one.status not in (None, Status.DONE)
            wrong = _wrong_ends(name, turn, one, is_server_gone, ended[SWEEP].status == Status.DONE)
            found += [f"{label}: {sentence}" for sentence in wrong]
        if second is not None and not is_server_gone and second.status != Status.DONE:
            found.append(f"{label}: the sweep after it ended with {second.status}: {second.err}")
        stage.judge(label)
        self._judge_records(label)
        came = list(self._came(turn, ended))
        stage.figures.kills.update(came)
        if not came and ended[SWEEP].status == Status.DONE:
            found += [f"{label}: {one}" for one in untold(before, stage.moment(), json.loads(ended[SWEEP].out))]
        return len(came)

    def _run(self, name: str, turn: Turn) -> Ended:
        does, at = turn.happens.get(name, (None, 0.0))
        command = () if name == SWEEP else ("--json", "worker", "--wait", str(self.patience))
        order: dict[str, Any] = {"does": does, "at": at, "from_lock": True, "pieces": PIECES}
        kill_after = None
        if does == "kill at any time":
            order["does"], kill_after = None, at
        return self.stage.disturb(*command, kill_after=kill_after, runner=self.runners[name], **order)

    def _came(self, turn: Turn, ended: dict[str, Ended]) -> Iterator[str]:
        for name, (does, _) in turn.happens.items():
            if ended[name].hit or ended[name].status is None:
                yield f"{does} in {name.split()[0]} with {WORKERS} workers"

    def _judge_records(self, label: str) -> None:
        with self.stage.site.reading() as connection:
            self.stage.figures.violations += [f"{label}: {one}" for one in contradictions(connection)]


def _wrong_ends(name: str, turn: Turn, ended: Ended, is_server_gone: bool, is_run_done: bool) -> Iterator[str]:
    """A process that was killed is gone; one that lost its database says so; all others do their work."""
    does, _ = turn.happens.get(name, ("", 0.0))
    if ended.status == Status.UNREACHABLE:
        if not is_server_gone and not (does == "drop connection" and ended.hit):
            yield f"{name} lost a database that was there: {ended.err}"
        elif ended.err.count("\n") != 1 or SENTENCES["kill server"] not in ended.err:
            yield f"what {name} said is not the one sentence: {ended.err!r}"
    elif ended.status is None:
        if not does.startswith("kill") or does == "kill server":
            yield f"{name} was killed by nobody"
    elif does == "kill" and ended.hit:
        yield f"{name} went on after SIGKILL"
    elif ended.status != Status.DONE and not _may_tell_more(name, ended, is_run_done):
        yield f"{name} ended with {ended.status}: {ended.err} {ended.out}"


def _may_tell_more(name: str, ended: Ended, is_run_done: bool) -> bool:
    """A worker whose sweep has gone tells that; a sweep that lost its connection at the end tells what it could not."""
    if ended.status != Status.FINDINGS:
        return False
    if name == SWEEP:
        return "state_dir" in ended.err
    return not is_run_done and json.loads(ended.out)["stopped"] == "coordinator-gone"
