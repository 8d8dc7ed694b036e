"""Set-wise reading, locking and deleting of a host's rows by an indexed column; absent columns read as None.

MariaDB and MySQL pack the rows of a batch into one JSON text, because the driver takes a microsecond for every value
and JSON a tenth of that. An answer that is cut off, or that JSON cannot hold, is read again row by row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, column, delete, table
from sqlalchemy.sql import ColumnElement

from kigen.hosts.schema import LiveSchema
from kigen.hosts.taken import note_rows, noted
from kigen.packing import Ask, Ids, read_rows, read_together

BATCH = 999
"""Ids in one IN list: long enough to be fast, short enough for every server's packet and parser. From 1000 on MariaDB
makes a table of the list (in_predicate_conversion_threshold), and then walks the other one whatever index is forced."""

TEXTS = frozenset("char varchar tinytext text mediumtext longtext enum set".split())
NUMBERS_AND_DATES = frozenset(
    "tinyint smallint mediumint int bigint decimal float double date datetime timestamp".split()
)
"""Types of columns that JSON gives back as they are: dates as text, which `read_when` takes. Others are never packed:
one binary column would make the whole text binary."""


class Wanted(NamedTuple):
    """Rows to read: what `Rows.read` takes."""

    name: str
    columns: Sequence[str]
    by: str
    ids: Iterable[Any] | None  # None: every row of a small table, by a plain read
    known: tuple[str, Collection[Any]] | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """One connection's rows. With `lock`, reading takes row locks that last until the transaction ends."""

    connection: Connection
    schema: LiveSchema
    lock: bool = False

    def read(
        self, name: str, columns: Sequence[str], by: str, ids: Iterable[Any],
        known: tuple[str, Collection[Any]] | None = None,
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Rows of a table whose column `by` is one of `ids`; none where the table or that column is absent.

        `id` and `by` are always among the columns. A column that this installation does not have reads as None. Dates
        come as date objects or as text.

        `known` are another column and its values by which the caller has read this table already: those rows need not
        come a second time. A locking read ignores that, since it has to lock by both.
        """
        found: list[dict[str, Any]] = []
        for names, ask in self._asks(Wanted(name, columns, by, ids, known)):
            (rows,) = read_together(self.connection, (ask,))
            found += [dict(zip(names, row, strict=True)) for row in rows]
        return found

    def read_all(self, *wanted: Wanted) -> list[list[dict[str, Any]]]:
        """What `read` gives for each of these, read in this order and together where the server can."""
        parts = [(place, *part) for place, one in enumerate(wanted) for part in self._asks(one)]
        found: list[list[dict[str, Any]]] = [[] for _ in wanted]
        answers = read_together(self.connection, [ask for *_, ask in parts])
        for (place, names, _), rows in zip(parts, answers, strict=True):
            found[place] += [dict(zip(names, row, strict=True)) for row in rows]
        return found

    def _asks(self, one: Wanted) -> Iterator[tuple[tuple[str, ...], Ask]]:
        """For each batch of ids the names of the columns that come, and the reading; see `read`."""
        if not self.schema.has(one.name, one.by):
            return
        names = tuple(dict.fromkeys(("id", *one.columns, one.by)))
        there = self.schema.columns[one.name]
        present = tuple(name if name in there else None for name in names)
        types = self._types(one.name, present)
        plain, listed = _plain(present), _listed(present, types) if types else None
        if one.ids is None:
            yield names, Ask(plain, listed, f"FROM {quoted(one.name)}")
            return
        for batch in batches(one.ids):
            matching, values = self._matching(one.name, one.by, batch)
            if one.known and one.known[1] and not self.lock and self.schema.has(one.name, one.known[0]):
                more, others = self._without(*one.known)
                matching, values = f"{matching}{more}", (*values, *others)
            yield names, Ask(plain, listed, f"FROM {quoted(one.name)}{matching}", values)

    def ids(self, name: str, by: str, ids: Iterable[Any], also: str = "") -> set[int]:
        """The ids of such rows by a plain read, which locks nothing; `also` is a further condition of kigen's own."""
        found: set[int] = set()
        plain = replace(self, lock=False)
        for batch in batches(ids):
            matching, values = plain._matching(name, by, batch)
            statement = f"SELECT id FROM {quoted(name)}{matching}{' AND ' if also else ''}{also}"  # noqa: S608 - as above
            found.update(self.connection.exec_driver_sql(statement, values).scalars())
        return found

    def page(
        self, name: str, columns: Sequence[str], key: Sequence[str], after: Sequence[Any] | None, limit: int
    ) -> list[dict[str, Any]]:
        """The next rows of a table by their key, above `after` (None: from the start); never locked, empty at the end.

        A key of one number is walked by thousands of rows in one packed answer.
        """
        marks = "?" if self.connection.dialect.name == "sqlite" else "%s"
        names = ", ".join(map(quoted, key))
        above = f" WHERE ({names}) > ({', '.join(marks for _ in key)})" if after is not None else ""
        ordered = f"{above} ORDER BY {names} LIMIT {int(limit)}"
        present = tuple(dict.fromkeys((*key, *columns)))
        types = self._types(name, present) if len(key) == 1 else ()
        packing = None
        if types and types[0] in NUMBERS_AND_DATES:
            packing = f"SELECT COUNT(*), {_listed(present, types)} FROM (SELECT * FROM {quoted(name)}{ordered}) packed"  # noqa: S608 - names of the live schema
        plain = f"SELECT {_plain(present)} FROM {quoted(name)}{ordered}"  # noqa: S608 - as above; values are bound
        found = read_rows(self.connection, plain, packing, tuple(after or ()))
        return [dict(zip(present, row, strict=True)) for row in found]

    def _types(self, name: str, present: tuple[str | None, ...]) -> tuple[str, ...]:
        """The types of the columns where all of them can be packed, else nothing."""
        known = self.schema.types.get(name, {})
        types = tuple(known.get(one, "") if one else "int" for one in present)
        return types if TEXTS.union(NUMBERS_AND_DATES).issuperset(types) else ()

    def _matching(self, name: str, by: str, batch: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
        """The condition on the batch as SQL, and the values to bind."""
        if self.connection.dialect.name == "sqlite":
            return f" WHERE {quoted(by)} IN ({','.join('?' * len(batch))})", tuple(batch)
        # The driver binds a whole list at once, in half the time that it takes for as many single values.
        # The server would rather walk a small table, and lock every row that it sees; and a large one where most rows
        # hold the same value, such as order 0 of domains, which is none of those asked for.
        index = self.schema.indexes.get(name, {}).get(by)
        forced = f" FORCE INDEX ({quoted(index)})" if index else ""
        return f"{forced} WHERE {quoted(by)} IN %s{' FOR UPDATE' if self.lock else ''}", (bound(batch),)

    def _without(self, by: str, ids: Collection[Any]) -> tuple[str, tuple[Any, ...]]:
        """No server looks for an index of an expression, so that it takes the one of the column that was asked for."""
        distinct = sorted(set(ids))
        if self.connection.dialect.name == "sqlite":
            return f" AND COALESCE({quoted(by)}, -1) NOT IN ({','.join('?' * len(distinct))})", tuple(distinct)
        return f" AND COALESCE({quoted(by)}, -1) NOT IN %s", (bound(distinct),)

    def run(self, statement: str, parameters: Sequence[object] = ()) -> Sequence[Sequence[Any]]:
        """All rows of a statement of kigen's own; values are bound where it says %s, on every engine."""
        return self.connection.exec_driver_sql(self._placed(statement), tuple(parameters)).fetchall()

    def values(self, statement: str, parameters: Sequence[object] = ()) -> list[Any]:
        """The one column, named v, that a statement selects; packed where the server can."""
        packing = f"SELECT COUNT(*), JSON_ARRAYAGG(JSON_ARRAY(v)) FROM ({statement}) packed"  # noqa: S608 - kigen's own
        plain = self._placed(statement)
        return [value for (value,) in read_rows(self.connection, plain, packing, tuple(parameters))]

    def _placed(self, statement: str) -> str:
        return statement.replace("%s", "?") if self.connection.dialect.name == "sqlite" else statement

    def delete(self, name: str, by: str, ids: Iterable[Any], also: ColumnElement[bool] | None = None) -> int:
        """Delete rows whose column `by` is one of `ids` and that meet `also`; 0 where the table is absent."""
        if not self.schema.has(name, by):
            return 0
        gone = 0
        for batch in batches(ids):
            if noted(self.connection) is not None:
                note_rows(self.connection, self.schema, name, _all(column(by).in_(batch), also))
            if also is not None or self.connection.dialect.name == "sqlite":
                statement = delete(table(name)).where(_all(column(by).in_(batch), also))
                gone += self.connection.execute(statement).rowcount
            else:
                plain = f"DELETE FROM {quoted(name)} WHERE {quoted(by)} IN %s"  # noqa: S608 - names of the live schema
                gone += self.connection.exec_driver_sql(plain, (bound(batch),)).rowcount
        return gone


def _all(condition: ColumnElement[bool], also: ColumnElement[bool] | None) -> ColumnElement[bool]:
    return condition if also is None else and_(condition, also)


def bound(batch: Sequence[Any]) -> Sequence[Any]:
    """A batch as the driver binds it as one value; other values than integers one by one."""
    return Ids(batch) if all(type(one) is int for one in batch) else batch


def quoted(name: str) -> str:
    """A table's or column's name as all engines take it."""
    return f"`{name.replace('`', '``')}`"


@lru_cache(maxsize=1000)
def _plain(present: tuple[str | None, ...]) -> str:
    return ", ".join(quoted(one) if one else "NULL" for one in present)


@lru_cache(maxsize=1000)
def _listed(present: tuple[str | None, ...], types: tuple[str, ...]) -> str:
    """Texts of whichever character set are converted first, or the server would mix them."""
    values = ", ".join(
        "NULL" if one is None else f"CONVERT({quoted(one)} USING utf8mb4)" if type_ in TEXTS else quoted(one)
        for one, type_ in zip(present, types, strict=True)
    )
    return f"JSON_ARRAYAGG(JSON_ARRAY({values}))"


def batches(ids: Iterable[Any]) -> Iterator[list[Any]]:
    """Distinct ids, ascending, in lists of at most BATCH; nothing for no ids."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]
