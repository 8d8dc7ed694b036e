"""What the live columns allow and how a row is told apart: read once per schema, so that every mask fits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, inspect, text

from kigen.policy.masks_shape import Family, Shape

SEARCHED = frozenset({Family.TEXT, Family.BYTES, Family.JSON})
"""Columns that may hold a person's words."""

_SET = re.compile(r"'((?:[^']|'')*)'")
_DECLARED = re.compile(r"\s*(\w+)(?:\((\d+)\))?")
_IS_JSON = re.compile(r"^\(*\s*json_valid\(\s*`?(\w+)`?\s*\)\s*\)*$", re.IGNORECASE)
_WIDE = frozenset("mediumtext longtext mediumblob longblob blob json".split())


@dataclass(frozen=True)
class TableShape:
    """One table: its columns, the columns that tell one row from all others (none: it has no such key)."""

    columns: Mapping[str, Shape]
    key: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Columns that may hold a person's words, in their order."""
        return tuple(name for name, shape in self.columns.items() if shape.family in SEARCHED)

    @property
    def is_numbered(self) -> bool:
        """Whether the key is one whole number, which grows with every new row."""
        return len(self.key) == 1 and self.columns[self.key[0]].family is Family.INTEGER

    @property
    def is_wide(self) -> bool:
        """Whether one row can be as long as a letter with what was attached to it."""
        return any(shape.type in _WIDE for shape in self.columns.values())


Shapes = Mapping[str, TableShape]


@dataclass
class _Read:
    columns: dict[str, Shape] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def read_shapes(connection: Connection) -> Shapes:
    """All tables of the connection's database; three queries on MariaDB and MySQL whatever its size.

    SQLite enforces neither type nor length; what is declared there is taken as said.
    """
    if connection.dialect.name == "sqlite":
        return dict(_of_sqlite(connection))
    found: dict[str, _Read] = defaultdict(_Read)
    for row in _told(connection, "SELECT * FROM information_schema.columns WHERE table_schema = DATABASE()"
                                 " ORDER BY table_name, ordinal_position"):  # fmt: skip
        found[row["table_name"]].columns[row["column_name"]] = _shape(row)
    for row in _told(connection, "SELECT * FROM information_schema.statistics WHERE table_schema = DATABASE()"
                                 " AND non_unique = 0 ORDER BY table_name, index_name, seq_in_index"):  # fmt: skip
        found[row["table_name"]].keys[row["index_name"]].append(row["column_name"])
    for table, clause in _checks(connection):
        if (named := _IS_JSON.match(clause)) and named[1] in found[table].columns:
            column = found[table].columns[named[1]]
            found[table].columns[named[1]] = replace(column, type="json")
    return {name: _table(one) for name, one in found.items()}


def _told(connection: Connection, statement: str) -> Iterator[dict[str, Any]]:
    """Rows by names in small letters: MySQL 8 writes them in capitals."""
    for row in connection.execute(text(statement)).mappings():
        yield {name.lower(): value for name, value in row.items()}


def _checks(connection: Connection) -> Iterator[tuple[str, str]]:
    """Table and condition of every check; only MariaDB names the table, and only there JSON is a checked text."""
    if getattr(connection.dialect, "is_mariadb", False):
        for row in _told(
            connection, "SELECT * FROM information_schema.check_constraints WHERE constraint_schema = DATABASE()"
        ):
            yield row["table_name"], str(row["check_clause"])


def _shape(row: Mapping[str, Any]) -> Shape:
    type_ = str(row["data_type"]).lower()
    written = str(row["column_type"])
    values = tuple(value.replace("''", "'") for value in _SET.findall(written)) if type_ in ("enum", "set") else ()
    default = row["column_default"]
    literal = _SET.fullmatch(str(default)) if default is not None else None
    return Shape(
        type=type_,
        characters=row["character_maximum_length"],
        octets=row["character_octet_length"],
        charset=row["character_set_name"],
        nullable=row["is_nullable"] == "YES",
        unsigned="unsigned" in written,
        values=values,
        default=literal[1] if literal else None,
    )


def _table(found: _Read) -> TableShape:
    """A column of a unique key of several takes a value of its own as well, where it holds text: so none collide."""
    columns = dict(found.columns)
    for names in found.keys.values():
        for name in names:
            if name in columns and (len(names) == 1 or columns[name].family in (Family.TEXT, Family.BYTES)):
                columns[name] = replace(columns[name], unique=True)
    key = found.keys.get("PRIMARY") or min(
        (names for names in found.keys.values() if not any(columns[name].nullable for name in names)),
        key=len,
        default=[],
    )
    return TableShape(columns, tuple(key))


def _of_sqlite(connection: Connection) -> Iterator[tuple[str, TableShape]]:
    inspector = inspect(connection)
    for name in inspector.get_table_names():
        found = _Read()
        for row in connection.exec_driver_sql(f"PRAGMA table_info(`{name}`)"):
            _, column, declared, is_required, default, place = row
            type_, length = (_DECLARED.match(str(declared) or "text") or _DECLARED.match("text")).groups()  # type: ignore[union-attr]  # the last always matches
            literal = _SET.fullmatch(str(default)) if default is not None else None
            found.columns[column] = Shape(
                type=_OF_SQLITE.get(type_.lower(), type_.lower()), characters=int(length) if length else None,
                nullable=not is_required and not place, default=literal[1] if literal else None,
            )  # fmt: skip
            if place:
                found.keys["PRIMARY"].append(column)
        for index in inspector.get_indexes(name):
            if index["unique"]:
                found.keys[str(index["name"])] = [one for one in index["column_names"] if one]
        for constraint in inspector.get_unique_constraints(name):
            found.keys[f"{constraint['name']} {constraint['column_names']}"] = list(constraint["column_names"])
        yield name, _table(found)


_OF_SQLITE = {"clob": "text", "string": "text", "boolean": "tinyint", "int8": "bigint"}
"""Words of SQLite's own for types that the masks know by MariaDB's."""
