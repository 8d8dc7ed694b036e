"""What changes after the plan and before the act, and a grace that ends while the job runs."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from kigen.policy.records import Kind
from kigen.work import attempt
from kigen.work.chunk import Outcome
from tests.work.billing import Billing


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

    def first_something_else(attempts: attempt.Attempts, kind: Kind, planned: dict[int, str]) -> Outcome:
        if once:
            once.pop()()
        return chunk(attempts, kind, planned)

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
