"""What deciding about some orders or services looks at, and no more: the narrow reading that a deletion repeats.

The records' own rows come first, because they alone tell whose they are; then the tables in the order of accounts.py.
Notes in any invoice of a client can say that another one was refunded: beside an order all of them are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kigen.hosts.fossbilling.accounts import (
    CLIENT,
    ORDER,
    account_of,
    by_client,
    client_of,
    read_expiries,
    read_money,
)
from kigen.hosts.fossbilling.money import Money
from kigen.hosts.fossbilling.states import kind_of
from kigen.hosts.rows import Rows
from kigen.policy.facts import Account
from kigen.policy.records import Kind

NARROW = frozenset({Kind.ORDER, Kind.SERVICE})


def read_around(rows: Rows, kind: Kind, ids: Sequence[int], zone: str) -> list[Account]:
    """Orders with the invoices of their clients and those that bill them, or services; no other record goes along."""
    found = [
        row
        for row in rows.read("client_order", ORDER, "id", ids)
        if row["client_id"] and kind_of(row["status"], row["activated_at"]) is kind
    ]
    owned = by_client(found)
    clients = {row["id"]: client_of(row, zone) for row in rows.read("client", CLIENT, "id", owned)}
    money = read_money(rows, sorted(owned), found, zone) if kind is Kind.ORDER else Money({}, ())
    expiries = read_expiries(rows, found, zone)
    accounts = [account_of(id_, own, (), money, expiries, zone) for id_, own in sorted(owned.items())]
    return [replace(account, client=clients.get(account.id)) for account in accounts]
