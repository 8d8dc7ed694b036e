"""What goes with what on FOSSBilling, as tables: which rows are a client's, an order's, a service's, an invoice's.

The host declares no foreign keys, and its own deletion of a client leaves services, messages, notes and transactions
behind; here they go too. Rows that only a text connects with a person are out of reach: sessions, carts, log files,
public tickets of 0.7.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, column, select, table, update

from kigen.hosts.fossbilling.datamap import MAP
from kigen.hosts.fossbilling.states import folded
from kigen.hosts.rows import Rows, batches
from kigen.policy.datamap import CLIENT
from kigen.policy.facts import Account
from kigen.policy.records import Kind

BY_CLIENT = tuple(one.name for one in MAP if not one.holds and [link.of for link in one.links] == [CLIENT])
"""Tables whose rows say whose they are, and hang on nothing else."""

SERVICES = tuple(one.name for one in MAP if any(link.target == "service_id" for link in one.links))
OF_ORDER = ("client_order_meta", "client_order_status")
GROUP = ("client_id", "group_id", "group_master")

TOUCHED: dict[Kind, frozenset[str]] = {
    Kind.ORDER: MAP.along("order"),
    Kind.SERVICE: MAP.along("order"),
    Kind.INVOICE: MAP.along("invoice"),
    Kind.CLIENT: MAP.along(CLIENT),
}
"""Every table that deleting a record of a kind may touch: what drift looks at."""


class Deletion:
    """One deletion on one connection; counts the rows that went, by table."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.gone: dict[str, int] = {}

    def records(self, kind: Kind, ids: Collection[int], accounts: Sequence[Account]) -> dict[str, int]:
        """Delete records of one kind with all that goes with them; rows already gone are no error."""
        wanted = set(ids)
        if kind is Kind.CLIENT:
            self._clients({account.id for account in accounts} & wanted)
        elif kind is Kind.ORDER:
            self._free_addons(self._orders({order.id for one in accounts for order in one.orders} & wanted))
        elif kind is Kind.SERVICE:
            services = {item.id for one in accounts for item in one.items if item.kind is kind}
            self._free_addons(self._orders(services & wanted))
        elif kind is Kind.INVOICE:
            self._invoices({invoice.id for account in accounts for invoice in account.invoices} & wanted, accounts)
        else:
            raise ValueError(f"FOSSBilling keeps no records of kind {kind.value}")
        return {name: count for name, count in sorted(self.gone.items()) if count}

    def _clients(self, ids: set[int]) -> None:
        orders = self._ids("client_order", "client_id", ids)
        invoices = self._ids("invoice", "client_id", ids)
        self._orders(orders)
        for name in SERVICES:  # what was set up and lost its order, as after the host's own deletion
            self._of_client(name, ids)
        self._delete("transaction", "invoice_id", invoices)
        self._delete("invoice_item", "invoice_id", invoices)
        self._delete("invoice", "id", invoices)
        self._tickets(ids)
        for name in BY_CLIENT:
            self._of_client(name, ids)
        self._delete("client", "id", ids)

    def _orders(self, ids: set[int]) -> list[Any]:
        """Orders and services alike: the row, its history and what was set up for it. Returns the rows as they were."""
        rows = self.rows.read("client_order", ("id", "service_type", "service_id", *GROUP), "id", ids)
        for owner, name, services in _set_up(rows):
            # A wrong link must not take another client's service along.
            self._delete(name, "id", services, column("client_id") == owner)
        for name in OF_ORDER:
            self._delete(name, "client_order_id", ids)
        self._delete("client_order", "id", ids)
        return rows

    def _free_addons(self, masters: Iterable[Any]) -> None:
        """Add-ons of a deleted order stand alone from now on, as after the host's own deletion.

        The host's lists leave out what is not the master of its group: a live add-on would be hidden there.
        """
        groups = {(row["client_id"], row["group_id"]) for row in masters if row["group_master"] and row["group_id"]}
        others = self.rows.read("client_order", ("id", *GROUP), "client_id", {client for client, _ in groups if client})
        addons = [r["id"] for r in others if not r["group_master"] and (r["client_id"], r["group_id"]) in groups]
        orders = table("client_order", column("id"), *map(column, GROUP))
        for batch in batches(addons):
            statement = update(orders).where(orders.c.id.in_(batch)).values(group_master=1, group_id="0")
            self.rows.connection.execute(statement)

    def _invoices(self, ids: set[int], accounts: Sequence[Account]) -> None:
        """Invoices with their lines. Transactions go only where none of them is a payment: what failed or never came.

        A transaction names no client, so one without its invoice could never be found for its person again.
        """
        paid = {payment.invoice for account in accounts for payment in account.payments}
        self._delete("transaction", "invoice_id", ids - paid)
        self._delete("invoice_item", "invoice_id", ids)
        self._delete("invoice", "id", ids)

    def _tickets(self, clients: set[int]) -> None:
        tickets = self._ids("support_ticket", "client_id", clients)
        messages = self._ids("support_ticket_message", "support_ticket_id", tickets)
        # The host's own deletion leaves messages without a ticket. One in a ticket of another client stays there.
        written = self.rows.read("support_ticket_message", ("id", "support_ticket_id"), "client_id", clients)
        there = self.rows.read("support_ticket", ("id",), "id", {row["support_ticket_id"] or 0 for row in written})
        standing = {row["id"] for row in there}
        messages |= {row["id"] for row in written if row["support_ticket_id"] not in standing}
        self._delete("support_ticket_message_history", "support_ticket_message_id", messages)
        self._delete("support_ticket_message", "id", messages)
        self._delete("support_ticket_note", "support_ticket_id", tickets)
        self._delete("support_ticket", "id", tickets)

    def _of_client(self, name: str, clients: set[int]) -> None:
        """Rows by their client, found first and deleted by id: not every version has an index on `client_id`,
        and a deletion by a column without one locks the whole table."""
        if not self.rows.schema.has(name, "id", "client_id"):
            self._delete(name, "client_id", clients)
            return
        found: set[int] = set()
        wanted: ColumnElement[int] = column("id")
        for batch in batches(clients):
            query = select(wanted).select_from(table(name)).where(column("client_id").in_(batch))
            found.update(self.rows.connection.execute(query).scalars())
        self._delete(name, "id", found)

    def _ids(self, name: str, by: str, ids: Collection[int]) -> set[int]:
        return {row["id"] for row in self.rows.read(name, ("id",), by, ids)}

    def _delete(self, name: str, by: str, ids: Collection[int], also: ColumnElement[bool] | None = None) -> None:
        self.gone[name] = self.gone.get(name, 0) + self.rows.delete(name, by, ids, also)


def _set_up(rows: Iterable[Any]) -> Iterable[tuple[int, str, list[int]]]:
    """What was set up for orders: client, table and ids there. The table's name follows from the type by the host's
    own convention, so that a type which somebody's module adds is found as well."""
    found: dict[tuple[int, str], list[int]] = {}
    for row in rows:
        if row["service_id"] and row["service_type"] and row["client_id"]:
            found.setdefault((row["client_id"], f"service_{folded(row['service_type'])}"), []).append(row["service_id"])
    return [(owner, name, ids) for (owner, name), ids in sorted(found.items())]
