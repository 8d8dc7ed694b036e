"""Reading the whole platform: full reconciles, the first and a later one, against a bare read of the same columns."""

from __future__ import annotations

import inspect
import statistics
import time
from typing import Any

from kigen.work.reconcile import Reconciled, reconcile
from kigen.work.site import Site
from tests.bench.bench import Bench
from tests.bench.figures import Figure, bound, faster
from tests.bench.host_columns import bare_read
from tests.bench.rows_quiet import QUIET

PEER = "PyMySQL, unbuffered"
ROUNDS = 3
LEAST = 0.4


def measure(bench: Bench) -> list[Figure]:
    """The peer's median of some rounds, each of the same rows on the same server; then one full reconcile."""
    world = bench.worlds.get(QUIET, bench.records)
    with bench.worlds.running(world) as server:
        bench.say(f"a bare read of {bench.records:,} records")
        theirs = statistics.median(bare_read(server) for _ in range(ROUNDS))
    ours = bench.alone(full, QUIET, bench.records).told
    return [
        faster("full", f"a full reconcile of {ours['read']:,} records", ours["seconds"], PEER, theirs, LEAST),
        faster("full.first", "the first one, into empty tables", world.first["seconds"], PEER, theirs),
        bound("full.memory", "peak memory of the reconciling process", ours["peak_mb"], "MB"),
    ]


def full(site: Site) -> dict[str, Any]:
    """A full reconcile of what was read before."""
    began = time.perf_counter()
    found = read_all(site)
    return {"seconds": time.perf_counter() - began, "read": found.read}


def read_all(site: Site) -> Reconciled:
    """A full reconcile, whether or not it has to be asked for."""
    asked: dict[str, Any] = {"full": True} if "full" in inspect.signature(reconcile).parameters else {}
    return reconcile(site, **asked)
