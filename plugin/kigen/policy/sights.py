"""What there is about a record that a guard could speak of: a guard is not asked where nothing it looks at is there.

Which guard looks at what is declared beside the guards, in guards.LOOKS_AT; here is what each of those words means.
A sight may be there where the guard then finds nothing; it is never missing where the guard would find something.
"""

from __future__ import annotations

from typing import Literal

from kigen.policy.facts import Facts
from kigen.policy.once import kept
from kigen.policy.records import LIVE, NEVER_UNPAID, Kind, Record, State

Sight = Literal[
    "live item",
    "foreign item",
    "commission",
    "pending order",
    "unpaid invoice",
    "paid invoice",
    "payment",
    "quote",
    "open ticket",
    "credit",
    "hold",
    "request",
    "contract",
    "unknown state",
    "change of state",
    "anonymised",
    "client",
]
"""Of the client's account, whoever an item or invoice belongs to; the change of state is the record's own, and so is
that it is a client."""

_PENDING = frozenset({State.PENDING, State.DRAFT})
_UNKNOWN: frozenset[Sight] = frozenset({"unknown state"})
_CHANGE: frozenset[Sight] = frozenset({"change of state"})
_CLIENT: frozenset[Sight] = frozenset({"client"})


def sights_of(record: Record, facts: Facts) -> frozenset[Sight]:
    """All that is there for one record."""
    there = _in_facts(facts)
    if record.state is State.UNKNOWN:
        there |= _UNKNOWN
    if record.kind is Kind.CLIENT:
        there |= _CLIENT
    return there | _CHANGE if record.settled_from else there


@kept
def _in_facts(facts: Facts) -> frozenset[Sight]:
    account, client = facts.account, facts.account.client
    items = account.items + account.foreign_items
    states = {item.state for item in items}
    of_orders = {order.state for order in account.orders}
    of_invoices = {invoice.state for invoice in account.invoices}
    there: dict[Sight, object] = {
        "live item": not LIVE.isdisjoint(states),
        "foreign item": account.foreign_items,
        "commission": (client and client.commission > 0) or True in {item.commissioned for item in items},
        "pending order": not _PENDING.isdisjoint(of_orders),
        "unpaid invoice": not of_invoices <= NEVER_UNPAID,
        "paid invoice": (account.invoices and account.has_paid_invoice)
        or (account.foreign_invoices and any(map(account.is_paid, account.foreign_invoices))),
        "payment": account.payments,
        "quote": account.quotes,
        "open ticket": account.tickets and account.open_tickets,
        "credit": client and client.credit > 0,
        "hold": facts.holds,
        "request": facts.requests or facts.others_requests,
        "contract": facts.contracts,
        "anonymised": facts.anonymised,
        "unknown state": State.UNKNOWN in states | of_orders | of_invoices,
    }
    return frozenset([sight for sight, is_there in there.items() if is_there])
