"""Deleting due orders: kigen's whole sweep, with locks, re-read facts, guards and run records, against pt-archiver."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any

from kigen.work.site import Site
from kigen.work.sweep import sweep
from kigen.work.worker import work
from tests.bench import archiver
from tests.bench.bench import Bench
from tests.bench.child import begun, say_ready
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


def swept(site: Site, workers: int = 1) -> dict[str, Any]:
    """One confirmed sweep, with what its own statements took; further workers are there before it begins."""
    url = site.engine.url.render_as_string(hide_password=False)
    with ExitStack() as stack:
        others = [stack.enter_context(begun(helped, url, site.state_dir)) for _ in range(workers - 1)]
        for other in others:
            other.wait_until_ready()
        watch = Watch(site.engine)
        began = time.perf_counter()
        found = sweep(site, confirmed=True)
        seconds = time.perf_counter() - began
        pieces = sum(other.result()["pieces"] for other in others)
    deleted = dict(found.done.get("delete", {}))
    return {"seconds": seconds, "deleted": deleted, "pieces_of_others": pieces, **watch.told()}


def helped(site: Site) -> dict[str, Any]:
    """What `kigen worker` does."""
    say_ready()
    return {"pieces": work(site, patience=600).pieces}
