"""Orders with all that deciding about them looks at, read once: accounts of some of them, and which of them are alike.

The orders' own rows come first, because they alone tell whose they are, then the clients, then the other tables in the
order of accounts.py. Whatever is rare keeps an order from being like others: an add-on, a referral, another client's
item, a payment, a draft.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from kigen.hosts.around import Alike, Around, Member
from kigen.hosts.dates import read_when
from kigen.hosts.rows import Rows, Wanted
from kigen.hosts.unchanging import material_of
from kigen.hosts.whmcs import people, states
from kigen.hosts.whmcs.accounts import QUOTE, put_together, quote_of
from kigen.hosts.whmcs.items import (
    ADDON,
    DOMAIN,
    ORDER,
    REFERRAL,
    SERVICE,
    Goods,
    by_id,
    goods_of,
    once,
    order_of,
    with_owners,
)
from kigen.hosts.whmcs.money import INVOICE, LINE, TRANSACTION, Money, billed, money_of
from kigen.hosts.whmcs.people import CLIENT, Row
from kigen.hosts.whmcs.unchanging import UNCHANGING
from kigen.policy.facts import Account
from kigen.policy.records import Invoice, Kind, Ref, State


@dataclass(frozen=True, slots=True)
class Orders(Around):
    """Their rows, and those of what is in them and of what bills them; `rows` reads what only few of them need."""

    rows: Rows
    zone: str
    known: states.States
    orders: Mapping[int, Row]
    clients: Mapping[int, Row]
    services: Mapping[int, Row]
    addons: Mapping[int, Row]
    domains: Mapping[int, Row]
    referrals: Sequence[Row]
    bills: Mapping[int, AbstractSet[Ref]]  # by invoice, which of the items its lines are for
    invoices: Mapping[int, Row]
    transactions: Sequence[Row]

    def accounts(self, ids: AbstractSet[int]) -> list[Account]:
        orders = [
            order_of(self.orders[number], self.known, self.zone) for number in sorted(ids) if number in self.orders
        ]
        services = {id_: row for id_, row in self.services.items() if row["orderid"] in ids}
        addons = {id_: row for id_, row in self.addons.items() if row["hostingid"] in services or row["orderid"] in ids}
        domains = {id_: row for id_, row in self.domains.items() if row["orderid"] in ids}
        goods = goods_of(self.rows, orders, services, addons, domains, self.referrals, self.zone)
        owners = sorted({order.client for order in orders})
        clients = people.by_themselves({id_: self.clients[id_] for id_ in owners if id_ in self.clients}, self.zone)
        drafting = {order.client for order in orders if order.state is State.DRAFT}
        quotes = (quote_of(row, self.zone) for row in self.rows.read("tblquotes", QUOTE, "userid", drafting))
        return put_together(owners, clients, goods, self._money(goods), quotes=quotes)

    def _money(self, goods: Goods) -> Money:
        """Invoices that an order names or whose lines bill one of the items, and what was paid on them."""
        refs = {item.ref for item in goods.items}
        bills = {invoice: mine for invoice, every in self.bills.items() if (mine := every & refs)}
        named = {order.invoice for order in goods.orders if order.invoice}
        raw = (self.invoices[id_] for id_ in sorted(named | bills.keys()) if id_ in self.invoices)

        def on(invoices: Mapping[int, Invoice]) -> dict[int, Row]:
            # Whether a payment was paid back elsewhere is not asked: it is a document all the same.
            return once([[row for row in self.transactions if row["invoiceid"] in invoices]])

        return money_of(raw, bills, on, self.zone)

    def alike(self) -> list[Alike]:
        items: dict[int, list[tuple[Kind, int, str]]] = defaultdict(list)
        order_of_item: dict[Ref, int] = {}
        odd = {row["orderid"] for row in self.addons.values()}
        odd |= {
            self.services[row["hostingid"]]["orderid"]
            for row in self.addons.values()
            if row["hostingid"] in self.services
        }
        odd |= {self.services[row["relid"]]["orderid"] for row in self.referrals}
        for kind, found, status in (
            (Kind.SERVICE, self.services, "domainstatus"),
            (Kind.DOMAIN, self.domains, "status"),
        ):
            for id_, row in found.items():
                order = row["orderid"]
                items[order].append((kind, id_, states.folded(row[status])))
                order_of_item[kind, id_] = order
                if row["userid"] != self.orders[order]["userid"]:
                    odd.add(order)
        invoices = self._invoices(order_of_item, odd)
        groups: dict[Hashable, list[Member]] = defaultdict(list)
        for number, row in self.orders.items():
            state = states.state_of(self.known, row["status"])
            created = read_when(row["date"], self.zone)
            if number in odd or created is None or state in (State.DRAFT, State.UNKNOWN):
                continue
            mine = sorted(items.get(number, ()))
            shape = (row["status"], tuple((kind, word) for kind, _, word in mine), frozenset(invoices.get(number, ())))
            along = tuple((kind, item) for kind, item, _ in mine)
            groups[shape].append(Member(number, row["userid"], state, created, along))
        return [Alike(Kind.ORDER, tuple(members)) for members in groups.values()]

    def unchanging(self) -> Mapping[Kind, Mapping[int, str | None]]:
        if not self.rows.lock:
            return {}
        read = {
            Kind.ORDER: self.orders, Kind.SERVICE: self.services, Kind.ADDON: self.addons, Kind.DOMAIN: self.domains,
        }  # fmt: skip
        return {
            kind: {**dict.fromkeys(found), **material_of(UNCHANGING[kind], found.values())}
            for kind, found in read.items()
        }

    def _invoices(self, order_of_item: Mapping[Ref, int], odd: set[int]) -> dict[int, set[str]]:
        """Words for the states of the invoices that an order names or that bill its items; with a payment it is odd."""
        billing: dict[int, set[int]] = defaultdict(set)
        for number, row in self.orders.items():
            if row["invoiceid"]:
                billing[row["invoiceid"]].add(number)
        for invoice, refs in self.bills.items():
            billing[invoice] |= {order_of_item[ref] for ref in refs if ref in order_of_item}
        words: dict[int, set[str]] = defaultdict(set)
        for id_, row in self.invoices.items():
            for order in billing[id_]:
                words[order].add(states.folded(row["status"]))
        for row in self.transactions:
            odd |= billing[row["invoiceid"]]
        return words


def read_orders_around(rows: Rows, ids: Iterable[int], zone: str) -> Orders:
    """Read orders with their items and add-ons, whosever, and the invoices that bill them.

    With a lock, so that they may go, comes what never changes of them as well.
    """
    known_by = {kind: of.columns if rows.lock else () for kind, of in UNCHANGING.items()}
    addon = (*ADDON, *known_by[Kind.ADDON])
    orders = once([rows.read("tblorders", (*ORDER, *known_by[Kind.ORDER]), "id", ids)])
    owners = {row["userid"] for row in orders.values()}
    words, *others = rows.read_all(
        states.ORDER_STATUSES,  # the operator's own words, after these rows are locked
        Wanted("tblclients", CLIENT, "id", owners),
        Wanted("tblhosting", (*SERVICE, *known_by[Kind.SERVICE]), "orderid", orders),
        Wanted("tblhostingaddons", addon, "orderid", orders),
        Wanted("tbldomains", (*DOMAIN, *known_by[Kind.DOMAIN]), "orderid", orders),
    )
    known = states.order_states_in(rows.schema, words)
    clients, services, in_orders, domains = map(by_id, others)
    known_items = services.keys() | in_orders.keys() | domains.keys()
    under, referrals, lines = rows.read_all(
        Wanted("tblhostingaddons", addon, "hostingid", services),
        Wanted("tblaffiliatesaccounts", REFERRAL, "relid", services),
        Wanted("tblinvoiceitems", LINE, "relid", known_items),
    )
    addons = with_owners(rows, in_orders | by_id(under), services)
    lines += rows.read("tblinvoiceitems", LINE, "relid", addons.keys() - known_items)
    items = {Kind.SERVICE: services, Kind.ADDON: addons, Kind.DOMAIN: domains}
    bills: dict[int, set[Ref]] = defaultdict(set)
    for line in lines:
        if (ref := billed(line)) and ref[1] in items[ref[0]]:
            bills[line["invoiceid"]].add(ref)
    billing = {row["invoiceid"] for row in orders.values() if row["invoiceid"]} | bills.keys()
    found, moved = rows.read_all(
        Wanted("tblinvoices", INVOICE, "id", billing), Wanted("tblaccounts", TRANSACTION, "invoiceid", billing)
    )
    invoices = by_id(found)
    transactions = [row for row in moved if row["invoiceid"] in invoices]
    return Orders(
        rows, zone, known, orders, clients, services, addons, domains, referrals, bills, invoices, transactions
    )
