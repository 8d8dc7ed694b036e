"""What stops a run before its first row: nobody confirmed, too much, a clock that jumped, a schema that drifted."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from kigen.work import sweep
from kigen.work.comparison import Reconciled
from kigen.work.plan import decisions
from kigen.work.sweep import Budget
from tests.work.billing import LATER, NOW, Billing

YEAR = dt.timedelta(days=365)


def test_the_first_run_only_previews_until_a_person_confirms_and_leaves_a_refused_run_record(either: Billing) -> None:
    either.live_client()
    either.old_orders(10, 11)
    swept = either.sweep(confirmed=False)
    assert (swept.stopped, swept.acted, swept.remaining) == ("unconfirmed", 0, 2)
    assert swept.planned.acts == {"delete": {"order": 2}}
    assert either.ids("tblorders") == [10, 11]
    assert (either.last_run()["outcome"], either.last_run()["stopped"]) == ("refused", "unconfirmed")
    assert either.sweep(confirmed=True).acted == 2
    assert either.ids("tblhosting") == [9001]


def test_what_comes_due_after_an_empty_preview_waits_for_a_person_too(
    either: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    either.live_client()
    either.add("tblorders", id=5, ordernum=5, userid=1, status="Active", date="2019-01-01 10:00:00")
    read = sweep.reconcile

    def meanwhile(*arguments: Any, **named: Any) -> Reconciled:
        either.run("UPDATE tblorders SET status = 'Cancelled' WHERE id = 5")
        return read(*arguments, **named)

    monkeypatch.setattr(sweep, "reconcile", meanwhile)
    swept = either.sweep(confirmed=False)
    assert (swept.stopped, swept.acted, swept.remaining) == ("unconfirmed", 0, 1)
    assert either.ids("tblorders") == [5]


def test_a_rule_that_is_lengthened_while_a_confirmed_run_prepares_is_not_what_was_confirmed(
    either: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    either.live_client()
    either.old_orders(10, 11)
    look = sweep.look_at_what_came_due

    def meanwhile(*arguments: Any) -> None:
        look(*arguments)
        either.set(**{"schedule__order.delete-cancelled": "100 years"})

    monkeypatch.setattr(sweep, "look_at_what_came_due", meanwhile)
    assert either.sweep(confirmed=True).stopped == "rules-changed"
    assert either.ids("tblorders") == [10, 11]


def test_a_run_after_a_restore_that_a_person_confirms_does_its_work(either: Billing) -> None:
    either.live_client()
    for number in (10, 11):
        either.old_orders(number)
        either.sweep(confirmed=True)
    either.run("DELETE FROM kigen_runs WHERE id > 1")  # the backup was made after the first run
    either.old_orders(12)
    swept = either.sweep(confirmed=True)
    assert (swept.stopped, swept.acted, either.ids("tblorders")) == (None, 1, [])


def test_after_a_confirmation_later_runs_need_none_until_a_rule_changes(either: Billing) -> None:
    either.live_client()
    either.old_orders(10)
    either.sweep(confirmed=True)
    either.old_orders(11)
    assert either.sweep(confirmed=False).acted == 1
    either.old_orders(12)
    either.set(guards__smallest_credit="1.00")
    assert either.sweep(confirmed=False).stopped == "unconfirmed"
    assert either.ids("tblorders") == [12]
    assert either.sweep(confirmed=True).acted == 1
    assert either.ids("tblclients") == [1]


def test_a_restored_database_previews_first_however_often_it_is_refused(either: Billing) -> None:
    either.live_client()
    for number in (10, 11, 12):
        either.old_orders(number)
        either.sweep(confirmed=True)
    either.run("DELETE FROM kigen_runs WHERE id > 1")  # the backup was made after the first run
    either.old_orders(13)
    for _ in range(4):
        assert either.sweep(confirmed=False).stopped == "unconfirmed"
    assert either.ids("tblorders") == [13]
    assert either.sweep(confirmed=True).acted == 1
    either.old_orders(14)
    assert either.sweep(confirmed=False).acted == 1


def test_quiet_nights_after_a_restore_do_not_lift_what_a_person_is_to_look_at(either: Billing) -> None:
    either.live_client()
    for number in (10, 11, 12):
        either.old_orders(number)
        either.sweep(confirmed=True)
    either.run("DELETE FROM kigen_runs WHERE id > 1")  # the backup was made after the first run
    for _ in range(3):
        assert either.sweep(confirmed=False).stopped is None  # nothing is due
    either.old_orders(13)
    assert either.sweep(confirmed=False).stopped == "unconfirmed"
    assert either.ids("tblorders") == [13]


def test_a_run_with_nothing_to_do_needs_no_confirmation_and_gives_none(either: Billing) -> None:
    either.live_client()
    assert either.sweep(confirmed=False).stopped is None
    either.old_orders(10)
    assert either.sweep(confirmed=False).stopped == "unconfirmed"
    assert either.ids("tblorders") == [10]


def test_more_records_than_the_absolute_limit_stop_the_run_before_its_first_row(either: Billing) -> None:
    either.live_client()
    either.old_orders(1)
    either.sweep(confirmed=True)
    either.set(brakes__records=5, brakes__share=100)
    either.old_orders(*range(2, 8))
    swept = either.sweep(confirmed=False)
    assert (swept.stopped, swept.acted) == ("records", 0)
    assert [brake.as_json()["found"] for brake in swept.brakes] == ["6"]
    assert either.ids("tblorders") == [2, 3, 4, 5, 6, 7]
    # The confirmation accepts this plan and not the next one.
    assert either.sweep(confirmed=True).acted == 6
    either.old_orders(*range(20, 26))
    assert either.sweep(confirmed=False).stopped == "records"
    assert either.ids("tblorders") == [20, 21, 22, 23, 24, 25]


def test_more_than_one_per_cent_of_the_active_clients_stops_the_run_before_its_first_row(either: Billing) -> None:
    either.live_client(1)
    either.sweep(confirmed=True)
    either.set(brakes__minimum=1)
    for number in range(2, 5):
        either.add("tblclients", id=number, datecreated="2020-01-01")
    assert either.sweep(confirmed=True, budget=Budget(records=0)).acted == 0
    swept = either.sweep(confirmed=False)
    assert (swept.stopped, swept.brakes[0].found, swept.brakes[0].allowed) == ("client-share", "3 of 4", "1 %")
    assert either.ids("tblclients") == [1, 2, 3, 4]


def test_ten_times_the_median_of_the_last_runs_stops_the_run_before_its_first_row(either: Billing) -> None:
    either.live_client()
    either.set(brakes__share=100, brakes__minimum=3)
    for number in range(1, 6):
        either.old_orders(number)
        assert either.sweep(confirmed=True).acted == 1
    either.old_orders(*range(10, 20))
    assert either.sweep(confirmed=False).acted == 10  # ten times is not more than ten times
    either.old_orders(*range(30, 41))
    swept = either.sweep(confirmed=False)
    assert (swept.stopped, swept.brakes[0].found, swept.brakes[0].allowed) == ("median", "11", "10 x 1")
    assert either.ids("tblorders") == list(range(30, 41))


@pytest.mark.parametrize(
    ("moved", "stopped"),
    [
        (-dt.timedelta(hours=1), "clock-jump"),
        (10 * YEAR, "clock-jump"),
        (-dt.timedelta(minutes=5), None),
        (LATER, None),
    ],
)
def test_a_clock_set_back_an_hour_or_forward_ten_years_refuses_the_run(
    either: Billing, moved: dt.timedelta, stopped: str | None
) -> None:
    either.live_client()
    either.at(NOW, is_machine_clock=True)
    either.sweep()
    either.old_orders(10)
    either.at(NOW + moved)
    swept = either.sweep(confirmed=True)  # no confirmation accepts a broken clock
    assert swept.stopped == stopped
    assert either.ids("tblorders") == ([10] if stopped else [])
    assert either.ids("tblhosting") == [9001]
    assert either.last_run()["outcome"] == ("refused" if stopped else "done")


def test_a_stated_instant_switches_the_clock_jump_stop_off_and_is_not_compared_with_later(either: Billing) -> None:
    either.live_client()
    either.at(NOW, is_machine_clock=True)
    either.sweep()
    either.old_orders(10)
    either.at(NOW + 10 * YEAR, is_machine_clock=False, is_time_stated=True)
    assert either.sweep().acted == 1
    either.old_orders(11)
    either.at(NOW + LATER, is_machine_clock=True, is_time_stated=False)
    assert either.sweep().acted == 1
    assert either.ids("tblclients") == [1]


def test_a_rule_whose_column_was_dropped_is_refused_by_name_and_the_others_go_on(billing: Billing) -> None:
    billing.live_client()
    billing.old_orders(10)
    billing.add("tbldomains", id=20, userid=1, status="Expired", expirydate="2013-01-01")
    billing.run("ALTER TABLE tbldomains DROP COLUMN expirydate")
    swept = billing.sweep()
    assert swept.refused["domain.delete-expired"] == (
        "domain.delete-expired needs the column tbldomains.expirydate, which is not there."
    )
    assert "order.delete-cancelled" not in swept.refused
    assert (billing.ids("tblorders"), billing.ids("tbldomains")) == ([], [20])
    assert billing.ids("tblclients") == [1]
    assert "domain.delete-expired" in json.loads(billing.last_run()["counts"])["refused"]


def test_a_rule_on_a_table_without_transactions_is_refused_by_name_and_the_others_go_on(billing: Billing) -> None:
    billing.live_client()
    billing.add("tblclients", id=5, datecreated="2020-01-01")
    billing.add("tbldomains", id=20, userid=1, status="Expired", expirydate="2013-01-01")
    billing.run("ALTER TABLE tbltickets ENGINE=MyISAM")
    swept = billing.sweep()
    assert "tbltickets (MyISAM)" in swept.refused["client.delete-registration-only"]
    assert "domain.delete-expired" not in swept.refused
    assert (billing.ids("tblclients"), billing.ids("tbldomains")) == ([1, 5], [])


def test_a_cascade_that_would_remove_rows_outside_the_plan_is_refused_in_the_preview(billing: Billing) -> None:
    billing.live_client()
    billing.old_orders(10)
    billing.run("CREATE TABLE mod_loyalty (id INT PRIMARY KEY, order_id INT,"
                " FOREIGN KEY (order_id) REFERENCES tblorders (id) ON DELETE CASCADE)")  # fmt: skip
    billing.run("INSERT INTO mod_loyalty VALUES (1, 10)")
    assert [one.action for one in decisions(billing.site) if one.record.id == 10] == ["keep"]
    swept = billing.sweep()
    assert swept.refused["order.delete-cancelled"].endswith(
        "would change mod_loyalty.order_id, which follows tblorders by ON DELETE CASCADE."
    )
    assert (billing.ids("tblorders"), billing.ids("mod_loyalty")) == ([10], [1])
