"""Set-wise reading, locking and deleting of a host's rows by an indexed column; absent columns read as None."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, column, delete, literal, select, table
from sqlalchemy.sql import ColumnElement

from kigen.hosts.schema import LiveSchema

BATCH = 1000
"""Ids in one IN list: long enough to be fast, short enough for every server's packet and parser."""


@dataclass(frozen=True, slots=True)
class Rows:
    """One connection's rows. With `lock`, reading takes row locks that last until the transaction ends."""

    connection: Connection
    schema: LiveSchema
    lock: bool = False

    def read(self, name: str, columns: Sequence[str], by: str, ids: Iterable[Any]) -> list[dict[str, Any]]:
        """Rows of a table whose column `by` is one of `ids`; none where the table or that column is absent.

        `id` and `by` are always among the columns. A column that this installation does not have reads as None.
        """
        return list(self._read(name, columns, by, ids))

    def _read(self, name: str, columns: Sequence[str], by: str, ids: Iterable[Any]) -> Iterator[dict[str, Any]]:
        if not self.schema.has(name, by):
            return
        there = self.schema.columns[name]
        wanted: list[ColumnElement[Any]] = [
            column(c) if c in there else literal(None).label(c) for c in dict.fromkeys(("id", *columns, by))
        ]
        query = select(*wanted).select_from(table(name))
        if self.lock:
            query = query.with_for_update()
        for batch in batches(ids):
            for row in self.connection.execute(query.where(column(by).in_(batch))).mappings():
                yield dict(row)

    def delete(self, name: str, by: str, ids: Iterable[Any], also: ColumnElement[bool] | None = None) -> int:
        """Delete rows whose column `by` is one of `ids` and that meet `also`; 0 where the table is absent."""
        if not self.schema.has(name, by):
            return 0
        gone = 0
        for batch in batches(ids):
            statement = delete(table(name)).where(column(by).in_(batch))
            if also is not None:
                statement = statement.where(also)
            gone += self.connection.execute(statement).rowcount
        return gone


def batches(ids: Iterable[Any]) -> Iterator[list[Any]]:
    """Distinct ids, ascending, in lists of at most BATCH; nothing for no ids."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]
