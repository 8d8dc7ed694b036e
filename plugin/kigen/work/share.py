"""What one process does of a run: piece after piece, chunk after chunk, with a look at every reason to stop between."""

from __future__ import annotations

import os.path
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from kigen.ledger import due, ranges
from kigen.ledger.ranges import Range
from kigen.policy.records import RECORDS, Kind, Ref
from kigen.policy.schedule import Effect, Schedule
from kigen.work.attempt import Attempts
from kigen.work.brakes import Brake
from kigen.work.pace import Pace, pace_of
from kigen.work.sharing import chunks
from kigen.work.site import Site
from kigen.work.stops import LIMIT, MAX_SECONDS, STOP_FILE, Stop, stop
from kigen.work.swept import Swept
from kigen.work.throttle import Throttle, whole


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one run may do; None: no bound."""

    records: int | None = None
    seconds: float | None = None


NO_BUDGET = Budget()


@dataclass
class Share:
    """The part of one process in a run; `swept` adds up all its pieces.

    Records in `today` could not be handled lately and wait; those in `last` come after the others of their piece.
    `is_over` tells that the run has ended for another reason, before every chunk.
    """

    connection: Connection
    site: Site
    schedule: Schedule
    run: int
    swept: Swept
    throttle: Throttle
    budget: Budget = NO_BUDGET
    began: float = field(default_factory=time.monotonic)
    today: frozenset[Ref] = frozenset()
    last: frozenset[Ref] = frozenset()
    is_over: Callable[[], Stop | None] = lambda: None
    progress: Callable[[int], None] = lambda done: None
    _paces: dict[Kind, Pace] = field(default_factory=dict)

    def do(self, piece: Range) -> None:
        """Carry out a piece and write down how it went; of a piece that was not finished, the rest is laid out anew."""
        mine = Swept()
        attempts = Attempts(self.connection, self.site, self.schedule, self.run, mine.failures, mine.warnings)
        attempts.coming = lambda: self._clients_of(piece)
        attempts.is_over = self.is_told_to_stop
        waiting: list[tuple[Kind, int, str]] = []
        with self.connection.begin():
            most, held = (whole(self.site, self.connection, name) for name in ("sweep.chunk", "sweep.hold_ms"))
        for kind in RECORDS:
            self._paces.setdefault(kind, pace_of(kind, most, held))
        try:
            for kind, chunk in chunks(self.connection, self.site, self.schedule, piece, self._size):
                waiting += [(kind, number, action) for number, action in chunk.items() if (kind, number) in self.last]
                ready = {n: action for n, action in chunk.items() if (kind, n) not in self.last | self.today}
                if ready and not self._carry_out(attempts, mine, kind, ready):
                    break
            else:
                for kind, number, action in waiting:
                    if not self._carry_out(attempts, mine, kind, {number: action}):
                        break
            with self.connection.begin():
                is_laid_out = ranges.finish(self.connection, piece, mine.as_told())
                if is_laid_out and self.swept.stop is not None:
                    ranges.lay_out_again(self.connection, piece, mine.looked_at)
        finally:
            self.swept.add(mine)

    def _clients_of(self, piece: Range) -> list[int]:
        """The clients of a piece that are due to be erased: their traces are looked for together."""
        effects = {rule.id: rule.effect for rule in self.schedule.rules}
        with self.connection.begin():
            acting = due.acting_of(self.connection, self.site.now, Kind.CLIENT, piece.lowest, piece.highest)
        return [number for number, rule, action in acting if (action or effects.get(rule)) != Effect.ARCHIVE]

    def _size(self, kind: Kind) -> int:
        return self._paces[kind].next()

    def _carry_out(self, attempts: Attempts, mine: Swept, kind: Kind, chunk: Mapping[int, str]) -> bool:
        """Try a chunk; False where the run should stop, which `swept.stop` then explains."""
        self.swept.stop = self._reason_to_stop(mine)
        if self.swept.stop is None and self.budget.records is not None:
            left = self.budget.records - self.swept.looked_at - mine.looked_at
            if left < len(chunk):
                self.swept.stop = stop(LIMIT, limit=self.budget.records)
                chunk = dict(list(chunk.items())[:left])
                if not chunk:
                    return False
        elif self.swept.stop:
            return False
        outcome, undone = attempts.carry_out(kind, chunk)
        self._paces[kind].took(len(chunk), attempts.held)
        mine.count(outcome)
        mine.warnings += self.site.plugins.erased(outcome.done.get(Effect.DELETE, []), self.run)
        mine.looked_at += len(chunk) - undone
        self.progress(self.swept.looked_at + mine.looked_at)
        self.swept.stop = self.swept.stop or attempts.stop
        return self.swept.stop is None

    def _reason_to_stop(self, mine: Swept) -> Stop | None:
        return self.is_told_to_stop() or self.throttle.rest(self.connection, mine.gauges, self.is_told_to_stop)

    def is_told_to_stop(self) -> Stop | None:
        """The reason that somebody or something outside the work gives: the time, the file, the end of the run."""
        seconds = self.budget.seconds
        if seconds is not None and time.monotonic() - self.began >= seconds:
            return stop(MAX_SECONDS, seconds=seconds)
        return told_by_file(self.site) or self.is_over()


def stop_file(site: Site) -> Path:
    """While this file exists nothing acts: a person's way to stop a run without killing it."""
    return site.state_dir / "stop"


def told_by_file(site: Site) -> Stop | None:
    """The stop where that file is there, whatever it is; to be asked before every act."""
    path = stop_file(site)
    return stop(STOP_FILE, path=str(path)) if os.path.lexists(path) else None


def held_by_file(site: Site) -> Brake | None:
    """The same for what a person starts: nothing of it begins while the file is there."""
    told = told_by_file(site)
    return Brake(STOP_FILE, str(stop_file(site)), "no such file", told.text) if told else None
