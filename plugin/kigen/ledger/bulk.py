"""Writing many rows at once, the same on both engines: insert, or update what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, and_, delete
from sqlalchemy.dialects import mysql, sqlite

BATCH = 500

T = TypeVar("T")


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where the primary key is there already, its other columns named in the rows are overwritten.

    All rows name the same columns; ValueError otherwise, since a value that only a later row names would be lost.
    """
    if not rows:
        return
    if any(row.keys() != rows[0].keys() for row in rows):
        raise ValueError(f"{table.name}: rows written together name different columns")
    keys = {column.name for column in table.primary_key}
    rest = [name for name in rows[0] if name not in keys]
    for batch in batches(rows):
        if connection.dialect.name == "sqlite":
            insert = sqlite.insert(table)
            overwrite = {name: insert.excluded[name] for name in rest}
            connection.execute(insert.on_conflict_do_update(index_elements=sorted(keys), set_=overwrite), batch)
        else:
            upsert = mysql.insert(table)
            connection.execute(upsert.on_duplicate_key_update({name: upsert.inserted[name] for name in rest}), batch)


def remove(connection: Connection, table: Table, kind: str, ids: Iterable[int]) -> int:
    """Delete the rows of records of one kind from a table keyed by kind and id."""
    gone = 0
    for batch in batches(sorted(set(ids))):
        gone += connection.execute(delete(table).where(and_(table.c.kind == kind, table.c.id.in_(batch)))).rowcount
    return gone


def batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Pieces of at most BATCH."""
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
