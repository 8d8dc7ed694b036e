"""What deciding about some records looks at, and no more: the narrow reading that a deletion repeats under locks.

The records' own rows come first, because they alone tell whose they are, then the clients, then the other tables in the
order of accounts.py. Every row that `decide` may look at is found by a column with an index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from kigen.hosts.rows import Rows
from kigen.hosts.whmcs import people
from kigen.hosts.whmcs.accounts import put_together
from kigen.hosts.whmcs.items import DOMAIN, SERVICE, Goods, goods_of, once, read_addons, read_referrals
from kigen.hosts.whmcs.money import INVOICE, TRANSACTION, Money, money_of
from kigen.hosts.whmcs.people import Row
from kigen.policy.facts import Account
from kigen.policy.records import Client, Invoice, Kind

NO_GOODS, NO_MONEY = Goods([], [], defaultdict(list)), Money({}, [], defaultdict(list))


def services(rows: Rows, ids: Sequence[int], zone: str) -> list[Account]:
    """Services with their add-ons, whosever they are."""
    found = once([rows.read("tblhosting", SERVICE, "id", ids)])
    owners = _owners(row["userid"] for row in found.values())
    clients = _clients(rows, owners, zone)
    addons = read_addons(rows, (), (), found)
    goods = goods_of(rows, [], found, addons, {}, read_referrals(rows, found), zone)
    return put_together(owners, clients, goods, NO_MONEY)


def domains(rows: Rows, ids: Sequence[int], zone: str) -> list[Account]:
    """Domains; nothing goes with one."""
    found = once([rows.read("tbldomains", DOMAIN, "id", ids)])
    owners = _owners(row["userid"] for row in found.values())
    return put_together(owners, _clients(rows, owners, zone), goods_of(rows, [], {}, {}, found, (), zone), NO_MONEY)


def invoices(rows: Rows, ids: Sequence[int], zone: str) -> list[Account]:
    """Invoices with all that was paid on them."""
    raw = rows.read("tblinvoices", INVOICE, "id", ids)
    owners = _owners(row["userid"] for row in raw)
    clients = _clients(rows, owners, zone)
    return put_together(owners, clients, NO_GOODS, money_of(raw, {}, _payments(rows), zone))


AROUND: Mapping[Kind, Callable[[Rows, Sequence[int], str], list[Account]]] = {
    Kind.SERVICE: services,
    Kind.DOMAIN: domains,
    Kind.INVOICE: invoices,
}
"""How the records of a kind are read; orders have a file of their own; of a client the whole account is read."""


def _owners(clients: Iterable[int]) -> list[int]:
    return sorted(set(clients))


def _clients(rows: Rows, ids: Iterable[int], zone: str) -> dict[int, Client]:
    return people.by_themselves(people.read_clients(rows, _owners(ids)), zone)


def _payments(rows: Rows) -> Callable[[Mapping[int, Invoice]], dict[int, Row]]:
    """Rows on the invoices. Whether a payment was paid back elsewhere is not asked: it is a document all the same."""
    return lambda found: once([rows.read("tblaccounts", TRANSACTION, "invoiceid", found)])
