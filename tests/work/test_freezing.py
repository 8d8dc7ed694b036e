"""Before a client is masked, what a floor keeps of it is stored as issued; each document goes at its floor's end."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, select, text

from kigen.hosts.whmcs import tables
from kigen.hosts.whmcs.host import WhmcsHost
from kigen.ledger import frozen, frozen_search, keys, keys_backup, keys_store, migrate
from kigen.ledger.database import open_database
from kigen.ledger.frozen_search import Wanted
from kigen.ledger.tables_frozen import frozen as table
from kigen.plugins import find_plugins
from kigen.policy.facts import Facts
from kigen.policy.keeping import Keeping, keeping
from kigen.policy.records import Kind
from kigen.policy.schedule import Schedule
from kigen.work.freezing import CannotFreeze, destroy_ended, freeze
from kigen.work.site import Site
from tests.hosts.test_whmcs_papers import ROWS
from tests.hosts.whmcs_data import add, writing

ZONE = "Asia/Tokyo"
NOW = dt.datetime(2026, 3, 1, 3, 0, tzinfo=dt.UTC)
INVOICE_ENDS = dt.datetime(2027, 6, 1, 15, 0, tzinfo=dt.UTC)


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """Yamada with a paid invoice, an order, a transaction that nobody dated, and quotes; keys without a backup."""
    engine: Engine = create_engine(database_url)
    tables.create(engine)
    with writing(engine) as connection:
        for name, values in ROWS:
            if name != "tblquotes" or values["id"] == 60:
                add(connection, name, **values)
        connection.execute(text("DELETE FROM tblaccounts WHERE id = 41"))
    engine.dispose()
    opened = open_database(database_url)
    migrate.upgrade(opened)
    keys.make(tmp_path)
    keys_store.make(tmp_path)
    site = Site(opened, WhmcsHost(ZONE), find_plugins(), ZONE, NOW, "tests", tmp_path, is_machine_clock=False)
    yield site
    opened.dispose()


def schedule(site: Site, connection: Connection) -> Schedule:
    stored = {"floors.fiscal_year_end": "03-31"}
    return dataclasses.replace(site.schedule_of(stored), can_anonymise=site.can_anonymise(connection))


def kept(site: Site, connection: Connection) -> tuple[Facts, Keeping]:
    (account,) = site.host.accounts(connection, [7], lock=True)
    facts = Facts(account)
    return facts, keeping(facts, schedule(site, connection), site.now, ["floor"])


def frozen_now(site: Site) -> int:
    with site.transaction() as connection:
        facts, keep = kept(site, connection)
        own = keys_store.read(site.state_dir)
        return freeze(connection, site, schedule(site, connection), own, facts, keep)


def left(site: Site) -> set[tuple[str, int]]:
    with site.reading() as connection:
        return {(kind, id_) for kind, id_ in connection.execute(select(table.c.kind, table.c.record))}


def test_every_document_that_a_floor_keeps_is_stored_and_no_other_h5(site: Site) -> None:
    assert frozen_now(site) == 3
    assert left(site) == {("invoice", 30), ("order", 10), ("payment", 40)}
    with site.reading() as connection:
        found = frozen_search.search(connection, keys_store.read(site.state_dir), Wanted(party="山田太郎"))
    assert {one.ref for one in found} == {(Kind.INVOICE, 30), (Kind.ORDER, 10), (Kind.PAYMENT, 40)}
    assert {one.until for one in found} == {INVOICE_ENDS}


def test_after_masking_the_stored_original_is_asked_for_no_more_and_stays_h6(site: Site) -> None:
    frozen_now(site)
    own = keys_store.read(site.state_dir)
    with site.reading() as connection:
        before = [frozen.read(connection, own, number) for number in (1, 2, 3)]
    with site.transaction() as connection:
        connection.execute(text("UPDATE tblclients SET firstname = 'erased', lastname = '', companyname = ''"))
        connection.execute(text("UPDATE tblinvoiceitems SET description = 'erased'"))
        connection.execute(text("DELETE FROM tblinvoicedata"))
    assert frozen_now(site) == 0
    with site.reading() as connection:
        assert [frozen.read(connection, own, number) for number in (1, 2, 3)] == before


def test_where_the_host_gives_no_document_nothing_is_stored_and_the_record_is_named(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.host, "papers", lambda connection, account, refs: [])
    with pytest.raises(CannotFreeze, match=r"no document of invoice:30, order:10, payment:40, which the law keeps$"):
        frozen_now(site)
    assert left(site) == set()


def test_without_a_backup_of_these_keys_nobody_can_be_anonymised(site: Site, tmp_path: Path) -> None:
    with site.transaction() as connection:
        assert not site.can_anonymise(connection)
        names = keys_backup.back_up(site.state_dir, tmp_path / "backup", "a long passphrase", NOW)
        assert not site.can_anonymise(connection)
        keys_backup.note(connection, names, NOW)
        assert site.can_anonymise(connection)
    (site.state_dir / keys_store.STORE).unlink()
    keys_store.make(site.state_dir)
    with site.reading() as connection:
        assert not site.can_anonymise(connection), "The new key is in no backup."


def test_documents_go_at_their_floors_end_and_are_counted_h6(site: Site) -> None:
    frozen_now(site)
    with site.reading() as connection:
        plan = schedule(site, connection)
    before = dataclasses.replace(site, now=INVOICE_ENDS - dt.timedelta(microseconds=1))
    assert destroy_ended(before, plan, 1) == {}
    assert len(left(site)) == 3
    assert destroy_ended(dataclasses.replace(site, now=INVOICE_ENDS), plan, 2) == {
        Kind.ORDER: 1, Kind.INVOICE: 1, Kind.PAYMENT: 1,
    }  # fmt: skip
    assert left(site) == set()
    with site.reading() as connection:
        numbers = connection.scalars(text("SELECT id FROM tblinvoices ORDER BY id")).all()
        assert numbers == [30, 31], "The live rows follow rules of their own."


def test_a_later_payment_on_a_stored_invoice_keeps_it_longer(site: Site) -> None:
    frozen_now(site)
    with site.transaction() as connection:
        connection.execute(text(
            "INSERT INTO tblaccounts (id, userid, invoiceid, amountin, date, gateway, description, transid, currency)"
            " VALUES (44, 7, 30, 1, '2021-05-01 00:00:00', 'bank', '', '', 0)"
        ))  # fmt: skip
    assert frozen_now(site) == 1
    with site.reading() as connection:
        ends = {row.record: row.until for row in connection.execute(select(table))}
    assert ends[30] == dt.datetime(2029, 5, 31, 15, 0, tzinfo=dt.UTC)
    assert ends[40] == INVOICE_ENDS, "The first transaction is a document of its own."


def test_before_a_document_goes_the_records_of_today_are_asked_and_one_without_a_date_keeps_it(site: Site) -> None:
    """Nobody anonymises the client again, so that only the end of the floor itself is an occasion to look."""
    frozen_now(site)
    with site.transaction() as connection:
        connection.execute(text("UPDATE tblaccounts SET date = '0000-00-00 00:00:00' WHERE id = 40"))
        plan = schedule(site, connection)
    assert destroy_ended(dataclasses.replace(site, now=INVOICE_ENDS), plan, 1) == {}
    assert left(site) == {("invoice", 30), ("order", 10), ("payment", 40)}
    with site.reading() as connection:
        assert [row.until for row in connection.execute(select(table))] == [None, None, None]
