"""Deleting due orders: kigen's whole sweep, with locks, re-read facts, guards and run records, against pt-archiver."""

from __future__ import annotations

import time
from typing import Any

from kigen.work.site import Site
from kigen.work.sweep import sweep
from tests.bench import archiver
from tests.bench.bench import Bench
from tests.bench.figures import Figure, bound, faster
from tests.bench.generator import DATABASE, rows_of
from tests.bench.rows_due import DUE
from tests.bench.watch import Watch

LONGEST_MS = 50


def measure(bench: Bench) -> list[Figure]:
    """Both sides delete the same rows of equal databases; anything else is an error, not a figure."""
    world = bench.worlds.get(DUE, bench.records)
    with bench.worlds.running(world) as server:
        due = server.execute(f"SELECT COUNT(*) FROM tblorders WHERE {archiver.DUE}", DATABASE)[0][0]
        bench.say(f"pt-archiver on {due:,} due orders among {bench.records:,} records")
        theirs, left = archiver.purge(server), rows_of(server)
    ran = bench.alone(swept, DUE, bench.records)
    ours = ran.told
    if ours["deleted"] != {"order": due}:
        raise RuntimeError(f"kigen deleted {ours['deleted']}; expected {due} orders and nothing else")
    if ran.left != left:
        differing = [name for name in left if left[name] != ran.left[name]]
        raise RuntimeError(f"kigen and pt-archiver left different rows in {', '.join(differing)}")
    bench.say(f"slowest statement: {ours['slowest']}")
    return [
        faster("delete", f"a sweep of {due:,} due orders of {bench.records:,} records",
               ours["seconds"], "pt-archiver", theirs, at_least=1.0),
        bound("delete.statement", f"p99 of its {ours['statements']:,} statements", ours["statement_p99"], "ms",
              LONGEST_MS),
        bound("delete.lock", f"longest time of {ours['transactions']:,} that rows were held", ours["lock_max"], "ms",
              LONGEST_MS),
        bound("delete.lock.p99", "p99 of these times", ours["lock_p99"], "ms"),
        bound("delete.slowest", "the slowest of all statements", ours["statement_max"], "ms"),
        bound("delete.memory", "peak memory of the sweeping process", ours["peak_mb"], "MB"),
    ]  # fmt: skip


def swept(site: Site) -> dict[str, Any]:
    """One confirmed sweep, with what its statements took."""
    watch = Watch(site.engine)
    began = time.perf_counter()
    found = sweep(site, confirmed=True)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "deleted": dict(found.done.get("delete", {})), **watch.told()}
