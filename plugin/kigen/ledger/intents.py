"""Clients whose erasure goes in steps: begun, not over, and who is behind them, sealed until the last step.

By then some of the rows that say who somebody is are gone, while traces of it elsewhere are still to be cleared.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from kigen.ledger.bulk import batches
from kigen.ledger.keys_store import StoreKeys
from kigen.ledger.sealed import seal, unseal
from kigen.ledger.tables_gate import intents as table
from kigen.policy.identifiers import Person
from kigen.policy.sorts import Sort

WHAT_FOR = "people behind clients that go in steps"


def begin(
    connection: Connection, keys: StoreKeys, person: Person, client: int, run: int, rule: str, at: dt.datetime
) -> bool:
    """Note that a client's erasure has begun; False where that was noted before."""
    if connection.scalar(select(table.c.client).where(table.c.client == client)) is not None:
        return False
    told = {"names": person.names, "values": person.values, "calling_code": person.calling_code}
    sealed = seal(keys, WHAT_FOR, json.dumps(told))
    connection.execute(insert(table).values(client=client, run=run, rule=rule, at=at, people=sealed))
    return True


def begun(connection: Connection) -> list[Row[Any]]:
    """The clients whose erasure was begun and is not over, with when that was, by which rule and run; oldest first."""
    columns = (table.c.client, table.c.at, table.c.rule, table.c.run)
    return list(connection.execute(select(*columns).order_by(table.c.at, table.c.client)))


def people(connection: Connection, keys: StoreKeys, clients: Iterable[int]) -> dict[int, Person]:
    """Who was behind these clients when their erasure began; the others are left out. ValueError for another key."""
    found = {}
    for batch in batches(sorted(set(clients))):
        for row in connection.execute(select(table.c.client, table.c.people).where(table.c.client.in_(batch))):
            told = json.loads(unseal(keys, WHAT_FOR, row.people))
            names = tuple((given, family) for given, family in told["names"])
            values = tuple((Sort(sort), value) for sort, value in told["values"])
            found[row.client] = Person(str(row.client), names, values, told["calling_code"])
    return found


def end(connection: Connection, clients: Iterable[int]) -> None:
    """These clients are gone, or stay after all."""
    for batch in batches(sorted(set(clients))):
        connection.execute(delete(table).where(table.c.client.in_(batch)))
