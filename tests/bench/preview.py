"""What a change of rules would newly make due: kigen's preview against a scan of the tables that it reads."""

from __future__ import annotations

import time
from typing import Any

from kigen.work import preview as kigen_preview
from kigen.work.site import Site
from tests.bench.bench import Bench
from tests.bench.child import in_a_process
from tests.bench.figures import Figure, dearer
from tests.bench.host_columns import scan
from tests.bench.rows_quiet import QUIET
from tests.bench.watch import Watch

MOST = 3
TERM = ("schedule.client.delete-inactive", "60 months")
OTHER = ("guards.smallest_credit", "500")
"""A change that moves more than a date: everything is decided about twice."""


def measure(bench: Bench) -> list[Figure]:
    """With `deep` a fifth of five times the records are a million clients; else the large world as it is."""
    records = 5 * bench.records if bench.deep else bench.records
    return [
        _figure(bench, "preview", "a preview of another term", records, TERM, MOST),
        _figure(bench, "preview.other", "a preview of another limit", bench.records // 10, OTHER),
    ]


def _figure(
    bench: Bench, name: str, what: str, records: int, setting: tuple[str, str], at_most: float | None = None
) -> Figure:
    world = bench.worlds.get(QUIET, records)
    clients = QUIET.counts(records)["clients"]
    with bench.worlds.running(world) as server:
        bench.say(f"{setting[0]} becomes {setting[1]}: {clients:,} clients, then a scan")
        ours = in_a_process(previewed, server, name=setting[0], value=setting[1])
        theirs = scan(server, ours["tables"])
    peer = f"a scan of the {len(ours['tables'])} tables it reads"
    return dearer(name, f"{what} for {clients:,} clients", ours["seconds"], peer, theirs, at_most)


def previewed(site: Site, name: str, value: str) -> dict[str, Any]:
    """One preview, and the tables that its statements name."""
    watch = Watch(site.engine)
    began = time.perf_counter()
    kigen_preview.preview(site, name, value)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "tables": sorted(name for name in watch.tables if name.startswith(("tbl", "kigen_")))}
