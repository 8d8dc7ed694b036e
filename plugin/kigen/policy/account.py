"""One client's account as the host holds it: what is under it, what is in what, what is paid, and what goes along."""

from __future__ import annotations

from dataclasses import dataclass

from kigen.policy.once import once
from kigen.policy.records import (
    AWAITING,
    LIVE,
    NEVER_UNPAID,
    Client,
    Invoice,
    Item,
    Kind,
    Order,
    Payment,
    Quote,
    Ref,
    State,
    Ticket,
)  # fmt: skip

Thing = Order | Invoice | Item | Ticket | Quote | Payment

KINDS: dict[type, Kind] = {
    Client: Kind.CLIENT, Order: Kind.ORDER, Invoice: Kind.INVOICE, Ticket: Kind.TICKET, Quote: Kind.QUOTE,
    Payment: Kind.PAYMENT,
}  # fmt: skip

PAID = frozenset({State.PAID, State.REFUNDED})


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

    @once
    def _orders(self) -> dict[int, Order]:
        return {order.id: order for order in self.orders}

    @once
    def _invoices(self) -> dict[int, Invoice]:
        return {invoice.id: invoice for invoice in self.invoices}

    @once
    def _items(self) -> dict[Ref, Item]:
        return {item.ref: item for item in self.items}

    @once
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

    @once
    def _addons(self) -> dict[int, list[Item]]:
        found: dict[int, list[Item]] = {}
        for item in (*self.items, *self.foreign_items):
            if item.kind is Kind.ADDON and item.parent:
                found.setdefault(item.parent, []).append(item)
        return found

    @once
    def foreign_addons(self) -> list[Item]:
        """Add-ons of others under this client's services: deleting the service would take them along."""
        services = {item.id for item in self.items if item.kind is Kind.SERVICE}
        return [item for item in self.foreign_items if item.kind is Kind.ADDON and item.parent in services]

    @once
    def _moved_on(self) -> dict[int, list[Payment]]:
        found: dict[int, list[Payment]] = {}
        for payment in self.payments:
            if payment.invoice:
                found.setdefault(payment.invoice, []).append(payment)
        return found

    @once
    def _billing(self) -> dict[Ref | int | None, list[tuple[int, Invoice]]]:
        """Which invoices bill something, each with its place among all; an invoice also under its own bare number."""
        found: dict[Ref | int | None, list[tuple[int, Invoice]]] = {}
        for place, invoice in enumerate(self.invoices + self.foreign_invoices):
            found.setdefault(invoice.id, []).append((place, invoice))
            for ref in invoice.bills:
                found.setdefault(ref, []).append((place, invoice))
        return found

    def order(self, number: int) -> Order | None:
        """An order of this client."""
        return self._orders.get(number)

    def invoice(self, number: int | None) -> Invoice | None:
        """An invoice of this client."""
        return self._invoices.get(number) if number else None

    def item(self, ref: Ref) -> Item | None:
        """A service, add-on or domain of this client."""
        return self._items.get(ref)

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

    @property
    def paid_for_others(self) -> list[Payment]:
        """What this client paid on invoices of others, which need it as well."""
        return [row for row in self.payments if row.client == self.id and row.is_on_others]

    def is_paid(self, invoice: Invoice) -> bool:
        """Paid or Refunded, or any status with an applied payment (retention.md, What counts as what)."""
        return invoice.state in PAID or bool(self.payments_on(invoice))

    def is_unpaid(self, invoice: Invoice) -> bool:
        """Awaiting payment, or part-paid in a status that nobody mapped."""
        if invoice.state in AWAITING:
            return True
        if invoice.state in NEVER_UNPAID:
            return False
        part = self.payments_on(invoice)
        return bool(part) and sum(p.amount for p in part) < invoice.gross

    @once
    def has_paid_invoice(self) -> bool:
        """Whether one of the client's own invoices is paid."""
        return bool(self.invoices) and any(map(self.is_paid, self.invoices))

    @once
    def has_nothing_live(self) -> bool:
        """No live service, add-on or domain of its own, and no open ticket."""
        return LIVE.isdisjoint([item.state for item in self.items]) and not self.open_tickets

    def invoices_of(self, order: Order) -> list[Invoice]:
        """The order's own invoice and those whose lines bill the order or one of its items."""
        billed: list[Ref | int | None] = [order.invoice, (Kind.ORDER, order.id)]
        billed += [item.ref for item in self.items_of(order)]
        found = {place: invoice for key in billed for place, invoice in self._billing.get(key, ())}
        return [found[place] for place in sorted(found)]

    def along(self, kind: Kind, number: int) -> list[Thing]:
        """What goes when this record is deleted (retention.md, What goes with what), besides itself."""
        if kind is Kind.CLIENT:
            moved = [row for row in self.payments if row.client == self.id and not row.is_on_others]
            things = (self.orders, self.invoices, self.items, self.foreign_addons, self.tickets, self.quotes, moved)
            return [thing for sort in things for thing in sort]
        if kind is Kind.ORDER:
            order = self._orders.get(number)
            return [item for item in self.items_of(order) if item.client == order.client] if order else []
        return list(self.addons_of(number)) if kind is Kind.SERVICE else []

    def at_stake(self, kind: Kind, number: int) -> list[Thing]:
        """What deleting a record takes along, and payments that it tears from their payer or from their invoice."""
        moved = [row for row in self.payments if row.client != self.id and row.invoice in self._invoices]
        return [*self.along(kind, number), *((*self.paid_for_others, *moved) if kind is Kind.CLIENT else ())]

    @property
    def open_tickets(self) -> list[Ticket]:
        return [ticket for ticket in self.tickets if ticket.is_open]
