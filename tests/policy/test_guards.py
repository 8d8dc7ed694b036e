"""Every guard with what keeps and what does not: the column "kept by" of retention.md, line for line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kigen.policy.anchors import record_of
from kigen.policy.case import Case
from kigen.policy.facts import Hold
from kigen.policy.floors import Floors
from kigen.policy.guards import GUARDS
from kigen.policy.periods import Term
from kigen.policy.reasons import SENTENCES
from kigen.policy.records import Kind, Memory, State
from tests.policy.build import (
    ME,
    NOW,
    OTHER,
    SCHEDULE,
    ZONE,
    addon,
    asked,
    at,
    client,
    contract,
    day,
    domain,
    facts,
    invoice,
    order,
    payment,
    quote,
    service,
    ticket,
)  # fmt: skip

FLOORED = replace(SCHEDULE, floors=Floors((3, 31)))
WARNING = replace(SCHEDULE, warning=Term(0, 30))
LIMITED = replace(SCHEDULE, unpaid_limit=Term(24))
PAID = at("2025-01-10 09:00")
TODAY, TOMORROW = day("2026-06-01"), day("2026-06-02")
DELETE, ARCHIVE, EMPTY = "client.delete-inactive", "client.archive-inactive", "client.delete-registration-only"
ORDER, DRAFT, INVOICE, SERVICE = (
    "order.delete-cancelled", "order.delete-draft", "invoice.delete-cancelled", "service.delete-cancelled",
)  # fmt: skip
HOLD = Hold(5, ME, None, "case 12")
BILLED = frozenset({(Kind.SERVICE, 20)})

# guard, rule, the record, what is around it, the references told (none: it does not keep), a schedule of its own
KEEPS: list[tuple[str, str, Any, list[Any], set[str], Any]] = [
    ("active-service", ORDER, order(), [service(state=State.ACTIVE, order=10)], {"service:20"}, None),
    ("active-service", ORDER, order(), [service(state=State.SUSPENDED, order=10)], {"service:20"}, None),
    ("active-service", ORDER, order(), [service(order=10), addon(state=State.ACTIVE, parent=20)], {"addon:21"}, None),
    ("active-service", ORDER, order(), [service(state=State.ACTIVE, order=10, client=OTHER)], {"service:20"}, None),
    ("active-service", ORDER, order(), [service(state=State.ACTIVE, order=11)], set(), None),
    ("active-service", ORDER, order(), [service(state=State.COMPLETED, order=10)], set(), None),
    ("active-service", SERVICE, service(), [addon(state=State.ACTIVE, parent=20)], {"addon:21"}, None),
    ("active-service", SERVICE, service(), [addon(state=State.PENDING, parent=20)], set(), None),
    ("active-domain", ORDER, order(), [domain(state=State.GRACE, order=10)], {"domain:22"}, None),
    ("active-domain", ORDER, order(), [domain(state=State.PENDING_TRANSFER, order=10)], {"domain:22"}, None),
    ("active-domain", ORDER, order(), [domain(state=State.TRANSFERRED, order=10)], set(), None),
    ("foreign-item", ORDER, order(), [service(order=10, client=OTHER)], {"service:20"}, None),
    ("foreign-item", ORDER, order(), [service(state=State.ACTIVE, order=10, client=OTHER)], set(), None),
    ("foreign-item", ORDER, order(), [service(order=10)], set(), None),
    ("foreign-item", DELETE, client(), [order(), service(order=10, client=OTHER)], {"service:20"}, None),
    ("foreign-item", DELETE, client(), [service(), addon(state=State.ACTIVE, parent=20, client=OTHER)], {"addon:21"},
     None),
    ("foreign-item", DELETE, client(), [order(), service(order=10)], set(), None),
    ("paid-invoice", ORDER, order(invoice=30), [invoice()], {"invoice:30"}, None),
    ("paid-invoice", ORDER, order(invoice=30), [invoice(state=State.REFUNDED)], {"invoice:30"}, None),
    ("paid-invoice", ORDER, order(invoice=30), [invoice(state=State.COLLECTIONS), payment(amount="1")], {"invoice:30"},
     None),
    ("paid-invoice", ORDER, order(), [service(order=10), invoice(bills=BILLED)], {"invoice:30"}, None),
    ("paid-invoice", ORDER, order(), [service(order=10), invoice(bills=BILLED, client=OTHER)], {"invoice:30"}, None),
    ("paid-invoice", ORDER, order(invoice=30), [invoice(state=State.UNPAID)], set(), None),
    ("paid-invoice", ORDER, order(), [invoice()], set(), None),
    ("paid-invoice", INVOICE, invoice(state=State.CANCELLED), [payment()], {"invoice:30"}, None),
    ("paid-invoice", INVOICE, invoice(state=State.CANCELLED), [payment(amount="-5")], set(), None),
    ("approved-commission", ORDER, order(), [service(order=10, commissioned=True)], {"service:20"}, None),
    ("approved-commission", ORDER, order(), [service(order=10)], set(), None),
    ("approved-commission", SERVICE, service(commissioned=True), [], {"service:20"}, None),
    ("approved-commission", DELETE, client(commission=1), [], {"affiliate"}, None),
    ("approved-commission", DELETE, client(), [service(commissioned=True)], set(), None),
    ("live-estimate", DRAFT, order(state=State.DRAFT), [quote()], {"quote:60"}, None),
    ("live-estimate", DRAFT, order(state=State.DRAFT), [quote(stage="Dead", is_live=False)], set(), None),
    ("open-ticket", "client.delete-on-request", client(), [ticket()], {"ticket:50"}, None),
    ("open-ticket", "client.delete-on-request", client(), [ticket(is_open=False)], set(), None),
    ("unpaid-invoice", DELETE, client(), [invoice(state=State.UNPAID)], {"invoice:30"}, None),
    ("unpaid-invoice", DELETE, client(), [invoice(state=State.PAYMENT_PENDING)], {"invoice:30"}, None),
    ("unpaid-invoice", DELETE, client(), [invoice(state=State.UNKNOWN), payment(amount="1")], {"invoice:30"}, None),
    ("unpaid-invoice", DELETE, client(), [invoice(state=State.UNKNOWN), payment()], set(), None),
    ("unpaid-invoice", DELETE, client(), [invoice(state=State.CANCELLED), payment(amount="1")], set(), None),
    ("unpaid-invoice", DELETE, client(), [invoice(state=State.DRAFT)], set(), None),
    ("unpaid-invoice", DELETE, client(), [invoice(state=State.UNPAID, due=day("2024-06-01"))], {"invoice:30"}, LIMITED),
    ("unpaid-invoice", DELETE, client(), [invoice(state=State.UNPAID, due=day("2024-05-31"))], set(), LIMITED),
    ("pending-order", EMPTY, client(), [order(state=State.PENDING, created=day("2026-05-01"))], {"order:10"}, None),
    ("pending-order", EMPTY, client(), [order(state=State.PENDING, created=day("2025-05-01"))], set(), None),
    ("pending-order", EMPTY, client(), [order(state=State.PENDING)], {"order:10"}, None),
    ("pending-order", EMPTY, client(), [order(state=State.DRAFT, created=day("2026-05-20"))], {"order:10"}, None),
    ("pending-order", EMPTY, client(), [order(created=day("2026-05-01"))], set(), None),
    ("pending-order", EMPTY, client(), [invoice(state=State.COLLECTIONS)], {"invoice:30"}, None),
    ("pending-order", EMPTY, client(), [invoice(state=State.UNPAID, due=TODAY)], {"invoice:30"}, None),
    ("pending-order", EMPTY, client(), [invoice(state=State.UNPAID, due=day("2026-05-31"))], set(), None),
    ("credit-balance", DELETE, client(credit=1), [], {"client:3"}, None),
    ("credit-balance", DELETE, client(), [], set(), None),
    ("credit-balance", DELETE, client(credit=4), [], set(), replace(SCHEDULE, smallest_credit=5)),
    ("credit-balance", DELETE, client(credit=5), [], {"client:3"}, replace(SCHEDULE, smallest_credit=5)),
    ("unknown-state", ORDER, order(), [service(state=State.UNKNOWN, order=10)], {"service:20"}, None),
    ("unknown-state", DELETE, client(), [invoice(state=State.UNKNOWN)], {"invoice:30"}, None),
    ("unknown-state", ARCHIVE, client(), [invoice(state=State.UNKNOWN)], set(), None),
    ("unknown-state", ARCHIVE, client(State.UNKNOWN), [], {"client:3"}, None),
    ("hold", ORDER, order(), [HOLD], {"client:3"}, None),
    ("hold", DELETE, client(), [order(), Hold(5, None, (Kind.ORDER, 10), "")], {"order:10"}, None),
    ("hold", ARCHIVE, client(), [order(), Hold(5, None, (Kind.ORDER, 10), "")], set(), None),
    ("hold", ORDER, order(11), [order(), Hold(5, None, (Kind.ORDER, 10), "")], set(), None),
    ("open-request", ORDER, order(), [asked("access")], set("-"), None),
    ("open-request", DELETE, client(), [asked("erasure")], set(), None),
    ("restricted", SERVICE, service(), [asked("restriction")], set("-"), None),
    ("restricted", SERVICE, service(), [asked("objection")], set(), None),
    ("contract", ORDER, order(created=day("2025-01-01")), [contract(ORDER, Term(24))], {"order:10"}, None),
    ("contract", ORDER, order(created=day("2025-01-01")), [contract(ORDER, Term(12))], set(), None),
    ("settling", ORDER, order(), [at("2026-05-25 12:01")], set("-"), None),
    ("settling", ORDER, order(), [at("2026-05-25 12:00")], set(), None),
    ("settling", ORDER, order(), [at("2026-06-01 11:00")], set(), replace(SCHEDULE, settling=None)),
    ("settling", ORDER, order(), [], set(), None),
    ("floor", DELETE, client(), [payment(on=None, at=PAID)], {"payment:40"}, FLOORED),
    ("floor", ORDER, order(invoice=30, created=PAID), [invoice(issued=PAID, paid=PAID)], {"order:10"}, FLOORED),
    ("floor", ARCHIVE, client(), [payment(on=None, at=PAID)], set(), FLOORED),
    ("floor", SERVICE, service(), [payment(on=None, at=PAID)], set(), FLOORED),
    ("unwarned", EMPTY, client(registered=day("2026-03-31")), [], {"-"}, WARNING),
    ("unwarned", EMPTY, client(registered=day("2026-04-01")), [], set(), WARNING),
    ("unwarned", EMPTY, client(), [], set(), None),
    ("unwarned", ORDER, order(created=day("2020-01-01")), [], set(), WARNING),
]  # fmt: skip


@pytest.mark.parametrize(("guard", "rule", "record", "around", "told", "schedule"), KEEPS)
def test_a_guard_keeps_what_it_is_for_and_nothing_else(
    guard: str, rule: str, record: Any, around: list[Any], told: set[str], schedule: Any
) -> None:
    reasons = _ask(guard, rule, record, around, schedule or SCHEDULE)
    assert {ref for one in reasons for ref in one.refs or ("-",)} == told
    assert {one.code for one in reasons} <= {guard}
    for one in reasons:
        for language in ("en", "ja"):
            sentence = one.text(ZONE, language)
            assert sentence
            assert "{" not in sentence
            assert "}" not in sentence
            assert "None" not in sentence


def test_every_guard_is_shown_keeping_and_not_keeping() -> None:
    shown = {(guard, bool(told)) for guard, *_, told, _ in KEEPS}
    assert shown == {(name, keeps) for name in GUARDS for keeps in (True, False)}
    assert GUARDS.keys() <= SENTENCES.keys()


@pytest.mark.parametrize(
    ("guard", "rule", "record", "around", "until"),
    [
        ("unpaid-invoice", DELETE, client(), [invoice(state=State.UNPAID, due=day("2024-06-01"))], "2026-06-02 00:00"),
        ("pending-order", EMPTY, client(), [order(state=State.PENDING, created=day("2026-05-01"))], "2026-10-29 00:00"),
        ("pending-order", EMPTY, client(), [invoice(state=State.UNPAID, due=TOMORROW)], "2026-06-03 00:00"),
        ("settling", ORDER, order(), [at("2026-05-26 12:00")], "2026-06-02 12:00"),
        ("hold", ORDER, order(), [replace(HOLD, until=at("2027-01-01"))], "2027-01-01 00:00"),
        ("hold", ORDER, order(), [HOLD], None),
        ("contract", ORDER, order(created=day("2025-01-01")), [contract(ORDER, Term(24))], "2027-01-02 00:00"),
        ("floor", DELETE, client(), [payment(on=None, at=PAID)], None),
    ],
)  # fmt: skip
def test_a_reason_says_until_when_it_keeps(guard: str, rule: str, record: Any, around: list[Any], until: Any) -> None:
    schedule = replace(LIMITED, floors=Floors((3, 31)))
    (reason,) = _ask(guard, rule, record, around, schedule)
    expected = at(until) if until else schedule.floors.end(day("2025-01-10"), ZONE) if guard == "floor" else None
    assert reason.until == expected


def _ask(guard: str, rule: str, record: Any, around: list[Any], schedule: Any) -> list[Any]:
    """What one guard says; an instant among what is around is when kigen saw the state change."""
    seen = [Memory(state=record.state, seen_at=one) for one in around if hasattr(one, "hour")]
    known = facts(record, *around, memories={(Kind.ORDER, record.id): seen[0]} if seen else {})
    (named,) = [one for one in schedule.rules if one.id == rule]
    return list(GUARDS[guard](Case(record_of(record, known, NOW, ZONE), known, schedule, named, NOW)))
