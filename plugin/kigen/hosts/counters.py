"""The counters that give a table's next id: kept above every id that was ever erased, so that none is given twice.

InnoDB before MySQL 8.0 and MariaDB 10.2.4 forgets its counter when the server restarts, and a restore puts the old one
back: the next client would get the number of one that was erased, and old logs would speak of him.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, inspect

from kigen.hosts.rows import quoted

WAIT_SECONDS = 1
"""How long changing a counter waits for the table: whoever comes after it waits as well."""


def behind(connection: Connection, highest: Mapping[str, int]) -> dict[str, int]:
    """Of these tables with the highest id erased in each, those whose next id is not above it, with that next id.

    Tables that are absent or count no ids of their own are left out.
    """
    if not highest:
        return {}
    found = _sqlite(connection) if connection.dialect.name == "sqlite" else _mysql(connection, list(highest))
    return {name: found[name] for name, number in highest.items() if name in found and found[name] <= number}


def put_above(connection: Connection, name: str, number: int) -> None:
    """Let the table's next id be above `number`. Raises where the database user may not (1142: ALTER).

    On MariaDB and MySQL this commits; `connection` has nothing open that matters.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (number, name))
        return
    former = connection.exec_driver_sql("SELECT @@lock_wait_timeout").scalar()
    connection.exec_driver_sql(f"SET SESSION lock_wait_timeout = {WAIT_SECONDS}")
    try:
        connection.exec_driver_sql(statement(name, number))
    finally:
        if not connection.invalidated:
            connection.exec_driver_sql(f"SET SESSION lock_wait_timeout = {former}")


def statement(name: str, number: int) -> str:
    """What an administrator may run instead."""
    return f"ALTER TABLE {quoted(name)} AUTO_INCREMENT = {number + 1}"


def _sqlite(connection: Connection) -> dict[str, int]:
    if not inspect(connection).has_table("sqlite_sequence"):
        return {}
    return {name: seq + 1 for name, seq in connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence")}


def _mysql(connection: Connection, names: list[str]) -> dict[str, int]:
    is_mariadb, version = getattr(connection.dialect, "is_mariadb", False), connection.dialect.server_version_info
    if not is_mariadb and (version or (0,)) >= (8,):
        connection.exec_driver_sql("SET SESSION information_schema_stats_expiry = 0")  # else a day old
    rows = connection.exec_driver_sql(
        "SELECT TABLE_NAME, AUTO_INCREMENT FROM information_schema.TABLES"
        " WHERE TABLE_SCHEMA = DATABASE() AND AUTO_INCREMENT IS NOT NULL AND TABLE_NAME IN %s",
        (names,),
    )
    return {name: int(number) for name, number in rows}
