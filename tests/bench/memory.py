"""Memory must not grow with what exists: the same work in a world a tenth as large."""

from __future__ import annotations

from tests.bench.bench import Bench
from tests.bench.delete import swept
from tests.bench.figures import Figure, dearer
from tests.bench.full import full
from tests.bench.rows_due import DUE
from tests.bench.rows_quiet import QUIET

MOST = 1.5


def measure(bench: Bench) -> list[Figure]:
    """Peak memory of a process that reconciles everything, and of one that deletes a fifth of everything."""
    figures = []
    small = bench.records // 10
    for name, sort, work, what in (
        ("memory.full", QUIET, full, "a full reconcile"),
        ("memory.delete", DUE, swept, "a sweep that deletes a fifth"),
    ):
        peaks = [bench.alone(work, sort, records).told["peak_mb"] for records in (small, bench.records)]
        said = f"peak memory of {what} of {bench.records:,} records"
        figures.append(dearer(name, said, peaks[1], f"of {small:,}", peaks[0], MOST, unit="MB"))
    return figures
