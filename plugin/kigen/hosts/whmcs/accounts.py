"""How everything about some clients is read together: one fixed order of tables, then one Account per client id.

The order is: clients, users, orders, services, add-ons, domains, referrals, cancellation requests, invoices and lines,
transactions, tickets, quotes, affiliates. Every transaction that locks goes along it, so that two never wait in a ring.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from kigen.hosts.dates import read_optional, read_when
from kigen.hosts.rows import Rows
from kigen.hosts.whmcs import people, states
from kigen.hosts.whmcs.items import Goods, read_goods
from kigen.hosts.whmcs.money import Money, read_money
from kigen.hosts.whmcs.people import Row, latest
from kigen.policy.facts import Account
from kigen.policy.periods import When
from kigen.policy.records import UNREADABLE, Client, Invoice, Item, Kind, Payment, Quote, Ticket

TICKET = ("userid", "status", "merged_ticket_id", "date")
QUOTE = ("userid", "stage", "datecreated", "dateaccepted")


class Owned(Protocol):
    """Anything that belongs to a client."""

    @property
    def id(self) -> int: ...

    @property
    def client(self) -> int: ...


Some = TypeVar("Some", bound=Owned)


def read_accounts(rows: Rows, clients: Sequence[int], zone: str) -> list[Account]:
    """One Account per distinct id, ascending; what a client's account holds never depends on who is read beside it."""
    ids = sorted(set(clients))
    client_rows = people.read_clients(rows, ids)
    logins = people.read_logins(rows, ids)
    goods = read_goods(rows, ids, zone)
    money = read_money(rows, ids, goods, zone)
    ticket_rows = rows.read("tbltickets", TICKET, "userid", ids)
    quote_rows = rows.read("tblquotes", QUOTE, "userid", ids)
    balances = people.read_balances(rows, ids)
    dates: dict[int, list[When | None]] = defaultdict(list)
    for row, name in (*((t, "date") for t in ticket_rows), *((q, "datecreated") for q in quote_rows)):
        dates[row["userid"]].append(read_when(row[name], zone))
    clients_there = {
        id_: people.client_of(
            row, logins.get(id_, ()), balances[id_], (*goods.begun[id_], *money.dates[id_], *dates[id_]), zone
        )
        for id_, row in client_rows.items()
    }
    tickets, quotes = map(_ticket, ticket_rows), (quote_of(row, zone) for row in quote_rows)
    return put_together(ids, clients_there, goods, money, tickets, quotes)


def put_together(
    ids: Sequence[int],
    clients: Mapping[int, Client],
    goods: Goods,
    money: Money,
    tickets: Iterable[Ticket] = (),
    quotes: Iterable[Quote] = (),
) -> list[Account]:
    """One Account per id: to each what is its own, and what of others is in its orders or bills them."""
    foreign_items, foreign_invoices = _foreign_items(goods), _foreign_invoices(goods, money)
    payments = _payments(money, foreign_invoices)
    orders, items, invoices = _by_client(goods.orders), _by_client(goods.items), _by_client(money.invoices.values())
    tickets_of, quotes_of = _by_client(tickets), _by_client(quotes)
    return [
        Account(
            id=id_,
            client=clients.get(id_),
            orders=orders.get(id_, ()),
            items=items.get(id_, ()),
            foreign_items=tuple(foreign_items.get(id_, ())),
            invoices=invoices.get(id_, ()),
            foreign_invoices=tuple(foreign_invoices.get(id_, ())),
            payments=tuple(payments.get(id_, ())),
            tickets=tickets_of.get(id_, ()),
            quotes=quotes_of.get(id_, ()),
        )
        for id_ in ids
    ]


def _by_client(found: Iterable[Some]) -> dict[int, tuple[Some, ...]]:
    """Each client's own, by id (items of one kind stay together)."""
    lists: dict[int, list[Some]] = defaultdict(list)
    for one in found:
        lists[one.client].append(one)
    return {client: tuple(sorted(ones, key=_sorting) if len(ones) > 1 else ones) for client, ones in lists.items()}


def _sorting(one: Owned) -> tuple[str, int]:
    return (one.kind.value if isinstance(one, Item) else "", one.id)


def _foreign_items(goods: Goods) -> dict[int, list[Item]]:
    found: dict[int, list[Item]] = defaultdict(list)
    for client, item in sorted(goods.foreign(), key=lambda pair: _sorting(pair[1])):
        found[client].append(item)
    return found


def _foreign_invoices(goods: Goods, money: Money) -> dict[int, list[Invoice]]:
    """Invoices of others that an order names, or that bill an item of an order; each with these bills only."""
    owner_of = {order.id: order.client for order in goods.orders}
    service_order = {item.id: item.order for item in goods.items if item.kind is Kind.SERVICE}
    buyers: dict[tuple[Kind, int], set[int]] = defaultdict(set)
    for item in goods.items:
        orders = {item.order, service_order.get(item.parent or 0) if item.kind is Kind.ADDON else None}
        buyers[item.ref] |= {owner_of[order] for order in orders if order in owner_of}
    named: dict[int, set[int]] = defaultdict(set)
    for order in goods.orders:
        if order.invoice:
            named[order.invoice].add(order.client)
    found: dict[int, list[Invoice]] = defaultdict(list)
    for id_, invoice in sorted(money.invoices.items()):
        readers = named.get(id_, set()).union(*(buyers[ref] for ref in invoice.bills if ref in buyers))
        for client in readers - {invoice.client}:
            bills = frozenset(ref for ref in invoice.bills if ref in buyers and client in buyers[ref])
            found[client].append(replace(invoice, bills=bills))
    return found


def _payments(money: Money, foreign: dict[int, list[Invoice]]) -> dict[int, list[Payment]]:
    """Each client's own payments and those on its own and its orders' invoices."""
    readers: dict[int, set[int]] = defaultdict(set)
    for id_, invoice in money.invoices.items():
        readers[id_].add(invoice.client)
    for client, invoices in foreign.items():
        for invoice in invoices:
            readers[invoice.id].add(client)
    found: dict[int, list[Payment]] = defaultdict(list)
    for payment in sorted(money.payments, key=lambda one: one.id):
        for client in {payment.client} | (readers.get(payment.invoice, set()) if payment.invoice else set()):
            found[client].append(payment)
    return found


def _ticket(row: Row) -> Ticket:
    is_open = states.folded(row["status"]) != states.CLOSED_TICKET and not row["merged_ticket_id"]
    return Ticket(row["id"], row["userid"], is_open, str(row["status"] or ""))


def quote_of(row: Row, zone: str) -> Quote:
    """A quote from its row; a stage that nobody knows is taken for a live one."""
    stage = states.folded(row["stage"])
    dated = latest((read_optional(row[name], zone) for name in ("datecreated", "dateaccepted")), zone)
    is_live, is_accepted = stage not in states.DEAD_QUOTES, stage == states.ACCEPTED_QUOTE
    known = None if dated == UNREADABLE else dated  # a document that nobody can date is kept
    return Quote(row["id"], row["userid"], str(row["stage"] or ""), is_live, is_accepted, known)
