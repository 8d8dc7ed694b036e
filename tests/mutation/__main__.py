"""Decides whether the tests of the policy are good enough: mutmut's score of plugin/kigen/policy, at least 95 %.

    python -m tests.mutation [--max-minutes M] [--only floors.py] [--processes P]

Each mutant is one small change. It is killed when a test fails with it, and survives when none does. The score is
mutmut's own formula: killed and timed out, of all that were tried. Cut short by --max-minutes, it is the score of a
random sample of the tables and of the functions. It ends with 1 below 95 %.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from pathlib import Path
from random import Random

from mutmut.configuration import config

from tests.mutation.equivalent import reason_of, stale
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.trials import Fate, work

ROOT = Path(__file__).parents[2]
ENOUGH = 95.0
COLUMNS = ("killed", "survived", "no tests", "timeout", "suspicious", "segfault", "equivalent", "not checked")


def files_to_mutate() -> list[str]:
    """The files under the paths that setup.cfg names for mutmut."""
    paths = (path for top in config().source_paths for path in sorted((ROOT / top).rglob("*.py")))
    return [str(path.relative_to(ROOT)) for path in paths if config().should_mutate(path.relative_to(ROOT))]


def killers() -> list[str]:
    """The test files that setup.cfg names for mutmut, one by one."""
    chosen = [ROOT / path for path in config().pytest_add_cli_args_test_selection]
    found = [path for one in chosen for path in (sorted(one.glob("test_*.py")) if one.is_dir() else [one])]
    return [str(path.relative_to(ROOT)) for path in found]


class Table:
    """Counts of what became of mutants, by file."""

    def __init__(self) -> None:
        self.rows: dict[str, Counter[str]] = defaultdict(Counter)

    def take(self, mutant: Mutant, status: str) -> None:
        self.rows[Path(mutant.path).name][status] += 1

    @property
    def total(self) -> Counter[str]:
        return sum(self.rows.values(), Counter())

    def lines(self) -> Iterator[str]:
        yield "| file | mutants | " + " | ".join(COLUMNS) + " | score |"
        yield "|---" * (len(COLUMNS) + 3) + "|"
        for name, counts in [*sorted(self.rows.items()), ("total", self.total)]:
            told = " | ".join(str(counts[column]) for column in COLUMNS)
            yield f"| {name} | {counts.total()} | {told} | {score(counts):.1f} % |"


def score(counts: Counter[str]) -> float:
    """Killed and timed out, of all that were tried and make a difference, in percent."""
    tried = counts.total() - counts["equivalent"] - counts["not checked"]
    return 100 * (counts["killed"] + counts["timeout"]) / tried if tried else 0.0


def tried(mutants: list[Mutant], minutes: float, processes: int) -> Iterator[Fate]:
    """What becomes of mutants, told as it becomes known."""
    until, files, forks = time.monotonic() + 60 * minutes, killers(), multiprocessing.get_context("fork")
    talking: list[Connection] = []
    for number in range(processes):
        here, there = forks.Pipe(duplex=False)
        forks.Process(target=work, args=(mutants[number::processes], files, until, there), daemon=True).start()
        there.close()
        talking.append(here)
    while talking:
        for one in wait(talking):
            said = one.recv()  # type: ignore[union-attr]  # these are connections, and none else waits here
            if isinstance(said, str):
                raise SystemExit(said)
            if said is None:
                talking.remove(one)
            else:
                yield said


def main(arguments: list[str] | None = None) -> int:
    """Try all mutants, print survivors and the table, and say by the exit status whether it is enough."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="The mutation score of the policy.")
    parser.add_argument("--max-minutes", type=float, default=240.0)
    parser.add_argument("--only", default="", help="files whose name begins so")
    parser.add_argument("--processes", type=int, default=1)
    chosen = parser.parse_args(arguments)
    began, table = time.monotonic(), Table()
    paths = [path for path in files_to_mutate() if Path(path).name.startswith(chosen.only)]
    found = {one.key: one for path in paths for one in mutants_of(path, ROOT)}
    if rows := stale(list(found.values())):
        raise SystemExit("\n".join(["these rows of tests/mutation/equivalent.py match no mutant:", *rows]))
    left = {key: one for key, one in found.items() if reason_of(one) is None}
    for key in found.keys() - left.keys():
        table.take(found[key], "equivalent")
    order = Random(0).sample(list(left.values()), len(left))
    for fate in tried(order, chosen.max_minutes, chosen.processes):
        mutant = left.pop(fate.key)
        table.take(mutant, fate.status)
        if len(left) % 100 == 0:
            print(f"{len(order) - len(left)} of {len(order)}", file=sys.stderr, flush=True)
        if fate.status not in ("killed", "timeout"):
            print("\n".join([f"{fate.status}: {mutant.lines()[0]}", *mutant.lines()[1:]]), flush=True)
    for mutant in left.values():
        table.take(mutant, "not checked")
    print("\n".join(table.lines()))
    took = f"{time.monotonic() - began:,.0f} s in {chosen.processes} processes"
    print(f"{took}; mutation score {score(table.total):.1f} %, at least {ENOUGH:.0f} % expected")
    return 0 if score(table.total) >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main())
