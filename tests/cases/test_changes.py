"""What changes under way: an archived client pays, a rule gets shorter, several rules meet (cases.md C15, D11, D13)."""

from __future__ import annotations

from typing import Any

import pytest

from kigen.ledger import settings
from kigen.policy.records import Kind
from kigen.work.swept import Swept
from tests.cases.desk import Desk, at

PAID = {"status": "Paid", "date": "2024-01-10", "datepaid": "2024-01-10 09:00:00", "subtotal": "11.00"}


@pytest.fixture
def archived(desk: Desk) -> Desk:
    """A client that kigen archived on 1 June 2026, 18 months after its last payment; another that it left alone."""
    for number, status in ((1, "Inactive"), (2, "Active")):
        desk.put("tblclients", id=number, status=status, datecreated="2020-01-01", lastlogin="2024-01-01 00:00:00")
        desk.put("tblinvoices", id=number, userid=number, **PAID)
        desk.put("tblaccounts", id=number, userid=number, invoiceid=number, amountin="11.00", date=PAID["datepaid"])
    desk.put("tblhosting", id=2, userid=2, domainstatus="Active")
    done = desk.sweep()
    assert done.done == {"archive": {"client": 1}}
    assert desk.rows("tblclients", "status") == ["Closed", "Active"]
    return desk


def transfer(desk: Desk) -> None:
    """A bank transfer arrives in the host's table."""
    desk.put("tblaccounts", id=9, userid=1, amountin="11.00", date="2026-06-10 10:00:00")


def is_open_again(desk: Desk) -> bool:
    with desk.site.reading() as connection:
        ended = connection.exec_driver_sql("SELECT ended_at FROM kigen_archives WHERE client = 1").scalar_one()
    return desk.rows("tblclients", "status")[0] == "Inactive" and ended is not None


def test_an_archived_client_whose_payment_is_told_gets_its_former_status_back(archived: Desk) -> None:
    """C15"""
    archived.move_to("2026-06-11 12:00")
    transfer(archived)
    archived.hear({"event": "payment_received", "at": "2026-06-10 10:00", "client": 1, "id": 9,
                   "data": {"amount": "11.00", "invoice": 0}})  # fmt: skip
    assert is_open_again(archived)
    assert archived.rows("tblclients") == [1, 2]
    action, rule, reasons = archived.decision(Kind.CLIENT, 1)
    assert (action, rule, reasons) == ("keep", "client.archive-inactive", {"not-due"})


def test_an_archived_client_whose_payment_only_the_table_shows_gets_it_back_too(archived: Desk) -> None:
    """C15"""
    archived.move_to("2026-06-11 12:00")
    transfer(archived)
    assert archived.decision(Kind.CLIENT, 1)[:2] == ("keep", "client.archive-inactive")  # before anything is written
    archived.reconcile()
    assert is_open_again(archived)


@pytest.mark.parametrize("told", [True, False])
def test_ten_years_later_one_that_paid_is_counted_from_its_payment_and_one_that_did_not_is_gone(
    archived: Desk, told: bool
) -> None:
    """C15, D1"""
    with archived.site.transaction() as connection:
        for name, value in (("floors.fiscal_year_end", "12-31"), ("floors.years", "1")):
            settings.store(connection, name, value, archived.site.now, "tests")
    archived.run("UPDATE tblhosting SET domainstatus = 'Terminated', termination_date = '2026-06-01'")
    archived.move_to("2034-01-09 12:00")
    if told:
        transfer(archived)
    archived.sweep()
    assert archived.rows("tblclients") == [1, 2]
    archived.move_to("2034-01-10 09:00")
    archived.sweep()
    assert archived.rows("tblclients") == ([1] if told else [])
    assert archived.rows("tblinvoices") == ([1] if told else [])


def test_a_payment_before_the_archiving_that_arrives_late_ends_nothing(archived: Desk) -> None:
    """C15: what was paid before was the operator's to know; only a payment since ends an archive."""
    archived.hear({"event": "payment_received", "at": "2024-01-10 09:00", "client": 1, "id": 1,
                   "data": {"amount": "11.00", "invoice": 1}})  # fmt: skip
    archived.reconcile()
    assert archived.rows("tblclients", "status") == ["Closed", "Active"]


def cancelled_orders(desk: Desk) -> None:
    """An active client with 60 cancelled orders, one a week, the newest of last week."""
    desk.put("tblclients", id=1, status="Active", datecreated="2020-01-01")
    desk.put("tblhosting", id=20, userid=1, domainstatus="Active")
    rows: list[tuple[str, dict[str, Any]]] = []
    for number in range(1, 61):
        date = f"2025-{1 + (number - 1) // 5:02}-{1 + (number - 1) % 5 * 6:02} 09:00:00"
        rows.append(("tblorders", {"id": number, "userid": 1, "status": "Cancelled", "date": date}))
    desk.put_many(*rows)


def shorten(desk: Desk, term: str) -> None:
    with desk.site.transaction() as connection:
        settings.store(connection, "schedule.order.delete-cancelled", term, desk.site.now, "tests")


def codes(refused: Swept) -> list[str]:
    return [brake.code for brake in refused.brakes]


def test_a_rule_that_gets_shorter_is_shown_capped_and_waits_for_a_person(desk: Desk) -> None:
    """D11"""
    cancelled_orders(desk)
    first = desk.sweep(confirmed=True)
    assert first.done["delete"] == {"order": 25 + 1}  # January to May, and 1 June at nine
    assert desk.sweep(confirmed=False).stopped is None
    before = desk.everything()
    shorten(desk, "6 months")
    newly = {ref for ref, decision in desk.plan().items() if decision.acts}
    assert newly == {(Kind.ORDER, number) for number in range(27, 57)}
    refused = desk.sweep(confirmed=False)
    assert (refused.stopped, refused.acted, refused.remaining) == ("unconfirmed", 0, 30)
    assert codes(refused) == ["unconfirmed", "order-share"]
    assert refused.planned.acts == {"delete": {"order": 30}}
    assert desk.everything() == before
    done = desk.sweep(confirmed=True)
    assert done.done == {"delete": {"order": 30}}
    assert desk.rows("tblorders") == [57, 58, 59, 60]
    assert (desk.rows("tblclients"), desk.rows("tblhosting")) == ([1], [20])


def test_a_rule_put_back_before_anybody_confirmed_deletes_nothing_and_asks_nobody(desk: Desk) -> None:
    """D11"""
    cancelled_orders(desk)
    desk.sweep(confirmed=True)
    shorten(desk, "6 months")
    assert desk.sweep(confirmed=False).stopped == "unconfirmed"
    shorten(desk, "365 days")
    after = desk.sweep(confirmed=False)
    assert (after.stopped, after.acted, len(desk.rows("tblorders"))) == (None, 0, 34)


def test_a_record_that_three_rules_hit_is_handled_once_and_all_three_are_told(desk: Desk) -> None:
    """D13"""
    with desk.site.transaction() as connection:
        settings.store(connection, "floors.fiscal_year_end", "12-31", desk.site.now, "tests")
        settings.store(connection, "floors.years", "1", desk.site.now, "tests")
    desk.put("tblclients", id=1, status="Active", datecreated="2010-01-01", country="JP")
    desk.put("tblclients", id=2, status="Active", datecreated="2026-05-01")
    old = {"date": "2012-01-10", "datepaid": "2012-01-10 09:00:00"}
    desk.put("tblinvoices", id=30, userid=1, **{**PAID, **old})
    desk.put("tblorders", id=10, userid=1, status="Cancelled", date="2012-01-10 09:00:00")
    desk.hear({"event": "deletion_requested", "at": "2026-04-01 09:00", "client": 1})
    decision = desk.plan()[Kind.CLIENT, 1]
    assert {one.rule.id: one.clock.due for one in decision.considered} == {
        "client.archive-inactive": at("2013-07-10 09:00"),
        "client.delete-inactive": at("2022-01-10 09:00"),
        "client.delete-on-request": at("2026-05-01 09:00"),
    }
    assert (decision.action, decision.rule) == ("delete", "client.delete-inactive")
    done = desk.sweep()
    assert done.done == {"delete": {"client": 1}}
    by = ("delete", "client.delete-inactive")
    assert desk.acts() == {("client", 1, *by), ("invoice", 30, *by), ("order", 10, *by)}
    assert (desk.rows("tblclients"), desk.rows("tblinvoices"), desk.rows("tblorders")) == ([2], [], [])


def test_only_a_change_of_what_was_bought_starts_the_clock_of_a_cancelled_service_again(desk: Desk) -> None:
    """C5: price, usage, notes and a renewed due date are nothing; another package is."""
    desk.put("tblclients", id=1, status="Active", datecreated="2020-01-01")
    desk.put("tblhosting", id=20, userid=1, domainstatus="Cancelled", packageid=3, billingcycle="Monthly")
    desk.put("tblhosting", id=21, userid=1, domainstatus="Active")
    desk.reconcile()
    desk.move_to("2026-09-01 12:00")
    sync = "amount = 99, lastupdate = '2026-08-31 03:00:00', notes = 'called', nextduedate = '2027-01-01'"
    desk.run(f"UPDATE tblhosting SET {sync}")
    assert desk.reconcile().changed == 0
    assert desk.plan()[Kind.SERVICE, 20].due == at("2026-11-28 12:00")
    desk.run("UPDATE tblhosting SET packageid = 4 WHERE id = 20")
    desk.reconcile()
    assert desk.plan()[Kind.SERVICE, 20].due == at("2027-02-28 12:00")
    desk.move_to("2027-02-28 12:00")
    desk.sweep()
    assert (desk.rows("tblhosting"), desk.rows("tblclients")) == ([21], [1])
