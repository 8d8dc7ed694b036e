"""People who cheated and are not to become clients again: known by a keyed digest of their address, for a term.

The entry outlives its client's erasure, and from then on names no client. It is personal data all the same, declared
in own_data_people.py, and goes by the setting fraud.term.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from kigen.ledger.bulk import batches
from kigen.ledger.keys_store import StoreKeys
from kigen.ledger.tables_blocked import blocked as table
from kigen.policy.identifiers_fold import folded

EMAIL = "email"


def digest(keys: StoreKeys, address: str) -> str:
    """The digest of an address: of any width and case the same one. Without the key nobody can try addresses."""
    return hmac.new(keys.blocked, folded(address.strip()).encode("utf-8", "surrogatepass"), sha256).hexdigest()


def add(
    connection: Connection, keys: StoreKeys, client: int, address: str, reason: str, at: datetime, actor: str
) -> int:
    """Note the address of a client; returns the entry's number, of a known one the same with its term begun anew."""
    mine = table.c.digest == digest(keys, address)
    known = connection.scalar(select(table.c.id).where(mine))
    if known is not None:
        values = {"client": client, "reason": reason, "at": at, "actor": actor}
        connection.execute(update(table).where(table.c.id == known).values(values))
        return int(known)
    values = {"sort": EMAIL, "digest": digest(keys, address), "client": client, "reason": reason, "at": at,
              "actor": actor}  # fmt: skip
    key = connection.execute(insert(table).values(values)).inserted_primary_key
    return int(key[0]) if key else 0


def matching(connection: Connection, keys: StoreKeys, addresses: Mapping[int, str]) -> dict[int, Row[Any]]:
    """Of clients with these addresses those whose address is noted for somebody else, with the entry."""
    clients: dict[str, list[int]] = {}
    for client, address in addresses.items():
        clients.setdefault(digest(keys, address), []).append(client)
    found: dict[int, Row[Any]] = {}
    for batch in batches(sorted(clients)):
        for row in connection.execute(select(table).where(table.c.digest.in_(batch))):
            found.update({client: row for client in clients[row.digest] if client != row.client})
    return found


def listed(connection: Connection) -> Sequence[Row[Any]]:
    """Every entry, the oldest first."""
    return connection.execute(select(table).order_by(table.c.id)).all()


def lift(connection: Connection, number: int) -> bool:
    """Remove an entry; False where there is none of this number."""
    return connection.execute(delete(table).where(table.c.id == number)).rowcount > 0


def let_go(connection: Connection, clients: Iterable[int]) -> None:
    """From entries of clients that are erased their numbers go, by which evidence would lead to them."""
    for batch in batches(sorted(set(clients))):
        connection.execute(update(table).where(table.c.client.in_(batch)).values(client=None))
