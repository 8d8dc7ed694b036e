"""Measures every figure, prints the table, and writes the table and its plot: `python -m tests.bench`."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import kigen
from tests.bench import bridge, changes, delete, events, evidence, export, full, idle, memory, preview, workers
from tests.bench.awake import awake
from tests.bench.bench import Bench
from tests.bench.figures import Figure, plain
from tests.bench.plot import document, svg
from tests.bench.worlds import Worlds
from tests.support.tree import ROOT

OUT = ROOT / "build" / "bench"

MEASURES: dict[str, Callable[[Bench], list[Figure]]] = {
    "delete": delete.measure,
    "idle": idle.measure,
    "full": full.measure,
    "changes": changes.measure,
    "intake": events.measure,
    "preview": preview.measure,
    "workers": workers.measure,
    "memory": memory.measure,
    "evidence": evidence.measure,
    "export": export.measure,
    "bridge": bridge.measure,
}


def main(arguments: Sequence[str] | None = None) -> list[Figure]:
    """Runs the measures that are asked for, all by default, and returns their figures."""
    asked = _parse(arguments)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="kigen-bench-") as folder:
        bench = Bench(Worlds(asked.worlds or Path(folder)), asked.records, asked.deep)
        with awake():
            for name in asked.only or MEASURES:
                figures += MEASURES[name](bench)
    said = f"kigen {kigen.__version__}, {asked.records:,} records; {_machine()}."
    print(f"{plain(figures)}\n\n{said}")
    asked.out.mkdir(parents=True, exist_ok=True)
    how = f"./tests/run --bench --records {asked.records}{' --deep' if asked.deep else ''}"
    (asked.out / "README.md").write_text(document(figures, said, how), encoding="utf-8")
    (asked.out / "ratios.svg").write_text(svg(figures, said), encoding="utf-8")
    return figures


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("tests.bench", description=__doc__)
    parser.add_argument("--records", type=_ten_thousands, default=1_000_000, help="size of the large world")
    parser.add_argument("--only", nargs="+", choices=list(MEASURES), metavar="NAME", help=", ".join(MEASURES))
    parser.add_argument("--deep", action="store_true", help="idle and preview in a world five times as large as well")
    parser.add_argument("--out", type=Path, default=OUT, help="folder for README.md and ratios.svg")
    parser.add_argument("--worlds", type=Path, help="folder in which the databases are kept for the next run")
    return parser.parse_args(arguments)


def _ten_thousands(text: str) -> int:
    number = int(text.replace("_", ""))
    if number <= 0 or number % 10_000:
        raise argparse.ArgumentTypeError("expected a multiple of 10000")
    return number


def _machine() -> str:
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores shared with the server, {memory_gib:.0f} GiB, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
    sys.exit(0)
