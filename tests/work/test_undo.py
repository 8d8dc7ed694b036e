"""What `undo` opens again, and what it leaves alone."""

from __future__ import annotations

import pytest

from kigen.policy.records import Kind
from kigen.work.undo import UnknownRun, undo
from tests.work.billing import LATER, NOW, Billing

TWO_YEARS_AGO = "2024-11-01"


@pytest.fixture
def archived(either: Billing) -> Billing:
    """Run 1 archived clients 3 (it was Active) and 4 (Inactive); client 1 is live and order 7 was deleted."""
    either.live_client()
    for number, status in ((3, "Active"), (4, "Inactive")):
        either.idle_client(number, paid=TWO_YEARS_AGO)
        either.run(f"UPDATE tblclients SET status = '{status}' WHERE id = {number}")
    either.old_orders(7)
    swept = either.sweep()
    assert swept.done == {"archive": {"client": 2}, "delete": {"order": 1}}
    return either


def statuses(billing: Billing) -> dict[int, str]:
    return {row["id"]: row["status"] for row in billing.rows("tblclients", "id, status")}


def test_clients_get_back_the_status_that_they_had_and_others_are_left_alone(archived: Billing) -> None:
    live = statuses(archived)[1]
    undone = undo(archived.site, 1)
    assert statuses(archived) == {1: live, 3: "Active", 4: "Inactive"}
    assert (undone.run, undone.unarchived, dict(undone.kept)) == (2, 2, {})
    assert dict(undone.deleted) == {"order": 1} and archived.ids("tblorders") == []


def test_undoing_twice_opens_nothing_twice(archived: Billing) -> None:
    undo(archived.site, 1)
    again = undo(archived.site, 1)
    assert (again.unarchived, dict(again.kept)) == (0, {"already-open": 2})


def test_a_client_that_staff_opened_meanwhile_keeps_the_status_that_they_gave_it(archived: Billing) -> None:
    archived.run("UPDATE tblclients SET status = 'Inactive' WHERE id = 3")
    undone = undo(archived.site, 1)
    assert statuses(archived)[3] == "Inactive"
    assert (undone.unarchived, dict(undone.kept)) == (1, {"already-open": 1})


def test_a_client_that_is_gone_is_told_as_gone(archived: Billing) -> None:
    archived.run("DELETE FROM tblclients WHERE id = 4")
    undone = undo(archived.site, 1)
    assert (undone.unarchived, dict(undone.kept)) == (1, {"already-gone": 1})


def test_what_was_opened_is_archived_again_by_the_next_run_unless_something_keeps_it(archived: Billing) -> None:
    undo(archived.site, 1)
    archived.hold(client=4)
    archived.at(NOW + LATER)
    swept = archived.sweep()
    assert swept.done == {"archive": {"client": 1}}
    assert (statuses(archived)[3], statuses(archived)[4]) == ("Closed", "Inactive")


def test_undoing_leaves_evidence_and_an_act_of_its_own(archived: Billing) -> None:
    undo(archived.site, 1)
    assert [(act.id, act.run, act.action) for act in archived.acts(Kind.CLIENT, 3)] == [
        (3, 2, "unarchive"), (3, 1, "archive"),
    ]  # fmt: skip
    told = archived.rows("kigen_evidence", "run, action, rule, count")
    assert told[-1] == {"run": 2, "action": "unarchive", "rule": "client.archive-inactive", "count": 2}


def test_a_run_that_never_was_is_refused_and_leaves_no_run_record(archived: Billing) -> None:
    with pytest.raises(UnknownRun, match="there is no run 9"):
        undo(archived.site, 9)
    assert len(archived.rows("kigen_runs", "id")) == 1
