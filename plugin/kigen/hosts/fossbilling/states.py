"""What FOSSBilling's statuses mean, and whether a `client_order` is still an order or already a service."""

from __future__ import annotations

from typing import Any

from kigen.policy.records import LIVE, Kind, State

CLIENTS = {"active": State.ACTIVE, "suspended": State.SUSPENDED, "canceled": State.CLOSED}

ORDERS = {
    "pending_setup": State.PENDING,
    "failed_setup": State.PENDING,  # paid or not, nothing was ever set up: it waits like a pending one
    "failed_renew": State.FAILED_RENEW,
    "active": State.ACTIVE,
    "suspended": State.SUSPENDED,
    "canceled": State.CANCELLED,
}

INVOICES = {
    "paid": State.PAID,
    "unpaid": State.UNPAID,
    "refunded": State.REFUNDED,
    "canceled": State.CANCELLED,
}

CLOSED_TICKET = "closed"  # open, on_hold and any word that somebody's module adds are not closed
CLOSED_CLIENT = "canceled"  # what archiving sets: neither sign-in nor order is possible

# A transaction: the host has booked it; or the gateway calls it complete and the host has not booked it yet.
BOOKED = frozenset({"processed", "succeeded"})
CONFIRMED = frozenset({"complete", "completed", "succeeded"})
WAITING = frozenset({"received", "approved", "processing"})
FAILED = frozenset({"failed", "denied", "expired", "voided", "canceled", "cancelled"})
PAID_BACK = frozenset({"reversed", "refunded", "refund", "chargeback", "charged_back"})


def folded(status: object) -> str:
    """A status as it is compared, on every engine: trimmed and without regard to case; NULL is empty."""
    return str(status or "").strip().casefold()


def state(words: dict[str, State], status: object) -> State:
    """The meaning of a status; UNKNOWN for one that nobody mapped."""
    return words.get(folded(status), State.UNKNOWN)


def is_set(moment: Any) -> bool:
    """Whether a date column holds anything: not NULL, not a zero date. SQL compares with "1000" alike."""
    return moment is not None and str(moment) > "1000"


def kind_of(status: object, activated_at: Any) -> Kind:
    """A `client_order` is an order until it is activated, then a service under the same id.

    One that the host calls live although nobody noted its activation is a service too: a live service must not be
    taken for an order that has no rule, or go along with something else.
    """
    return Kind.SERVICE if is_set(activated_at) or state(ORDERS, status) in LIVE else Kind.ORDER
