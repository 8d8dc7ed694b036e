"""On the real FOSSBilling dumps: what one run deletes comes back in every column of every table, and names nobody."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from kigen.ledger import keys, keys_store, migrate, settings
from kigen.ledger.database import open_database
from kigen.plugins import find_plugins
from kigen.policy.records import Kind
from kigen.policy.sorts import Sort
from kigen.work.site import Site
from kigen.work.sweep import sweep
from kigen.work.swept import Swept
from kigen.work.undo import undo
from tests.hosts.erasing import named_in
from tests.work.billing import LATER, everything

NOW = dt.datetime(2026, 11, 22, 21, 0, tzinfo=dt.UTC)
HOST = "kigen_"


@pytest.fixture
def site(fossbilling_url: str, tmp_path: Path) -> Iterator[Site]:
    """A real dump with kigen beside it, and 30 days of quarantine."""
    engine = open_database(fossbilling_url)
    migrate.upgrade(engine)
    keys.make(tmp_path)
    keys_store.make(tmp_path)
    plugins = find_plugins()
    host = plugins.hosts()["fossbilling"]("UTC")
    one = Site(engine, host, plugins, "Asia/Tokyo", NOW, "tests", tmp_path, is_machine_clock=False)
    one = dataclasses.replace(one, machine_now=NOW)
    with one.transaction() as connection:
        settings.store(connection, "quarantine.term", "30 days", NOW, "tests")
    yield one
    engine.dispose()


def platform(site: Site) -> dict[str, list[tuple[object, ...]]]:
    with site.reading() as connection:
        return everything(connection, but=HOST)


def swept(site: Site) -> Swept:
    """The run: clients by two rules, with all that is theirs; the others stay."""
    found = sweep(site, confirmed=True)
    assert found.failures == [] and found.stopped is None
    assert found.done["delete"]["client"] >= 10
    return found


def compare(site: Site, before: dict[str, list[tuple[object, ...]]], found: Swept) -> None:
    """Undo it and look at every table."""
    undone = undo(site, found.run or 0)
    assert (undone.refused, dict(undone.brought.left)) == ({}, {})
    archived = found.done.get("archive", {}).get("client", 0)
    assert undone.unarchived + undone.kept["already-open"] == archived > undone.kept["already-open"]
    after = platform(site)
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}


def test_clients_come_back_in_every_column_of_every_table(site: Site) -> None:
    before = platform(site)
    found = swept(site)
    assert len(before["client"]) - len(platform(site)["client"]) == found.done["delete"]["client"]
    compare(site, before, found)


def test_orders_invoices_and_services_come_back_in_every_column_of_every_table(site: Site) -> None:
    with site.transaction() as connection:
        for rule in ("registration-only", "inactive"):
            settings.store(connection, f"schedule.client.delete-{rule}", "", NOW, "tests")
    before = platform(site)
    found = sweep(site, confirmed=True)
    gone = found.done["delete"]
    assert gone.keys() == {"order", "invoice", "service"} and gone["service"] >= 4, gone
    assert len(platform(site)["client"]) == len(before["client"])
    assert len(platform(site)["client_order"]) < len(before["client_order"])
    compare(site, before, found)


def test_the_next_run_deletes_none_of_it_again_before_it_has_settled(site: Site) -> None:
    found = swept(site)
    undo(site, found.run or 0)
    before = platform(site)["client"]
    later = dataclasses.replace(site, now=NOW + LATER, machine_now=NOW + LATER)
    again = sweep(later, confirmed=True)
    assert "delete" not in again.done and len(platform(site)["client"]) == len(before)


def test_while_it_is_kept_nobody_who_went_is_named_in_any_table(site: Site) -> None:
    with site.reading() as connection:
        met = site.host.client_ids(connection, None, 1000)
        ids = sorted(site.host.owners(connection, Kind.CLIENT, met))  # not whom the platform itself deleted
        accounts = site.host.accounts(connection, ids)
        person_of = dict(zip(ids, site.host.people(connection, accounts), strict=True))
    swept(site)
    with site.reading() as connection:
        there = site.host.owners(connection, Kind.CLIENT, ids)
        named = {
            is_there: {
                value for id_, one in person_of.items() if (id_ in there) is is_there
                for sort, value in one.values if sort in (Sort.EMAIL, Sort.PHONE, Sort.TOKEN)
            }
            for is_there in (True, False)
        }  # fmt: skip
        needles = named[False] - named[True]
        assert len(needles) >= 20
        assert named_in(connection, needles) == {}
        files = {path.name: path.read_bytes() for path in site.state_dir.rglob("*") if path.is_file()}
        assert files and [name for name, told in files.items() for one in needles if one.encode() in told] == []
        count = connection.exec_driver_sql("SELECT COUNT(*) FROM kigen_quarantine").scalar()
    assert count and count >= 10
