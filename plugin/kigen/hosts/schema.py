"""The live schema of a host's database: tables, columns, engines and foreign keys as they are, never as assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, inspect, text

from kigen.packing import read_rows


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`table.column` refers to `target`; `on_delete` is RESTRICT, CASCADE, SET NULL or NO ACTION."""

    table: str
    column: str
    target: str
    on_delete: str


@dataclass(frozen=True)
class LiveSchema:
    """What is there now. `engines` and `types` (int, varchar, datetime, by table and column) are empty on SQLite.

    So are `indexes`: by table and column the name of one that begins with that column.
    """

    columns: dict[str, frozenset[str]]
    engines: dict[str, str]
    foreign_keys: tuple[ForeignKey, ...]
    types: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    indexes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ambiguous: frozenset[str] = frozenset()  # tables with an id that no unique index keeps from being there twice

    def has(self, table: str, *columns: str) -> bool:
        """Whether a table is there with all these columns."""
        return table in self.columns and self.columns[table].issuperset(columns)

    @cached_property
    def without_transactions(self) -> frozenset[str]:
        """Tables whose deletions could not be taken back (old MyISAM, Aria, MEMORY)."""
        return frozenset(table for table, engine in self.engines.items() if engine.lower() not in ("innodb", "rocksdb"))


COLUMNS = "table_name, column_name, data_type"
PACKED = f"COUNT(*), JSON_ARRAYAGG(JSON_ARRAY({COLUMNS}))"
COLUMNS_OF = "FROM information_schema.columns WHERE table_schema = DATABASE()"


def read_schema(connection: Connection) -> LiveSchema:
    """Read the schema of the connection's database: four queries on MariaDB and MySQL whatever its size."""
    if connection.dialect.name == "sqlite":
        return _read_sqlite(connection)
    types: dict[str, dict[str, str]] = {}
    # Thousands of rows on every run: packed, since the driver takes longer for them than the server.
    plain, packing = (f"SELECT {what} {COLUMNS_OF}" for what in (COLUMNS, PACKED))
    for table, column, type_ in read_rows(connection, plain, packing):
        types.setdefault(table, {})[column] = str(type_).lower()
    engines = connection.execute(
        text(
            "SELECT table_name, engine FROM information_schema.tables"
            " WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"
        )
    )
    keys = connection.execute(
        text(
            "SELECT k.table_name, k.column_name, k.referenced_table_name, r.delete_rule"
            " FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r"
            " ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name"
            " AND r.table_name = k.table_name"
            " WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL"
        )
    )
    indexes, unique = _read_indexes(connection)
    by_id = frozenset(table for table, names in types.items() if "id" in names)
    return LiveSchema(
        {table: frozenset(names) for table, names in types.items()},
        {table: engine or "" for table, engine in engines},
        tuple(ForeignKey(*row) for row in keys),
        types,
        indexes,
        by_id - unique,
    )


def _read_indexes(connection: Connection) -> tuple[dict[str, dict[str, str]], set[str]]:
    """By table and column an index that begins with it; and the tables in which no id stands twice."""
    rows = connection.execute(
        text(
            "SELECT * FROM information_schema.statistics WHERE table_schema = DATABASE()"
            " ORDER BY table_name, index_name, seq_in_index"
        )
    )
    names = [name.lower() for name in rows.keys()]  # noqa: SIM118 - its rows are what it walks; MySQL 8 has capitals
    table_at, index_at = names.index("table_name"), names.index("index_name")
    several: dict[tuple[str, str], list[Sequence[Any]]] = {}
    for row in rows:
        several.setdefault((row[table_at], row[index_at]), []).append(row)
    indexes: dict[str, dict[str, str]] = {}
    unique: set[str] = set()
    for (table, index), (begin, *more) in several.items():
        first = dict(zip(names, begin, strict=True))
        # One that the server is told to overlook cannot be forced: MariaDB calls it ignored, MySQL invisible.
        is_seen = first.get("ignored", "NO") == "NO" and first.get("is_visible", "YES") == "YES"
        if is_seen and first["index_type"] == "BTREE" and first["sub_part"] is None:
            indexes.setdefault(table, {}).setdefault(first["column_name"], index)
        if first["column_name"] == "id" and not first["non_unique"] and not more:
            unique.add(table)
    return indexes, unique


def _read_sqlite(connection: Connection) -> LiveSchema:
    inspector = inspect(connection)
    tables = inspector.get_table_names()
    columns = {table: frozenset(column["name"] for column in inspector.get_columns(table)) for table in tables}
    keys = [
        ForeignKey(table, column, key["referred_table"], str(key.get("options", {}).get("ondelete", "NO ACTION")))
        for table in tables
        for key in inspector.get_foreign_keys(table)
        for column in key["constrained_columns"]
    ]
    return LiveSchema(columns, {}, tuple(keys))
