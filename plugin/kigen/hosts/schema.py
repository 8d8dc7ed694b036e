"""The live schema of a host's database: tables, columns, engines and foreign keys as they are, never as assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Connection, inspect, text


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


def read_schema(connection: Connection) -> LiveSchema:
    """Read the schema of the connection's database: five queries on MariaDB and MySQL whatever its size."""
    if connection.dialect.name == "sqlite":
        return _read_sqlite(connection)
    types: dict[str, dict[str, str]] = {}
    rows = connection.execute(
        text(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = DATABASE()"
        )
    )
    for table, column, type_ in rows:
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
    indexes: dict[str, dict[str, str]] = {}
    unique = connection.scalars(
        text(
            "SELECT MIN(table_name) FROM information_schema.statistics WHERE table_schema = DATABASE()"
            " AND non_unique = 0 GROUP BY table_name, index_name HAVING COUNT(*) = 1 AND MIN(column_name) = 'id'"
        )
    )
    by_id = frozenset(table for table, names in types.items() if "id" in names)
    rows = connection.execute(
        text(
            "SELECT * FROM information_schema.statistics"
            " WHERE table_schema = DATABASE() AND seq_in_index = 1 AND sub_part IS NULL AND index_type = 'BTREE'"
            " ORDER BY table_name, column_name, index_name"
        )
    )
    for row in rows.mappings():
        told = {name.lower(): value for name, value in row.items()}
        # One that the server is told to overlook cannot be forced: MariaDB calls it ignored, MySQL invisible.
        if told.get("ignored", "NO") == "NO" and told.get("is_visible", "YES") == "YES":
            indexes.setdefault(told["table_name"], {}).setdefault(told["column_name"], str(told["index_name"]))
    return LiveSchema(
        {table: frozenset(names) for table, names in types.items()},
        {table: engine or "" for table, engine in engines},
        tuple(ForeignKey(*row) for row in keys),
        types,
        indexes,
        by_id - set(unique),
    )


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
