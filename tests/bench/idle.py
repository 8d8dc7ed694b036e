"""A night with nothing to do: what a sweep costs when every due record is kept, in a small and in a large world."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from kigen.ledger import settings, tables
from kigen.work.site import Site
from kigen.work.sweep import sweep
from tests.bench.bench import Bench
from tests.bench.figures import Figure, bound, dearer
from tests.bench.rows_quiet import QUIET

SWEEPS = 5
MOST = 1.3


def measure(bench: Bench) -> list[Figure]:
    """The median of some sweeps in a process that has swept twice before, in worlds of two sizes or three."""
    small = bench.records // 10
    sizes = [small, bench.records, *([5 * bench.records] if bench.deep else [])]
    found = {records: bench.alone(nights, QUIET, records).told for records in sizes}
    figures = []
    for records in sizes[1:]:
        ours, theirs = found[records], found[small]
        name = "idle" if records == bench.records else "idle.deep"
        what = f"a sweep with nothing to do among {records:,} records, {ours['kept']:,} of them due but kept"
        figures.append(dearer(name, what, ours["seconds"], f"among {small:,}", theirs["seconds"], MOST))
        figures.append(bound(f"{name}.memory", "peak memory of that process", ours["peak_mb"], "MB"))
    return figures


def nights(site: Site) -> dict[str, Any]:
    """A sweep that confirms the rules, one more, and then those that count; a minute passes between two."""
    times = []
    with site.transaction() as connection:  # a small world would else be read in full every night, as that is quick
        settings.store(connection, "reconcile.quick_seconds", "0", site.now, site.actor)
    for night in range(2 + SWEEPS):
        later = site.now + dt.timedelta(minutes=night)
        began = time.perf_counter()
        swept = sweep(replace(site, now=later, machine_now=later), confirmed=night == 0)
        times.append(time.perf_counter() - began)
        if swept.done or swept.stopped:
            raise RuntimeError(f"there was something to do or to stop for: {swept.as_json()}")
    with site.reading() as connection:
        kept = connection.scalar(select(func.count()).where(tables.records.c.due_at <= site.now))
    return {"seconds": statistics.median(times[2:]), "kept": kept}
