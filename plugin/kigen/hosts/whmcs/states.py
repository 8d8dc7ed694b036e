"""What a WHMCS status means: one table per kind; statuses compare trimmed and case-folded on every engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from kigen.hosts.rows import Rows, Wanted
from kigen.hosts.schema import LiveSchema
from kigen.policy.records import State

States = Mapping[str, State]

CLIENTS: States = {"active": State.ACTIVE, "inactive": State.INACTIVE, "closed": State.CLOSED}

# The titles that every installation ships; an operator's own are explained by the flags of tblorderstatuses.
ORDERS: States = {
    "pending": State.PENDING,
    "active": State.ACTIVE,
    "cancelled": State.CANCELLED,
    "fraud": State.FRAUD,
    "draft": State.DRAFT,
}
ORDER_FLAGS: States = {
    "showpending": State.PENDING,
    "showactive": State.ACTIVE,
    "showcancelled": State.CANCELLED,
}

ORDER_STATUSES = Wanted("tblorderstatuses", tuple(ORDER_FLAGS), "title", None)
"""The table of the operator's own words for orders."""

# An add-on counts as a service everywhere.
SERVICES: States = {
    "pending": State.PENDING,
    "active": State.ACTIVE,
    "suspended": State.SUSPENDED,
    "terminated": State.TERMINATED,
    "cancelled": State.CANCELLED,
    "fraud": State.FRAUD,
    "completed": State.COMPLETED,
}

DOMAINS: States = {
    "pending": State.PENDING,
    "pending registration": State.PENDING_REGISTRATION,
    "pending transfer": State.PENDING_TRANSFER,
    "active": State.ACTIVE,
    "grace": State.GRACE,
    "redemption": State.REDEMPTION,
    "expired": State.EXPIRED,
    "cancelled": State.CANCELLED,
    "fraud": State.FRAUD,
    "transferred away": State.TRANSFERRED,
}

# "Overdue" is a filter of the host's pages, never a stored status.
INVOICES: States = {
    "draft": State.DRAFT,
    "unpaid": State.UNPAID,
    "paid": State.PAID,
    "cancelled": State.CANCELLED,
    "refunded": State.REFUNDED,
    "collections": State.COLLECTIONS,
    "payment pending": State.PAYMENT_PENDING,
}

CLOSED_TICKET = "closed"
ACCEPTED_QUOTE = "accepted"
DEAD_QUOTES = frozenset({"lost", "dead"})
"""Every other stage keeps a draft: the live ones by their name, an unknown one because nobody knows."""


@lru_cache(maxsize=4096, typed=True)
def folded(status: object) -> str:
    """A status as it is compared: no blanks around it, no difference of case."""
    return str(status or "").strip().casefold()


def state_of(states: States, status: object) -> State:
    """The meaning of a status; UNKNOWN where nobody mapped it."""
    return states.get(folded(status), State.UNKNOWN)


def order_states(rows: Rows) -> States:
    """The standard titles and the operator's own, by the flags that the host itself goes by."""
    return order_states_in(rows.schema, rows.read_all(ORDER_STATUSES)[0])


def order_states_in(schema: LiveSchema, rows: Iterable[Mapping[Any, Any]]) -> States:
    """The same, from the rows that were read with others; without one of the flags nobody knows what they mean."""
    return {**own_order_states(rows if schema.has("tblorderstatuses", *ORDER_FLAGS) else ()), **ORDERS}


def own_order_states(rows: Iterable[Mapping[Any, Any]]) -> States:
    """Only one flag makes a meaning. None, several, or two rows of one title that disagree leave the status unknown."""
    found: dict[str, State] = {}
    for row in rows:
        meanings = [state for flag, state in ORDER_FLAGS.items() if row[flag]]
        state = meanings[0] if len(meanings) == 1 else State.UNKNOWN
        title = folded(row["title"])
        found[title] = state if found.get(title, state) is state else State.UNKNOWN
    return found
