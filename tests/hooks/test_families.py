"""What each family's hooks write into the book, event by event."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kigen.hooks import domains, services
from kigen.hooks.requests import RIGHTS
from kigen.hosts.whmcs.items import BOUGHT
from kigen.plugins import Plugins, find_plugins
from kigen.policy.events import EVENTS, Event
from kigen.policy.records import Kind, State
from tests.hooks.memory import MemoryBook

AT = dt.datetime(2025, 3, 14, 1, 2, 3, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(days=2)
CLIENT, ORDER, INVOICE, PAYMENT, SERVICE, DOMAIN, TICKET = (
    (Kind.CLIENT, 3), (Kind.ORDER, 12), (Kind.INVOICE, 12), (Kind.PAYMENT, 12), (Kind.SERVICE, 12), (Kind.DOMAIN, 12),
    (Kind.TICKET, 12),
)  # fmt: skip
MONEY: dict[str, Any] = {"amount": "1200.00", "invoice": 7}
NOTICE: dict[str, Any] = {"purpose": "newsletter", "notice": "privacy-2"}


@cache
def installed() -> Plugins:
    return find_plugins()


@pytest.fixture
def plugins() -> Plugins:
    return installed()


def heard(plugins: Plugins, *events: Event) -> dict[str, object]:
    book = MemoryBook()
    for event in events:
        plugins.hear(event, book)
    return book.content()


def event(name: str, at: dt.datetime = AT, client: int | None = 3, id: int | None = 12, **data: Any) -> Event:
    return Event(name, at, client, id, into=4, data=data)


def entered(ref: tuple[Kind, int], state: State) -> dict[str, object]:
    return {"entered": {ref: (AT, state)}}


def observed(ref: tuple[Kind, int], anchor: str, at: dt.datetime = AT) -> dict[str, object]:
    return {"observed": {(ref, anchor): at}}


WRITES: dict[str, tuple[dict[str, Any], dict[str, object]]] = {
    "client_registered": ({}, observed(CLIENT, "registered")),
    "client_changed": ({"fields": ["City", "Email"]}, observed(CLIENT, "address changed")),
    "client_signed_in": ({"by": "client"}, observed(CLIENT, "final login")),
    "client_archived": ({}, entered(CLIENT, State.CLOSED)),
    "client_unarchived": ({}, entered(CLIENT, State.ACTIVE) | {"ended": {3: AT}}),
    "client_closed": ({}, entered(CLIENT, State.CLOSED)),
    "client_deleted": ({}, {"forgotten": {CLIENT: AT}}),
    "client_merged": ({}, {"merged": {(3, 4, AT)}}),
    "contact_added": ({}, {}),
    "contact_changed": ({}, {}),
    "contact_deleted": ({}, {}),
    "order_drafted": ({}, entered(ORDER, State.DRAFT) | observed(ORDER, "created")),
    "order_created": ({}, entered(ORDER, State.PENDING) | observed(ORDER, "created")),
    "order_accepted": ({}, entered(ORDER, State.ACTIVE)),
    "order_set_pending": ({}, entered(ORDER, State.PENDING)),
    "order_cancelled": ({}, entered(ORDER, State.CANCELLED)),
    "order_marked_fraud": ({}, entered(ORDER, State.FRAUD)),
    "order_deleted": ({}, {"forgotten": {ORDER: AT}}),
    "invoice_created": ({}, entered(INVOICE, State.UNPAID)),
    "invoice_paid": ({}, entered(INVOICE, State.PAID) | observed(INVOICE, "received") | {"ended": {3: AT}}),
    "invoice_refunded": ({}, entered(INVOICE, State.REFUNDED)),
    "invoice_cancelled": ({}, entered(INVOICE, State.CANCELLED)),
    "invoice_deleted": ({}, {"forgotten": {INVOICE: AT}}),
    "invoice_due_changed": (
        {"due": "2025-04-30T00:00:00+09:00"},
        observed(INVOICE, "due", dt.datetime(2025, 4, 29, 15, tzinfo=dt.UTC)),
    ),
    "payment_received": (MONEY, observed(PAYMENT, "received") | {"ended": {3: AT}}),
    "payment_reversed": (MONEY, observed(PAYMENT, "reversed")),
    "service_activated": ({}, entered(SERVICE, State.ACTIVE)),
    "service_suspended": ({}, entered(SERVICE, State.SUSPENDED)),
    "service_unsuspended": ({}, entered(SERVICE, State.ACTIVE)),
    "service_changed": ({"fields": ["quantity", "price"]}, observed(SERVICE, "bought")),
    "service_cancelled": ({}, entered(SERVICE, State.CANCELLED)),
    "service_terminated": ({}, entered(SERVICE, State.TERMINATED)),
    "service_deleted": ({}, {"forgotten": {SERVICE: AT}}),
    "domain_registered": ({}, entered(DOMAIN, State.ACTIVE)),
    "domain_renewed": ({}, entered(DOMAIN, State.ACTIVE)),
    "domain_changed": ({"fields": ["RegistrationPeriod"]}, observed(DOMAIN, "bought")),
    "domain_transferred": ({"away": True}, entered(DOMAIN, State.TRANSFERRED)),
    "domain_cancelled": ({}, entered(DOMAIN, State.CANCELLED)),
    "domain_expired": ({}, entered(DOMAIN, State.EXPIRED)),
    "domain_deleted": ({}, {"forgotten": {DOMAIN: AT}}),
    "ticket_opened": ({}, entered(TICKET, State.OPEN)),
    "ticket_replied": ({}, observed(TICKET, "last reply")),
    "ticket_closed": ({}, entered(TICKET, State.CLOSED)),
    "ticket_deleted": ({}, {"forgotten": {TICKET: AT}}),
    "commission_approved": ({"service": 5}, {}),
    "commission_reversed": ({"service": 5}, {}),
    "consent_given": (NOTICE, observed(CLIENT, "consent newsletter given")),
    "consent_refused": (NOTICE, observed(CLIENT, "consent newsletter refused")),
    "consent_withdrawn": (NOTICE, observed(CLIENT, "consent newsletter withdrawn")),
    "policy_accepted": (NOTICE, observed(CLIENT, "policy privacy-2 accepted")),
    "deletion_requested": ({}, {"requests": {(3, "erasure"): AT}}),
    "deletion_withdrawn": ({}, {}),
    "cancellation_requested": ({}, {}),
    "export_requested": ({}, {"requests": {(3, "access"): AT}}),
    "rights_requested": ({"right": "portability"}, {"requests": {(3, "portability"): AT}}),
    "day_started": ({}, {}),
}


def test_the_table_of_what_is_written_has_every_event() -> None:
    assert sorted(EVENTS) == sorted(WRITES)


@pytest.mark.parametrize("name", WRITES)
def test_an_event_writes_down_exactly_this(plugins: Plugins, name: str) -> None:
    data, expected = WRITES[name]
    assert expected == heard(plugins, event(name, **data))


@pytest.mark.parametrize(
    "data",
    [{"by": "staff"}, {"by": "Admin"}, {"by": "api"}, {"masquerading": True}, {"masquerading": "1"}, {"sso": 1}],
    ids=str,
)
def test_a_sign_in_that_is_not_the_clients_own_is_no_final_login(plugins: Plugins, data: dict[str, Any]) -> None:
    assert heard(plugins, event("client_signed_in", **data)) == {}


@pytest.mark.parametrize("data", [{}, {"masquerading": False, "sso": "0", "by": None}], ids=str)
def test_a_sign_in_without_a_word_on_who_it_was_is_the_clients_own(plugins: Plugins, data: dict[str, Any]) -> None:
    assert heard(plugins, event("client_signed_in", **data)) == observed(CLIENT, "final login")


@pytest.mark.parametrize("amount", ["0", "0.00", 0, "-5.00", None, ""])
def test_a_payment_of_nothing_is_none_and_ends_no_archive(plugins: Plugins, amount: object) -> None:
    assert heard(plugins, event("payment_received", amount=amount, invoice=None)) == {}


@pytest.mark.parametrize("name", ["payment_received", "invoice_paid"])
def test_a_payment_whose_client_nobody_knows_is_still_a_payment(plugins: Plugins, name: str) -> None:
    written = heard(plugins, event(name, client=None, **MONEY))
    assert "observed" in written and "ended" not in written


def test_an_invoice_over_nothing_is_paid_without_a_payment(plugins: Plugins) -> None:
    assert heard(plugins, event("invoice_paid", gross="0.00")) == entered(INVOICE, State.PAID)


def test_a_part_that_was_paid_back_does_not_reverse_the_payment(plugins: Plugins) -> None:
    assert heard(plugins, event("payment_reversed", partial=True, **MONEY)) == {}


@pytest.mark.parametrize(
    ("due", "instant"),
    [
        # A date is over when it is over everywhere on earth: noon of the next day, UTC.
        ("2025-04-30", dt.datetime(2025, 5, 1, 12, tzinfo=dt.UTC)),
        ("2024-02-29", dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC)),
        ("2025-04-30 10:00:00", dt.datetime(2025, 4, 30, 22, tzinfo=dt.UTC)),
        ("2025-04-30T10:00:00Z", dt.datetime(2025, 4, 30, 10, tzinfo=dt.UTC)),
        (dt.date(2025, 4, 30), dt.datetime(2025, 5, 1, 12, tzinfo=dt.UTC)),
    ],
    ids=str,
)
def test_a_due_date_is_never_read_earlier_than_meant(plugins: Plugins, due: object, instant: dt.datetime) -> None:
    assert heard(plugins, event("invoice_due_changed", due=due)) == observed(INVOICE, "due", instant)


@pytest.mark.parametrize("due", ["0000-00-00", "0000-00-00 00:00:00", "", None, "1970-01-01", "9999-12-31"])
def test_a_zero_or_senseless_due_date_is_none(plugins: Plugins, due: object) -> None:
    assert heard(plugins, event("invoice_due_changed", due=due)) == {}


def test_a_due_date_moved_forward_does_not_shorten_the_observed_term(plugins: Plugins) -> None:
    first = event("invoice_due_changed", due="2025-06-01T00:00:00Z")
    earlier = event("invoice_due_changed", LATER, due="2025-05-01T00:00:00Z")
    expected = observed(INVOICE, "due", dt.datetime(2025, 6, 1, tzinfo=dt.UTC))
    assert expected == heard(plugins, first, earlier) == heard(plugins, earlier, first)


def test_an_invoice_that_is_made_out_with_a_due_date_has_it(plugins: Plugins) -> None:
    written = heard(plugins, event("invoice_created", due="2025-04-30T00:00:00Z"))
    assert written == entered(INVOICE, State.UNPAID) | observed(INVOICE, "due", dt.datetime(2025, 4, 30, tzinfo=dt.UTC))


@pytest.mark.parametrize("field", services.COUNTED_FIELDS)
def test_a_counted_field_of_a_service_starts_its_clock_again(plugins: Plugins, field: str) -> None:
    assert heard(plugins, event("service_changed", fields=[field])) == observed(SERVICE, "bought")


@pytest.mark.parametrize("field", domains.COUNTED_FIELDS)
def test_a_counted_field_of_a_domain_starts_its_clock_again(plugins: Plugins, field: str) -> None:
    assert heard(plugins, event("domain_changed", fields=[field])) == observed(DOMAIN, "bought")


@pytest.mark.parametrize("name", ["service_changed", "domain_changed"])
@pytest.mark.parametrize(
    "fields",
    [
        ["price", "amount", "firstpaymentamount", "recurringamount", "discount", "promoid"],
        ["usage", "diskusage", "bwusage", "lastupdate"],
        ["status", "domainstatus"],
        ["notes", "additionalnotes"],
        ["nextduedate", "nextinvoicedate", "expires_at", "expirydate"],
        ["username", "password", "server", "ns1"],
        [],
    ],
    ids=str,
)
def test_price_usage_status_notes_and_due_dates_never_count(plugins: Plugins, name: str, fields: list[str]) -> None:
    assert heard(plugins, event(name, fields=fields)) == {}


def test_a_change_without_a_list_of_fields_counts(plugins: Plugins) -> None:
    assert heard(plugins, event("service_changed")) == observed(SERVICE, "bought")


@pytest.mark.parametrize("counted", [services.COUNTED_FIELDS, domains.COUNTED_FIELDS])
def test_every_counted_field_says_what_it_is(counted: dict[str, str]) -> None:
    assert all(words.strip() and field == field.lower() for field, words in counted.items())


def test_what_reading_the_tables_compares_is_counted_in_events_too() -> None:
    bought = {kind: set(columns) for kind, columns in BOUGHT.items()}
    assert bought[Kind.SERVICE] | bought[Kind.ADDON] <= set(services.COUNTED_FIELDS)
    assert bought[Kind.DOMAIN] <= set(domains.COUNTED_FIELDS)


@pytest.mark.parametrize("name", [name for name in EVENTS if EVENTS[name].family == "service"])
def test_an_add_on_is_not_the_service_with_the_same_number(plugins: Plugins, name: str) -> None:
    written = str(heard(plugins, event(name, kind="addon")))
    assert "<Kind.ADDON: 'addon'>, 12" in written and "<Kind.SERVICE: 'service'>" not in written


def test_a_domain_transferred_without_a_word_on_whither_is_ours(plugins: Plugins) -> None:
    assert heard(plugins, event("domain_transferred")) == entered(DOMAIN, State.ACTIVE)


@pytest.mark.parametrize("name", ["consent_given", "policy_accepted"])
@pytest.mark.parametrize("who", [{"by": "staff"}, {"by": "admin"}, {"masquerading": True}], ids=str)
def test_a_consent_that_staff_clicked_is_none(plugins: Plugins, name: str, who: dict[str, Any]) -> None:
    assert heard(plugins, event(name, **NOTICE, **who)) == {}


def test_staff_may_enter_that_a_client_withdrew_a_consent(plugins: Plugins) -> None:
    written = heard(plugins, event("consent_withdrawn", **NOTICE, by="staff"))
    assert written == observed(CLIENT, "consent newsletter withdrawn")


@pytest.mark.parametrize("name", ["deletion_requested", "export_requested", "rights_requested"])
def test_staff_acting_as_the_client_ask_for_nothing_in_its_name(plugins: Plugins, name: str) -> None:
    assert heard(plugins, event(name, masquerading=True)) == {}
    assert heard(plugins, event(name, by="staff")) != {}


def test_a_withdrawal_closes_what_came_before_it_and_nothing_later(plugins: Plugins) -> None:
    asked, stayed, again = (
        event("deletion_requested"), event("deletion_withdrawn", LATER),
        event("deletion_requested", LATER + dt.timedelta(days=1)),
    )  # fmt: skip
    assert heard(plugins, asked, stayed) == heard(plugins, stayed, asked) == {}
    expected = {"requests": {(3, "erasure"): again.at}}
    assert expected == heard(plugins, asked, stayed, again) == heard(plugins, again, stayed, asked, asked)


def test_staff_acting_as_the_client_take_no_request_back(plugins: Plugins) -> None:
    stayed = event("deletion_withdrawn", LATER, masquerading=True)
    assert heard(plugins, event("deletion_requested"), stayed) == {"requests": {(3, "erasure"): AT}}


@pytest.mark.parametrize("right", RIGHTS)
def test_every_right_of_the_contract_can_be_asked_for(plugins: Plugins, right: str) -> None:
    assert heard(plugins, event("rights_requested", right=right)) == {"requests": {(3, right): AT}}


def test_a_right_that_nobody_named_is_access(plugins: Plugins) -> None:
    assert heard(plugins, event("rights_requested")) == {"requests": {(3, "access"): AT}}


@pytest.mark.parametrize(
    ("name", "keys", "expected"),
    [
        ("client_registered", {"client": None}, "client_registered has no client; expected the number of a record"),
        ("order_created", {"id": None}, "order_created has no id; expected the number of a record"),
        ("deletion_requested", {"client": None}, "deletion_requested has no client; expected the number of a client"),
        (
            "payment_received", {"amount": "much"},
            "payment_received has another data.amount; expected an amount such as 1200.00",
        ),
        ("payment_received", {"amount": "NaN"}, "has another data.amount; expected an amount"),
        ("payment_received", {"amount": True}, "has another data.amount; expected an amount"),
        ("invoice_due_changed", {"due": "soon"}, "has another data.due; expected a date such as 2026-01-31"),
        ("service_changed", {"fields": 5}, "service_changed has other data.fields; expected a list of names"),
        ("consent_given", {"notice": "n"}, "has no such data.purpose; expected a name of 1 to 60 characters"),
        ("consent_given", {"purpose": "x" * 61}, "expected a name of 1 to 60 characters"),
        ("rights_requested", {"right": "revenge"}, "has another data.right; expected one of access, rectification"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_one_sentence(
    plugins: Plugins, name: str, keys: dict[str, Any], expected: str
) -> None:
    with pytest.raises(ValueError) as raised:
        heard(plugins, event(name, **keys))
    assert expected in str(raised.value)
    assert "\n" not in str(raised.value)


MOMENTS = st.sampled_from([AT + dt.timedelta(hours=n) for n in range(4)])
HAPPENED = st.builds(
    lambda name, at, client, id, more: Event(name, at, client, id, 9, {**WRITES[name][0], **more}),
    st.sampled_from(sorted(EVENTS)), MOMENTS, st.integers(1, 2), st.integers(1, 2),
    st.sampled_from([{}, {"kind": "addon"}, {"due": "2025-05-02"}, {"due": "2025-05-01"}, {"right": "access"}]),
)  # fmt: skip


@given(st.lists(HAPPENED, max_size=40), st.data())
@settings(max_examples=300)
def test_events_in_any_order_and_more_than_once_give_the_same_book(happened: list[Event], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(happened), max_size=20)) if happened else []
    shuffled = data.draw(st.permutations(happened + again))
    assert heard(installed(), *happened) == heard(installed(), *shuffled)
