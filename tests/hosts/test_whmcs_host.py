"""WHMCS behind the port: the contract on both engines, then whose a row is, what goes with what, and what was paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from kigen.hosts.whmcs import WhmcsHost, tables
from kigen.policy.facts import Account
from kigen.policy.records import UNREADABLE, Item, Kind, Payment, State
from tests.hosts.changes_contract import ChangesContract
from tests.hosts.port_contract import Known, PortContract, snapshot
from tests.hosts.unchanging_contract import UnchangingContract
from tests.hosts.whmcs_data import EMPTY, ODD, ORPHAN, SCHMIDT, TANAKA, add, fill, writing
from tests.support import shape, sql

ZONE = "Asia/Tokyo"
JST = dt.timezone(dt.timedelta(hours=9))


@pytest.fixture
def host() -> WhmcsHost:
    return WhmcsHost(ZONE)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The small installation: on MariaDB with the tables as WHMCS has them, on SQLite as the embedded host has them."""
    engine = create_engine(database_url)
    if engine.dialect.name == "sqlite":
        shape.whmcs(engine)
    else:
        sql.load_sql(database_url, sql.WHMCS)
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """One transaction that takes zero dates; it is rolled back."""
    with engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            connection.execute(text("SET SESSION sql_mode=''"))
        yield connection
        connection.rollback()


class TestContract(PortContract, ChangesContract, UnchangingContract):
    @pytest.fixture
    def host(self) -> WhmcsHost:
        return WhmcsHost(ZONE)

    @pytest.fixture
    def engine(self, engine: Engine) -> Engine:
        return engine

    @pytest.fixture
    def known(self) -> Known:
        return Known(
            clients=(TANAKA, SCHMIDT, EMPTY, ODD, ORPHAN),
            client=TANAKA,
            other=SCHMIDT,
            orphan=ORPHAN,
            records={Kind.CLIENT: TANAKA, Kind.ORDER: 10, Kind.SERVICE: 20, Kind.DOMAIN: 22, Kind.INVOICE: 30},
            unknown=(Kind.ORDER, 11, ODD),
            needed=("tbldomains", "expirydate", "domain.delete-expired"),
            unneeded_rule="invoice.delete-cancelled",
            id_hook=("ClientClose", "client_id"),
        )


def account(connection: Connection, client: int) -> Account:
    return WhmcsHost(ZONE).accounts(connection, [client])[0]


def item(connection: Connection, client: int, kind: Kind, id_: int) -> Item:
    return next(one for one in account(connection, client).items if one.ref == (kind, id_))


def payment(connection: Connection, id_: int) -> Payment:
    return next(one for one in account(connection, TANAKA).payments if one.id == id_)


def delete(connection: Connection, kind: Kind, ids: list[int], clients: list[int]) -> dict[str, int]:
    host = WhmcsHost(ZONE)
    return host.delete(connection, kind, ids, host.accounts(connection, clients, lock=True))


def change(connection: Connection, table: str, id_: int, /, **values: Any) -> None:
    made = tables.metadata.tables[table]
    connection.execute(made.update().where(made.c.id == id_).values(**values))


def left(connection: Connection, table: str, column: str) -> list[object]:
    return list(connection.execute(text(f"SELECT {column} FROM {table} ORDER BY id")).scalars())


def test_a_client_is_read_with_everything_that_is_its_own(connection: Connection) -> None:
    found = account(connection, TANAKA)
    assert found.client is not None
    assert (found.client.state, found.client.group, found.client.country) == (State.ACTIVE, 7, "JP")
    assert found.client.registered == dt.date(2015, 4, 1)
    assert found.client.commission == Decimal("12.50")
    assert found.client.last_login == dt.datetime(2019, 5, 1, 10, tzinfo=JST), "The latest of users and the client row."
    (order,), (invoice,), (quote,), (ticket,) = found.orders, found.invoices, found.quotes, found.tickets
    assert (order.state, order.status, order.invoice) == (State.CANCELLED, " cancelled ", 30)
    assert order.created == dt.datetime(2018, 1, 2, 3, 4, 5, tzinfo=JST)
    assert (invoice.state, invoice.gross, invoice.due) == (State.PAID, Decimal("11.00"), dt.date(2018, 1, 16))
    assert invoice.bills == {(Kind.SERVICE, 20)}
    assert (quote.is_live, quote.is_accepted, quote.dated) == (True, True, dt.date(2018, 2, 1))
    assert not ticket.is_open
    states = {one.ref: (one.state, one.parent) for one in found.items}
    assert states == {
        (Kind.SERVICE, 20): (State.CANCELLED, None),
        (Kind.ADDON, 21): (State.CANCELLED, 20),
        (Kind.DOMAIN, 22): (State.EXPIRED, None),
    }
    assert item(connection, TANAKA, Kind.DOMAIN, 22).expires == dt.date(2019, 6, 30)


def test_a_missing_registration_date_leaves_the_dates_of_what_the_client_has(connection: Connection) -> None:
    add(connection, "tblinvoices", id=31, userid=EMPTY, status="Unpaid", date="2019-09-09")
    add(connection, "tblaccounts", id=49, userid=0, invoiceid=31, date="2021-01-01 00:00:00")
    add(connection, "tblorders", id=14, ordernum=6, userid=EMPTY, status="Draft", date="0000-00-00 00:00:00")
    add(connection, "tblhosting", id=23, userid=EMPTY, domainstatus="Pending", regdate="2022-02-02")
    add(connection, "tbldomains", id=24, userid=EMPTY, status="Pending", registrationdate="2023-03-03")
    add(connection, "tbltickets", id=51, tid="ABC-3", userid=EMPTY, status="Open", date="2024-04-04 00:00:00")
    add(connection, "tblquotes", id=61, userid=EMPTY, stage="Draft", datecreated="2025-05-05")
    client = account(connection, EMPTY).client
    assert client is not None and client.registered is None
    assert client.dated == (
        dt.date(2019, 9, 9), dt.datetime(2020, 5, 6, 7, 8, 9, tzinfo=JST), dt.datetime(2021, 1, 1, tzinfo=JST),
        dt.date(2022, 2, 2), dt.date(2023, 3, 3), dt.datetime(2024, 4, 4, tzinfo=JST), dt.date(2025, 5, 5),
    )  # fmt: skip


def test_a_status_of_the_operators_own_means_what_its_only_flag_says(connection: Connection) -> None:
    assert [order.state for order in account(connection, ODD).orders] == [State.UNKNOWN, State.PENDING]
    for status, meant in (("Silent", State.UNKNOWN), ("FRAUD ", State.FRAUD), ("draft", State.DRAFT)):
        change(connection, "tblorders", 11, status=status)
        assert account(connection, ODD).orders[0].state is meant
    connection.execute(text("UPDATE tblorderstatuses SET showactive = 1 WHERE title LIKE '%Papers'"))
    assert account(connection, ODD).orders[1].state is State.UNKNOWN, "Two flags contradict each other."


def test_a_merged_ticket_is_not_open_and_any_other_that_is_not_closed_is(connection: Connection) -> None:
    for status, merged, is_open in (("Waiting", 0, True), ("", 0, True), ("CLOSED", 0, False), ("Open", 1, False)):
        change(connection, "tbltickets", 50, status=status, merged_ticket_id=merged)
        assert account(connection, TANAKA).tickets[0].is_open is is_open


def test_a_quote_in_a_stage_nobody_knows_is_live(connection: Connection) -> None:
    for stage, is_live in (("On Hold", True), ("Dead", False), ("Lost", False), ("Draft", True)):
        change(connection, "tblquotes", 60, stage=stage)
        assert account(connection, TANAKA).quotes[0].is_live is is_live
    if connection.dialect.name == "sqlite":  # an ENUM takes no other
        change(connection, "tblquotes", 60, stage="Haggling")
        assert account(connection, TANAKA).quotes[0].is_live


def test_the_last_change_is_the_termination_date_else_the_latest_request(connection: Connection) -> None:
    assert item(connection, TANAKA, Kind.SERVICE, 20).changed == dt.datetime(2019, 3, 1, tzinfo=JST)
    change(connection, "tblhosting", 20, termination_date="2019-02-02")
    assert item(connection, TANAKA, Kind.SERVICE, 20).changed == dt.date(2019, 2, 2)
    change(connection, "tblhosting", 20, termination_date="1970-01-01")
    assert item(connection, TANAKA, Kind.SERVICE, 20).changed == UNREADABLE
    change(connection, "tblhosting", 20, termination_date="2019-02-02", domainstatus="Active")
    assert item(connection, TANAKA, Kind.SERVICE, 20).changed is None


def test_what_was_bought_changes_with_the_product_and_not_with_price_or_usage(connection: Connection) -> None:
    before = item(connection, TANAKA, Kind.SERVICE, 20).bought
    change(connection, "tblhosting", 20, amount="99.00", lastupdate="2026-01-01 00:00:00", server=4, notes="y")
    assert item(connection, TANAKA, Kind.SERVICE, 20).bought == before
    change(connection, "tblhosting", 20, packageid=4)
    assert item(connection, TANAKA, Kind.SERVICE, 20).bought != before


def test_only_a_commission_that_cleared_counts(connection: Connection) -> None:
    assert not item(connection, TANAKA, Kind.SERVICE, 20).commissioned, "It is only pending."
    assert item(connection, SCHMIDT, Kind.SERVICE, 1).commissioned
    add(connection, "tblaffiliateshistory", affiliateid=72, affaccid=73, amount="-2.00")
    assert not item(connection, TANAKA, Kind.SERVICE, 20).commissioned
    add(connection, "tblaffiliateshistory", affiliateid=99, affaccid=73, amount="2.00")
    assert item(connection, TANAKA, Kind.SERVICE, 20).commissioned, "The referral tells, whoever the affiliate is now."
    assert account(connection, SCHMIDT).client.commission == 0  # type: ignore[union-attr]  # Schmidt is there


def test_zero_dates_and_nonsense_are_no_dates(connection: Connection) -> None:
    change(connection, "tblclients", TANAKA, datecreated="0000-00-00", lastlogin="0000-00-00 00:00:00")
    change(connection, "tblorders", 10, date="0000-00-00 00:00:00")
    change(connection, "tblinvoices", 30, duedate="1970-01-01", datepaid="0000-00-00 00:00:00")
    change(connection, "tbldomains", 22, expirydate=None)
    found = account(connection, TANAKA)
    assert found.client is not None and found.client.registered is None
    assert found.client.last_login == dt.datetime(2019, 5, 1, 10, tzinfo=JST)
    assert (found.orders[0].created, found.invoices[0].due, found.invoices[0].paid) == (None, None, None)
    assert item(connection, TANAKA, Kind.DOMAIN, 22).expires is None


def test_an_item_of_another_client_in_an_order_or_under_a_service_is_foreign(connection: Connection) -> None:
    add(connection, "tblhosting", id=90, userid=SCHMIDT, orderid=10, domainstatus="Active")
    add(connection, "tblhostingaddons", id=91, hostingid=90, status="Active")  # under the foreign service, its owner's
    add(connection, "tblhostingaddons", id=92, hostingid=20, userid=SCHMIDT, status="Active")  # under an own service
    add(connection, "tblhostingaddons", id=93, hostingid=1, orderid=10, status="Active")  # for Schmidt's service
    add(connection, "tbldomains", id=94, userid=EMPTY, orderid=10, status="Active")
    add(connection, "tblhostingaddons", id=95, hostingid=1, userid=TANAKA, status="Active")  # own, wherever it is
    mine = account(connection, TANAKA)
    assert [(one.id, one.client) for one in mine.foreign_items] == [
        (91, SCHMIDT), (92, SCHMIDT), (93, SCHMIDT), (94, EMPTY), (90, SCHMIDT),
    ]  # fmt: skip
    assert 95 in [one.id for one in mine.items]
    theirs = account(connection, SCHMIDT)
    assert [one.id for one in theirs.items] == [91, 92, 93, 1, 1, 90]
    assert [one.id for one in theirs.foreign_items] == [95]
    together = WhmcsHost(ZONE).accounts(connection, [TANAKA, SCHMIDT])
    assert together == [mine, theirs]


def test_an_invoice_of_another_client_that_bills_an_order_is_seen_with_its_payments(connection: Connection) -> None:
    assert account(connection, TANAKA).foreign_invoices == (), "relid 20 of a domain line is not the service 20."
    add(connection, "tblinvoices", id=33, userid=SCHMIDT, status="Paid", subtotal="5.00")
    add(connection, "tblinvoiceitems", invoiceid=33, userid=SCHMIDT, type=" PromoHosting", relid=20)
    add(connection, "tblinvoiceitems", invoiceid=33, userid=SCHMIDT, type="Hosting", relid=1)
    add(connection, "tblaccounts", id=43, userid=SCHMIDT, invoiceid=33, amountin="5.00")
    found = account(connection, TANAKA)
    (invoice,) = found.foreign_invoices
    assert (invoice.id, invoice.client, invoice.bills) == (33, SCHMIDT, {(Kind.SERVICE, 20)})
    assert [(one.id, one.client) for one in found.payments] == [(40, TANAKA), (43, SCHMIDT)]
    assert [one.id for one in found.invoices_of(found.orders[0])] == [30, 33]
    change(connection, "tblorders", 10, invoiceid=1)
    assert [one.id for one in account(connection, TANAKA).foreign_invoices] == [1, 33]


def test_a_payment_to_another_clients_invoice_is_the_payers(connection: Connection) -> None:
    add(connection, "tblaccounts", id=44, userid=TANAKA, invoiceid=1, amountin="20.00", date="2019-02-02 00:00:00")
    mine, theirs = account(connection, TANAKA), account(connection, SCHMIDT)
    assert [(one.id, one.client, one.invoice) for one in mine.payments] == [(40, TANAKA, 30), (44, TANAKA, 1)]
    assert [(one.id, one.client) for one in theirs.payments] == [(44, TANAKA)]
    assert theirs.is_paid(theirs.invoices[0])


def test_a_payment_that_names_no_client_is_that_of_its_invoices_owner(connection: Connection) -> None:
    add(connection, "tblaccounts", id=45, userid=0, invoiceid=30, amountin="1.00")
    assert payment(connection, 45).client == TANAKA


def test_a_payment_is_reversed_only_when_all_of_it_was_paid_back(connection: Connection) -> None:
    add(connection, "tblaccounts", id=46, userid=TANAKA, invoiceid=30, amountout="10.99", refundid=40,
        date="2019-01-01 00:00:00")  # fmt: skip
    assert not payment(connection, 40).is_reversed
    assert payment(connection, 40).reversed_at == (dt.datetime(2019, 1, 1, tzinfo=JST),)
    add(connection, "tblaccounts", id=47, userid=0, invoiceid=0, amountout="0.01", refundid=40, date=None)
    found = payment(connection, 40)
    assert found.is_reversed, "A refund counts also where it names neither client nor invoice."
    assert found.reversed_at == (dt.datetime(2019, 1, 1, tzinfo=JST),), "Only readable dates."
    assert payment(connection, 46).amount == Decimal("-10.99"), "What went out is a document too."


def test_money_paid_out_without_a_payment_reverses_nothing(connection: Connection) -> None:
    add(connection, "tblaccounts", id=48, userid=TANAKA, invoiceid=30, amountout="11.00")
    assert not payment(connection, 40).is_reversed
    found = account(connection, TANAKA)
    assert [one.id for one in found.payments_on(found.invoices[0])] == [40]


def test_deleting_an_order_takes_its_items_and_leaves_invoices_and_transactions(connection: Connection) -> None:
    gone = delete(connection, Kind.ORDER, [10], [TANAKA])
    assert gone == {"tblorders": 1, "tblhosting": 1, "tblhostingaddons": 1, "tbldomains": 1, "tblcancelrequests": 2,
                    "tblcustomfieldsvalues": 2}  # fmt: skip
    values = left(connection, "tblcustomfieldsvalues", "value")
    assert "2 of 20" not in values and "4 of 21" not in values
    assert {"1 of 20", "3 of 20", "4 of 20", "5 of 20", "2 of 1", "2 of 21"} <= set(values)
    assert left(connection, "tblinvoices", "id") == [1, 30]
    assert left(connection, "tblaccounts", "id") == [40]
    assert left(connection, "tblaffiliatespending", "affaccid") == [71, 73]


def test_deleting_an_order_leaves_items_of_others(connection: Connection) -> None:
    add(connection, "tblhosting", id=90, userid=SCHMIDT, orderid=10, domainstatus="Cancelled")
    delete(connection, Kind.ORDER, [10], [TANAKA])
    assert left(connection, "tblhosting", "id") == [1, 90]


def test_deleting_a_service_takes_its_addons_and_leaves_its_order(connection: Connection) -> None:
    gone = delete(connection, Kind.SERVICE, [20], [TANAKA])
    assert gone == {"tblhosting": 1, "tblhostingaddons": 1, "tblcancelrequests": 2, "tblcustomfieldsvalues": 2}
    assert left(connection, "tblorders", "id") == [1, 10, 11, 12, 13]


def test_deleting_an_invoice_takes_its_lines_and_leaves_transactions(connection: Connection) -> None:
    gone = delete(connection, Kind.INVOICE, [30], [TANAKA])
    assert gone == {"tblinvoices": 1, "tblinvoiceitems": 1, "tblinvoicedata": 1}
    assert left(connection, "tblaccounts", "id") == [40]


def test_deleting_a_client_takes_all_that_is_its_own(connection: Connection) -> None:
    before = snapshot(connection)
    delete(connection, Kind.CLIENT, [TANAKA], [TANAKA])
    after = snapshot(connection)
    kept = {table: len(rows) for table, rows in after.items() if len(rows) != len(before[table])}
    assert kept == {
        "tblclients": 3, "tblusers": 1, "tblusers_clients": 1, "tblcontacts": 1, "tblorders": 4, "tblhosting": 1,
        "tblhostingaddons": 0, "tbldomains": 1, "tblcancelrequests": 0, "tblinvoices": 1, "tblinvoiceitems": 1,
        "tblinvoicedata": 0, "tblaccounts": 0, "tbltickets": 1, "tblticketreplies": 1, "tblticketnotes": 0,
        "tblticketlog": 0, "tblquotes": 0, "tblemails": 0, "tblactivitylog": 0, "tblcredit": 0, "tblnotes": 0,
        "tblclientsfiles": 0, "tblmarketing_consent": 0, "tblpaymethods": 0, "tblcreditcards": 0, "tblaffiliates": 1,
        "tblaffiliatesaccounts": 1, "tblaffiliatespending": 1, "tblaffiliateshistory": 0, "tblcustomfieldsvalues": 16,
    }  # fmt: skip
    values = set(left(connection, "tblcustomfieldsvalues", "value"))
    assert values.isdisjoint({"1 of 1", "2 of 20", "3 of 50", "4 of 21"})
    assert {"1 of 20", "2 of 1", "3 of 1", "3 of 20"} <= values, "The same numbers of other kinds are other people's."


def test_a_user_stays_as_long_as_another_client_has_it(connection: Connection) -> None:
    delete(connection, Kind.CLIENT, [TANAKA], [TANAKA])
    assert left(connection, "tblusers", "id") == [2]
    delete(connection, Kind.CLIENT, [SCHMIDT], [SCHMIDT])
    assert left(connection, "tblusers", "id") == []


def test_a_user_of_two_clients_that_go_together_goes(connection: Connection) -> None:
    delete(connection, Kind.CLIENT, [TANAKA, SCHMIDT], [TANAKA, SCHMIDT])
    assert left(connection, "tblusers", "id") == []


def test_transactions_on_an_own_invoice_go_only_where_they_are_nobody_elses(connection: Connection) -> None:
    add(connection, "tblaccounts", id=45, userid=0, invoiceid=30, amountin="1.00")
    add(connection, "tblaccounts", id=46, userid=SCHMIDT, invoiceid=30, amountin="1.00")
    delete(connection, Kind.CLIENT, [TANAKA], [TANAKA])
    assert left(connection, "tblaccounts", "id") == [46]


def test_the_rows_of_a_client_that_is_gone_can_be_deleted(connection: Connection) -> None:
    assert delete(connection, Kind.CLIENT, [ORPHAN], [ORPHAN]) == {"tblorders": 1}


def test_what_staff_set_since_an_archive_is_not_undone(connection: Connection) -> None:
    host = WhmcsHost(ZONE)
    former = host.archive(connection, [TANAKA, SCHMIDT])
    assert former == {TANAKA: "Active", SCHMIDT: "Active"}
    change(connection, "tblclients", TANAKA, status="Inactive")
    assert host.unarchive(connection, former) == 1
    assert left(connection, "tblclients", "status") == ["Inactive", "Active", "Active", "Active"]


def test_a_cascade_from_outside_the_plan_refuses_the_rule(mariadb_url: str) -> None:
    sql.load_sql(mariadb_url, sql.WHMCS)
    sql.load_sql(mariadb_url, "CREATE TABLE mod_ssl (id INT PRIMARY KEY, service INT NULL, note TEXT,"
                 " FOREIGN KEY (service) REFERENCES tblhosting (id) ON DELETE SET NULL)")  # fmt: skip
    engine = create_engine(mariadb_url)
    with engine.connect() as connection:
        drift = WhmcsHost(ZONE).drift(connection)
    engine.dispose()
    assert "mod_ssl.service" in drift.refused["service.delete-cancelled"]
    assert "mod_ssl.service" in drift.refused["order.delete-fraud"]
    assert not {"domain.delete-expired", "invoice.delete-cancelled", "client.archive-inactive"} & drift.refused.keys()
    assert drift.unclassified == (), "A table without a telling column is no finding."


def test_an_unknown_table_is_told_by_the_columns_that_lead_to_people(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE mod_survey (id INT, client_id INT, score INT)"))
        connection.execute(text("CREATE TABLE kigen_holds (id INT, client_id INT)"))
        connection.execute(text("CREATE TABLE tbladmins (id INT, email VARCHAR(20))"))
    with engine.connect() as connection:
        assert WhmcsHost(ZONE).drift(connection).unclassified == ("mod_survey.client_id",)


def test_every_table_that_goes_along_is_in_the_map_and_in_the_schema_file() -> None:
    from kigen.hosts.whmcs.datamap import KNOWN, TABLES
    from kigen.hosts.whmcs.deleting import PARTS

    assert [part for part in PARTS if f"{part.table}.{part.column}" not in KNOWN] == []
    assert set(tables.metadata.tables) <= set(TABLES)
    written = Path(sql.WHMCS).read_text(encoding="utf-8")
    assert [name for name in tables.metadata.tables if f"CREATE TABLE {name} " not in written] == []


def test_settings_that_fight_kigen_are_told(engine: Engine) -> None:
    now = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    host = WhmcsHost(ZONE)
    with engine.connect() as connection:
        assert [one.code for one in host.advice(connection, now)] == ["host-cron"]
    with writing(engine) as connection:
        add(connection, "tblconfiguration", setting="lastDailyCronInvocationTime", value="2026-01-31 00:10:00")
        add(connection, "tblconfiguration", setting="DataRetentionDeleteClients", value="never")
    with engine.connect() as connection:
        assert host.advice(connection, now) == []
        connection.execute(text("UPDATE tblconfiguration SET value = '12' WHERE setting LIKE 'DataRetention%'"))
        assert [one.code for one in host.advice(connection, now)] == ["host-deletes"]
        later = dt.datetime(2026, 2, 2, 15, 11, tzinfo=dt.UTC)
        assert [one.code for one in host.advice(connection, later)] == ["host-deletes", "host-cron"]


@pytest.mark.parametrize(
    ("version", "forgets"),
    [("5.5.5-10.1.48-MariaDB-0+deb9u2", True), ("10.2.4-MariaDB", False), ("10.11.6-MariaDB-0+deb12u1", False),
     ("5.7.44-log", True), ("8.0.36", False), ("8.4.0", False)],
)  # fmt: skip
def test_a_server_that_forgets_its_counters_is_told(version: str, forgets: bool) -> None:
    from kigen.hosts.whmcs.advice import _counters

    assert [one.code for one in _counters(version)] == (["forgets-ids"] if forgets else [])
