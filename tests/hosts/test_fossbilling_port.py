"""FOSSBilling behind the port: the contract with both versions, what goes with what, what differs from the map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from kigen.hosts.fossbilling import FossBillingHost, datamap, deleting, needs
from kigen.policy.records import Kind
from kigen.policy.schedule import RULES
from tests.hosts import fossbilling_data as data
from tests.hosts.changes_contract import ChangesContract
from tests.hosts.fossbilling_data import AOKI, EMPTY, ODD, ORPHAN, VOGEL
from tests.hosts.port_contract import Known, PortContract
from tests.hosts.unchanging_contract import UnchangingContract
from tests.support.fossbilling import connected, create, everything

Everything = dict[str, list[dict[str, object]]]


@pytest.fixture(params=["0.7-sqlite", "0.7-mariadb", "0.8-sqlite", "0.8-mariadb"])
def url(request: pytest.FixtureRequest) -> str:
    """The small installation, of each version on each engine."""
    version, engine = str(request.param).split("-")
    found = str(request.getfixturevalue(f"{engine}_url"))
    create(found, version)
    with connected(found) as connection:
        data.fill(connection)
    return found


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    yield engine
    engine.dispose()


class TestContract(PortContract, ChangesContract, UnchangingContract):
    @pytest.fixture
    def host(self) -> FossBillingHost:
        return FossBillingHost("UTC")

    @pytest.fixture
    def engine(self, engine: Engine) -> Engine:
        return engine

    @pytest.fixture
    def known(self) -> Known:
        return Known(
            clients=(AOKI, VOGEL, EMPTY, ODD, ORPHAN),
            client=AOKI,
            other=VOGEL,
            orphan=ORPHAN,
            records={
                Kind.CLIENT: AOKI, Kind.ORDER: data.ORDER, Kind.SERVICE: data.SERVICE, Kind.INVOICE: data.CANCELED,
            },
            unknown=(Kind.ORDER, 80, ODD),
            needed=("client_order", "canceled_at", "service.delete-cancelled"),
            unneeded_rule="invoice.delete-cancelled",
            id_hook=("onAfterClientLogin", "id"),
        )  # fmt: skip


def delete(url: str, kind: Kind, ids: list[int], client: int) -> tuple[Everything, Everything, dict[str, int]]:
    """What was there before, what is there now, and what the host says went."""
    host = FossBillingHost("UTC")
    with connected(url) as connection:
        before = everything(connection)
        told = host.delete(connection, kind, ids, host.accounts(connection, [client], lock=True))
        return before, everything(connection), told


def without(rows: Everything, gone: dict[str, set[int]]) -> Everything:
    kept = {name: [row for row in found if row["id"] not in gone.get(name, set())] for name, found in rows.items()}
    return {name: found for name, found in kept.items() if found}


def test_with_a_client_go_all_its_rows_and_no_row_of_another(url: str) -> None:
    before, after, _ = delete(url, Kind.CLIENT, [AOKI], AOKI)
    mine = {name: {row["id"] for row in found if row.get("client_id") == AOKI} for name, found in before.items()}
    mine |= {"client": {AOKI}, "invoice_item": {1, 2}, "transaction": {40, 41}, "support_ticket_note": {1}}
    mine |= {"client_order_meta": {1, 2}, "client_order_status": {1, 2}, "support_ticket_message_history": {1}}
    mine["support_ticket_message"] = {50, 51}  # 60 stands in a ticket of another client
    assert after == without(before, mine)


def test_with_an_order_goes_its_history_and_its_invoice_stays(url: str) -> None:
    before, after, told = delete(url, Kind.ORDER, [data.ORDER], AOKI)
    gone = {"client_order": {data.ORDER}, "client_order_meta": {1}, "client_order_status": {1}}
    assert after == without(before, gone)
    assert told == {"client_order": 1, "client_order_meta": 1, "client_order_status": 1}


def test_with_a_service_goes_what_was_set_up_and_its_addons_stand_alone(url: str) -> None:
    before, after, _ = delete(url, Kind.SERVICE, [data.SERVICE], AOKI)
    gone = {
        "client_order": {data.SERVICE}, "client_order_meta": {2}, "client_order_status": {2}, "service_hosting": {5},
    }  # fmt: skip
    addon = next(row for row in before["client_order"] if row["id"] == data.SERVICE + 1)
    addon.update(group_id="0", group_master=1)
    assert after == without(before, gone)


def test_a_wrong_link_takes_no_service_of_another_client(url: str) -> None:
    before, after, _ = delete(url, Kind.ORDER, [25], VOGEL)
    assert after == without(before, {"client_order": {25}})


def test_an_id_that_is_a_service_by_now_is_not_deleted_as_an_order(url: str) -> None:
    before, after, told = delete(url, Kind.ORDER, [data.SERVICE], AOKI)
    assert (after, told) == (before, {})


def test_with_an_invoice_nobody_paid_go_its_lines_and_failed_attempts(url: str) -> None:
    before, after, _ = delete(url, Kind.INVOICE, [data.CANCELED], AOKI)
    assert after == without(before, {"invoice": {data.CANCELED}, "invoice_item": {2}, "transaction": {41}})


def test_the_transactions_of_a_paid_invoice_never_go_with_it(url: str) -> None:
    before, after, _ = delete(url, Kind.INVOICE, [data.PAID], AOKI)
    assert after == without(before, {"invoice": {data.PAID}, "invoice_item": {1}})


def test_what_the_platforms_own_deletion_left_behind_can_be_removed(url: str) -> None:
    before, after, _ = delete(url, Kind.CLIENT, [ORPHAN], ORPHAN)
    gone = {"client_order": {90}, "service_domain": {91}, "support_ticket_message": {92}}
    assert after == without(before, gone)


def refused(engine: Engine, *statements: str) -> dict[str, str]:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    with engine.begin() as connection:
        return dict(FossBillingHost("UTC").drift(connection).refused)


@pytest.mark.parametrize("url", ["0.8-sqlite", "0.8-mariadb"], indirect=True)
def test_a_table_that_hides_what_must_go_refuses_only_who_would_miss_it(engine: Engine) -> None:
    found = refused(engine, "ALTER TABLE subscription RENAME COLUMN client_id TO owner_id")
    assert set(found) == {rule.id for rule in RULES if rule.id.startswith("client.delete")}
    assert "subscription.client_id" in found["client.delete-inactive"]


@pytest.mark.parametrize("url", ["0.7-mariadb", "0.8-mariadb"], indirect=True)
def test_a_cascade_into_a_table_outside_the_plan_is_refused_by_name(engine: Engine) -> None:
    found = refused(
        engine,
        "CREATE TABLE mod_loyalty (id BIGINT PRIMARY KEY, invoice_id BIGINT,"
        " FOREIGN KEY (invoice_id) REFERENCES invoice (id) ON DELETE CASCADE)",
    )
    assert "mod_loyalty.invoice_id" in found["invoice.delete-cancelled"]
    assert "client.delete-inactive" in found
    assert "client.archive-inactive" not in found
    assert "order.delete-pending" not in found


def test_tables_of_modules_that_nobody_mapped_are_told_column_by_column(engine: Engine) -> None:
    loyalty = "CREATE TABLE mod_loyalty (id INT, client_id INT, nick VARCHAR(9))"
    refused(engine, loyalty, "CREATE TABLE kigen_x (id INT)")
    with engine.begin() as connection:
        drift = FossBillingHost("UTC").drift(connection, ["mod_loyalty.id"])
    assert drift.unclassified == ("mod_loyalty.client_id", "mod_loyalty.nick")


def test_the_map_knows_every_column_that_deciding_and_deleting_name() -> None:
    assert {name for rule in RULES for name in needs.needs(rule)} <= datamap.KNOWN
    assert {f"{table}.{column}" for table, column in needs.LINKS.items()} <= datamap.KNOWN
    others = {table for tables in deleting.TOUCHED.values() for table in tables} - needs.LINKS.keys()
    assert {f"{table}.client_id" for table in others} <= datamap.KNOWN


@pytest.mark.parametrize(
    ("setting", "value", "codes"),
    [
        ("remove_after_days", "30", ["host-cron", "host-deletes", "host-deletes-logs"]),
        ("remove_after_days", "0", ["host-cron", "host-deletes-logs"]),
        ("invoice_refund_logic", "manual", ["host-cron", "host-deletes-logs", "refunds-unseen"]),
        ("last_cron_exec", "2026-11-21 23:55:00", ["host-deletes-logs"]),
        ("last_cron_exec", "2026-11-21 12:00:00", ["host-cron", "host-deletes-logs"]),
    ],
)
def test_settings_of_the_platform_that_fight_kigen_are_told(
    engine: Engine, setting: str, value: str, codes: list[str]
) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM setting WHERE param = :param"), {"param": setting})
        connection.execute(text("INSERT INTO setting (param, value) VALUES (:p, :v)"), {"p": setting, "v": value})
        found = FossBillingHost("UTC").advice(connection, dt.datetime(2026, 11, 22, tzinfo=dt.UTC))
        assert sorted(one.code for one in found) == codes
