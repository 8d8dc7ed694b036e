"""What an incremental reconcile sees, what only a full one does, and that neither reads more than it must."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kigen.ledger import contracts, inbox, seen
from kigen.ledger import tables as ledger
from kigen.policy.records import Kind
from kigen.work.intake import parse_event, run_intake
from kigen.work.reconcile import Reconciled, reconcile
from tests.work.billing import LATER, NOW, Billing

HOUR = dt.timedelta(hours=1)
EVERYBODY = {1, 2, 3, 4}


@pytest.fixture
def quiet(either: Billing) -> Billing:
    """Four clients that were read in full; from here on only a full reconcile whose time has come is one."""
    either.set(reconcile__quick_seconds=0)
    either.live_client(1)
    either.live_client(2)
    either.old_orders(21, client=2)
    either.idle_client(3)
    either.live_client(4)
    either.run("UPDATE tblclients SET groupid = 7 WHERE id = 4")
    either.old_orders(41, 42, client=4)
    assert again(either, NOW).is_full
    return either


def again(billing: Billing, now: dt.datetime, full: bool | None = None) -> Reconciled:
    """A reconcile at an instant."""
    billing.at(now)
    return reconcile(billing.site, full)


def next_one(billing: Billing, after: dt.timedelta = HOUR) -> Reconciled:
    """The next reconcile, which must be an incremental one."""
    found = again(billing, billing.site.now + after)
    assert not found.is_full
    return found


def read_now(billing: Billing) -> set[int]:
    """The clients that the reconcile at the billing's instant decided about anew."""
    with billing.site.reading() as connection:
        return {client for client, at in seen.read_at(connection, range(100)).items() if at == billing.site.now}


def stored(billing: Billing, kind: Kind, number: int) -> Any:
    """What is remembered of a record, None for nothing."""
    mine = ledger.records.c.kind == kind.value, ledger.records.c.id == number
    with billing.site.reading() as connection:
        return connection.execute(select(ledger.records).where(*mine)).first()


def codes(billing: Billing, kind: Kind, number: int) -> set[str]:
    """What stands against the rule of a record."""
    return set((stored(billing, kind, number).codes or "").split())


def hear(billing: Billing, name: str, at: dt.datetime = NOW, **told: Any) -> None:
    """An event arrives and is heard."""
    with billing.site.transaction() as connection:
        event = parse_event({"event": name, "at": at.isoformat(), **told}, billing.site.zone)
        assert inbox.append(connection, [event], billing.site.now) == 1
    assert run_intake(billing.site).handled == 1


def agree(billing: Billing, **whom: int) -> int:
    values = {"rule": "order.delete-cancelled", "term": "12 years", "begins": dt.datetime(2010, 1, 1, tzinfo=dt.UTC)}
    with billing.site.transaction() as connection:
        return contracts.add(connection, {**values, **whom}, billing.site.now, "sales")


def end(billing: Billing, contract: int) -> None:
    with billing.site.transaction() as connection:
        assert contracts.end(connection, contract, billing.site.now, "sales")


def test_where_nothing_happened_nobody_is_read(quiet: Billing) -> None:
    for after in (HOUR, HOUR, LATER, LATER):
        found = next_one(quiet, after)
        assert (found.read, found.changed, found.gone, read_now(quiet)) == (0, 0, 0, set())


def test_a_full_reconcile_reads_nobody_whose_rows_are_the_same(quiet: Billing) -> None:
    found = again(quiet, NOW + HOUR, full=True)
    assert (found.is_full, found.read, found.compared, read_now(quiet)) == (True, 0, len(EVERYBODY), set())


def test_a_hold_on_a_client_and_its_release_are_seen_by_the_next_one(quiet: Billing) -> None:
    hold = quiet.hold(client=3)
    next_one(quiet)
    assert (read_now(quiet), codes(quiet, Kind.CLIENT, 3)) == ({3}, {"hold"})
    quiet.release(hold)
    next_one(quiet)
    assert (read_now(quiet), codes(quiet, Kind.CLIENT, 3)) == ({3}, set())
    assert next_one(quiet).read == 0


def test_a_hold_on_a_record_and_its_release_are_seen_by_the_next_one(quiet: Billing) -> None:
    hold = quiet.hold_on(Kind.ORDER, 41)
    next_one(quiet)
    assert (read_now(quiet), codes(quiet, Kind.ORDER, 41), codes(quiet, Kind.ORDER, 42)) == ({4}, {"hold"}, set())
    quiet.release(hold)
    next_one(quiet)
    assert (read_now(quiet), codes(quiet, Kind.ORDER, 41)) == ({4}, set())


def test_a_contract_with_a_client_and_its_end_are_seen_by_the_next_one(quiet: Billing) -> None:
    due = stored(quiet, Kind.ORDER, 41).due_at
    contract = agree(quiet, client=4)
    next_one(quiet)
    assert read_now(quiet) == {4}
    assert stored(quiet, Kind.ORDER, 41).due_at > quiet.site.now > due
    assert stored(quiet, Kind.ORDER, 21).due_at == due  # the contract is with somebody else
    end(quiet, contract)
    next_one(quiet)
    assert (read_now(quiet), stored(quiet, Kind.ORDER, 41).due_at) == ({4}, due)
    assert next_one(quiet).read == 0


def test_a_contract_with_a_group_and_its_end_make_the_next_one_decide_about_everybody_anew(quiet: Billing) -> None:
    due = stored(quiet, Kind.ORDER, 41).due_at
    contract = agree(quiet, client_group=7)
    assert (again(quiet, NOW + HOUR).is_full, read_now(quiet)) == (True, EVERYBODY)
    assert stored(quiet, Kind.ORDER, 41).due_at > quiet.site.now > due
    assert stored(quiet, Kind.ORDER, 21).due_at == due  # of a client outside the group
    end(quiet, contract)
    assert (again(quiet, NOW + 2 * HOUR).is_full, read_now(quiet)) == (True, EVERYBODY)
    assert stored(quiet, Kind.ORDER, 41).due_at == due
    assert next_one(quiet).read == 0


def test_a_request_that_an_event_told_is_seen_by_the_next_one(quiet: Billing) -> None:
    hear(quiet, "deletion_requested", client=1)
    next_one(quiet)
    assert (read_now(quiet), stored(quiet, Kind.CLIENT, 1).rule) == ({1}, "client.delete-on-request")
    assert stored(quiet, Kind.CLIENT, 1).anchor_at == NOW
    hear(quiet, "deletion_withdrawn", at=NOW + HOUR, client=1)
    next_one(quiet)
    assert (read_now(quiet), stored(quiet, Kind.CLIENT, 1).rule) == ({1}, None)


def test_a_payment_that_an_event_told_is_seen_by_the_next_one(quiet: Billing) -> None:
    before = stored(quiet, Kind.CLIENT, 3)
    paid = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
    hear(quiet, "payment_received", at=paid, client=3, id=30, data={"amount": "10.00", "invoice": 30})
    next_one(quiet)
    after = stored(quiet, Kind.CLIENT, 3)
    assert (read_now(quiet), after.anchor_at) == ({3}, paid)
    assert before.due_at < NOW < after.due_at


def test_new_rows_are_seen_by_the_next_one_also_those_of_a_new_client(quiet: Billing) -> None:
    quiet.old_orders(43, client=1)
    quiet.add("tblclients", id=9, datecreated="2026-11-01")
    next_one(quiet)
    assert read_now(quiet) == {1, 9}
    assert (stored(quiet, Kind.ORDER, 43).state, stored(quiet, Kind.CLIENT, 9).client) == ("cancelled", 9)
    quiet.add("tbltickets", id=1, tid="T", userid=3, status="Open")
    next_one(quiet)
    assert (read_now(quiet), "open-ticket" in codes(quiet, Kind.CLIENT, 3)) == ({3}, False)
    assert stored(quiet, Kind.CLIENT, 3).rule is None  # a client with an unclosed ticket is not inactive
    assert next_one(quiet).read == 0


def test_a_row_that_the_host_marked_as_changed_is_seen_by_the_next_nightly_one(quiet: Billing) -> None:
    quiet.run("UPDATE tblclients SET credit = 5, updated_at = '2026-11-22 14:00:00' WHERE id = 3")
    next_one(quiet, LATER)
    assert (read_now(quiet), codes(quiet, Kind.CLIENT, 3)) == ({3}, {"credit-balance"})


def test_a_row_that_vanished_is_seen_by_the_next_nightly_one(quiet: Billing) -> None:
    quiet.run("DELETE FROM tblorders WHERE id = 41")
    found = next_one(quiet, LATER)
    assert (read_now(quiet), found.gone, stored(quiet, Kind.ORDER, 41)) == ({4}, 1, None)
    assert stored(quiet, Kind.ORDER, 42) is not None
    assert next_one(quiet, LATER).read == 0


def test_a_client_that_vanished_is_seen_by_the_next_nightly_one(quiet: Billing) -> None:
    for statement in ("tblclients WHERE id = 3", "tblinvoices WHERE userid = 3", "tblaccounts WHERE userid = 3"):
        quiet.run(f"DELETE FROM {statement}")
    found = next_one(quiet, LATER)
    assert (found.gone, stored(quiet, Kind.CLIENT, 3), stored(quiet, Kind.INVOICE, 30)) == (2, None, None)
    assert {row["client"] for row in quiet.rows("kigen_seen")} == EVERYBODY - {3}


def silently(billing: Billing) -> None:
    """Somebody changes a status past the platform: no event, and the change column stays as it was."""
    billing.run("UPDATE tblorders SET status = 'Active' WHERE id = 41")


def is_seen(billing: Billing) -> bool:
    return stored(billing, Kind.ORDER, 41).state == "active"


def by_a_full_one(billing: Billing) -> None:
    assert again(billing, billing.site.now + HOUR, full=True).is_full


def after_its_days(billing: Billing) -> None:
    assert again(billing, NOW + 7 * LATER).is_full


@pytest.mark.parametrize("found", [by_a_full_one, after_its_days])
def test_a_status_that_changed_silently_is_seen_by_a_full_one_and_by_nothing_before(
    quiet: Billing, found: Callable[[Billing], None]
) -> None:
    silently(quiet)
    for after in (HOUR, LATER, LATER):
        assert next_one(quiet, after).read == 0
    assert not is_seen(quiet)
    found(quiet)
    assert (is_seen(quiet), read_now(quiet)) == (True, {4})


def test_a_full_one_is_due_after_the_days_that_the_setting_says_and_not_before(quiet: Billing) -> None:
    quiet.set(reconcile__full_days=2)
    assert not again(quiet, NOW + 2 * LATER - dt.timedelta(microseconds=1)).is_full
    assert again(quiet, NOW + 2 * LATER).is_full
    assert not again(quiet, NOW + 3 * LATER).is_full


def test_a_full_one_that_is_quick_is_made_every_time(quiet: Billing) -> None:
    quiet.set(reconcile__quick_seconds=600)
    silently(quiet)
    assert again(quiet, NOW + HOUR).is_full
    assert is_seen(quiet)


def test_what_changed_silently_keeps_its_record_although_only_the_gate_sees_it(quiet: Billing) -> None:
    silently(quiet)
    quiet.at(NOW + HOUR)
    swept = quiet.sweep()
    assert swept.reconciled is not None and not swept.reconciled.is_full
    assert quiet.ids("tblorders") == [41]
    assert (is_seen(quiet), swept.kept["no-rule"], swept.stopped) == (True, 1, None)
    assert quiet.ids("tblclients") == [1, 2, 4]


def test_another_term_makes_the_next_one_decide_about_everybody_anew(quiet: Billing) -> None:
    due = stored(quiet, Kind.ORDER, 41).due_at
    quiet.set(**{"schedule.order.delete-cancelled": "400 days"})
    found = again(quiet, NOW + HOUR)
    assert (found.is_full, read_now(quiet)) == (True, EVERYBODY)
    assert stored(quiet, Kind.ORDER, 41).due_at == due + dt.timedelta(days=35)
    assert next_one(quiet).read == 0


def test_what_the_operator_calls_a_state_makes_the_next_one_decide_about_everybody_anew(quiet: Billing) -> None:
    quiet.add("tblorders", id=44, ordernum=44, userid=1, status="Returned", date="2020-01-01 10:00:00")
    next_one(quiet)
    assert codes(quiet, Kind.ORDER, 44) == {"unknown-state"}
    quiet.add("tblorderstatuses", title="Returned", showcancelled=1)
    assert (again(quiet, NOW + 2 * HOUR).is_full, read_now(quiet)) == (True, EVERYBODY)
    assert (stored(quiet, Kind.ORDER, 44).state, codes(quiet, Kind.ORDER, 44)) == ("cancelled", {"settling"})


def test_a_client_of_whom_a_run_deleted_something_is_read_again_by_the_next(quiet: Billing) -> None:
    quiet.at(NOW + HOUR)
    assert quiet.sweep().done == {"delete": {"client": 1, "order": 3}}
    assert next_one(quiet).gone == 0
    assert read_now(quiet) == {2, 4}  # and client 3 is gone with all that was its
    assert {row["client"] for row in quiet.rows("kigen_seen")} == {1, 2, 4}
    assert next_one(quiet).read == 0


def test_a_reconcile_that_only_tells_leaves_what_happened_to_be_seen(quiet: Billing) -> None:
    quiet.hold(client=3)
    quiet.old_orders(43, client=1)
    quiet.at(NOW + HOUR)
    told = reconcile(quiet.site, dry_run=True)
    assert (told.read, read_now(quiet), stored(quiet, Kind.ORDER, 43)) == (5, set(), None)
    assert next_one(quiet).read == told.read
    assert read_now(quiet) == {1, 3}
