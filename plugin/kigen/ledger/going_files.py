"""Names of files that go once their rows are gone for good: sealed, because a name can say who somebody is."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, delete, func, insert, select

from kigen.ledger.keys_store import StoreKeys
from kigen.ledger.sealed import seal, unseal
from kigen.ledger.tables_gate import going_files as table

WHAT_FOR = "files to remove"


def put(connection: Connection, keys: StoreKeys, names: str, at: dt.datetime) -> None:
    """Note some names, as a text, in the transaction that deletes their rows."""
    connection.execute(insert(table).values(at=at, names=seal(keys, WHAT_FOR, names)))


def waiting(connection: Connection) -> list[tuple[int, bytes]]:
    """What waits, the oldest first: its number, and the sealed names."""
    query = select(table.c.id, table.c.names).order_by(table.c.id)
    return [(row.id, row.names) for row in connection.execute(query)]


def opened(keys: StoreKeys, sealed: bytes) -> str:
    """The names as they were given; ValueError with a sentence where they do not open."""
    return unseal(keys, WHAT_FOR, sealed)


def drop(connection: Connection, number: int) -> None:
    """These files are gone."""
    connection.execute(delete(table).where(table.c.id == number))


def count(connection: Connection) -> int:
    """How many entries wait."""
    return connection.scalar(select(func.count()).select_from(table)) or 0
