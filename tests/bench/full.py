"""Reading the whole platform: full reconciles, the first and a later one, against a bare read of the same columns."""

from __future__ import annotations

import statistics
import time
from typing import Any

from kigen.work.reconcile import reconcile
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
    if ours["changed"]:
        raise RuntimeError(f"a full reconcile of what nobody changed found {ours['changed']} records changed")
    return [
        faster("full", f"a full reconcile of {bench.records:,} records", ours["seconds"], PEER, theirs, LEAST),
        faster("full.first", "the first one, into empty tables", world.first["seconds"], PEER, theirs),
        bound("full.memory", "peak memory of the reconciling process", ours["peak_mb"], "MB"),
    ]


def full(site: Site) -> dict[str, Any]:
    """A full reconcile of what was read before."""
    began = time.perf_counter()
    found = reconcile(site, full=True)
    return {"seconds": time.perf_counter() - began, "changed": found.changed}
