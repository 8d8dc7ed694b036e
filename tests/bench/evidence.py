"""What evidence costs a sweep, and how fast it is verified: every leaf, root, link and signature, from database, ledger
file and a late head.
"""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

from kigen.ledger import evidence, evidence_read, keys, ledger_file, migrate
from kigen.ledger.database import open_database
from kigen.ledger.evidence_verify import verify
from kigen.policy.records import Kind
from kigen.work.site import Site
from tests.bench import evidence_share
from tests.bench.bench import Bench
from tests.bench.child import NOW, begun
from tests.bench.figures import Figure, number

CHUNK = 1000
LEAST = 300_000
"""Records a second."""

TEN_MILLION = 10_000_000
MINUTES = 5
"""What a log of ten million may take; `--deep` writes and verifies one, else it is told from the rate."""


def measure(bench: Bench) -> list[Figure]:
    """As many records as the large world has, each with its own due date, in chunks as a sweep writes them."""
    share = evidence_share.measure(bench)
    found = _verified(bench, bench.records)
    whole = _verified(bench, TEN_MILLION)["database"] if bench.deep else found["database"] * TEN_MILLION / bench.records
    return [
        *share,
        _rate("evidence.verify", "verified from the database", bench.records, found["database"]),
        _rate("evidence.file", "verified from the ledger file", bench.records, found["file"]),
        Figure(
            "evidence.minutes",
            "ten million records, verified from the database" if bench.deep else "ten million records at that rate",
            whole / 60,
            f"{number(whole / 60)} min",
            target=MINUTES,
            unit="min",
        ),
        Figure(
            "evidence.partial",
            "from the last head before the last tenth",
            found["partial"],
            f"{number(found['partial'])} s, {number(found['partial'] / found['database'] * 100)} % of all",
            unit="s",
        ),
        Figure("evidence.memory", "peak memory of both", found["peak_mb"], f"{number(found['peak_mb'])} MB", unit="MB"),
    ]


def _verified(bench: Bench, records: int) -> dict[str, Any]:
    with bench.worlds.empty(records) as server:
        url, folder = server.url(server.create_database()), server.folder / "state"
        bench.say(f"evidence about {records:,} records is verified")
        folder.mkdir()
        _write(url, folder, records)
        with begun(verified, url, folder) as child:
            return child.result()


def verified(site: Site) -> dict[str, Any]:
    """Seconds for the database and for the file, which must both be good."""
    key = keys.public(site.state_dir)
    seconds = {}
    with site.reading() as connection:
        entries, _ = evidence.end(connection)
        head = evidence_read.head_before(connection, entries)
        if head is None or head.entries != entries * 9 // 10:
            raise RuntimeError("there is no head before the last tenth")
        for name, work in (
            ("database", lambda: verify(connection, key)),
            ("file", lambda: ledger_file.verify(site.state_dir, key)),
            ("partial", lambda: verify(connection, key, head)),
        ):
            began = time.perf_counter()
            found = work()
            seconds[name] = time.perf_counter() - began
            if not found.ok or found.signed != found.after + found.entries or found.after + found.entries != entries:
                raise RuntimeError(f"the {name} does not verify: {found.problem}")
    return seconds


def _write(url: str, folder: Path, records: int) -> None:
    keys.make(folder)
    engine = open_database(url)
    migrate.upgrade(engine)
    rule = "order.delete-cancelled"
    with engine.connect() as connection:
        for first in range(0, records, CHUNK):
            done = [(first + n, NOW - dt.timedelta(seconds=97 * (first + n))) for n in range(CHUNK)]
            with connection.begin():
                told = evidence.append(connection, "whmcs", 1, "bench", "delete", NOW, {(Kind.ORDER, rule): done})
            ledger_file.append(folder, connection, told)
            if first + CHUNK in (records // CHUNK * 9 // 10 * CHUNK, records):
                with connection.begin():
                    head = evidence.sign_head(connection, keys.private(folder), NOW)
                ledger_file.append(folder, connection, heads=[head])
    engine.dispose()


def _rate(name: str, what: str, records: int, seconds: float) -> Figure:
    rate = records / seconds
    ours = f"{number(rate)} a second"
    return Figure(name, f"{records:,} records {what}", rate, ours, target=LEAST, at_least=True, unit="records/s")
