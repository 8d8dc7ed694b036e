"""What a change of rules would newly make due: kigen's preview against a scan of the tables that it reads."""

from __future__ import annotations

import time
from typing import Any

from kigen.ledger import settings
from kigen.work.plan import decisions
from kigen.work.site import Site
from tests.bench.bench import Bench
from tests.bench.child import in_a_process
from tests.bench.figures import Figure, bound, dearer
from tests.bench.host_columns import scan
from tests.bench.rows_quiet import QUIET
from tests.bench.watch import Watch

MOST = 3
RULE, TERM = "schedule.client.delete-inactive", "60 months"


def measure(bench: Bench) -> list[Figure]:
    """With `deep` a fifth of five times the records are a million clients; else the large world as it is."""
    records = 5 * bench.records if bench.deep else bench.records
    world = bench.worlds.get(QUIET, records)
    clients = QUIET.counts(records)["clients"]
    with bench.worlds.running(world) as server:
        bench.say(f"{RULE} becomes {TERM}: {clients:,} clients, then a scan")
        ours = in_a_process(preview, server)
        theirs = scan(server, ours["tables"])
    return [
        dearer("preview", f"a preview of a change of rules, {clients:,} clients", ours["seconds"],
               f"a scan of the {len(ours['tables'])} tables it reads", theirs, MOST),
        bound("preview.memory", "peak memory of that process", ours["peak_mb"], "MB"),
    ]  # fmt: skip


def preview(site: Site) -> dict[str, Any]:
    """What acts before the change and after it, and the tables that were read for it."""
    watch = Watch(site.engine)
    began = time.perf_counter()
    before = {one.record.ref: one.action for one in decisions(site) if one.acts}
    with site.transaction() as connection:
        settings.store(connection, RULE, TERM, site.now, site.actor)
    after = {one.record.ref: one.action for one in decisions(site) if one.acts}
    seconds = time.perf_counter() - began
    tables = sorted(name for name in watch.tables if name.startswith(("tbl", "kigen_")))
    return {"seconds": seconds, "newly_due": len(after.keys() - before.keys()), "tables": tables}
