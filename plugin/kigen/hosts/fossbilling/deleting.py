"""What goes with what on FOSSBilling, as tables: which rows are a client's, an order's, a service's, an invoice's.

The host declares no foreign keys, and its own deletion of a client leaves services, messages, notes and transactions
behind; here they go too. Rows that only a text connects with a person are out of reach: sessions, carts, log files,
public tickets of 0.7.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, column, select, table

from kigen.hosts.anonymising import Change, write
from kigen.hosts.fossbilling.datamap import MAP
from kigen.hosts.fossbilling.states import folded
from kigen.hosts.rows import Rows, batches
from kigen.hosts.selected import Selected, delete_all, parted, selected
from kigen.policy.datamap import CLIENT
from kigen.policy.facts import Account
from kigen.policy.keeping import Keeping
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


class Links:
    """What hangs on records of one connection; with `keeping` what hangs on something that stays is marked so."""

    def __init__(self, rows: Rows, keeping: Keeping | None = None) -> None:
        self.rows = rows
        self.keeping = keeping

    def selected(self, kind: Kind, ids: Collection[int], accounts: Sequence[Account]) -> Iterator[Selected]:
        """The rows of these records and all that goes with them, in the order of deleting.

        With `keeping` what hangs on the clients themselves, or on a record that stays, is marked as kept.
        """
        wanted = set(ids)
        if kind is Kind.CLIENT:
            yield from self._clients({account.id for account in accounts} & wanted)
        elif kind is Kind.ORDER:
            yield from self._orders({order.id for one in accounts for order in one.orders} & wanted)
        elif kind is Kind.SERVICE:
            yield from self._orders({item.id for one in accounts for item in one.items if item.kind is kind} & wanted)
        elif kind is Kind.INVOICE:
            invoices = {invoice.id for account in accounts for invoice in account.invoices} & wanted
            # Transactions go only where none of them is a payment: what failed or never came. A transaction names no
            # client, so one without its invoice could never be found for its person again.
            paid = {payment.invoice for account in accounts for payment in account.payments}
            yield from self._invoices(invoices, invoices - paid)
        else:
            raise ValueError(f"FOSSBilling keeps no records of kind {kind.value}")

    def _clients(self, ids: set[int]) -> Iterator[Selected]:
        yield from self._orders(self._ids("client_order", "client_id", ids))
        for name in SERVICES:  # what was set up and lost its order, as after the host's own deletion
            yield from self._of_client(name, ids, is_kept=False)
        invoices = self._ids("invoice", "client_id", ids)
        yield from self._invoices(invoices, invoices)
        yield from self._tickets(ids)
        for name in BY_CLIENT:
            yield from self._of_client(name, ids, is_kept=self.keeping is not None)
        yield replace(selected("client", "id", ids), is_kept=self.keeping is not None)

    def _orders(self, ids: set[int]) -> Iterator[Selected]:
        """Orders and services alike: the row, its history and what was set up for it."""
        is_kept = self._is_kept(Kind.ORDER, Kind.SERVICE)
        for stays in (False, True):
            mine = {id_ for id_ in ids if is_kept(id_) is stays}
            rows = self.rows.read("client_order", ("id", "service_type", "service_id", *GROUP), "id", mine)
            for owner, name, services in _set_up(rows):
                # A wrong link must not take another client's service along.
                of_owner = ("client_id", (owner,))
                yield Selected(name, "id", frozenset(services), of_owner, is_kept=stays)
        for name, by in (*((one, "client_order_id") for one in OF_ORDER), ("client_order", "id")):
            yield from parted(selected(name, by, ids, of=(Kind.ORDER, Kind.SERVICE)), is_kept)

    def _invoices(self, ids: set[int], with_transactions: set[int]) -> Iterator[Selected]:
        is_kept = self._is_kept(Kind.INVOICE)
        for name, by, mine in (
            ("transaction", "invoice_id", with_transactions),
            ("invoice_item", "invoice_id", ids), ("invoice", "id", ids),
        ):  # fmt: skip
            yield from parted(selected(name, by, mine, of=(Kind.INVOICE,)), is_kept)

    def _tickets(self, clients: set[int]) -> Iterator[Selected]:
        is_kept = self._is_kept(Kind.TICKET)
        tickets = self._ids("support_ticket", "client_id", clients)
        inside = self.rows.read("support_ticket_message", ("id", "support_ticket_id"), "support_ticket_id", tickets)
        # The host's own deletion leaves messages without a ticket. One in a ticket of another client stays there.
        written = self.rows.read("support_ticket_message", ("id", "support_ticket_id"), "client_id", clients)
        there = self.rows.read("support_ticket", ("id",), "id", {row["support_ticket_id"] or 0 for row in written})
        standing = {row["id"] for row in there}
        lost = [row for row in written if row["support_ticket_id"] not in standing]
        kept = {row["id"] for row in inside if is_kept(row["support_ticket_id"])}
        messages = {row["id"] for row in (*inside, *lost)}
        for name, by in (
            ("support_ticket_message_history", "support_ticket_message_id"),
            ("support_ticket_message", "id"),
        ):
            yield from parted(selected(name, by, messages), kept.__contains__)
        for name, by in (("support_ticket_note", "support_ticket_id"), ("support_ticket", "id")):
            yield from parted(selected(name, by, tickets, of=(Kind.TICKET,)), is_kept)

    def _of_client(self, name: str, clients: set[int], is_kept: bool) -> Iterator[Selected]:
        """Rows by their client, found first and then by id: not every version has an index on `client_id`, and a
        deletion by a column without one locks the whole table."""
        if not self.rows.schema.has(name, "id", "client_id"):
            yield replace(selected(name, "client_id", clients), is_kept=is_kept)
            return
        found: set[int] = set()
        wanted: ColumnElement[int] = column("id")
        for batch in batches(clients):
            query = select(wanted).select_from(table(name)).where(column("client_id").in_(batch))
            found.update(self.rows.connection.execute(query).scalars())
        if not is_kept and self.keeping is not None:
            found -= self._in_use(name, clients)
        yield replace(selected(name, "id", found), is_kept=is_kept)

    def _in_use(self, name: str, clients: set[int]) -> set[int]:
        """What was set up for an order that stays."""
        is_kept = self._is_kept(Kind.ORDER, Kind.SERVICE)
        orders = self.rows.read("client_order", ("id", "service_type", "service_id", *GROUP), "client_id", clients)
        kept = _set_up(row for row in orders if is_kept(row["id"]))
        return {id_ for _, one, services in kept if one == name for id_ in services}

    def _is_kept(self, *kinds: Kind) -> Callable[[Any], bool]:
        """Whether a record of these kinds stays, by its id."""
        records = self.keeping.records if self.keeping else ()
        return frozenset(number for kind, number in records if kind in kinds).__contains__

    def _ids(self, name: str, by: str, ids: Collection[int]) -> set[int]:
        return {row["id"] for row in self.rows.read(name, ("id",), by, ids)}


class Deletion(Links):
    """One deletion on one connection."""

    def records(self, kind: Kind, ids: Collection[int], accounts: Sequence[Account]) -> dict[str, int]:
        """Delete records of one kind with all that goes with them; rows already gone are no error."""
        found = list(self.selected(kind, ids, accounts))
        addons = self._addons_left(found) if kind is not Kind.CLIENT else []
        gone = delete_all(self.rows, found)
        self._stand_alone(addons)
        return dict(sorted(gone.items()))

    def _addons_left(self, found: Iterable[Selected]) -> list[int]:
        """Add-ons of an order that goes stand alone from now on, as after the host's own deletion.

        The host's lists leave out what is not the master of its group: a live add-on would be hidden there.
        """
        ids = {id_ for one in found if one.table == "client_order" for id_ in one.ids}
        masters = self.rows.read("client_order", ("id", *GROUP), "id", ids)
        groups = {(row["client_id"], row["group_id"]) for row in masters if row["group_master"] and row["group_id"]}
        others = self.rows.read("client_order", ("id", *GROUP), "client_id", {client for client, _ in groups if client})
        return [
            row["id"]
            for row in others
            if not row["group_master"] and (row["client_id"], row["group_id"]) in groups and row["id"] not in ids
        ]

    def _stand_alone(self, addons: Iterable[int]) -> None:
        alone = {"group_master": 1, "group_id": "0"}
        write(self.rows, [Change("client_order", {"id": number}, dict(alone)) for number in sorted(set(addons))])


def _set_up(rows: Iterable[Any]) -> Iterable[tuple[int, str, list[int]]]:
    """What was set up for orders: client, table and ids there. The table's name follows from the type by the host's
    own convention, so that a type which somebody's module adds is found as well."""
    found: dict[tuple[int, str], list[int]] = {}
    for row in rows:
        if row["service_id"] and row["service_type"] and row["client_id"]:
            found.setdefault((row["client_id"], f"service_{folded(row['service_type'])}"), []).append(row["service_id"])
    return [(owner, name, ids) for (owner, name), ids in sorted(found.items())]
