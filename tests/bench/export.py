"""A bundle for one client with very many rows, against a bare read of the same rows written as NDJSON into a ZIP."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

from pymysql.cursors import SSDictCursor

from kigen.work.export.content import Wanted
from kigen.work.export.make import export
from kigen.work.site import Site
from tests.bench.bench import Bench
from tests.bench.child import peak_megabytes
from tests.bench.figures import Figure, bound, dearer, faster
from tests.bench.generator import DATABASE
from tests.bench.rows_export import CLIENT, LARGE
from tests.support.mariadb import MariaDB

PEER = "PyMySQL, unbuffered, NDJSON to a ZIP"
ROUNDS = 3
LEAST, MOST_GROWTH, FEW, ALIKE = 0.6, 64, 10_000, 1.1

OWN = {
    "tblclients": "id = 1",
    "tblactivitylog": "userid = 1",
    "tblemails": "userid = 1",
    "tbltickets": "userid = 1",
    "tblticketreplies": "tid IN (SELECT id FROM tbltickets WHERE userid = 1)",
    "tblinvoices": "userid = 1",
    "tblinvoiceitems": "invoiceid IN (SELECT id FROM tblinvoices WHERE userid = 1)",
}
"""The client's rows, as somebody would ask for them who knows the tables."""


def measure(bench: Bench) -> list[Figure]:
    """The peer's median of some rounds; then one bundle, and one of a small client for its memory."""
    world = bench.worlds.get(LARGE, bench.records)
    with bench.worlds.running(world) as server:
        bench.say(f"a bare read of {bench.records:,} rows into a ZIP")
        bare = [bare_zip(server) for _ in range(ROUNDS)]
    theirs = statistics.median(seconds for seconds, _ in bare)
    ours = bench.alone(exported, LARGE, bench.records).told
    if ours["rows"] != bare[0][1]:
        raise RuntimeError(f"the bundle has {ours['rows']} of the client's rows, the bare read {bare[0][1]}")
    few = bench.alone(exported, LARGE, FEW).told
    rows = f"{bench.records:,} rows"
    return [
        faster("export", f"a bundle of {rows}: JSON, CSV, page, manifest", ours["seconds"], PEER, theirs, LEAST),
        bound("export.growth", "memory that the process grew by", ours["grown_mb"], "MB", MOST_GROWTH),
        dearer("export.memory", "peak memory of that process", ours["peak_mb"], f"of {FEW:,} rows",
               few["peak_mb"], ALIKE, unit="MB"),
    ]  # fmt: skip


def exported(site: Site) -> dict[str, Any]:
    """One bundle; `rows` are those of the tables that the peer reads too."""
    with tempfile.TemporaryDirectory(prefix="kigen-bench-export-") as folder:
        with site.reading() as connection:
            site.host.owners(connection, next(iter(site.host.tables_of())), [CLIENT])  # the driver is loaded
        before, began = peak_megabytes(), time.perf_counter()
        made = export(site, Wanted(CLIENT), Path(folder) / "bundle.zip")
        seconds, grown = time.perf_counter() - began, peak_megabytes() - before
        with zipfile.ZipFile(made.files[0]) as content:
            told = json.loads(content.read("manifest.json"))
        tables = [one for section in told["sections"] for one in section["tables"] if one["name"] in OWN]
        return {"seconds": seconds, "grown_mb": grown, "rows": sum(one["rows"] for one in tables), "size": made.size}


def bare_zip(server: MariaDB) -> tuple[float, int]:
    """Seconds for reading every row and writing it as a line of JSON, and how many rows there were."""
    count = 0
    with tempfile.TemporaryDirectory(prefix="kigen-bench-bare-") as folder:
        began = time.perf_counter()
        with zipfile.ZipFile(Path(folder) / "bare.zip", "w", zipfile.ZIP_DEFLATED) as content:
            for name, own in OWN.items():
                with server.connect(DATABASE, cursorclass=SSDictCursor) as connection, connection.cursor() as cursor:
                    cursor.execute(f"SELECT * FROM {name} WHERE {own}")
                    with content.open(f"{name}.ndjson", "w", force_zip64=True) as file:
                        for row in cursor:
                            file.write(json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n")
                            count += 1
        return time.perf_counter() - began, count
