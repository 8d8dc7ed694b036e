"""What is taken out of a host's tables while somebody notes it: rows that go, and others' rows as they were before.

Noted in the order in which it happens and given back in the opposite one, so that no row is there before what it hangs
on. It names people: it lives in memory and, sealed, in kigen's quarantine.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, column, literal_column, select, table

from kigen.hosts.schema import LiveSchema

NOTING = "kigen_taken"
"""Under which a connection knows that what is taken is noted."""

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Piece:
    """Rows of one table that went, or, where `new` is not empty, one row of somebody else that was changed.

    `columns` are those of `rows`, in their order; of a changed row those that changed, and `key` tells which row it is.
    """

    table: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    new: Row = ()
    key: tuple[tuple[str, Any], ...] = ()

    def as_json(self) -> list[Any]:
        rows = [[*map(_written, row)] for row in self.rows]
        return [self.table, self.columns, rows, [*map(_written, self.new)], [[n, _written(v)] for n, v in self.key]]


@dataclass
class Taken:
    """What was taken, in its order. `clients` are those whose rows are in it besides the one that it was taken for."""

    pieces: list[Piece] = field(default_factory=list)
    clients: set[int] = field(default_factory=set)


def named_by(pieces: Iterable[Piece], columns: Collection[str]) -> set[int]:
    """The clients that rows name in columns of this name: whose a row is, or who wrote it."""
    return {
        row[place]
        for piece in pieces
        for place, name in enumerate(piece.columns)
        if name in columns
        for row in (*piece.rows, *([piece.new] if piece.new else []))
        if type(row[place]) is int and row[place] > 0
    }


def from_json(told: Sequence[Any]) -> Piece:
    """A piece again; ValueError or TypeError for anything else."""
    name, columns, rows, new, key = told
    return Piece(
        name, tuple(columns), tuple(tuple(map(_read, row)) for row in rows), tuple(map(_read, new)),
        tuple((one, _read(value)) for one, value in key),
    )  # fmt: skip


@contextmanager
def noting(connection: Connection) -> Iterator[Taken]:
    """Note what is taken on this connection from here to the end."""
    taken = Taken()
    connection.execution_options(**{NOTING: taken})
    try:
        yield taken
    finally:
        connection.execution_options(**{NOTING: None})


def noted(connection: Connection) -> Taken | None:
    """Where what is taken on this connection is noted now; None: nowhere."""
    found: Taken | None = connection.get_execution_options().get(NOTING)
    return found


def note_rows(connection: Connection, schema: LiveSchema, name: str, matching: ColumnElement[bool]) -> None:
    """Note the rows that are about to be deleted, locked, so that none is deleted that was not noted."""
    taken = noted(connection)
    if taken is not None:
        columns = tuple(sorted(schema.columns[name]))
        if rows := read_whole(connection, schema, name, columns, matching, lock=True):
            taken.pieces.append(Piece(name, columns, tuple(rows)))


@contextmanager
def note_changes(
    connection: Connection, schema: LiveSchema, changing: Iterable[tuple[str, Mapping[str, Any]]]
) -> Iterator[None]:
    """Note what becomes of rows (table and key of each) meanwhile, with the columns that a server sets by itself."""
    taken = noted(connection)
    rows = [(name, tuple(key.items())) for name, key in changing] if taken is not None else []
    before = [_one(connection, schema, *row) for row in rows]
    yield
    for (name, key), old in zip(rows, before, strict=True):
        new = _one(connection, schema, name, key)
        columns = tuple(one for one in sorted(schema.columns[name]) if old and new and old[one] != new[one])
        if taken is not None and old and new and columns:
            was, becomes = (tuple(row[one] for one in columns) for row in (old, new))
            taken.pieces.append(Piece(name, columns, (was,), becomes, key))


def read_whole(
    connection: Connection, schema: LiveSchema, name: str, columns: Sequence[str], matching: ColumnElement[bool],
    lock: bool = False,
) -> list[Row]:  # fmt: skip
    """Rows with these columns, exactly as they are stored."""
    types = schema.types.get(name, {})
    wanted = [_exactly(one, types.get(one, "")) for one in columns]
    query = select(*wanted).select_from(table(name)).where(matching)
    if lock and connection.dialect.name != "sqlite":
        query = query.with_for_update()
    return [tuple(row) for row in connection.execute(query)]


def by_key(key: Iterable[tuple[str, Any]]) -> ColumnElement[bool]:
    """The one row that has this key."""
    return and_(*(column(name) == value for name, value in key))


def _exactly(name: str, type_: str) -> ColumnElement[Any]:
    # A server shows six digits of a FLOAT; as a DOUBLE it shows all that is stored.
    quoted = f"`{name.replace('`', '``')}`"
    return literal_column(f"({quoted} + 0e0)" if type_ == "float" else quoted)


def _one(
    connection: Connection, schema: LiveSchema, name: str, key: tuple[tuple[str, Any], ...]
) -> dict[str, Any] | None:
    columns = sorted(schema.columns[name])
    found = read_whole(connection, schema, name, columns, by_key(key), lock=True)
    return dict(zip(columns, found[0], strict=True)) if len(found) == 1 else None


def _written(value: Any) -> Any:
    """A value of a driver as JSON; what JSON has not is told with its sort."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dt.datetime):
        return {"t": value.isoformat()}
    if isinstance(value, dt.date):
        return {"d": value.isoformat()}
    if isinstance(value, dt.timedelta):
        return {"s": value // dt.timedelta(microseconds=1)}
    if isinstance(value, Decimal):
        return {"n": str(value)}
    return {"b": base64.b64encode(bytes(value)).decode()}


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((sort, told),) = value.items()
    return _SORTS[sort](told)


_SORTS: Mapping[str, Any] = {
    "t": dt.datetime.fromisoformat,
    "d": dt.date.fromisoformat,
    "s": lambda told: dt.timedelta(microseconds=told),
    "n": Decimal,
    "b": base64.b64decode,
}
