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


def run(records: int, seed: int, processes: int) -> tuple[Coverage, list[tuple[int, str]], int, int]:
    """Judge worlds until so many records were judged; every run of the same seed takes the same worlds."""
    coverage, wrong, worlds, by_database = Coverage(), list[tuple[int, str]](), 0, 0
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        while coverage.judged < records:
            round_ = range(seed + worlds, seed + worlds + min(64, 1 + (records - coverage.judged) // 2000))
            for judged in pool.imap_unordered(judge_world, round_):
                coverage.add(judged.coverage)
                wrong += [(judged.seed, one) for one in judged.wrong]
                by_database += judged.through_a_database
            worlds += len(round_)
            print(f"{coverage.judged:,} records, {len(wrong)} differing", file=sys.stderr, flush=True)
    return coverage, wrong, worlds, by_database


def main(arguments: list[str] | None = None) -> int:
    """Run, print the figures, and say by the exit status whether all was well."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.million", description="Judge many histories twice.")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    coverage, wrong, worlds, by_database = run(chosen.records, chosen.seed, chosen.processes)
    seconds = time.monotonic() - began
    missing = coverage.missing()
    print("\n".join(coverage.lines()))
    print(
        f"\n{coverage.judged:,} records judged in {worlds:,} worlds (seeds {chosen.seed} to {chosen.seed + worlds - 1}),"
        f" {by_database:,} of them through a database as well: {len(wrong)} differing."
        f" {seconds:,.1f} s, {coverage.judged / seconds:,.0f} records/s in {chosen.processes} processes."
    )
    for seed, one in wrong[:SHOWN]:
        print(f"seed {seed} at {instant_of(seed).isoformat()}: {one}")
    print("\n".join(f"missing: {one}" for one in missing) or "every rule and every reason occurred")
    return 1 if wrong or missing else 0


if __name__ == "__main__":
    sys.exit(main())
