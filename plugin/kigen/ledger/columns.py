"""How kigen's tables are made on either engine: instants, counted keys, long texts, and what all have in common."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, Table, Text
from sqlalchemy.dialects.mysql import DATETIME, MEDIUMTEXT
from sqlalchemy.types import TypeDecorator

KEY = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only INTEGER keys
LONG = Text().with_variant(MEDIUMTEXT, "mysql")

metadata = MetaData()
"""All of kigen's tables, whichever file declares them; `kigen.ledger.tables` brings them together."""


class Instant(TypeDecorator[dt.datetime]):
    """An instant, stored as naive UTC with microseconds and given back aware; naive values are refused."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(DATETIME(fsp=6) if dialect.name == "mysql" else DateTime())

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return value and value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        return None if value is None else value.replace(tzinfo=dt.UTC)


def table(metadata: MetaData, name: str, *parts: Any) -> Table:
    """A table that takes part in transactions, compares bytes and never gives a counted number twice."""
    return Table(
        name, metadata, *parts, mysql_engine="InnoDB", mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin",
        sqlite_autoincrement=True,
    )  # fmt: skip
