"""Trouble of every sort until so many kills have come: `python -m tests.chaos [--kills N] [--seed S] [--minutes M]`.

Two processes, each with servers of its own. Prints what was tried and what was found; ends with 1 where an invariant
did not hold. A seed gives the same troubles again, as far as the machine's timing lets it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.rounds import killed, play
from tests.chaos.stage import Figures
from tests.support.mariadb import install

PROCESSES = 2


def main() -> int:
    """Share the kills among processes, add up, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60.0)
    chosen = parser.parse_args()
    began, until = time.monotonic(), time.time() + chosen.minutes * 60
    folder = Path(tempfile.mkdtemp(prefix="kigen-chaos-"))
    try:
        install(folder / "template")
        shares = [chosen.kills // PROCESSES + (number < chosen.kills % PROCESSES) for number in range(PROCESSES)]
        tasks = [(folder, number, share, chosen.seed, until) for number, share in enumerate(shares)]
        with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
            parts = pool.starmap(play, tasks)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    figures = Figures()
    for part in parts:
        figures.add(part)
    return show(figures, chosen.seed, chosen.kills, time.monotonic() - began)


def show(figures: Figures, seed: int, wanted: int, seconds: float) -> int:
    """Print the figures; the exit status."""
    print(f"chaos: seed {seed}, {seconds:,.0f} seconds, {PROCESSES} processes")
    for sort, times in sorted(figures.kills.items()):
        print(f"{times:>9,}  {sort}")
    a_minute = killed(figures) / seconds * 60
    print(f"{killed(figures):>9,}  kills in all ({a_minute:,.0f} a minute), of {wanted:,} asked for")
    print(f"{len(figures.points):>9,}  names of points: {', '.join(sorted(figures.points))}")
    print(f"{figures.runs:>9,}  runs, {figures.failed:,} of which failed as they should")
    print(f"{figures.checks:>9,}  times all invariants were checked")
    print(f"{len(figures.violations):>9,}  violations")
    for one in figures.violations:
        print(f"           {one}")
    return 1 if figures.violations or killed(figures) < wanted else 0


if __name__ == "__main__":
    sys.exit(main())
