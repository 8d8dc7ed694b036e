"""The record of a run: what was planned, done and kept, why it stopped, and how that is written down."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from kigen.ledger import runs
from kigen.work.brakes import Brake
from kigen.work.chunk import Outcome
from kigen.work.comparison import Reconciled
from kigen.work.gauges import Seen
from kigen.work.places import Rows, gather
from kigen.work.plan import Tally
from kigen.work.stops import FAILED, Stop


@dataclass
class Swept:
    """The run record. `stop` None: everything planned was looked at; else why not, as data.

    `looked_at` counts records that the gate decided about, kept ones included. `gauges` tells what the throttle saw.
    `entries` counts entries of evidence. `stated` is the instant that a person stated and the machine's clock does not
    show, and whether it lies in the past or ahead.
    """

    run: int | None = None
    planned: Tally = field(default_factory=Tally)
    done: dict[str, Counter[str]] = field(default_factory=dict)
    kept: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    left_rows: Rows = field(default_factory=dict)
    remaining: int = 0
    seconds: float = 0.0
    stop: Stop | None = None
    brakes: list[Brake] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    reconciled: Reconciled | None = None
    gauges: dict[str, Seen] = field(default_factory=dict)
    looked_at: int = 0
    entries: int = 0
    stated: dict[str, str] | None = None

    def add(self, other: Swept) -> None:
        """Add what another part of the same run did."""
        for action, counts in other.done.items():
            self.done.setdefault(action, Counter()).update(counts)
        self.kept.update(other.kept)
        self.rows.update(other.rows)
        self.left.update(other.left)
        gather(self.left_rows, other.left_rows)
        self.failures += other.failures
        self.warnings += [one for one in other.warnings if one not in self.warnings]
        self.looked_at += other.looked_at
        self.entries += other.entries
        for name, seen in other.gauges.items():
            self.gauges.setdefault(name, Seen(seen.limit)).add(seen)

    def count(self, outcome: Outcome) -> None:
        """Add what the gate did with a chunk."""
        for action, refs in outcome.done.items():
            self.done.setdefault(action, Counter()).update(ref[0].value for ref in refs)
        self.kept.update(outcome.kept)
        self.rows.update(outcome.rows)
        self.left.update(outcome.left)
        gather(self.left_rows, outcome.left_rows)
        self.entries += len(outcome.told)

    def as_told(self) -> dict[str, Any]:
        """A part of a run as plain data, for the process that closes the run."""
        return {
            "done": self.done, "kept": self.kept, "rows": self.rows, "left": self.left,
            "left_rows": self.left_rows, "failures": self.failures,
            "warnings": self.warnings, "looked_at": self.looked_at, "entries": self.entries,
            "gauges": {name: seen.as_json() for name, seen in self.gauges.items()},
        }  # fmt: skip

    def hear(self, told: dict[str, Any]) -> None:
        """Add a part that another process told."""
        done = {action: Counter(counts) for action, counts in told["done"].items()}
        self.add(
            Swept(done=done, kept=Counter(told["kept"]), rows=Counter(told["rows"]), left=Counter(told["left"]),
                  left_rows=told["left_rows"], failures=told["failures"],
                  warnings=told["warnings"], looked_at=told["looked_at"], entries=told["entries"],
                  gauges={name: Seen(**seen) for name, seen in told["gauges"].items()})
        )  # fmt: skip

    @property
    def stopped(self) -> str | None:
        """The code of the reason to stop."""
        return self.stop.code if self.stop else None

    @property
    def waited(self) -> float:
        """Seconds that all parts of the run rested."""
        return sum(seen.waited for seen in self.gauges.values())

    @property
    def acted(self) -> int:
        return sum(sum(counts.values()) for counts in self.done.values())

    def as_json(self) -> dict[str, Any]:
        names = {"archived": "archive", "deleted": "delete", "anonymised": "anonymise"}
        return {
            "run": self.run,
            **{name: dict(self.done.get(action, {})) for name, action in names.items()},
            "kept": dict(self.kept), "remaining": self.remaining, "seconds": round(self.seconds, 3),
            "stopped": self.stopped, "stopped_because": self.stop.as_json() if self.stop else None,
            "acted": self.acted, "entries": self.entries, "stated": self.stated,
            "planned": {action: dict(counts) for action, counts in self.planned.acts.items()},
            "rows": dict(self.rows), "left": dict(self.left), "left_rows": self.left_rows,
            "brakes": [brake.as_json() for brake in self.brakes],
            "failures": self.failures, "warnings": self.warnings, "refused": self.refused,
            "waited": round(self.waited, 1),
            "gauges": {name: seen.as_json() for name, seen in self.gauges.items()},
        }  # fmt: skip

    @property
    def outcome(self) -> str:
        """How the run ended, in the words of the run record."""
        if self.stop is None:
            return runs.DONE
        if self.stop.code == FAILED:
            return runs.FAILED
        return runs.REFUSED if self.stopped in {brake.code for brake in self.brakes} else runs.STOPPED
