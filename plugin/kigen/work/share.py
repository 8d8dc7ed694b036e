"""What one process does of a run: piece after piece, chunk after chunk, with a look at every reason to stop between."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from kigen.ledger import ranges
from kigen.ledger.ranges import Range
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import Effect, Schedule
from kigen.work.attempt import Attempts
from kigen.work.sharing import chunks
from kigen.work.site import Site
from kigen.work.swept import Swept
from kigen.work.throttle import Throttle


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
    chunk_size: int
    budget: Budget = NO_BUDGET
    began: float = field(default_factory=time.monotonic)
    today: frozenset[Ref] = frozenset()
    last: frozenset[Ref] = frozenset()
    is_over: Callable[[], str | None] = lambda: None
    progress: Callable[[int], None] = lambda done: None

    def do(self, piece: Range) -> None:
        """Carry out a piece; how it went is written down for whoever closes the run, unless it had to stop."""
        mine = Swept()
        attempts = Attempts(self.connection, self.site, self.schedule, self.run, mine.failures)
        waiting: list[tuple[Kind, int, str]] = []
        try:
            for kind, chunk in chunks(self.connection, self.site, self.schedule, piece, self.chunk_size):
                waiting += [(kind, number, action) for number, action in chunk.items() if (kind, number) in self.last]
                ready = {n: action for n, action in chunk.items() if (kind, n) not in self.last | self.today}
                if ready and not self._carry_out(attempts, mine, kind, ready):
                    return
            for kind, number, action in waiting:
                if not self._carry_out(attempts, mine, kind, {number: action}):
                    return
            with self.connection.begin():
                ranges.finish(self.connection, piece, mine.as_told())
        finally:
            self.swept.add(mine)

    def _carry_out(self, attempts: Attempts, mine: Swept, kind: Kind, chunk: Mapping[int, str]) -> bool:
        """Try a chunk; False where the run should stop, which `swept.stopped` then explains."""
        self.swept.stopped = self._reason_to_stop()
        if self.swept.stopped is None and self.budget.records is not None:
            left = self.budget.records - self.swept.looked_at - mine.looked_at
            if left < len(chunk):
                self.swept.stopped = "limit"
                chunk = dict(list(chunk.items())[:left])
                if not chunk:
                    return False
        elif self.swept.stopped:
            return False
        outcome, undone = attempts.carry_out(kind, chunk)
        for decision in outcome.done:
            mine.done.setdefault(decision.action, Counter())[decision.record.kind.value] += 1
        mine.kept.update(outcome.kept)
        mine.rows.update(outcome.rows)
        erased = [decision.record.ref for decision in outcome.done if decision.action == Effect.DELETE]
        mine.warnings += self.site.plugins.erased(erased, self.run)
        mine.looked_at += len(chunk) - undone
        self.progress(self.swept.looked_at + mine.looked_at)
        self.swept.stopped = self.swept.stopped or attempts.stopped
        return self.swept.stopped is None

    def _reason_to_stop(self) -> str | None:
        if self.budget.seconds is not None and time.monotonic() - self.began >= self.budget.seconds:
            return "max-seconds"
        said = self.is_over() or self.throttle.rest(self.connection)
        self.connection.rollback()
        return said
