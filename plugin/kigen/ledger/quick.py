"""Reading and deleting kigen's own rows by thousands of ids: packed by the server where it can, bound as one list.

Names of tables and columns are kigen's own and stand in the program; every value is bound.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from kigen.packing import Ids, can_pack, unpacked

BATCH = 1000


def by_ids(
    connection: Connection, table: Table, columns: str, by: str, ids: Iterable[int], kind: str | None = None,
    also: str = "", lock: bool = False,
) -> Iterator[Sequence[Any]]:  # fmt: skip
    """Rows of a table whose column `by` is one of `ids`, and of one kind; instants come as text, see `instant`.

    `also` is a further condition in SQL, without values. With `lock` the rows and the gaps between are locked.
    """
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start : start + BATCH]
        marks = ",".join("?" * len(batch)) if connection.dialect.name == "sqlite" else ""
        condition = f"{by} IN ({marks})" if marks else f"{by} IN %s"
        if kind is not None:
            condition = f"kind = {'?' if marks else '%s'} AND {condition}"
        if also:
            condition = f"{condition} AND {also}"
        values: tuple[Any, ...] = () if kind is None else (kind,)
        values = (*values, *batch) if marks else (*values, Ids(batch))
        yield from rows(connection, f"FROM {table.name} WHERE {condition}", columns, values, lock)


def rows(
    connection: Connection, rest: str, columns: str, values: tuple[Any, ...] = (), lock: bool = False
) -> Sequence[Sequence[Any]]:
    """Rows of a statement, all at once: `rest` is everything from FROM on, `columns` what is selected from it."""
    tail = " FOR UPDATE" if lock and connection.dialect.name != "sqlite" else ""
    if can_pack(connection):
        query = f"SELECT COUNT(*), JSON_ARRAYAGG(JSON_ARRAY({columns})) {rest}{tail}"
        found = unpacked(*connection.exec_driver_sql(query, values).one())
        if found is not None:
            return found
    return connection.exec_driver_sql(f"SELECT {columns} {rest}{tail}", values).all()


def packed(connection: Connection, query: Select[Any]) -> Sequence[Sequence[Any]]:
    """The rows of a query of few plain columns, packed where the server can: texts and numbers, no instants."""
    if can_pack(connection):
        inner = query.subquery()
        wanted = select(func.count(), func.json_arrayagg(func.json_array(*inner.c)))
        found = unpacked(*connection.execute(wanted.select_from(inner)).one())
        if found is not None:
            return found
    return connection.execute(query).all()


def remove_ids(connection: Connection, table: Table, kind: str, ids: Iterable[int]) -> int:
    """Delete the rows of records of one kind from a table keyed by kind and id."""
    gone = 0
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start : start + BATCH]
        if connection.dialect.name == "sqlite":
            marks = ",".join("?" * len(batch))
            statement = f"DELETE FROM {table.name} WHERE kind = ? AND id IN ({marks})"  # noqa: S608 - see the head
            gone += connection.exec_driver_sql(statement, (kind, *batch)).rowcount
        else:
            statement = f"DELETE FROM {table.name} WHERE kind = %s AND id IN %s"  # noqa: S608 - see the head
            gone += connection.exec_driver_sql(statement, (kind, Ids(batch))).rowcount
    return gone


@lru_cache(maxsize=4096)
def _parsed(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def instant(value: Any) -> dt.datetime | None:
    """An instant as `by_ids` gives it: text from JSON or SQLite, a date-time from the driver, or None."""
    if value is None:
        return None
    return _parsed(value) if isinstance(value, str) else value.replace(tzinfo=dt.UTC)
