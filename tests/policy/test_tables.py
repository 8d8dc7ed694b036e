"""The tables that other parts of kigen read by name: states, kinds, events, guards, sights and countries."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import get_args

import pytest

from kigen.policy import account, catalogue, clocks, facts, guards, records, settings
from kigen.policy.events import EVENTS, Event
from kigen.policy.records import Kind, Source, State
from kigen.policy.schedule import RULES, STRENGTH, Effect
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


EVENTS_TOLD = """
client_registered | client | client | client
client_changed | client | client | client
client_signed_in | client | client | client
client_archived | client | client | client
client_unarchived | client | client | client
client_closed | client | client | client
client_deleted | client | client | client
client_merged | client | client | client into
contact_added | contact | contact | client id
contact_changed | contact | contact | client id
contact_deleted | contact | contact | client id
order_drafted | order | order | client id
order_created | order | order | client id
order_accepted | order | order | client id
order_set_pending | order | order | client id
order_cancelled | order | order | client id
order_marked_fraud | order | order | client id
order_deleted | order | order | client id
invoice_created | invoice | invoice | client id
invoice_paid | invoice | invoice | client id
invoice_refunded | invoice | invoice | client id
invoice_cancelled | invoice | invoice | client id
invoice_deleted | invoice | invoice | client id
invoice_due_changed | invoice | invoice | client id data.due
payment_received | payment | payment | client id data.amount data.invoice
payment_reversed | payment | payment | client id data.amount data.invoice
service_activated | service | service | client id
service_suspended | service | service | client id
service_unsuspended | service | service | client id
service_changed | service | service | client id
service_cancelled | service | service | client id
service_terminated | service | service | client id
service_deleted | service | service | client id
domain_registered | domain | domain | client id
domain_renewed | domain | domain | client id
domain_changed | domain | domain | client id
domain_transferred | domain | domain | client id
domain_cancelled | domain | domain | client id
domain_expired | domain | domain | client id
domain_deleted | domain | domain | client id
ticket_opened | ticket | ticket | client id
ticket_replied | ticket | ticket | client id
ticket_closed | ticket | ticket | client id
ticket_deleted | ticket | ticket | client id
commission_approved | commission | commission | client id data.service
commission_reversed | commission | commission | client id data.service
consent_given | consent | client | client data.purpose data.notice
consent_refused | consent | client | client data.purpose data.notice
consent_withdrawn | consent | client | client data.purpose data.notice
policy_accepted | consent | client | client data.purpose data.notice
deletion_requested | request | client | client
deletion_withdrawn | request | client | client
cancellation_requested | request | client | client
export_requested | request | client | client
rights_requested | request | client | client
day_started | time | - | -
"""


def test_these_are_the_events_with_what_they_are_about_and_what_they_need() -> None:
    rows = [(name, one.family, one.kind or "-", " ".join(one.needs) or "-") for name, one in EVENTS.items()]
    assert [" | ".join(row) for row in rows] == EVENTS_TOLD.strip().splitlines()


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("client_closed", (Kind.CLIENT, 3)), ("service_changed", (Kind.SERVICE, 8)), ("day_started", None),
        ("contact_added", None), ("commission_approved", None), ("consent_given", (Kind.CLIENT, 3)),
    ],
)  # fmt: skip
def test_an_event_is_about_the_record_that_its_table_names(name: str, about: object) -> None:
    assert Event(name, at("2026-01-01"), 3, 8).ref == about


def test_an_event_that_does_not_tell_the_number_is_about_no_record() -> None:
    nothing = Event("service_changed", at("2026-01-01"), 3)
    assert (nothing.ref, nothing.client, nothing.id, nothing.into, nothing.data) == (None, 3, None, None, {})
    assert Event("client_closed", at("2026-01-01")).ref is None
    assert Event("client_closed", at("2026-01-01")).client is None
    assert Event("service_changed", at("2026-01-01"), 3, 0).ref == (Kind.SERVICE, 0)


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
floor | paid invoice, payment, quote
"""


def test_a_guard_looks_at_this() -> None:
    program = [f"{name} | {', '.join(sorted(sights))}" for name, sights in guards.LOOKS_AT.items()]
    assert program == LOOKS_AT.strip().splitlines()
    assert set(get_args(Sight)) == frozenset().union(*guards.LOOKS_AT.values())


def test_a_guard_stands_under_the_name_of_its_function_in_this_order() -> None:
    for name, guard in guards.GUARDS.items():
        assert guard is getattr(guards, name.replace("-", "_"))
    assert list(guards.GUARDS) == [line.split(" | ")[0] for line in LOOKS_AT.strip().splitlines()]
    assert guards.ALWAYS == ("unknown-state", "hold", "open-request", "restricted", "contract", "settling", "floor")


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
    assert sorted(clocks.EUROPE) == (
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
