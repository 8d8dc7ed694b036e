"""Which columns a rule's decision rests on: by its record, its clock and its guards; a missing one refuses the rule."""

from __future__ import annotations

from kigen.hosts.fossbilling.datamap import MAP
from kigen.hosts.fossbilling.deleting import TOUCHED
from kigen.policy import records as r
from kigen.policy.records import Kind
from kigen.policy.schedule import Effect, Rule

Columns = frozenset[str]


def _of(name: str, columns: str) -> Columns:
    return frozenset(f"{name}.{column}" for column in columns.split())


CLIENTS = _of("client", "id status client_group_id")
ORDERS = _of("client_order", "id client_id status activated_at service_id service_type unpaid_invoice_id")
INVOICES = _of("invoice", "id client_id status taxrate notes") | _of("invoice_item", "invoice_id price quantity taxed")
PAYMENTS = _of("transaction", "id invoice_id amount type status txn_status")
TICKETS = _of("support_ticket", "id client_id status")
BILLS = INVOICES | PAYMENTS | _of("invoice_item", "type rel_id")
PAID_WHEN = _of("transaction", "created_at") | _of("invoice", "created_at paid_at")

ABOUT: dict[Kind, Columns] = {
    Kind.CLIENT: CLIENTS | ORDERS | INVOICES | PAYMENTS | TICKETS,
    Kind.ORDER: CLIENTS | ORDERS,
    Kind.SERVICE: CLIENTS | ORDERS,
    Kind.INVOICE: CLIENTS | INVOICES | PAYMENTS,
}

CLOCKS: dict[tuple[Kind, str], Columns] = {
    (Kind.CLIENT, r.REGISTERED): _of("client", "created_at"),
    (Kind.CLIENT, r.LAST_PAYMENT): PAID_WHEN,
    (Kind.CLIENT, r.REQUESTED): _of("client", "country") | _of("activity_client_history", "client_id created_at"),
    (Kind.ORDER, r.CREATED): _of("client_order", "created_at"),
    (Kind.INVOICE, r.DUE): _of("invoice", "due_at"),
    (Kind.SERVICE, r.LAST_CHANGE): _of("client_order", "canceled_at product_id period quantity"),
}

GUARDS: dict[str, Columns] = {
    "active-service": ORDERS,
    "paid-invoice": BILLS,
    "open-ticket": TICKETS,
    "unpaid-invoice": INVOICES | PAYMENTS | _of("invoice", "due_at"),
    "pending-order": ORDERS | INVOICES | PAYMENTS | _of("client_order", "created_at") | _of("invoice", "due_at"),
    "credit-balance": _of("client_balance", "client_id amount"),
}

FLOORS: dict[Kind, Columns] = {
    Kind.CLIENT: BILLS | PAID_WHEN | _of("client_order", "created_at"),
    Kind.ORDER: BILLS | PAID_WHEN,
    Kind.INVOICE: BILLS | PAID_WHEN,
}
"""A rule that only archives asks no floor."""

LINKS: dict[str, str] = {one.name: one.links[0].column if one.links else "id" for one in MAP}
"""How a row that goes along is found: a table without that column hides what must go."""


def needs(rule: Rule) -> Columns:
    """Every column that deciding by this rule reads, as `table.column`; none for records that this host has not."""
    if rule.kind not in ABOUT:
        return frozenset()
    found = ABOUT[rule.kind] | CLOCKS.get((rule.kind, rule.anchor), frozenset())
    for guard in rule.kept_by:
        found |= GUARDS.get(guard, frozenset())
    return found if rule.effect is Effect.ARCHIVE else found | FLOORS.get(rule.kind, frozenset())


def removes(rule: Rule) -> frozenset[str]:
    """Tables that this rule can delete rows from; none for a rule that only archives."""
    return TOUCHED.get(rule.kind, frozenset()) if rule.effect is Effect.DELETE else frozenset()
