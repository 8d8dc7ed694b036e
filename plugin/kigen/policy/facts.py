"""What surrounds a record and can keep it: one client's account as the host holds it, and what kigen's ledger adds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kigen.policy.periods import Term
from kigen.policy.records import (
    AWAITING,
    LIVE,
    NEVER_UNPAID,
    NOTHING,
    Client,
    Invoice,
    Item,
    Kind,
    Memory,
    Order,
    Payment,
    Quote,
    Ref,
    State,
    Ticket,
)  # fmt: skip

Thing = Order | Invoice | Item | Ticket | Quote | Payment

KINDS: dict[type, Kind] = {
    Order: Kind.ORDER, Invoice: Kind.INVOICE, Ticket: Kind.TICKET, Quote: Kind.QUOTE, Payment: Kind.PAYMENT,
}  # fmt: skip


def ref_of(thing: Thing) -> Ref:
    """The kind and id of anything in an account."""
    return thing.ref if isinstance(thing, Item) else (KINDS[type(thing)], thing.id)


@dataclass(frozen=True)
class Account:
    """One client id and everything under it, read together; `client` is None where the client row is gone.

    `items` are the client's own services, add-ons and domains; `foreign_items` belong to others but sit in this
    client's orders or under its services. `invoices` are the client's own; `foreign_invoices` bill its orders.
    `payments` are those of the client and those on any of these invoices; what was paid out has a negative amount.
    """

    id: int
    client: Client | None
    orders: tuple[Order, ...] = ()
    items: tuple[Item, ...] = ()
    foreign_items: tuple[Item, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    foreign_invoices: tuple[Invoice, ...] = ()
    payments: tuple[Payment, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    quotes: tuple[Quote, ...] = ()

    @cached_property
    def _by_order(self) -> dict[int, list[Item]]:
        found: dict[int, dict[Ref, Item]] = {}
        everything = (*self.items, *self.foreign_items)
        for item in everything:
            if item.order:
                found.setdefault(item.order, {})[item.ref] = item
        service_order = {item.id: item.order for item in everything if item.kind is Kind.SERVICE and item.order}
        for item in everything:
            if item.kind is Kind.ADDON and item.parent in service_order:
                found.setdefault(service_order[item.parent], {})[item.ref] = item
        return {order: list(items.values()) for order, items in found.items()}

    @cached_property
    def _addons(self) -> dict[int, list[Item]]:
        found: dict[int, list[Item]] = {}
        for item in (*self.items, *self.foreign_items):
            if item.kind is Kind.ADDON and item.parent:
                found.setdefault(item.parent, []).append(item)
        return found

    @cached_property
    def foreign_addons(self) -> list[Item]:
        """Add-ons of others under this client's services: deleting the service would take them along."""
        services = {item.id for item in self.items if item.kind is Kind.SERVICE}
        return [item for item in self.foreign_items if item.kind is Kind.ADDON and item.parent in services]

    @cached_property
    def _moved_on(self) -> dict[int, list[Payment]]:
        found: dict[int, list[Payment]] = {}
        for payment in self.payments:
            if payment.invoice:
                found.setdefault(payment.invoice, []).append(payment)
        return found

    def items_of(self, order: Order) -> list[Item]:
        """What goes with an order: its services, add-ons and domains, and the add-ons under those services."""
        return self._by_order.get(order.id, [])

    def addons_of(self, service: int) -> list[Item]:
        """The add-ons under a service, whoever they belong to."""
        return self._addons.get(service, [])

    def payments_on(self, invoice: Invoice) -> list[Payment]:
        """Payments above zero applied to an invoice, paid back or not."""
        return [row for row in self.transactions_on(invoice.id) if row.amount > 0]

    def transactions_on(self, invoice: int) -> list[Payment]:
        """All that came in for an invoice and went out of it."""
        return self._moved_on.get(invoice, [])

    def is_paid(self, invoice: Invoice) -> bool:
        """Paid or Refunded, or any status with an applied payment (retention.md, What counts as what)."""
        return invoice.state in (State.PAID, State.REFUNDED) or bool(self.payments_on(invoice))

    def is_unpaid(self, invoice: Invoice) -> bool:
        """Awaiting payment, or part-paid in a status that nobody mapped."""
        if invoice.state in AWAITING:
            return True
        part = self.payments_on(invoice)
        return invoice.state not in NEVER_UNPAID and bool(part) and sum(p.amount for p in part) < invoice.gross

    def invoices_of(self, order: Order) -> list[Invoice]:
        """The order's own invoice and those whose lines bill the order or one of its items."""
        billed: set[Ref] = {item.ref for item in self.items_of(order)} | {(Kind.ORDER, order.id)}
        return [
            invoice
            for invoice in (*self.invoices, *self.foreign_invoices)
            if invoice.id == order.invoice or not billed.isdisjoint(invoice.bills)
        ]

    def live(self, *kinds: Kind) -> list[Item]:
        """The client's own live items of these kinds."""
        return [item for item in self.items if item.kind in kinds and item.state in LIVE]

    def along(self, kind: Kind, number: int) -> list[Thing]:
        """What goes when this record is deleted (retention.md, What goes with what), besides itself."""
        if kind is Kind.CLIENT:
            mine = {invoice.id for invoice in self.invoices}
            moved = [row for row in self.payments if row.client == self.id or row.invoice in mine]
            things = (self.orders, self.invoices, self.items, self.foreign_addons, self.tickets, self.quotes, moved)
            return [thing for sort in things for thing in sort]
        if kind is Kind.ORDER:
            own = {order.id: order.client for order in self.orders}
            items = self._by_order.get(number, []) if number in own else []
            return [item for item in items if item.client == own[number]]
        return list(self.addons_of(number)) if kind is Kind.SERVICE else []

    @property
    def open_tickets(self) -> list[Ticket]:
        return [ticket for ticket in self.tickets if ticket.is_open]


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold on a client and all that is its, or on one record; ended holds are not facts."""

    id: int
    client: int | None
    record: Ref | None
    reason: str
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """An individual contract that replaces the term of one rule for a client or a group (Article 1(3))."""

    id: int
    client: int | None
    group: int | None
    rule: str
    term: Term | None
    begins: dt.datetime
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """An open rights request; RIGHT as in contract.md."""

    id: int
    client: int
    right: str
    received: dt.datetime


@dataclass(frozen=True)
class Facts:
    """All that a decision may look at besides the record itself, for one client."""

    account: Account
    memories: Mapping[Ref, Memory] = field(default_factory=dict)
    archived: dt.datetime | None = None  # when kigen archived the client
    holds: tuple[Hold, ...] = ()
    contracts: tuple[Contract, ...] = ()
    requests: tuple[Request, ...] = ()
    others_requests: tuple[Request, ...] = ()  # of clients whose add-ons are under this client's services

    def memory(self, ref: Ref) -> Memory:
        return self.memories.get(ref, NOTHING)

    def holds_on(self, clients: Iterable[int], refs: Iterable[Ref]) -> list[Hold]:
        """Holds placed on one of these clients, or on one of these records."""
        owners, wanted = set(clients), set(refs)
        return [hold for hold in self.holds if hold.client in owners or hold.record in wanted]

    def requests_of(self, clients: Iterable[int]) -> list[Request]:
        """Open requests of these clients."""
        owners = set(clients)
        return [request for request in (*self.requests, *self.others_requests) if request.client in owners]
