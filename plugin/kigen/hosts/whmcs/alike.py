"""Orders about which there is the same to say: sorted by what deciding looks at, read without building anything.

Whatever is rare sends an order to the whole reading: an add-on, a referral, another client's item, a payment, a draft.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence

from kigen.hosts.dates import read_when
from kigen.hosts.port import Alike, Member
from kigen.hosts.rows import Rows
from kigen.hosts.whmcs import states
from kigen.hosts.whmcs.items import ADDON, ORDER
from kigen.hosts.whmcs.money import INVOICE, LINE, TRANSACTION, billed
from kigen.hosts.whmcs.people import Row
from kigen.policy.records import Kind, Ref, State

ITEMS = (("tblhosting", Kind.SERVICE, "domainstatus"), ("tbldomains", Kind.DOMAIN, "status"))


def orders(rows: Rows, ids: Sequence[int], zone: str) -> list[Alike]:
    """These orders in groups whose members a decision cannot tell apart but by id and date; odd ones are in none.

    The tables are read in the order of around.py, and as it reads them.
    """
    found = {row["id"]: row for row in rows.read("tblorders", ORDER, "id", ids)}
    rows.read("tblclients", ("groupid",), "id", {row["userid"] for row in found.values()})  # only to lock them
    known = states.order_states(rows.connection, rows.schema)
    odd: set[int] = set()
    items: dict[int, list[tuple[Kind, int, str]]] = defaultdict(list)
    order_of: dict[Ref, int] = {}
    for table, kind, status in ITEMS:
        for row in rows.read(table, ("userid", "orderid", status), "orderid", found):
            order = row["orderid"]
            items[order].append((kind, row["id"], states.folded(row[status])))
            order_of[kind, row["id"]] = order
            if row["userid"] != found[order]["userid"]:
                odd.add(order)
        if kind is Kind.SERVICE:
            odd |= _with_rarities(rows, found, order_of)
    invoices = _invoices(rows, found, order_of, odd)
    groups: dict[Hashable, list[Member]] = defaultdict(list)
    for number, row in found.items():
        state = states.state_of(known, row["status"])
        created = read_when(row["date"], zone)
        if number in odd or created is None or state in (State.DRAFT, State.UNKNOWN):
            continue
        mine = sorted(items.get(number, ()))
        shape = (row["status"], tuple((kind, word) for kind, _, word in mine), frozenset(invoices.get(number, ())))
        along = tuple((kind, item) for kind, item, _ in mine)
        groups[shape].append(Member(number, row["userid"], state, created, along))
    return [Alike(Kind.ORDER, tuple(members)) for members in groups.values()]


def _with_rarities(rows: Rows, orders: Iterable[int], services: Mapping[Ref, int]) -> set[int]:
    """Orders with add-ons, of their own or under their services, and those whose services somebody referred."""
    by_service = {number: order for (_, number), order in services.items()}
    found = {by_service[row["hostingid"]] for row in rows.read("tblhostingaddons", ADDON, "hostingid", by_service)}
    found |= {row["orderid"] for row in rows.read("tblhostingaddons", ADDON, "orderid", orders)}
    return found | {
        by_service[row["relid"]] for row in rows.read("tblaffiliatesaccounts", ("relid",), "relid", by_service)
    }


def _invoices(rows: Rows, orders: Mapping[int, Row], order_of: Mapping[Ref, int], odd: set[int]) -> dict[int, set[str]]:
    """Words for the states of the invoices that an order names or that bill its items; with a payment it is odd."""
    billing: dict[int, set[int]] = defaultdict(set)
    for number, row in orders.items():
        if row["invoiceid"]:
            billing[row["invoiceid"]].add(number)
    for line in rows.read("tblinvoiceitems", LINE, "relid", {number for _, number in order_of}):
        if (ref := billed(line)) and (order := order_of.get(ref)):
            billing[line["invoiceid"]].add(order)
    words: dict[int, set[str]] = defaultdict(set)
    for row in rows.read("tblinvoices", INVOICE, "id", billing):
        for order in billing[row["id"]]:
            words[order].add(states.folded(row["status"]))
    for row in rows.read("tblaccounts", TRANSACTION, "invoiceid", billing):
        odd |= billing[row["invoiceid"]]
    return words
