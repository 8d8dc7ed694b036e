"""A thousandth of the records changes: what an incremental reconcile costs beside a full one of the same world."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, text

from kigen.ledger import inbox
from kigen.work.intake import run_intake
from kigen.work.reconcile import reconcile
from kigen.work.site import Site
from tests.bench.bench import Bench
from tests.bench.figures import Figure, dearer
from tests.bench.rows_quiet import QUIET

ROUNDS = 3
MOST = 0.03

INVOICE = """INSERT INTO tblinvoices (userid, invoicenum, date, duedate, subtotal, total, status,
    created_at, updated_at) SELECT id, '', '2026-11-22', '2026-12-06', 20, 20, 'Unpaid', :at, :at
    FROM tblclients WHERE id = :client"""

# Per ten changes: what the platform's database is told, and which event comes with it.
CHANGES: tuple[tuple[int, str, str | None], ...] = (
    (4, "UPDATE tblhosting SET domainstatus = 'Suspended', updated_at = :at WHERE id = :client", "service_suspended"),
    (3, INVOICE, None),
    (1, "UPDATE tblclients SET country = 'FI', updated_at = :at WHERE id = :client", "client_changed"),
    (1, "UPDATE tblclients SET groupid = 1 + groupid, updated_at = :at WHERE id = :client", "client_changed"),
    (1, "UPDATE tblhosting SET packageid = 99, updated_at = :at WHERE id = :client", "service_changed"),
)


def measure(bench: Bench) -> list[Figure]:
    """The median of some rounds, each with its own changes; events have been taken in before the clock starts."""
    number = bench.records // 1000
    clients = QUIET.counts(bench.records)["clients"]
    found = bench.alone(rounds, QUIET, bench.records, number=number, clients=clients).told
    what = f"an incremental reconcile of {number:,} changes among {bench.records:,} records"
    return [dearer("changes", what, found["seconds"], "a full one", found["full_seconds"], MOST)]


def rounds(site: Site, number: int, clients: int) -> dict[str, Any]:
    """Change, take the events in, and time what is left, an hour after the last time; then a full one, which finds no
    difference any more."""
    times = []
    for turn in range(ROUNDS):
        later = site.now + dt.timedelta(hours=1)
        site = replace(site, now=later, machine_now=later)
        with site.transaction() as connection:
            change(connection, site.now, list(live_clients(turn * number, number, clients)))
        run_intake(site)
        began = time.perf_counter()
        found = reconcile(site, full=False, scan=False)
        times.append(time.perf_counter() - began)
        if found.is_full:
            raise RuntimeError("an incremental reconcile read everything")
    began = time.perf_counter()
    found = reconcile(site, full=True)
    seconds = time.perf_counter() - began
    if found.changed:
        raise RuntimeError(f"incremental reconciles missed {found.changed} changes")
    return {"seconds": statistics.median(times), "full_seconds": seconds}


def live_clients(after: int, number: int, clients: int) -> Iterator[int]:
    """Clients with a live service, scattered; other ones for another `after`. A client's service has its number."""
    for place in range(after, after + number):
        yield 20 * (place * 7919 % (clients // 20)) + 6 + place % 14


def change(connection: Connection, now: dt.datetime, clients: list[int]) -> None:
    """One change for each of these clients, and the events of those that have one."""
    at = now - dt.timedelta(minutes=30)
    events = []
    kinds = [change for change in CHANGES for _ in range(change[0])]
    for place, client in enumerate(clients):
        _, statement, event = kinds[place % len(kinds)]
        connection.execute(text(statement), {"client": client, "at": at.strftime("%Y-%m-%d %H:%M:%S")})
        if event:
            events.append({"event": event, "at": at, "payload": {"client": client, "id": client}})
    inbox.append(connection, events, now)
