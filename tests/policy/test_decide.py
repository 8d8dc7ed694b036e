"""The one decision: its boundary instants, its shape, what it says while nothing acts, and the clock of a request."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest

from kigen.policy.facts import Hold, Request
from kigen.policy.periods import Term
from kigen.policy.records import Kind, Memory, State
from tests.policy.build import (
    ME,
    OTHER,
    SCHEDULE,
    ZONE,
    asked,
    at,
    client,
    codes,
    day,
    decided,
    domain,
    invoice,
    order,
    payment,
    service,
)  # fmt: skip

PAID_LONG_AGO = invoice(issued=day("2010-01-10"), paid=day("2010-01-10"))
A_MICROSECOND = dt.timedelta(microseconds=1)
EDGES: list[tuple[str, list[Any], str]] = [
    ("client.archive-inactive", [client(), payment(at=at("2024-08-31 10:00")), invoice()], "2026-02-28 10:00"),
    ("client.delete-registration-only", [client(registered=day("2025-11-30"))], "2026-03-01 00:00"),
    ("client.delete-inactive", [client(), payment(at=at("2016-02-29 10:00")), PAID_LONG_AGO], "2026-02-28 10:00"),
    ("invoice.delete-cancelled", [invoice(state=State.CANCELLED, due=day("2025-01-15"))], "2026-01-16 00:00"),
    ("order.delete-cancelled", [order(created=at("2025-01-15 10:00"))], "2026-01-15 10:00"),
    ("order.delete-fraud", [order(state=State.FRAUD, created=at("2023-03-01 10:00"))], "2025-02-28 10:00"),
    ("order.delete-pending", [order(state=State.PENDING, created=at("2025-08-31 10:00"))], "2026-02-27 10:00"),
    ("order.delete-draft", [order(state=State.DRAFT, created=at("2026-01-30 10:00"))], "2026-03-01 10:00"),
    ("service.delete-cancelled", [service(changed=at("2025-08-31 10:00"))], "2026-02-27 10:00"),
    ("service.delete-terminated", [service(state=State.TERMINATED, changed=day("2025-01-15"))], "2026-01-16 00:00"),
    ("domain.delete-cancelled", [domain(state=State.CANCELLED, changed=at("2025-08-31 10:00"))], "2026-02-27 10:00"),
    ("domain.delete-expired", [domain(expires=day("2026-01-01"))], "2026-05-02 00:00"),
    ("client.delete-on-request", [client(), asked("erasure", "2026-01-10 09:00")], "2026-02-09 09:00"),
]


@pytest.mark.parametrize(("rule", "things", "due"), EDGES, ids=[row[0] for row in EDGES])
def test_a_record_is_due_at_its_instant_and_not_a_microsecond_before(rule: str, things: list[Any], due: str) -> None:
    """B1"""
    only = replace(SCHEDULE, rules=tuple(one for one in SCHEDULE.rules if one.id == rule))
    acted = decided(*things, now=at(due), schedule=only)
    waits = decided(*things, now=at(due) - A_MICROSECOND, schedule=only)
    assert (acted.acts, acted.rule, acted.due) == (True, rule, at(due))
    assert (waits.action, waits.rule, waits.due, codes(waits)) == ("keep", rule, at(due), {"not-due"})


def test_a_decision_is_told_in_the_shape_of_the_contract() -> None:
    active = service(81, State.ACTIVE, order=12)
    decision = decided(order(12, created=at("2025-01-01 00:00")), active, client())
    told = decision.as_json(ZONE)
    assert json.loads(json.dumps(told)) == {
        "kind": "order", "id": 12, "client": 3, "action": "keep", "rule": "order.delete-cancelled",
        "due": "2026-01-01T00:00:00+09:00",
        "reasons": [{"code": "active-service", "text": "Service 81 is active.", "until": None, "refs": ["service:81"]}],
        "considered": [{"rule": "order.delete-cancelled", "anchor": "created", "source": "read",
                        "anchored": "2025-01-01T00:00:00+09:00", "due": "2026-01-01T00:00:00+09:00"}],
    }  # fmt: skip
    assert "サービス" in json.dumps(decision.as_json(ZONE, "ja"), ensure_ascii=False)


def test_a_date_without_a_time_and_an_unknown_clock_are_told_as_they_are() -> None:
    dated = decided(invoice(state=State.CANCELLED, due=day("2025-01-15"))).as_json(ZONE)
    assert dated["considered"][0]["anchored"] == "2025-01-15"  # type: ignore[index] # a list of mappings
    unknown = decided(invoice(state=State.CANCELLED)).as_json(ZONE)
    assert (unknown["due"], unknown["considered"][0]["anchored"]) == (None, None)  # type: ignore[index] # as above


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        (order(state=State.ACTIVE), {"no-rule"}),
        (order(state=State.UNKNOWN, status="On the moon"), {"no-rule", "unknown-state"}),
        (service(state=State.COMPLETED), {"no-rule"}),
        (invoice(state=State.PAID), {"no-rule"}),
    ],
)
def test_a_record_that_no_rule_speaks_of_is_kept_and_says_so(entity: Any, expected: set[str]) -> None:
    decision = decided(entity)
    assert (decision.action, decision.rule, decision.due, codes(decision)) == ("keep", None, None, expected)


def test_a_record_that_no_rule_speaks_of_tells_the_hold_on_it_or_on_its_client_and_no_other() -> None:
    holds = (Hold(1, ME, None, ""), Hold(2, None, (Kind.ORDER, 10), ""), Hold(3, None, (Kind.ORDER, 11), ""))
    decision = decided(order(10, state=State.ACTIVE), *holds)
    assert codes(decision) == {"no-rule", "hold"}
    assert [reason.values["hold"] for reason in decision.reasons if reason.code == "hold"] == [1, 2]


def test_an_order_over_its_term_stays_whole_for_one_active_service_of_ten_and_says_which() -> None:
    """D6"""
    ten = [service(number, State.ACTIVE if number == 25 else State.TERMINATED, order=10) for number in range(20, 30)]
    decision = decided(order(created=day("2020-01-01")), *ten)
    assert decision.action == "keep"
    assert [reason.refs for reason in decision.reasons] == [("service:25",)]


def test_a_service_goes_by_schedule_while_its_paid_order_stays() -> None:
    """D5"""
    bought, cancelled = order(created=day("2010-01-01"), invoice=30), service(order=10, changed=at("2020-01-01 00:00"))
    kept = decided(bought, cancelled, PAID_LONG_AGO)
    goes = decided(cancelled, bought, PAID_LONG_AGO)
    assert (kept.action, codes(kept)) == ("keep", {"paid-invoice"})
    assert (goes.action, goes.rule) == ("delete", "service.delete-cancelled")


def test_a_rule_changed_from_12_to_6_months_makes_newly_due_what_lies_between() -> None:
    """D11"""
    things = [order(created=at("2025-09-01 09:00"))]
    half = tuple(replace(one, term=Term(6)) if one.id == "order.delete-cancelled" else one for one in SCHEDULE.rules)
    assert codes(decided(*things)) == {"not-due"}
    assert decided(*things, schedule=replace(SCHEDULE, rules=half)).due == at("2026-03-01 09:00")


def test_a_document_of_unknown_date_keeps_and_is_told_and_the_archive_still_acts() -> None:
    """D14"""
    decision = decided(client(), invoice(issued=None, paid=at("2010-01-10 09:00")))
    assert (decision.action, codes(decision)) == ("archive", {"floor"})


@pytest.mark.parametrize(
    ("seen", "settling", "action"),
    [
        ("2026-06-01 11:59", Term(0, 7), "keep"),
        ("2026-05-25 12:00", Term(0, 7), "delete"),
        ("2026-05-25 12:01", Term(0, 7), "keep"),
        ("2026-06-01 11:59", None, "delete"),
        ("2026-05-25 12:01", Term(0, 6), "delete"),
    ],
)
def test_an_old_order_that_staff_cancelled_today_is_not_gone_tonight(seen: str, settling: Any, action: str) -> None:
    memory = Memory(State.CANCELLED, None, at("2019-01-10 00:00"), at(seen), at("2026-05-01 00:00"))
    cancelled = order(created=at("2019-01-10 00:00"))
    schedule = replace(SCHEDULE, settling=settling)
    decision = decided(cancelled, schedule=schedule, memories={(Kind.ORDER, 10): memory})
    assert (decision.action, codes(decision)) == (action, {"settling"} if action == "keep" else set())


def test_a_payment_after_archiving_ends_the_archive_and_nothing_is_deleted() -> None:
    """C15"""
    old, archived = at("2010-01-10 09:00"), at("2015-01-10 09:00")
    things = [client(State.CLOSED), invoice(issued=old, paid=old), payment(at=old)]
    assert decided(*things, archived=archived).action == "delete"
    paid = decided(*things, payment(41, on=None, at=at("2026-05-30 09:00")), archived=archived)
    assert (paid.action, paid.rule) == ("keep", "client.archive-inactive")
    assert "client.delete-archived" not in {one.rule.id for one in paid.considered}


REQUEST = "client.delete-on-request"
SIGN_INS: list[tuple[str, dict[str, Any], str, str, bool, str]] = [
    ("I1 thirty days from the request", {}, "JP", "2026-01-31 09:00", True, "2026-03-02 09:00"),
    ("I1 from an own sign-in after it", {"last_login": at("2026-02-10 08:00")}, "JP", "2026-01-31 09:00", True,
     "2026-03-12 08:00"),
    ("a sign-in before it moves nothing", {"last_login": at("2026-01-31 08:59")}, "JP", "2026-01-31 09:00", True,
     "2026-03-02 09:00"),
    ("I4 the setting is off", {"last_login": at("2026-02-10 08:00")}, "JP", "2026-01-31 09:00", False,
     "2026-03-02 09:00"),
    ("I4 in the EU never after one month", {"last_login": at("2026-02-10 08:00")}, "DE", "2026-01-31 09:00", True,
     "2026-02-28 09:00"),
    ("I4 in the UK too", {}, "gb", "2026-01-31 09:00", True, "2026-02-28 09:00"),
    ("I4 a month of 31 days is longer than 30 days", {}, "DE", "2026-03-10 09:00", True, "2026-04-09 09:00"),
    ("I4 a sign-in within that month", {"last_login": at("2026-03-11 00:00")}, "DE", "2026-03-10 09:00", True,
     "2026-04-10 00:00"),
    ("I4 a sign-in that would pass it", {"last_login": at("2026-03-20 00:00")}, "DE", "2026-03-10 09:00", True,
     "2026-04-10 09:00"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("login", "country", "received", "moves", "due"), [row[1:] for row in SIGN_INS], ids=[row[0] for row in SIGN_INS]
)
def test_a_requested_deletion_counts_from_the_request_or_the_own_sign_in_after_it(
    login: dict[str, Any], country: str, received: str, moves: bool, due: str
) -> None:
    schedule = replace(SCHEDULE, sign_in_moves_date=moves)
    things = (client(country=country, **login), service(state=State.ACTIVE), asked("erasure", received))
    decision = decided(*things, now=at(received) + dt.timedelta(days=12), schedule=schedule)
    assert (decision.rule, decision.due) == (REQUEST, at(due))
    assert codes(decision) == {"not-due", "active-service"}


def test_a_request_without_anything_against_it_deletes_and_names_the_rule() -> None:
    """I1"""
    later = Request(2, ME, "erasure", at("2026-05-30 09:00"))
    decision = decided(client(registered=day("2026-05-01")), asked("erasure"), later)
    assert (decision.action, decision.rule, decision.due) == ("delete", REQUEST, at("2026-02-09 09:00"))


def test_an_unreadable_sign_in_makes_the_requests_clock_unknown_unless_it_counts_for_nothing() -> None:
    """A13"""
    things = (client(last_login=at("2030-01-01 00:00")), asked("erasure"), order(state=State.PENDING))
    assert (decided(*things).action, "unknown-anchor" in codes(decided(*things))) == ("keep", True)
    off = replace(SCHEDULE, sign_in_moves_date=False, rules=tuple(r for r in SCHEDULE.rules if r.id == REQUEST))
    assert decided(*things, schedule=off).action == "delete"


def test_only_the_due_rules_and_the_one_that_comes_first_give_their_reasons() -> None:
    """An unpaid invoice keeps from archiving, due in 2026; that it also keeps from deleting in 2034 is not told."""
    paid = at("2024-08-31 10:00")
    things = (client(), invoice(paid=paid, issued=paid), payment(at=paid), invoice(31, State.UNPAID, client=OTHER))
    owing = (*things, invoice(32, State.UNPAID))
    assert [r.values.get("rule") for r in decided(*things, now=at("2026-01-01 00:00")).reasons] == [
        "client.archive-inactive"
    ]
    decision = decided(*owing)
    assert [(r.code, r.refs) for r in decision.reasons] == [("unpaid-invoice", ("invoice:32",))]


def test_a_reason_of_two_due_rules_is_told_once_and_reasons_about_two_records_twice() -> None:
    """D13"""
    paid = at("2010-08-31 10:00")
    things = (client(), invoice(paid=paid, issued=paid), payment(at=paid))
    owing = (invoice(31, State.UNPAID), invoice(32, State.UNPAID))
    decision = decided(*things, *owing)
    assert [reason.refs for reason in decision.reasons] == [("invoice:31",), ("invoice:32",)]
