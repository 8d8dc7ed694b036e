"""What deciding about some records looks at, and no more: the narrow reading that a deletion repeats under locks.

The records' own rows come first, because they alone tell whose they are, then the clients, then the other tables in the
order of accounts.py. Every row that `decide` may look at is found by a column with an index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from kigen.hosts.rows import Rows
from kigen.hosts.whmcs import people
from kigen.hosts.whmcs.accounts import QUOTE, put_together, quote_of
from kigen.hosts.whmcs.items import DOMAIN, SERVICE, Goods, goods_of, once, read_addons, read_orders
from kigen.hosts.whmcs.money import INVOICE, LINE, TRANSACTION, Money, billed, money_of
from kigen.hosts.whmcs.people import Row
from kigen.policy.facts import Account
from kigen.policy.records import Client, Invoice, Kind, Ref, State

NO_GOODS, NO_MONEY = Goods([], [], defaultdict(list)), Money({}, [], defaultdict(list))


def orders(rows: Rows, ids: Sequence[int], zone: str) -> list[Account]:
    """Orders with their items and add-ons, whosever, and the invoices that bill them; quotes only beside a draft."""
    found = read_orders(rows, "id", ids, zone)
    clients = _clients(rows, (order.client for order in found), zone)
    services = once([rows.read("tblhosting", SERVICE, "orderid", ids)])
    addons = read_addons(rows, (), ids, services)
    domains = once([rows.read("tbldomains", DOMAIN, "orderid", ids)])
    goods = goods_of(rows, found, services, addons, domains, zone)
    money = _money(rows, goods, zone)
    drafting = {order.client for order in found if order.state is State.DRAFT}
    quotes = (quote_of(row, zone) for row in rows.read("tblquotes", QUOTE, "userid", drafting))
    return put_together(_owners(order.client for order in found), clients, goods, money, quotes=quotes)


def services(rows: Rows, ids: Sequence[int], zone: str) -> list[Account]:
    """Services with their add-ons, whosever they are."""
    found = once([rows.read("tblhosting", SERVICE, "id", ids)])
    owners = _owners(row["userid"] for row in found.values())
    clients = _clients(rows, owners, zone)
    addons = read_addons(rows, (), (), found)
    return put_together(owners, clients, goods_of(rows, [], found, addons, {}, zone), NO_MONEY)


def domains(rows: Rows, ids: Sequence[int], zone: str) -> list[Account]:
    """Domains; nothing goes with one."""
    found = once([rows.read("tbldomains", DOMAIN, "id", ids)])
    owners = _owners(row["userid"] for row in found.values())
    return put_together(owners, _clients(rows, owners, zone), goods_of(rows, [], {}, {}, found, zone), NO_MONEY)


def invoices(rows: Rows, ids: Sequence[int], zone: str) -> list[Account]:
    """Invoices with all that was paid on them."""
    raw = rows.read("tblinvoices", INVOICE, "id", ids)
    owners = _owners(row["userid"] for row in raw)
    clients = _clients(rows, owners, zone)
    return put_together(owners, clients, NO_GOODS, money_of(raw, {}, _payments(rows), zone))


AROUND: Mapping[Kind, Callable[[Rows, Sequence[int], str], list[Account]]] = {
    Kind.ORDER: orders,
    Kind.SERVICE: services,
    Kind.DOMAIN: domains,
    Kind.INVOICE: invoices,
}
"""How the records of a kind are read; of the others, a client among them, the whole accounts are."""


def _owners(clients: Iterable[int]) -> list[int]:
    return sorted(set(clients))


def _clients(rows: Rows, ids: Iterable[int], zone: str) -> dict[int, Client]:
    """The client rows by themselves: sign-ins, balances and the dates of what they have count only for clients."""
    raw = people.read_clients(rows, _owners(ids))
    return {id_: people.client_of(row, (), Decimal(0), (), zone) for id_, row in raw.items()}


def _money(rows: Rows, goods: Goods, zone: str) -> Money:
    """Invoices that an order names or whose lines bill one of the items, and what was paid on them."""
    refs = {item.ref for item in goods.items}
    bills: dict[int, set[Ref]] = defaultdict(set)
    for line in rows.read("tblinvoiceitems", LINE, "relid", {item.id for item in goods.items}):
        if (ref := billed(line)) in refs and ref:
            bills[line["invoiceid"]].add(ref)
    named = {order.invoice for order in goods.orders if order.invoice}
    return money_of(rows.read("tblinvoices", INVOICE, "id", named | bills.keys()), bills, _payments(rows), zone)


def _payments(rows: Rows) -> Callable[[Mapping[int, Invoice]], dict[int, Row]]:
    """Rows on the invoices. Whether a payment was paid back elsewhere is not asked: it is a document all the same."""
    return lambda found: once([rows.read("tblaccounts", TRANSACTION, "invoiceid", found)])
