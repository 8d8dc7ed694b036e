"""The column words in which the WHMCS tables are written, and how zero dates live on each engine.

WHMCS stores "no date" as 0000-00-00. MariaDB and MySQL keep that in DATE and DATETIME; SQLite has no dates, so there
the same characters are kept as TEXT, which also sorts and compares like a date. What comes back is what the driver
gives: text from SQLite, date objects or the raw zero text from PyMySQL.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.mysql import MEDIUMTEXT, TINYINT
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import UserDefinedType

NO_DAY = "0000-00-00"
NO_MOMENT = "0000-00-00 00:00:00"

metadata = MetaData()


class HostDate(UserDefinedType[Any]):
    """A DATE that may be zero; takes text, date or datetime (the time is dropped)."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "DATE"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        def as_text(value: Any) -> Any:
            return str(value)[:10] if isinstance(value, date) else value

        return as_text


class HostDateTime(UserDefinedType[Any]):
    """A DATETIME that may be zero, local to the host and without a zone; takes text, datetime or date (midnight)."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "DATETIME"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        def as_text(value: Any) -> Any:
            if isinstance(value, datetime):
                return value.isoformat(" ", "seconds")[:19]
            return f"{value} 00:00:00" if isinstance(value, date) else value

        return as_text


@compiles(HostDate, "sqlite")
@compiles(HostDateTime, "sqlite")
def _dates_are_text(*_: Any, **__: Any) -> str:
    return "TEXT"


MEDIUM = Text().with_variant(MEDIUMTEXT(), "mysql", "mariadb")
TINY = SmallInteger().with_variant(TINYINT(), "mysql", "mariadb")


def words(*names: str, medium: bool = False) -> list[Column[Any]]:
    """TEXT columns that are empty, never NULL. The default is an expression because MySQL allows no other on TEXT."""
    return [Column(name, MEDIUM if medium else Text(), nullable=False, server_default=text("('')")) for name in names]


def maybe_words(*names: str, medium: bool = False) -> list[Column[Any]]:
    """TEXT columns that may be NULL."""
    return [Column(name, MEDIUM if medium else Text()) for name in names]


def short(name: str, length: int, default: str | None = "") -> Column[Any]:
    """A VARCHAR (or what WHMCS has as ENUM); default None means that an insert must name it."""
    return Column(name, String(length), nullable=False, server_default=default)


def maybe_short(name: str, length: int) -> Column[Any]:
    """A VARCHAR that may be NULL."""
    return Column(name, String(length))


def link(*names: str) -> list[Column[Any]]:
    """Whole numbers that an insert must name: the row makes no sense without them."""
    return [Column(name, Integer, nullable=False) for name in names]


def number(*names: str, default: int = 0) -> list[Column[Any]]:
    """Whole numbers, and links that may lead nowhere (0)."""
    return [Column(name, Integer, nullable=False, server_default=text(str(default))) for name in names]


def maybe_number(name: str) -> Column[Any]:
    """A whole number that may be NULL."""
    return Column(name, Integer)


def flag(*names: str, default: int = 0) -> list[Column[Any]]:
    """0 or 1."""
    return [Column(name, TINY, nullable=False, server_default=text(str(default))) for name in names]


def money(*names: str, precision: int = 16, scale: int = 2, default: int | None = 0) -> list[Column[Any]]:
    """Amounts; Decimal on every engine. SQLite counts in floats anyway, so it is told so, and rounds on reading."""
    amount = Numeric(precision, scale).with_variant(Float(decimal_return_scale=scale, asdecimal=True), "sqlite")
    zero = None if default is None else text(f"{default:.{scale}f}")
    return [Column(name, amount, nullable=False, server_default=zero) for name in names]


def day(*names: str) -> list[Column[Any]]:
    """Dates that are zero when there is none."""
    return [Column(name, HostDate(), nullable=False, server_default=NO_DAY) for name in names]


def maybe_day(name: str) -> Column[Any]:
    """A date that may be NULL or zero."""
    return Column(name, HostDate())


def moment(*names: str) -> list[Column[Any]]:
    """Date-times that are zero when there is none."""
    return [Column(name, HostDateTime(), nullable=False, server_default=NO_MOMENT) for name in names]


def maybe_moment(*names: str) -> list[Column[Any]]:
    """Date-times that may be NULL or zero."""
    return [Column(name, HostDateTime()) for name in names]


def table(name: str, *columns: Column[Any] | list[Column[Any]], keys: str = "", unique: str = "") -> Table:
    """One WHMCS table with its id.

    Each word of `keys` is an index, "a+b" over two columns, "a(8)" over the first 8 characters where the engine can.
    The ids of deleted rows are never used again, on SQLite as on MariaDB: old logs must not point at a new person.
    """
    flat = [c for item in columns for c in (item if isinstance(item, list) else [item])]
    made = Table(
        name, metadata, Column("id", Integer, primary_key=True, autoincrement=True), *flat,
        sqlite_autoincrement=True,
        mysql_engine="InnoDB", mysql_charset="utf8mb4", mariadb_engine="InnoDB", mariadb_charset="utf8mb4",
    )  # fmt: skip
    for key in keys.split():
        column, _, length = key.rstrip(")").partition("(")
        prefix = {column: int(length)} if length else None
        # The table's name is part of the index's name, because SQLite keeps all indexes in one name space.
        index = f"{name}_{column.replace('+', '_')}"
        Index(index, *(made.c[c] for c in column.split("+")), mysql_length=prefix, mariadb_length=prefix)
    for key in unique.split():
        Index(f"{name}_{key}", made.c[key], unique=True)
    return made
