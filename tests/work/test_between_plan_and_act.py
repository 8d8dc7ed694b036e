"""What changes after the plan and before the act, and a grace that ends while the job runs."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kigen.ledger import ranges
from kigen.policy.records import Kind
from kigen.work import attempt, share, sharing
from kigen.work.chunk import Outcome
from kigen.work.lease import AnotherRunner, lease
from kigen.work.worker import Helped, work
from tests.work.billing import Billing
from tests.work.worlds import site_for


def test_a_job_that_started_before_the_grace_ended_does_not_include_it_and_one_at_the_end_does(either: Billing) -> None:
    either.add("tblclients", id=5, datecreated="2026-09-01", country="JP")
    either.add("tblclients", id=6, datecreated="2026-11-01", country="JP")
    midnight = dt.datetime(2026, 11, 21, 15, 0, tzinfo=dt.UTC)  # 00:00 of the 22nd in Tokyo
    received = (midnight - dt.timedelta(days=30)).strftime("%Y-%m-%d %H:%M:%S")
    either.run(f"INSERT INTO kigen_requests (client, request_right, received) VALUES (5, 'erasure', '{received}')")
    either.at(midnight - dt.timedelta(microseconds=1))
    slow = dataclasses.replace(either.site, machine_now=midnight + dt.timedelta(hours=1))  # it worked past midnight
    either.site = slow
    either.sweep()
    assert either.ids("tblclients") == [5, 6]
    either.at(midnight)
    either.sweep()
    assert either.ids("tblclients") == [6]


def between_plan_and_act(billing: Billing, what: Callable[[], None]) -> Any:
    """A sweep in which somebody does something after the plan and before the first chunk."""
    once = [what]
    chunk = attempt.Attempts._once

    def first_something_else(attempts: attempt.Attempts, kind: Kind, planned: dict[int, str], *work: Any) -> Outcome:
        if once:
            once.pop()()
        return chunk(attempts, kind, planned, *work)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attempt.Attempts, "_once", first_something_else)
        return billing.sweep()


def test_a_row_that_somebody_changed_between_plan_and_act_is_kept_with_the_reason_of_now(either: Billing) -> None:
    either.live_client()
    either.old_orders(10, 11)
    swept = between_plan_and_act(either, lambda: either.run("UPDATE tblorders SET status = 'Active' WHERE id = 10"))
    assert either.ids("tblorders") == [10]
    assert swept.done == {"delete": {"order": 1}}
    assert swept.kept == {"no-rule": 1}


def test_a_row_that_somebody_deleted_between_plan_and_act_is_already_gone(either: Billing) -> None:
    either.live_client()
    either.old_orders(10, 11, 12)
    swept = between_plan_and_act(either, lambda: either.run("DELETE FROM tblorders WHERE id = 10"))
    assert swept.done == {"delete": {"order": 2}}
    assert swept.kept == {"already-gone": 1}
    assert (either.ids("tblorders"), either.ids("tblclients")) == ([], [1])


def test_a_row_that_moved_to_another_client_between_plan_and_act_is_judged_with_its_new_owner(either: Billing) -> None:
    either.live_client(1)
    either.live_client(2)
    either.old_orders(10, 11)
    either.hold(client=2)
    swept = between_plan_and_act(either, lambda: either.run("UPDATE tblorders SET userid = 2 WHERE id = 10"))
    assert swept.done == {"delete": {"order": 1}}
    assert (either.ids("tblorders"), swept.kept) == ([10], {"hold": 1})


@pytest.mark.parametrize(
    "change", [{"guards__smallest_credit": "100"}, {"schedule__client.delete-inactive": "1 month"}]
)
def test_a_rule_that_changes_between_plan_and_act_stops_the_run_before_its_next_chunk(
    either: Billing, change: dict[str, str]
) -> None:
    """Looser or stricter: nobody has confirmed what would be decided now."""
    either.live_client(1)
    either.idle_client(3)
    swept = between_plan_and_act(either, lambda: either.set(**change))
    assert (swept.stopped, swept.acted, swept.remaining) == ("rules-changed", 0, 1)
    assert either.ids("tblclients") == [1, 3]


def test_a_setting_that_is_no_rule_may_change_while_a_run_works(either: Billing) -> None:
    either.live_client()
    either.old_orders(10, 11)
    swept = between_plan_and_act(either, lambda: either.set(sweep__chunk=7))
    assert (swept.stopped, swept.acted, either.ids("tblorders")) == (None, 2, [])


SECONDS = 20  # how long one waits for the other before the test fails
CLIENTS = {1: [10, 11], 501: [20, 21], 1001: [30, 31]}  # each in a piece of its own, with its orders


@pytest.fixture
def in_pieces(billing: Billing, monkeypatch: pytest.MonkeyPatch) -> Billing:
    """Three pieces of two orders each."""
    monkeypatch.setattr(sharing, "RECORDS_IN_A_PIECE", 1)
    for client, orders in CLIENTS.items():
        billing.live_client(client)
        billing.old_orders(*orders, client=client)
    return billing


def hold_order(billing: Billing, number: int) -> None:
    """A hold as the platform's bridge could place it: the row alone, without a mark for the next reconcile."""
    billing.run("INSERT INTO kigen_holds (kind, record, reason, placed_at, placed_by)"
                f" VALUES ('order', {number}, 'x', '2026-11-22', 'legal')")  # fmt: skip


def test_a_hold_that_comes_after_the_pieces_were_laid_out_keeps_its_record_from_a_worker_too(
    in_pieces: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    billing, helped, taken = in_pieces, [], threading.Event()
    other = dataclasses.replace(
        site_for(billing.url, billing.site.now, billing.site.state_dir), machine_now=billing.site.now
    )
    do, is_main = share.Share.do, threading.current_thread()

    def first_the_worker(mine: share.Share, piece: ranges.Range) -> None:
        if threading.current_thread() is is_main:
            assert taken.wait(SECONDS)  # everything else is the worker's
        elif not taken.is_set():
            for orders in CLIENTS.values():
                hold_order(billing, orders[0])
            taken.set()
        do(mine, piece)

    monkeypatch.setattr(share.Share, "do", first_the_worker)
    thread = threading.Thread(target=lambda: helped.append(work(other, SECONDS)), daemon=True)
    thread.start()
    swept = billing.sweep()
    thread.join(SECONDS)
    other.engine.dispose()
    assert helped[0].pieces > 0
    assert (swept.done, swept.kept) == ({"delete": {"order": 3}}, {"hold": 3})
    assert billing.ids("tblorders") == [10, 20, 30]


def test_a_worker_whose_rules_are_not_those_that_were_confirmed_does_nothing(
    in_pieces: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    billing, helped = in_pieces, []
    mine = site_for(billing.url, billing.site.now, billing.site.state_dir)
    other = dataclasses.replace(mine, zone="Europe/Berlin", machine_now=billing.site.machine_now)
    thread = threading.Thread(target=lambda: helped.append(work(other, SECONDS)), daemon=True)
    do, is_main = share.Share.do, threading.current_thread()

    def first_the_worker(part: share.Share, piece: ranges.Range) -> None:
        if threading.current_thread() is is_main:
            thread.join(SECONDS)
        do(part, piece)

    monkeypatch.setattr(share.Share, "do", first_the_worker)
    thread.start()
    swept = billing.sweep()
    other.engine.dispose()
    told = helped[0].swept
    assert (helped[0].pieces, told.stopped, told.acted) == (0, "rules-changed", 0)
    assert (swept.acted, swept.stopped, billing.ids("tblorders")) == (6, None, [])


def test_the_pieces_of_a_run_that_died_are_nobodys_although_the_next_run_has_begun(in_pieces: Billing) -> None:
    billing = in_pieces

    def die() -> None:
        with billing.site.engine.connect() as other:
            held = other.scalar(text("SELECT IS_USED_LOCK(CONCAT('kigen.run.', DATABASE()))"))
            other.execute(text(f"KILL CONNECTION {held}"))

    with pytest.raises(DBAPIError):
        between_plan_and_act(billing, die)
    # A process that was killed could not write down that it failed.
    billing.run("UPDATE kigen_runs SET outcome = 'running', stopped = NULL, finished_at = NULL")
    with billing.site.reading() as connection:
        run = ranges.latest_run(connection)
        assert run is not None
        assert len(ranges.undone(connection, run)) == 3
    until = time.monotonic() + SECONDS
    while True:  # until the server has seen that the connection is gone
        try:
            with lease(billing.site):  # the next run, which has not decided whether it may act
                assert work(billing.site, patience=0.0) == Helped()
            break
        except AnotherRunner:
            assert time.monotonic() < until
            time.sleep(0.01)
    assert billing.ids("tblorders") == sorted(number for orders in CLIENTS.values() for number in orders)
    assert billing.sweep().acted == 6
