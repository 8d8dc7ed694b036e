"""A run as of a past instant deletes today: what keeps a record at either instant keeps it, in every command."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from kigen.ledger import contracts, requests
from kigen.policy.records import Kind
from kigen.work import erase as officer
from kigen.work.plan import decisions
from tests.work.billing import LATER, NOW, Billing

THEN, BETWEEN, AGO = NOW - 30 * LATER, NOW - 10 * LATER, NOW - 60 * LATER


@pytest.fixture
def past(either: Billing) -> Billing:
    """Clients 3 and 4, both due for deletion, on a machine whose clock is a month ahead of the stated instant."""
    either.idle_client(3)
    either.idle_client(4)
    either.site = dataclasses.replace(either.site, now=THEN, is_machine_clock=False, is_time_stated=True)
    return either


def ask(
    billing: Billing, right: str, received: dt.datetime, closed: dt.datetime | None = None, client: int = 3
) -> None:
    with billing.site.transaction() as connection:
        requests.open_request(connection, client, right, received)
        if closed:
            requests.close_requests(connection, client, right, closed)


def agree(billing: Billing, term: str, begins: dt.datetime, until: dt.datetime | None, **values: object) -> None:
    told = {"client": 3, "rule": "client.delete-inactive", "term": term, "begins": begins, "until": until, **values}
    with billing.site.transaction() as connection:
        contracts.add(connection, told, AGO, "ops")


def reasons(billing: Billing, client: int) -> set[str]:
    found = {one.record.ref: one for one in decisions(billing.site)}
    return {reason.code for reason in found[Kind.CLIENT, client].reasons}


@pytest.mark.parametrize(
    ("right", "code"),
    [("restriction", "restricted"), ("objection", "open-request"), ("access", "open-request"),
     ("withdraw-consent", "open-request")],
)  # fmt: skip
def test_what_was_asked_for_since_the_stated_instant_keeps_the_client(past: Billing, right: str, code: str) -> None:
    ask(past, right, BETWEEN)
    assert reasons(past, 3) == {code}
    past.sweep()
    assert past.ids("tblclients") == [3]
    assert past.ids("tblinvoices") == [30]


def test_an_officers_erasure_as_of_a_past_instant_is_kept_by_what_was_asked_for_since(past: Billing) -> None:
    ask(past, "restriction", BETWEEN)
    past.sweep()
    assert officer.erase(past.site, 3).done == {}
    assert past.ids("tblclients") == [3]


def test_a_request_that_was_open_then_and_is_answered_today_keeps_the_client_then(past: Billing) -> None:
    ask(past, "access", AGO, closed=BETWEEN)
    past.sweep()
    assert past.ids("tblclients") == [3]
    past.at(NOW)
    past.sweep()
    assert past.ids("tblclients") == []


def test_a_request_that_came_and_was_answered_in_between_was_open_at_neither_instant(past: Billing) -> None:
    ask(past, "access", BETWEEN, closed=BETWEEN + LATER)
    past.sweep()
    assert past.ids("tblclients") == []


def test_a_deletion_that_was_asked_for_then_and_taken_back_since_deletes_nobody(past: Billing) -> None:
    for number in (5, 6):
        past.add("tblclients", id=number, datecreated="2026-09-10", status="Active")
        ask(past, "erasure", AGO, client=number)
    with past.site.transaction() as connection:
        requests.close_requests(connection, 5, "erasure", BETWEEN)
    past.sweep()
    assert past.ids("tblclients") == [5]


def test_a_hold_that_was_placed_or_released_since_keeps_the_client(past: Billing) -> None:
    placed = past.hold(client=3)
    released = past.hold(client=4)
    past.run(f"UPDATE kigen_holds SET placed_at = '{BETWEEN:%Y-%m-%d %H:%M:%S}' WHERE id = {placed}")
    past.run(f"UPDATE kigen_holds SET released_at = '{BETWEEN:%Y-%m-%d %H:%M:%S}' WHERE id = {released}")
    past.sweep()
    assert past.ids("tblclients") == [3, 4]
    past.at(NOW)
    past.sweep()
    assert past.ids("tblclients") == [3]


@pytest.mark.parametrize(
    ("term", "begins", "until"),
    [("99 years", BETWEEN, None), ("99 years", AGO, BETWEEN)],
    ids=["agreed since", "over since"],
)
def test_a_longer_term_that_runs_at_either_instant_keeps_the_client(
    past: Billing, term: str, begins: dt.datetime, until: dt.datetime | None
) -> None:
    agree(past, term, begins, until)
    past.sweep()
    assert past.ids("tblclients") == [3]


def test_a_shorter_term_that_is_over_since_deletes_nothing_before_the_rules_own(past: Billing) -> None:
    past.live_client()
    past.old_orders(10, 11)
    past.run("UPDATE tblorders SET date = '2026-08-01 10:00:00' WHERE id = 10")
    agree(past, "30 days", AGO, BETWEEN, client=1, rule="order.delete-cancelled")
    past.sweep()
    assert past.ids("tblorders") == [10]
