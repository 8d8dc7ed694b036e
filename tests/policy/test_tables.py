"""The tables that other parts of kigen read by name: states, kinds, events, guards, sights and countries."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import get_args

import pytest

from kigen.policy import account, catalogue, deadlines, facts, guards, records, settings
from kigen.policy.floors import Floors, every_weekday
from kigen.policy.periods import Term
from kigen.policy.records import Kind, Source, State
from kigen.policy.schedule import RULES, STRENGTH, Effect, Rule, Schedule
from kigen.policy.sights import Sight
from tests.policy.build import at

STATES = """
active inactive closed pending draft cancelled fraud suspended failed-renew terminated completed grace
redemption pending-transfer pending-registration expired transferred unpaid paid refunded collections
payment-pending open unknown
"""


def test_these_are_the_states_kinds_and_sources_and_each_is_stored_by_its_name() -> None:
    assert [state.value for state in State] == STATES.split()
    assert [kind.value for kind in Kind] == [
        "client", "order", "invoice", "service", "domain", "addon", "ticket", "quote", "payment",
    ]  # fmt: skip
    assert [source.value for source in Source] == ["observed", "read", "assumed"]
    assert [effect.value for effect in Effect] == ["delete", "anonymise", "archive"]
    for sort in (State, Kind):
        assert {one.name for one in sort} == {one.value.upper().replace("-", "_") for one in sort}


def test_what_is_live_what_is_paid_and_what_waits_for_money() -> None:
    assert {state.value for state in records.LIVE} == {
        "active", "suspended", "failed-renew", "grace", "redemption", "pending-transfer", "pending-registration",
    }  # fmt: skip
    assert {state.value for state in account.PAID} == {"paid", "refunded"}
    assert {state.value for state in records.NEVER_UNPAID} == {"paid", "refunded", "cancelled", "draft"}
    assert {state.value for state in records.AWAITING} == {"unpaid", "collections", "payment-pending"}
    assert [kind.value for kind in records.RECORDS] == ["client", "order", "invoice", "service", "domain"]
    assert dt.date(1, 1, 1) == records.UNREADABLE
    assert {sort.__name__: kind.value for sort, kind in account.KINDS.items()} == {
        "Client": "client", "Order": "order", "Invoice": "invoice", "Ticket": "ticket", "Quote": "quote",
        "Payment": "payment",
    }  # fmt: skip


def test_clocks_are_stored_under_these_names() -> None:
    assert (records.REGISTERED, records.LAST_PAYMENT, records.ARCHIVED) == ("registered", "last payment", "archived")
    assert (records.FINAL_LOGIN, records.CREATED, records.DUE) == ("final login", "created", "due")
    assert (records.LAST_CHANGE, records.EXPIRATION, records.REQUESTED) == ("last change", "expiration", "requested")
    assert (records.BOUGHT, records.RECEIVED, records.REVERSED) == ("bought", "received", "reversed")


LOOKS_AT = """
active-service | live item
active-domain | live item
foreign-item | foreign item
paid-invoice | paid invoice
approved-commission | commission
live-estimate | quote
open-ticket | open ticket
unpaid-invoice | unpaid invoice
pending-order | pending order, unpaid invoice
credit-balance | credit
unknown-state | unknown state
hold | hold
open-request | request
restricted | request
contract | contract
settling | change of state
floor | anonymised, paid invoice, payment, quote
unwarned | client
"""


def test_a_guard_looks_at_this() -> None:
    program = [f"{name} | {', '.join(sorted(sights))}" for name, sights in guards.LOOKS_AT.items()]
    assert program == LOOKS_AT.strip().splitlines()
    assert set(get_args(Sight)) == frozenset().union(*guards.LOOKS_AT.values())


def test_a_guard_stands_under_the_name_of_its_function_in_this_order() -> None:
    for name, guard in guards.GUARDS.items():
        assert guard is getattr(guards, name.replace("-", "_"))
    assert list(guards.GUARDS) == [line.split(" | ")[0] for line in LOOKS_AT.strip().splitlines()]
    assert guards.ALWAYS == (
        "unknown-state",
        "hold",
        "open-request",
        "restricted",
        "contract",
        "settling",
        "floor",
        "unwarned",
    )


KEPT_BY = {
    "client.archive-inactive": "unpaid-invoice credit-balance approved-commission",
    "client.delete-archived": "unpaid-invoice credit-balance approved-commission foreign-item",
    "client.delete-registration-only": "credit-balance approved-commission pending-order foreign-item",
    "client.delete-inactive": "unpaid-invoice credit-balance approved-commission foreign-item",
    "invoice.delete-cancelled": "paid-invoice",
    "order.delete-cancelled": "active-service active-domain paid-invoice approved-commission foreign-item",
    "order.delete-fraud": "active-service active-domain paid-invoice approved-commission foreign-item",
    "order.delete-pending": "active-service active-domain paid-invoice approved-commission foreign-item",
    "order.delete-draft": "active-service active-domain paid-invoice approved-commission foreign-item live-estimate",
    "service.delete-cancelled": "active-service approved-commission",
    "service.delete-terminated": "active-service approved-commission",
    "domain.delete-cancelled": "",
    "domain.delete-expired": "",
    "client.delete-on-request": "unpaid-invoice credit-balance approved-commission active-service"
                                " active-domain open-ticket",
}  # fmt: skip


def test_a_rule_asks_its_own_guards_in_this_order_and_counts_from_this_clock() -> None:
    assert {rule.id: " ".join(rule.kept_by) for rule in RULES} == KEPT_BY
    assert [rule.anchor for rule in RULES] == [
        "last payment",
        "archived",
        "registered",
        "last payment",
        "due",
        "created",
        "created",
        "created",
        "created",
        "last change",
        "last change",
        "last change",
        "expiration",
        "requested",
    ]
    assert RULES[-1].clock == "the request, and the client's own sign-in after it"
    assert STRENGTH == {Effect.DELETE: 3, Effect.ANONYMISE: 2, Effect.ARCHIVE: 1}


def test_the_answer_to_a_request_has_a_last_day_in_these_countries() -> None:
    assert sorted(deadlines.EEA | deadlines.BRITAIN) == (
        "AT BE BG CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK UK".split()
    )


def test_what_a_host_does_not_tell_is_left_empty() -> None:
    assert records.Client(1, State.ACTIVE, "Active") == records.Client(
        1, State.ACTIVE, "Active", None, "", Decimal(0), Decimal(0), None, (), None
    )
    assert records.Order(1, 2, State.DRAFT, "Draft") == records.Order(1, 2, State.DRAFT, "Draft", None, None)
    assert records.Item(Kind.SERVICE, 1, 2, State.ACTIVE, "") == records.Item(
        Kind.SERVICE, 1, 2, State.ACTIVE, "", None, None, None, None, "", False
    )
    assert records.Invoice(1, 2, State.PAID, "Paid") == records.Invoice(
        1, 2, State.PAID, "Paid", Decimal(0), None, None, None, None, frozenset()
    )
    assert records.Payment(1, 2, 3, Decimal(1), None) == records.Payment(1, 2, 3, Decimal(1), None, False, ())
    assert records.Quote(1, 2, "Lost", False) == records.Quote(1, 2, "Lost", False, False, None)
    assert records.Anchor(None, Source.READ).why_unknown is None
    assert records.Record(Kind.ORDER, 1, None, State.DRAFT, "", {}).settled_from is None
    bare = Rule("x", Kind.ORDER, RULES[4].condition, "created", None)
    assert bare == Rule("x", Kind.ORDER, RULES[4].condition, "created", None, Effect.DELETE, (), "", "")
    nothing = records.Memory(None, None, None, None, None, None, None, {})
    assert (nothing, records.NOTHING) == (records.Memory(), nothing)


def test_facts_without_anything_from_the_ledger_are_empty() -> None:
    alone = account.Account(3, None)
    assert alone == account.Account(3, None, (), (), (), (), (), (), (), ())
    assert facts.Facts(alone) == facts.Facts(alone, {}, None, (), (), (), ())
    assert facts.Hold(1, 3, None, "").until is None
    assert facts.Contract(1, 3, None, "x", None, at("2026-01-01")).until is None


@pytest.mark.parametrize("module", [catalogue, facts, guards, settings])
def test_a_module_that_hands_on_names_hands_on_what_there_is(module: object) -> None:
    assert all(hasattr(module, name) for name in module.__all__)  # type: ignore[attr-defined]  # all have it


def test_a_schedule_that_nobody_set_is_the_one_as_shipped() -> None:
    shipped = Schedule("UTC")
    assert shipped == Schedule(
        "UTC", RULES, Term(0, 7), Decimal("0.01"), None, True, None, frozenset(), Floors(), guards.GUARDS
    )
    assert (shipped.floors.company_books, shipped.sign_in_moves_date) == (False, True)
    floors = Floors()
    assert (floors.fiscal_year_end, floors.filing_months, floors.years) == (None, 2, 7)
    assert (floors.loss_years, floors.company_books, floors.is_working_day) == (frozenset(), False, every_weekday)
    assert [every_weekday(dt.date(2026, 6, number)) for number in range(1, 8)] == [True] * 5 + [False] * 2
