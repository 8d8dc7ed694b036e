"""Which rows are a client's by way of the client: the tables as data, from which changes are found without reading all.

A row names its client itself, or leads to it through other tables. The columns are those that the reading code reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kigen.hosts.rows import quoted
from kigen.hosts.schema import LiveSchema


@dataclass(frozen=True, slots=True)
class Step:
    """From a row on to the rows of another table: `column` here is `target` there."""

    column: str
    table: str
    target: str = "id"


@dataclass(frozen=True, slots=True)
class Way:
    """The rows of a table that count for a client, the columns that count, and how they lead to the client.

    `client` is a column of the table itself, or of the last one in `via`. `unless`: only rows that do not name that
    client in this column of their own. `nobodys`: only rows that name nobody (0) there.
    """

    table: str
    columns: tuple[str, ...]
    client: str
    via: tuple[Step, ...] = ()
    unless: str = ""
    nobodys: str = ""

    def is_there(self, schema: LiveSchema) -> bool:
        """Whether this installation has what the way needs; columns that only count may be absent."""
        tables = (self.table, *(step.table for step in self.via))
        own = [one for one in ("id", self.unless, self.nobodys) if one]
        return (
            schema.has(self.table, *own)
            and all(schema.has(table, step.column) for table, step in zip(tables, self.via, strict=False))
            and all(schema.has(step.table, step.target) for step in self.via)
            and schema.has(tables[-1], self.client)
        )

    @property
    def owner(self) -> str:
        """The column that names the client, in SQL; the table itself is t0 there."""
        return f"t{len(self.via)}.{quoted(self.client)}"

    def counted(self, schema: LiveSchema) -> list[str]:
        """What counts and is there, in SQL: the columns, and the ids of rows of which several may lead to one row."""
        there = schema.columns[self.table]
        own = [f"t0.{quoted(name)}" for name in dict.fromkeys(("id", *self.columns)) if name in there]
        links = ((n, step) for n, step in enumerate(self.via, 1) if step.target != "id")
        return [*own, *(f"t{n}.id" for n, step in links if schema.has(step.table, "id"))]

    def source(self, where: Sequence[str]) -> str:
        """FROM and WHERE in SQL; `where` are further conditions."""
        tables = (f"{quoted(self.table)} t0", *(f"{quoted(step.table)} t{n}" for n, step in enumerate(self.via, 1)))
        joined = [
            f"t{before}.{quoted(step.column)} = t{after}.{quoted(step.target)}"
            for (before, after), step in zip(pairwise(range(len(tables))), self.via, strict=True)
        ]
        unless = [f"COALESCE(t0.{quoted(self.unless)}, 0) <> {self.owner}"] if self.unless else []
        nobodys = [f"t0.{quoted(self.nobodys)} = 0"] if self.nobodys else []
        conditions = [*joined, *unless, *nobodys, *where] or ["1 = 1"]
        return f"FROM {', '.join(tables)} WHERE {' AND '.join(conditions)}"
