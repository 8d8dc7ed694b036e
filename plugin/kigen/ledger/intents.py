"""Clients whose erasure goes in steps: begun or let go again, and who is behind them, sealed until they are gone.

By then some of the rows that say who somebody is are gone, while traces of it elsewhere are still to be cleared.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

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
    """Note that a client's erasure has begun; False where that was noted before and is not over."""
    known = connection.execute(select(table.c.over_at).where(table.c.client == client)).first()
    if known is not None and known.over_at is None:
        return False
    told = {"names": person.names, "values": person.values, "calling_code": person.calling_code}
    sealed = seal(keys, WHAT_FOR, json.dumps(told))
    connection.execute(delete(table).where(table.c.client == client))  # `person` has what was remembered of it
    connection.execute(insert(table).values(client=client, run=run, rule=rule, at=at, people=sealed))
    return True


def begun(connection: Connection) -> list[Row[Any]]:
    """The clients whose erasure was begun and is not over, with when that was, by which rule and run; oldest first."""
    columns = (table.c.client, table.c.at, table.c.rule, table.c.run)
    query = select(*columns).where(table.c.over_at.is_(None))
    return list(connection.execute(query.order_by(table.c.at, table.c.client)))


def is_any(connection: Connection) -> bool:
    """Whether anything is remembered at all."""
    return connection.scalar(select(table.c.client).limit(1)) is not None


def people(connection: Connection, keys: StoreKeys, clients: Iterable[int]) -> dict[int, Person | None]:
    """Who was behind these clients when their erasure began, also where it was let go; the others are left out.

    None where that does not open: it was sealed with another key.
    """
    found: dict[int, Person | None] = {}
    for batch in batches(sorted(set(clients))):
        for row in connection.execute(select(table.c.client, table.c.people).where(table.c.client.in_(batch))):
            found[row.client] = _opened(keys, row)
    return found


def closed(connection: Connection, keys: StoreKeys) -> list[int]:
    """The clients of which that does not open, ascending."""
    rows = connection.execute(select(table.c.client, table.c.people).order_by(table.c.client))
    return [row.client for row in rows if _opened(keys, row) is None]


def _opened(keys: StoreKeys, row: Any) -> Person | None:
    try:
        told = json.loads(unseal(keys, WHAT_FOR, row.people))
    except ValueError:
        return None
    names = tuple((given, family) for given, family in told["names"])
    values = tuple((Sort(sort), value) for sort, value in told["values"])
    return Person(str(row.client), names, values, told["calling_code"])


def let_go(connection: Connection, clients: Iterable[int], at: dt.datetime) -> None:
    """These clients stay after all. Who they were stays known: rows that said it are gone."""
    for batch in batches(sorted(set(clients))):
        connection.execute(update(table).where(table.c.client.in_(batch)).values(over_at=at))


def end(connection: Connection, clients: Iterable[int]) -> None:
    """These clients are gone, or all of their rows are back."""
    for batch in batches(sorted(set(clients))):
        connection.execute(delete(table).where(table.c.client.in_(batch)))
