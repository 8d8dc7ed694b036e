"""The log of maskings: when, in which document, of whom, which columns, why, by whom; names of columns, never values.

Japan's rules for electronic books ask that a correction of what is kept can be followed (facts: who, when, what, why).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from kigen.ledger import parties
from kigen.ledger.bulk import batches
from kigen.ledger.keys_store import StoreKeys
from kigen.ledger.quick import remove_refs
from kigen.ledger.tables_frozen import maskings as table
from kigen.policy.records import Kind, Ref


@dataclass(frozen=True, slots=True)
class Masking:
    """What was masked in the rows of one record. `number` is what is printed on the slip, "" where it has none.

    `fields` are `table.column` of what was masked; `codes` are the reasons that keep the rest of it.
    """

    ref: Ref
    number: str
    client: int
    fields: tuple[str, ...]
    codes: tuple[str, ...]


def write(
    connection: Connection, keys: StoreKeys, host: str, done: Iterable[Masking], at: dt.datetime, actor: str,
    run: int | None,
) -> int:  # fmt: skip
    """Log maskings in the transaction that does them; returns how many. One without a field is left out."""
    rows = [
        {
            "at": at, "host": host, "kind": one.ref[0].value, "record": one.ref[1], "number": one.number[:255],
            "party": parties.of_client(keys, one.client), "fields": json.dumps(sorted(set(one.fields))),
            "codes": ",".join(sorted(set(one.codes))), "actor": actor, "run": run,
        }
        for one in done
        if one.fields
    ]  # fmt: skip
    for batch in batches(rows):
        connection.execute(insert(table), batch)
    return len(rows)


def forget(connection: Connection, host: str, by_kind: Mapping[Kind, Sequence[int]]) -> int:
    """Drop what was logged about records that are gone themselves; returns how many lines."""
    return remove_refs(connection, table, by_kind, host)


def is_any(connection: Connection) -> bool:
    """Whether anything was ever masked."""
    return connection.scalar(select(table.c.id).limit(1)) is not None


def listed(connection: Connection, ref: Ref | None = None, party: str | None = None) -> list[Row[Any]]:
    """Maskings, the oldest first: of one record, of one party (its digest), or all."""
    query = select(table).order_by(table.c.id)
    if ref is not None:
        query = query.where(table.c.kind == ref[0].value, table.c.record == ref[1])
    if party is not None:
        query = query.where(table.c.party == party)
    return list(connection.execute(query))
