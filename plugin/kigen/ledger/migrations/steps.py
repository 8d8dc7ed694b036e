"""What a migration is written in: column types of both engines, and steps that look first and so can be repeated.

MariaDB and MySQL commit every change of a schema by itself: an upgrade that was interrupted left some of its tables,
and possibly a table without its indexes. Run again, it makes what is missing.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

BIG = sa.BigInteger()
DAY = sa.Date()
FLAG = sa.Boolean()
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite counts up only INTEGER keys
TEXT = sa.Text()
LONG = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
BYTES = sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql")
INSTANT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")  # naive UTC, with microseconds


def required(name: str, kind: Any, **options: Any) -> sa.Column[Any]:
    """A column that is never NULL."""
    return sa.Column(name, kind, nullable=False, **options)


def counted() -> sa.Column[Any]:
    """The key `id` that the database counts up; a number is never given twice, also on SQLite."""
    return sa.Column("id", NUMBER, primary_key=True, autoincrement=True)


def key(name: str, kind: Any) -> sa.Column[Any]:
    """A column of a primary key that is written, not counted."""
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def create_table(name: str, *parts: sa.schema.SchemaItem) -> None:
    """Create a table with its keys and unique constraints, which MariaDB makes all at once; indexes come after."""
    if sa.inspect(op.get_bind()).has_table(name):
        return
    is_counted = any(isinstance(part, sa.Column) and part.autoincrement is True for part in parts)
    op.create_table(
        name, *parts, mysql_engine="InnoDB", mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin",
        sqlite_autoincrement=is_counted,
    )  # fmt: skip


def create_index(name: str, table: str, *columns: str) -> None:
    """Create an index unless the table has one of this name."""
    if name not in {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(table)}:
        op.create_index(name, table, list(columns))


def drop_index(name: str, table: str) -> None:
    """Drop an index where the table has one of this name."""
    if name in {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(table)}:
        op.drop_index(name, table_name=table)


def add_column(table: str, column: sa.Column[Any]) -> None:
    """Add a column that may be NULL, unless the table has it."""
    if column.name not in {one["name"] for one in sa.inspect(op.get_bind()).get_columns(table)}:
        op.add_column(table, column)
