"""The recorded events of both real versions through intake and reconcile: the clocks that their description names.

The description (fossbilling-scenario.md, 3) lists which rows the scenario left, but neither the lines of its invoices
nor the notes that link a credit note: these are added here, because without an amount nothing was paid.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from kigen.ledger import inbox, keys, keys_store, migrate
from kigen.ledger import tables as ledger
from kigen.ledger.database import open_database
from kigen.plugins import find_plugins
from kigen.policy.records import Kind
from kigen.work.intake import Intake, parse_event, run_intake
from kigen.work.plan import decisions
from kigen.work.reconcile import reconcile
from kigen.work.site import Site
from tests.support.fossbilling import put
from tests.support.scenario import put_state_afterwards, recorded

NOW = dt.datetime(2026, 11, 22, 21, 0, tzinfo=dt.UTC)
C1, C2, C3, C4 = 62, 63, 64, 65
O1, O3, O4, O5 = 55, 57, 58, 59
SOON = dt.timedelta(seconds=2)


@dataclass(frozen=True)
class Version:
    """What differs between the two: ids, and the numbers of the events that the description speaks of."""

    i1: int
    i3: int
    i5: int
    note: int
    i8: int
    i9: int
    t3: int
    events: int
    last_login: int
    other_login: int
    last_cancel: int
    closed: int
    i3_paid: int
    i9_paid: int
    sign_up: int


VERSIONS = {
    "fossbilling-0.7.2": Version(114, 117, 119, 120, 123, 124, 15, 265, 263, 93, 81, 264, 114, 156, 6),
    "fossbilling-0.8.5": Version(115, 118, 120, 121, 124, 125, 17, 284, 282, 95, 83, 283, 116, 157, 6),
}


@pytest.fixture
def version(fossbilling_dump: str) -> Version:
    return VERSIONS[fossbilling_dump]


@pytest.fixture
def lines(shared_data: Path, fossbilling_dump: str) -> list[dict[str, Any]]:
    """The recorded lines, as they stand in the file."""
    file = shared_data / f"{fossbilling_dump.replace('-', '-events-')}.ndjson"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def at(shared_data: Path, fossbilling_dump: str) -> dict[int, dt.datetime]:
    """When each recorded event happened."""
    return {one.seq: one.at for one in recorded(shared_data, fossbilling_dump)}


@pytest.fixture
def dumped(fossbilling_url: str, tmp_path: Path) -> Iterator[Site]:
    """The real database as dumped, with kigen's tables beside the host's."""
    plugins = find_plugins()
    engine = open_database(fossbilling_url)
    migrate.upgrade(engine)
    keys.make(tmp_path)
    keys_store.make(tmp_path)
    host = plugins.hosts()["fossbilling"]("UTC")
    yield Site(engine, host, plugins, "Asia/Tokyo", NOW, "tests", tmp_path, is_machine_clock=False, machine_now=NOW)
    engine.dispose()


@pytest.fixture
def site(dumped: Site, version: Version, shared_data: Path, fossbilling_dump: str) -> Site:
    """The same after the scenario."""
    with dumped.transaction() as connection:
        put_state_afterwards(connection, shared_data, fossbilling_dump)
        prices = {version.i1: 10, version.i3: 20, version.i5: 30, version.note: -30, version.i9: 60}
        for invoice, price in prices.items():
            put(connection, "invoice_item", invoice_id=invoice, type="custom", title="line", price=price, quantity=1)
        linked = {"notes": f"Refund for #{version.i5} invoice", "id": version.note}
        connection.execute(text("UPDATE invoice SET notes = :notes WHERE id = :id"), linked)
    return dumped


def take_in(site: Site, lines: list[dict[str, Any]]) -> tuple[Intake, list[str]]:
    """Hand lines to intake; returns what it did, and the names of those refused at the door."""
    refused, arrivals = [], []
    for line in lines:
        try:
            arrivals.append(parse_event(line, site.zone))
        except ValueError:
            refused.append(line["host_event"])
    with site.transaction() as connection:
        inbox.append(connection, arrivals, site.now)
    return run_intake(site), refused


def clocks(site: Site) -> dict[tuple[str, int, str], tuple[Any, str]]:
    return {
        (decision.record.kind.value, decision.record.id, name): (anchor.at, anchor.source.value)
        for decision in decisions(site)
        for name, anchor in decision.record.anchors.items()
    }


def remembered(site: Site) -> list[str]:
    told = [repr(one) for one in sorted(clocks(site).items())]
    with site.reading() as connection:
        for table in (ledger.clocks, ledger.records, ledger.observed):
            told += [repr(tuple(row)) for row in connection.execute(table.select().order_by(*table.primary_key))]
    return told


def test_the_clocks_are_those_that_the_description_names(
    site: Site, lines: list[dict[str, Any]], at: dict[int, dt.datetime], version: Version
) -> None:
    """Part 3 of the description, C1 to C4, line for line."""
    taken, refused = take_in(site, lines)
    assert (taken.handled, taken.failed, taken.pending) == (version.events, 0, 0)
    assert refused == []
    found = reconcile(site)
    assert (found.unclassified, found.refused, found.violations) == ([], {}, [])
    clock = clocks(site)

    registered = clock["client", C1, "registered"]
    assert registered == (at[version.sign_up].replace(microsecond=0), "read")
    assert clock["client", C1, "final login"] == (at[version.last_login], "observed")
    assert clock["client", C1, "last payment"] == (at[version.i3_paid], "observed")
    assert clock["client", C1, "archived"] == (at[version.closed], "observed")

    assert clock["client", C2, "registered"][1] == "read"
    assert clock["client", C2, "final login"] == (at[version.other_login], "observed")
    assert clock["client", C2, "last payment"] == (at[version.i9_paid], "observed")
    assert clock["service", O1, "last change"] == (at[version.last_cancel], "observed")
    assert clock["invoice", version.i8, "due"] == (dt.datetime(2026, 9, 1, tzinfo=dt.UTC), "read")
    for invoice in (version.i3, version.i9):  # an event comes just after the column's whole second
        with site.reading() as connection:
            paid = connection.execute(text(f"SELECT paid_at FROM invoice WHERE id = {invoice}")).scalar_one()
        event = at[version.i3_paid if invoice == version.i3 else version.i9_paid]
        assert dt.timedelta() <= event - paid.replace(tzinfo=dt.UTC) < SOON

    plan = {decision.record.ref: decision for decision in decisions(site)}
    states = {ref: plan[ref].record.state.value for ref in plan}
    assert {states[Kind.SERVICE, O3], states[Kind.SERVICE, O4]} == {"active"}
    assert (states[Kind.SERVICE, O1], states[Kind.ORDER, O5]) == ("cancelled", "pending")
    assert plan[Kind.SERVICE, O1].due == at[version.last_cancel] + dt.timedelta(days=180)
    assert plan[Kind.CLIENT, C2].rule is None  # live services and an open ticket
    with site.reading() as connection:
        (account,) = site.host.accounts(connection, [C2])
    assert [ticket.id for ticket in account.open_tickets] == [version.t3]


def test_a_refunded_invoice_is_no_payment_and_without_the_ninth_the_first_stands(
    site: Site, lines: list[dict[str, Any]], version: Version
) -> None:
    """I5 was paid back by a credit note; "without it the last payment that was not reversed is I1"."""
    take_in(site, lines)
    with site.transaction() as connection:
        connection.execute(text(f"DELETE FROM invoice WHERE id = {version.i9}"))
    reconcile(site)
    at, source = clocks(site)["client", C2, "last payment"]
    with site.reading() as connection:
        paid = connection.execute(text(f"SELECT paid_at FROM invoice WHERE id = {version.i1}")).scalar_one()
    assert dt.timedelta() <= at - paid.replace(tzinfo=dt.UTC) < SOON
    assert source == "observed"


def test_of_clients_that_the_host_deleted_nothing_is_left_to_decide(site: Site, lines: list[dict[str, Any]]) -> None:
    """C3 went with an active order and an unpaid invoice, C4 by the batch call; the others are all still there."""
    take_in(site, lines)
    assert reconcile(site).violations == []
    records = [decision.record for decision in decisions(site)]
    assert {C3, C4}.isdisjoint({record.client for record in records})
    assert {C1, C2} <= {record.client for record in records}
    assert not [key for key in clocks(site) if key[0] == "client" and key[1] in (C3, C4)]


def test_a_second_intake_of_the_same_file_changes_nothing(site: Site, lines: list[dict[str, Any]]) -> None:
    take_in(site, lines)
    reconcile(site)
    before = remembered(site)
    again, _ = take_in(site, lines)
    assert (again.failed, again.pending) == (0, 0)
    assert reconcile(site).changed == 0
    assert remembered(site) == before


def test_the_order_of_arrival_makes_no_difference(site: Site, lines: list[dict[str, Any]]) -> None:
    found = set()
    for seed in range(3):
        shuffled = random.Random(seed).sample(lines, len(lines)) if seed else lines
        with site.transaction() as connection:
            for table in ledger.metadata.sorted_tables:
                connection.execute(table.delete())
        take_in(site, shuffled[: len(lines) // 2])
        take_in(site, shuffled[len(lines) // 3 :])
        reconcile(site)
        found.add("\n".join(remembered(site)))
    assert len(found) == 1


def test_a_real_database_has_no_unknown_status_and_no_column_that_nobody_classified(dumped: Site) -> None:
    found = reconcile(dumped)
    assert found.read > 220
    assert found.unclassified == []
    assert [line for line in found.unknown_records if "unknown-state" in line] == []
    assert (found.refused, found.violations) == ({}, [])
