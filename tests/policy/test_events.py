"""The events that a host may tell: what each is about, what it needs, and the record that it names."""

from __future__ import annotations

import pytest

from kigen.policy.events import EVENTS, Event
from kigen.policy.records import Kind
from tests.policy.build import at

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
