"""How WHMCS orders, services, add-ons and domains become Orders and Items, and whose they are."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kigen.hosts.dates import read_optional, read_when
from kigen.hosts.rows import Rows
from kigen.hosts.whmcs import states
from kigen.hosts.whmcs.people import Row, amount, latest
from kigen.policy.periods import When
from kigen.policy.records import Item, Kind, Order, State

ORDER = ("userid", "status", "date", "invoiceid")
SERVICE = ("userid", "orderid", "domainstatus", "regdate", "termination_date", "packageid", "billingcycle", "domain")
ADDON = ("userid", "hostingid", "orderid", "status", "termination_date", "addonid", "name")
REQUEST, REFERRAL, HISTORY = ("relid", "date"), ("affiliateid", "relid"), ("affaccid", "amount")
DOMAIN = ("userid", "orderid", "status", "registrationdate", "expirydate", "type", "domain", "registrationperiod")

BOUGHT: Mapping[Kind, tuple[str, ...]] = {
    Kind.SERVICE: ("packageid", "billingcycle", "domain"),
    Kind.ADDON: ("addonid", "name"),
    Kind.DOMAIN: ("type", "domain", "registrationperiod"),
}
"""What a client bought. A change of these restarts the clock of the last change; prices, usage (`lastupdate`), due
dates, notes, servers, passwords, renewal switches and the registrar that the operator chose do not."""

ENDED = frozenset({State.TERMINATED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Goods:
    """Orders of some clients, and every item that is theirs, sits in these orders or under their services."""

    orders: list[Order]
    items: list[Item]
    begun: dict[int, list[When | None]]  # per client, the dates of its orders, services and domains

    def foreign(self) -> Iterator[tuple[int, Item]]:
        """Each item of somebody else with the client in whose order, or under whose service, it is."""
        order_owner = {order.id: order.client for order in self.orders}
        services = {item.id: item for item in self.items if item.kind is Kind.SERVICE}
        for item in self.items:
            hosts = {order_owner.get(item.order or 0)}
            if item.kind is Kind.ADDON and (service := services.get(item.parent or 0)):
                hosts |= {service.client, order_owner.get(service.order or 0)}
            for client in hosts - {item.client, None}:
                yield client or 0, item


def read_goods(rows: Rows, clients: Sequence[int], zone: str) -> Goods:
    """Read orders, services, add-ons, domains, referrals, cancellation requests and commissions, in this order."""
    orders = read_orders(rows, "userid", clients, zone)
    order_ids = [order.id for order in orders]
    ways = (("userid", clients, None), ("orderid", order_ids, ("userid", clients)))
    services = once(rows.read("tblhosting", SERVICE, by, ids, known) for by, ids, known in ways)
    addons = read_addons(rows, clients, order_ids, services)
    domains = once(rows.read("tbldomains", DOMAIN, by, ids, known) for by, ids, known in ways)
    return goods_of(rows, orders, services, addons, domains, read_referrals(rows, services), zone)


def read_orders(rows: Rows, by: str, ids: Sequence[int], zone: str) -> list[Order]:
    """Orders whose column `by` is one of `ids`; the operator's own words for states are read after these are locked."""
    found = rows.read("tblorders", ORDER, by, ids)
    known = states.order_states(rows)
    return [order_of(row, known, zone) for row in found]


def goods_of(
    rows: Rows,
    orders: list[Order],
    services: Mapping[int, Row],
    addons: Mapping[int, Row],
    domains: Mapping[int, Row],
    referrals: Iterable[Row],
    zone: str,
) -> Goods:
    """Put items together from their rows; reads cancellation requests and cleared commissions of the services."""
    ended = [id_ for id_, row in services.items() if _asks_when_it_ended(row, zone)]
    requests: dict[int, list[When | None]] = defaultdict(list)
    for row in rows.read("tblcancelrequests", REQUEST, "relid", ended):
        requests[row["relid"]].append(read_optional(row["date"], zone))
    commissioned = _read_commissioned(rows, (row for row in referrals if row["relid"] in services))
    items = [
        *(_service(row, requests.get(id_, ()), id_ in commissioned, zone) for id_, row in services.items()),
        *(_addon(row, zone) for row in addons.values()),
        *(_domain(row, zone) for row in domains.values()),
    ]
    begun: dict[int, list[When | None]] = defaultdict(list)
    for order in orders:
        begun[order.client].append(order.created)
    for service in services.values():
        begun[service["userid"]].append(read_when(service["regdate"], zone))
    for domain in domains.values():
        begun[domain["userid"]].append(read_when(domain["registrationdate"], zone))
    return Goods(orders, items, begun)


def read_addons(
    rows: Rows, clients: Sequence[int], orders: Sequence[int], services: Mapping[int, Row]
) -> dict[int, Row]:
    """Add-ons under these services, in these orders, and the clients' own wherever they are.

    The owner of the service that each is under, whether that is one of these or not, is put under the key `owner`.
    """
    found = once(
        (
            rows.read("tblhostingaddons", ADDON, "hostingid", services),
            rows.read("tblhostingaddons", ADDON, "orderid", orders),
            read_unindexed(rows, "tblhostingaddons", ADDON, "userid", clients),
        )
    )
    return with_owners(rows, found, services)


def with_owners(rows: Rows, found: Mapping[int, Row], services: Mapping[int, Row]) -> dict[int, Row]:
    """Add-ons that were read, each with the owner of the service that it is under as `owner`."""
    elsewhere = {row["hostingid"] for row in found.values() if not row["userid"]} - services.keys()
    owners = {
        row["id"]: row["userid"] for row in (*rows.read("tblhosting", ("userid",), "id", elsewhere), *services.values())
    }
    return {id_: {**row, "owner": owners.get(row["hostingid"])} for id_, row in found.items()}


def read_referrals(rows: Rows, services: Iterable[int]) -> list[Row]:
    """Which of these services an affiliate has brought."""
    return list(rows.read("tblaffiliatesaccounts", REFERRAL, "relid", services))


def _read_commissioned(rows: Rows, referred: Iterable[Row]) -> set[int]:
    """Services for which an affiliate payment has cleared; pending ones are in another table and do not count."""
    referrals = {row["id"]: row for row in referred}
    # By the affiliate, which has an index: the payment of one that clears meanwhile waits for the lock on its place.
    affiliates = {row["affiliateid"] for row in referrals.values()}
    paid = [
        *rows.read("tblaffiliateshistory", HISTORY, "affiliateid", affiliates),
        *read_unindexed(rows, "tblaffiliateshistory", HISTORY, "affaccid", referrals),  # once of another affiliate
    ]
    return {
        referrals[row["affaccid"]]["relid"]
        for row in paid
        if amount(row["amount"]) > 0 and row["affaccid"] in referrals
    }


def read_unindexed(
    rows: Rows, name: str, columns: Sequence[str], by: str, ids: Iterable[int], also: str = ""
) -> list[Row]:
    """Rows by a column that WHMCS has no index on: found by a plain read, then locked one by one by their ids.

    A locking read without an index would lock the whole table against the host. `also` narrows by one that has one.
    """
    wanted = set(ids)
    if not wanted or not rows.schema.has(name, by):
        return []
    found = rows.ids(name, by, wanted, also)
    return [row for row in rows.read(name, (*columns, by), "id", found) if row[by] in wanted]


def once(readings: Iterable[Iterable[Row]]) -> dict[int, Row]:
    """Rows that were read in several ways, each once, by id."""
    return {row["id"]: row for reading in readings for row in reading}


def by_id(rows: Iterable[Row]) -> dict[int, Row]:
    """Rows by their id."""
    return {row["id"]: row for row in rows}


def order_of(row: Row, known: states.States, zone: str) -> Order:
    """An order from its row, by the words for states that are known here."""
    state, created = states.state_of(known, row["status"]), read_when(row["date"], zone)
    return Order(row["id"], row["userid"], state, str(row["status"] or ""), created, row["invoiceid"] or None)


def _asks_when_it_ended(row: Row, zone: str) -> bool:
    """Whether the service has ended and its own row does not say when: then a cancellation request may."""
    ended = states.state_of(states.SERVICES, row["domainstatus"]) in ENDED
    return ended and read_optional(row["termination_date"], zone) is None


def _service(row: Row, requested: Sequence[When | None], commissioned: bool, zone: str) -> Item:
    state = states.state_of(states.SERVICES, row["domainstatus"])
    ended = (read_optional(row["termination_date"], zone) or latest(requested, zone)) if state in ENDED else None
    return Item(
        Kind.SERVICE, row["id"], row["userid"], state, str(row["domainstatus"] or ""), row["orderid"] or None,
        changed=ended, bought=_bought(Kind.SERVICE, row), commissioned=commissioned,
    )  # fmt: skip


def _addon(row: Row, zone: str) -> Item:
    """An add-on belongs to its own userid, else to its service's owner; without either to nobody (0)."""
    owner = row["userid"] or row["owner"] or 0
    state = states.state_of(states.SERVICES, row["status"])
    ended = read_optional(row["termination_date"], zone) if state in ENDED else None
    return Item(
        Kind.ADDON, row["id"], owner, state, str(row["status"] or ""), row["orderid"] or None, row["hostingid"] or None,
        changed=ended, bought=_bought(Kind.ADDON, row),
    )  # fmt: skip


def _domain(row: Row, zone: str) -> Item:
    return Item(
        Kind.DOMAIN, row["id"], row["userid"], states.state_of(states.DOMAINS, row["status"]), str(row["status"] or ""),
        row["orderid"] or None, expires=read_when(row["expirydate"], zone), bought=_bought(Kind.DOMAIN, row),
    )  # fmt: skip


def _bought(kind: Kind, row: Mapping[str, Any]) -> str:
    """A short digest: to tell a change kigen needs to compare, not to know."""
    values = "\x1f".join(str("" if row[name] is None else row[name]).strip() for name in BOUGHT[kind])
    return hashlib.sha256(values.encode()).hexdigest()[:16]
