"""Decides whether the program is right on a million histories: each judged by `decide` and by the oracle, none wrong.

    python -m tests.proof.million [--records N] [--seed S] [--processes P]

World n of a run has the seed S + n, so any difference is found again with `--seed S+n --records 1`. Every fiftieth
world goes through a real database, host adapter, inbox and sweep too. It ends with 1 where anything differed, or where
a rule or a reason never occurred.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.oracle.generate import generate
from tests.oracle.judge import judge
from tests.proof.coverage import Coverage
from tests.proof.routes import differences, in_memory, through_a_database

CLIENTS = 250
THROUGH_A_DATABASE = 50
SHOWN = 5
JAPAN = dt.timezone(dt.timedelta(hours=9))
INSTANTS = (
    "2026-11-22T12:00:00", "2026-12-31T23:59:59", "2027-01-01T00:00:00", "2027-02-28T10:00:00", "2028-02-29T00:00:00",
    "2028-02-29T23:59:59", "2029-03-31T09:00:00", "2036-11-30T12:00:00", "2030-06-01T00:00:00",
)  # fmt: skip
"""Ends of months and years and leap days; the other half of the worlds are judged at any second of thirty years."""


@dataclass
class Judged:
    """What came of one world."""

    seed: int
    coverage: Coverage = field(default_factory=Coverage)
    wrong: list[str] = field(default_factory=list)
    through_a_database: int = 0


def instant_of(seed: int) -> dt.datetime:
    """When the world of a seed is judged."""
    rng = Random(f"instant {seed}")
    if rng.random() < 0.5:
        local = dt.datetime.fromisoformat(rng.choice(INSTANTS))
    else:
        local = dt.datetime(2020, 1, 1) + dt.timedelta(seconds=rng.randrange(30 * 365 * 86_400))
    return local.replace(tzinfo=JAPAN).astimezone(dt.UTC)


def judge_world(seed: int) -> Judged:
    """Generate the world of a seed and judge all of it by both routes that it takes."""
    now = instant_of(seed)
    world = generate(Random(seed), CLIENTS, now)
    verdicts = judge(world, now)
    decided = list(in_memory(world, now))
    judged = Judged(seed)
    for decision in decided:
        judged.coverage.take(decision, decision.due == now)
    judged.wrong = differences(decided, verdicts)
    if seed % THROUGH_A_DATABASE == 0:
        with tempfile.TemporaryDirectory() as folder:
            judged.through_a_database, wrong = through_a_database(world, now, Path(folder), verdicts)
        judged.wrong += [f"through a database: {one}" for one in wrong]
    return judged


@dataclass
class Run:
    """All worlds of one run; every run of the same seed and size takes the same worlds."""

    seed: int
    processes: int
    coverage: Coverage = field(default_factory=Coverage)
    wrong: list[tuple[int, str]] = field(default_factory=list)
    worlds: int = 0
    through_a_database: int = 0
    seconds: float = 0.0

    def take(self, judged: Judged) -> None:
        self.coverage.add(judged.coverage)
        self.wrong += [(judged.seed, one) for one in judged.wrong]
        self.through_a_database += judged.through_a_database
        self.worlds += 1

    def lines(self) -> list[str]:
        """The figures, the first differences, and what never occurred."""
        judged, last = self.coverage.judged, self.seed + self.worlds - 1
        return [
            *self.coverage.lines(),
            "",
            f"{judged:,} records judged in {self.worlds:,} worlds (seeds {self.seed} to {last}),"
            f" {self.through_a_database:,} of them through a database as well: {len(self.wrong)} differing.",
            f"{self.seconds:,.1f} s, {judged / max(self.seconds, 0.001):,.0f} records/s in {self.processes} processes.",
            *(f"seed {seed} at {instant_of(seed).isoformat()}: {one}" for seed, one in self.wrong[:SHOWN]),
            *(f"missing: {one}" for one in self.coverage.missing()),
        ]

    @property
    def is_right(self) -> bool:
        """Nothing differed, and everything that must occur did."""
        return not self.wrong and not self.coverage.missing()


def run(records: int, seed: int, processes: int) -> Run:
    """Judge worlds, in rounds, until so many records were judged."""
    found, began = Run(seed, processes), time.monotonic()
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        while found.coverage.judged < records:
            size = min(64, 1 + (records - found.coverage.judged) // 2000)
            first = seed + found.worlds
            for judged in pool.imap_unordered(judge_world, range(first, first + size)):
                found.take(judged)
            told = f"{found.coverage.judged:,} records, {len(found.wrong)} differing"
            print(told, file=sys.stderr, flush=True)
    found.seconds = time.monotonic() - began
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run, print the figures, and say by the exit status whether all was well."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.million", description="Judge many histories twice.")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args(arguments)
    found = run(chosen.records, chosen.seed, chosen.processes)
    print("\n".join(found.lines()))
    return 0 if found.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
