"""A small FOSSBilling for tests: its tables on either engine, rows by keyword, and the whole database as a value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from tests.support.sql import DATA, load_sql


def create(url: str, version: str) -> None:
    """The tables of one version in an empty database."""
    script = (DATA / f"fossbilling-{version}.sql").read_text(encoding="utf-8")
    if url.startswith("sqlite"):
        script = script.replace("BIGINT AUTO_INCREMENT PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT")
    load_sql(url, script)


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """One transaction on the database, committed at the end; session time zone UTC, as kigen's own."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        if connection.dialect.name != "sqlite":
            connection.execute(text("SET time_zone = '+00:00'"))
        yield connection
    engine.dispose()


def put(connection: Connection, table: str, **values: Any) -> None:
    """One row; columns that are not named have their defaults."""
    names = ", ".join(f"`{name}`" for name in values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO `{table}` ({names}) VALUES ({marks})"), values)


def rows(connection: Connection, table: str, where: str = "1 = 1") -> list[dict[str, Any]]:
    """Rows of a table by id."""
    found = connection.execute(text(f"SELECT * FROM `{table}` WHERE {where} ORDER BY id")).mappings()
    return [dict(row) for row in found]


def everything(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that has any."""
    tables = {name: rows(connection, name) for name in inspect(connection).get_table_names()}
    return {name: found for name, found in tables.items() if found}
