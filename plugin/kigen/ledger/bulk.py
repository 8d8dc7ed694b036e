"""Writing many rows at once, the same on both engines: insert, or settle with what is there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Table, and_, delete

BATCH = 500
PACKET = 200_000
"""Characters of one statement that writes many rows."""

T = TypeVar("T")
_PLAIN = frozenset({int, str, type(None)})


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where the primary key is there already, its other columns named in the rows are overwritten.

    All rows name the same columns; ValueError otherwise, since a value that only a later row names would be lost.
    """
    if not rows:
        return
    if any(row.keys() != rows[0].keys() for row in rows):
        raise ValueError(f"{table.name}: rows written together name different columns")
    keys = [column.name for column in table.primary_key]
    names = list(rows[0])
    columns = [_plain_column([row[name] for row in rows]) for name in names]
    rest = {name: f"{{new.{name}}}" for name in names if name not in keys}
    merge(connection, table, names, list(zip(*columns, strict=True)), keys, rest)


def _plain_column(values: list[Any]) -> list[Any]:
    """Most columns need nothing, and the sorts of their values tell which."""
    return values if _PLAIN.issuperset(map(type, values)) else [_plain(value) for value in values]


def _plain(value: Any) -> str | int | None:
    if value is None or type(value) is str or type(value) is int:
        return value
    if isinstance(value, dt.datetime):
        return written(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{value!r} is neither text, a whole number, a date nor an instant")


def insert(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows as `merge` does; one whose unique key is there already is an error."""
    _send(connection, _inserting(table, names), "", len(names), rows)


def add(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> int:
    """Insert rows as `merge` does; those whose unique key is there already are left out. Returns how many were new."""
    if connection.dialect.name == "sqlite":
        return _send(connection, _inserting(table, names), "ON CONFLICT DO NOTHING", len(names), rows)
    return _send(connection, _inserting(table, names, "IGNORE "), "", len(names), rows)


def merge(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]],
    key: Sequence[str], otherwise: Mapping[str, str],
) -> None:  # fmt: skip
    """Insert rows, values in the order of `names`, instants as `written` gives them: nothing is prepared row by row.

    Where the unique `key` is there already, `otherwise` says what its columns become, with `{new.name}` for the value
    that was to be inserted. MariaDB sets them one after another, so that a later one sees what became of the earlier.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    new = _New("excluded.`{}`" if is_sqlite else "VALUES(`{}`)")
    overwritten = ", ".join(f"`{name}` = {value.format(new=new)}" for name, value in otherwise.items())
    conflict = f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET" if is_sqlite else "ON DUPLICATE KEY UPDATE"
    _send(connection, _inserting(table, names), f"{conflict} {overwritten}", len(names), rows)


class _New:
    """What `{new.name}` stands for."""

    def __init__(self, form: str) -> None:
        self._form = form

    def __getattr__(self, name: str) -> str:
        return self._form.format(name)


def _inserting(table: Table, names: Sequence[str], how: str = "") -> str:
    return f"INSERT {how}INTO `{table.name}` ({', '.join(f'`{name}`' for name in names)}) VALUES"


def _send(connection: Connection, before: str, after: str, width: int, rows: Sequence[tuple[Any, ...]]) -> int:
    """How many rows the database says it touched."""
    if not rows:
        return 0
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * width)
        return connection.exec_driver_sql(f"{before} ({places}) {after}", list(rows)).rowcount
    touched = 0
    for values in _packets(rows, _escaping(connection)):
        statement = f"{before} {values} {after}"
        touched += connection.exec_driver_sql(statement, execution_options={"no_parameters": True}).rowcount
    return touched


def _packets(rows: Sequence[tuple[Any, ...]], escape: Callable[[str], str]) -> Iterator[str]:
    """The rows as text, in pieces that are quickly executed and that every server takes as one packet."""
    columns = [_literals(column, escape) for column in zip(*rows, strict=True)]
    texts = list(map(",".join, zip(*columns, strict=True)))
    begin, length = 0, 0
    for end, one in enumerate(map(len, texts)):
        length += one + 3  # with its brackets and a comma
        if length > PACKET and end > begin:
            yield f"({'),('.join(texts[begin:end])})"
            begin, length = end, one + 3
    yield f"({'),('.join(texts[begin:])})"


def _literals(column: Sequence[Any], escape: Callable[[str], str]) -> Iterable[str]:
    """What the driver's own executemany would make of one column's values, many times faster where none is escaped."""
    types = set(map(type, column))
    if types == {int}:
        return map(str, column)
    if types == {str} and _is_plain("".join(column)):
        return [f"'{value}'" for value in column]
    return [_literal(value, escape) for value in column]


def _literal(value: str | int | None, escape: Callable[[str], str]) -> str:
    if type(value) is str:
        return f"'{value}'" if _is_plain(value) else escape(value)
    return "NULL" if value is None else str(value) if type(value) is int else escape(str(value))


_is_plain = re.compile(r"[ -&(-\[\]-~]*").fullmatch  # printable, of ASCII, neither quote nor backslash


def _escaping(connection: Connection) -> Callable[[str], str]:
    driver: Any = connection.connection.driver_connection
    return cast("Callable[[str], str]", driver.escape)


def written(at: dt.datetime) -> str:
    """An instant as both engines store it; ValueError for one without a zone."""
    if at.tzinfo is not dt.UTC:
        if at.tzinfo is None:
            raise ValueError("an instant needs a zone")
        at = at.astimezone(dt.UTC)
    return _WRITTEN % (at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond)


_WRITTEN = "%04d-%02d-%02d %02d:%02d:%02d.%06d"  # written in half the time that `isoformat` and others take


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
