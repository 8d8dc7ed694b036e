"""How rows that were taken come back: with their numbers, each after what it hangs on, and exactly as they were, or not
at all.

Each is read again once it stands: what a server, a trigger or a changed schema made of it must be what was taken.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, column, table, text, true, update
from sqlalchemy.exc import DBAPIError

from kigen.hosts.rows import Rows, batches, quoted
from kigen.hosts.shapes import Shapes
from kigen.hosts.taken import Piece, Row, by_key, read_whole

UNIQUE, HANGING = 1062, 1452
"""What MariaDB and MySQL call a value that is there already, and a row that hangs on none."""

UNFIT = frozenset(
    {1048, 1054, 1146, 1264, 1265, 1292, 1364, 1366, 1406, 1442, 1452, 1644, 1690, 1906, 3105, 3819, 4025}
)
"""And their words for what the tables do not take any more; every other error is about the server."""

UNLIKE = frozenset({"float", "json", "bit", "geometry", "point"})
"""Types of columns by which a server does not find a row again that has the very value it was given."""

CHANGED = (
    "{table} does not take a row as it was: the schema or a trigger has changed since",
    "{table} に元の行を戻せません。スキーマまたはトリガーが変わっています",
)
NO_TABLE = (
    "the table {table} is gone since, so its rows have no place",
    "テーブル {table} がなくなったため、行を戻せません",
)
NO_COLUMN = ("the schema has changed since: {place} is gone", "スキーマが変わっています。{place} がありません")
TAKEN = (
    "{table}{said} is there already: its {key} was given to another row since",
    "{table}{said} はすでに存在します。{key} が別の行に付けられています",
)

_NAMED = re.compile(r"for key '(?:[\w$]+\.)?([\w$]+)'|UNIQUE constraint failed: ([\w$., ]+)$")


class CannotGiveBack(Exception):
    """A sentence why something cannot come back, without any value of a row; nothing of it may be committed.

    `words` are English and Japanese with the places of `values`, or one sentence where there is no Japanese.
    """

    def __init__(self, words: str | tuple[str, str], **values: object) -> None:
        english, japanese = (words, words) if isinstance(words, str) else words
        super().__init__(english.format(**values) if values else english)
        self.ja = japanese.format(**values) if values else japanese


@dataclass
class GivenBack:
    """Rows that came back or got their former words, by table; and rows of others that changed since and were left."""

    rows: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)


def give_back(rows: Rows, shapes: Shapes, pieces: Sequence[Piece]) -> GivenBack:
    """Put back what was taken, the last first, in the caller's transaction. Raises CannotGiveBack."""
    given = GivenBack()
    for piece in pieces:
        _check_columns(rows, piece)
    computed = _computed(rows.connection)
    with _as_stored(rows.connection):
        for piece in reversed(pieces):
            if piece.new:
                is_back = _change_back(rows, piece)
                (given.rows if is_back else given.left)[piece.table] += 1
            else:
                _insert(rows, shapes, piece, computed)
                given.rows[piece.table] += len(piece.rows)
    return given


def _check_columns(rows: Rows, piece: Piece) -> None:
    there = rows.schema.columns.get(piece.table)
    if there is None:
        raise CannotGiveBack(NO_TABLE, table=piece.table)
    for name in (*piece.columns, *(one for one, _ in piece.key)):
        if name not in there:
            raise CannotGiveBack(NO_COLUMN, place=f"{piece.table}.{name}")


def _insert(rows: Rows, shapes: Shapes, piece: Piece, computed: frozenset[tuple[str, str]]) -> None:
    key = shapes[piece.table].key if piece.table in shapes else ()
    if len(key) == 1:
        _check_numbers(rows, piece, key[0])
    places = [place for place, name in enumerate(piece.columns) if (piece.table, name) not in computed]
    is_sqlite = _is_sqlite(rows.connection)
    names = ", ".join(quoted(piece.columns[place]) for place in places)
    into = f"INSERT INTO {quoted(piece.table)} ({names})"
    marks = ", ".join(["?" if is_sqlite else "%s"] * len(places))
    statement = f"{into if is_sqlite else into.replace('%', '%%')} VALUES ({marks})"
    before = Counter() if key else _alike(rows, piece)
    try:
        rows.connection.exec_driver_sql(statement, [tuple(row[place] for place in places) for row in piece.rows])
    except DBAPIError as error:
        sentence = _sentence(error, piece.table)
        if sentence is None:
            raise
        raise CannotGiveBack(sentence) from None
    if key:
        _check_rows(rows, piece, key)
    elif _alike(rows, piece) - before != Counter(piece.rows):
        raise CannotGiveBack(CHANGED, table=piece.table)


def _alike(rows: Rows, piece: Piece) -> Counter[Row]:
    """How many rows of a table without a key are there that are just like those of a piece.

    The database finds them by what it compares as it is stored, and looking at each of them tells the rest.
    """
    types, wanted = rows.schema.types.get(piece.table, {}), set(piece.rows)
    found: Counter[Row] = Counter()
    compared = [place for place, name in enumerate(piece.columns) if types.get(name, "text") not in UNLIKE]
    by_value = {tuple(row[place] for place in compared) for row in wanted}
    for values in by_value:
        names = [piece.columns[place] for place in compared]
        like = (column(name).is_not_distinct_from(value) for name, value in zip(names, values, strict=True))
        matching = and_(true(), *like)
        same = read_whole(rows.connection, rows.schema, piece.table, piece.columns, matching)
        found.update(row for row in same if tuple(row[place] for place in compared) == values and row in wanted)
    return found


def _check_numbers(rows: Rows, piece: Piece, key: str) -> None:
    place = piece.columns.index(key)
    for batch in batches(row[place] for row in piece.rows):
        found = read_whole(rows.connection, rows.schema, piece.table, [key], column(key).in_(batch))
        for (number,) in sorted(found):
            said = f" {number}" if isinstance(number, int) else ""
            raise CannotGiveBack(TAKEN, table=piece.table, said=said, key=key)


def _check_rows(rows: Rows, piece: Piece, key: tuple[str, ...]) -> None:
    """Whether what stands there is what was taken."""
    places = [piece.columns.index(name) for name in key]
    wanted = {tuple(row[place] for place in places): row for row in piece.rows}
    for batch in batches(number for number, *_ in wanted):
        matching = column(key[0]).in_(batch)
        for row in read_whole(rows.connection, rows.schema, piece.table, piece.columns, matching, lock=True):
            mine = tuple(row[place] for place in places)
            if wanted.get(mine) == row:
                del wanted[mine]
    if wanted:
        raise CannotGiveBack(CHANGED, table=piece.table)


def _change_back(rows: Rows, piece: Piece) -> bool:
    """Give one row of somebody else its former words, where it still has those that took their place."""
    matching = by_key(piece.key)
    found = read_whole(rows.connection, rows.schema, piece.table, piece.columns, matching, lock=True)
    if found != [piece.new]:
        return False
    values: dict[Any, Any] = dict(zip(piece.columns, piece.rows[0], strict=True))
    columns: list[ColumnElement[Any]] = [column(name) for name in piece.columns]
    statement = update(table(piece.table, *columns)).values(values)  # type: ignore[arg-type]  # plain columns are clauses
    rows.connection.execute(statement.where(matching))
    return True


def _sentence(error: DBAPIError, name: str) -> tuple[str, str] | None:
    """What a refused row means; None for an error that is not about it. A driver's text may hold values."""
    args = getattr(error.orig, "args", ())
    number = args[0] if args and isinstance(args[0], int) else None
    said = str(args[-1]) if args else ""
    if number == UNIQUE or "UNIQUE constraint" in said:
        named = _NAMED.search(said)
        what = f" ({next(filter(None, named.groups()))})" if named else ""
        return (
            f"a value that {name} has only once{what} is taken by another row since",
            f"{name} で重複できない値{what}が、別の行で使われています",
        )
    if number == HANGING or "FOREIGN KEY constraint" in said:
        return f"a row of {name} hangs on one that is gone since", f"{name} の行が参照する行がなくなっています"
    if number in UNFIT or isinstance(error.orig, sqlite3.IntegrityError):
        return (
            f"{name} does not take a row as it was: the schema has changed since",
            f"{name} に元の行を戻せません。スキーマが変わっています",
        )
    return None


def _computed(connection: Connection) -> frozenset[tuple[str, str]]:
    """Table and column of what the server works out by itself and lets nobody write."""
    if _is_sqlite(connection):
        return frozenset()
    query = (
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = DATABASE() AND generation_expression IS NOT NULL AND generation_expression <> ''"
    )
    return frozenset((row[0], row[1]) for row in connection.execute(text(query)))


@contextmanager
def _as_stored(connection: Connection) -> Iterator[None]:
    """A number 0 is a number here and asks for no new one."""
    if _is_sqlite(connection):
        yield
        return
    connection.exec_driver_sql("SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
    try:
        yield
    finally:
        if not connection.invalidated:  # a lost connection has nothing to be set back
            connection.exec_driver_sql("SET SESSION sql_mode = ''")


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"
