"""What kigen remembers of records that go, taken as it is stored, so that it is there again when they come back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from kigen.ledger.bulk import put, written
from kigen.ledger.lifecycle import by_kind
from kigen.ledger.quick import by_refs
from kigen.ledger.quick import written as as_text
from kigen.ledger.tables import clocks, observed, records
from kigen.policy.records import RETURNED, Ref

TABLES: tuple[Table, ...] = (records, observed, clocks)

Remembered = Mapping[str, Sequence[Sequence[Any]]]
"""By table its rows, every value as the database writes it, in the order of the table's columns."""


def remembered(connection: Connection, refs: Iterable[Ref]) -> Remembered:
    """What is remembered of these records."""
    numbers_of, found = by_kind(refs), {}
    for table in TABLES:
        names = ", ".join(column.name for column in table.columns if column.name not in ("kind", "id"))
        found[table.name] = [[*map(as_text, row)] for row in by_refs(connection, table, names, numbers_of)]
    return found


def remember_again(connection: Connection, told: Remembered, refs: Iterable[Ref], now: dt.datetime) -> None:
    """Write it back, and that these records returned at `now`: they are to be looked at anew before anything acts."""
    for table in TABLES:
        names = ["kind", "id", *(column.name for column in table.columns if column.name not in ("kind", "id"))]
        rows = [dict(zip(names, row, strict=True)) for row in told.get(table.name, ())]
        if table is records:  # the gate takes none of them together with others while this reason stands
            rows = [{**row, "codes": "settling", "next_look": written(now)} for row in rows]
        put(connection, table, rows)
    returned = [{"kind": kind.value, "id": number, "name": RETURNED, "at": now} for kind, number in sorted(set(refs))]
    put(connection, observed, returned)
