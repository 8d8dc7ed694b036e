"""Rows that travel as one JSON text: the driver takes a microsecond for every value, JSON a tenth of that."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from pymysql.converters import conversions, escape_str
from sqlalchemy import Connection, CursorResult, Select


class Ids(tuple[int, ...]):
    """Ids that are bound as one value, written by the driver in a tenth of the time that it takes for a list."""

    __slots__ = ()


def written(ids: Ids, _mapping: object = None) -> str:
    """The ids as the driver writes them into a statement; TypeError or ValueError for anything that is no integer."""
    return f"({','.join(map(str, map(int, ids)))})"


conversions[Ids] = written  # for every connection that is opened from here on, whoever opens it


class Bare(str):
    """A text as programs write it, such as JSON without line breaks: bound without a look at each of its letters."""

    __slots__ = ()


def unescaped(text: Bare, _mapping: object = None) -> str:
    """The text between quotes; where a sign in it means something to a server, as the driver writes any text."""
    is_bare = text.isprintable() and "'" not in text and "\\" not in text
    return f"'{text}'" if is_bare else escape_str(text)


conversions[Bare] = unescaped


class Ask(NamedTuple):
    """One reading: which columns, how the server makes one list of them (None: it cannot), and all from FROM on."""

    columns: str
    listed: str | None
    rest: str
    values: tuple[object, ...] = ()


def can_pack(connection: Connection) -> bool:
    """Whether the server knows JSON_ARRAYAGG. SQLite gives its rows fast enough as they are."""
    version = connection.dialect.server_version_info or (0,)
    if connection.dialect.name == "sqlite":
        return False
    return version >= ((10, 5) if getattr(connection.dialect, "is_mariadb", False) else (5, 7, 22))


MOST = 30
"""Readings in one statement."""


def read_together(connection: Connection, asks: Sequence[Ask]) -> list[Sequence[Any]]:
    """The rows of each, read one after the other, by MariaDB in one statement; a reading that locks does so there too.

    What a statement costs by itself, on the way and in driver and server, is most of what a small reading costs.
    """
    together = [(number, ask) for number, ask in enumerate(asks) if ask.listed]
    packed: dict[int, list[Any] | None] = {}
    if 1 < len(together) <= MOST and can_pack(connection) and getattr(connection.dialect, "is_mariadb", False):
        # Numbered, since a union has no order; one character set, since lists of several do not go into one column.
        union = " UNION ALL ".join(
            f"(SELECT {number}, COUNT(*), CONVERT({ask.listed} USING utf8mb4) {ask.rest})" for number, ask in together
        )
        values = tuple(value for _, ask in together for value in ask.values)
        answers: Sequence[Any] = _run(connection, union, values).all()
        packed = {number: unpacked(count, text) for number, count, text in answers}
    found: list[Sequence[Any]] = []
    for number, ask in enumerate(asks):
        rows = packed.get(number)
        packing = f"SELECT COUNT(*), {ask.listed} {ask.rest}" if ask.listed and number not in packed else None
        plain = f"SELECT {ask.columns} {ask.rest}"
        found.append(read_rows(connection, plain, packing, ask.values) if rows is None else rows)
    return found


def read_rows(
    connection: Connection, plain: str | Select[Any], packing: str | Select[Any] | None, values: tuple[object, ...] = ()
) -> Sequence[Any]:
    """The rows that `plain` selects; where the server can, those that `packing` makes one JSON list of.

    `packing` selects their number and the list, each row a list of its own. A list that is cut off, or that JSON
    cannot hold, is read again row by row.
    """
    if packing is not None and can_pack(connection):
        answer: Sequence[Any] = _run(connection, packing, values).one()
        found = unpacked(*answer)
        if found is not None:
            return found
    return _run(connection, plain, values).all()


def _run(connection: Connection, statement: str | Select[Any], values: tuple[object, ...]) -> CursorResult[Any]:
    if isinstance(statement, str):
        return connection.exec_driver_sql(statement, values)
    return connection.execute(statement)


def unpacked(count: int, text: str | bytes | None) -> list[Any] | None:
    """The values of a JSON list, None where it is not whole or not JSON. `count` is how many there must be."""
    if not count:
        return []
    try:
        values: list[Any] = json.loads(text or "", strict=False, parse_float=Decimal)
    except ValueError:
        return None
    return values if len(values) == count else None
