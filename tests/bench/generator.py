"""How a WHMCS of any size is made: by the server alone, one INSERT … SELECT per table, the same rows every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.support.mariadb import MariaDB
from tests.support.sql import WHMCS, load_sql

DATABASE = "billing"


@dataclass(frozen=True)
class Fill:
    """Rows of one table. Expressions and source are SQL; `{clients}` and its like stand for counts of the world."""

    table: str
    source: str
    columns: dict[str, str]


@dataclass(frozen=True)
class Sort:
    """A sort of world: how many of what per thousand records, and the rows in the order in which they are made.

    A record is a client, an order, an invoice, a service or a domain; the counts of these five make a thousand.
    """

    name: str
    per_thousand: dict[str, int]
    fills: tuple[Fill, ...]

    def counts(self, records: int) -> dict[str, int]:
        """How many rows of each kind a world of so many records has."""
        return {kind: records * share // 1000 for kind, share in self.per_thousand.items()}


def statements(sort: Sort, records: int) -> Iterator[str]:
    """The statements that fill empty tables of WHMCS."""
    counts = sort.counts(records)
    for fill in sort.fills:
        names = ", ".join(f"`{name}`" for name in fill.columns)
        values = ", ".join(fill.columns.values())
        yield f"INSERT INTO {fill.table} ({names}) SELECT {values} FROM {fill.source}".format(**counts)


def generate(server: MariaDB, sort: Sort, records: int) -> None:
    """A database of the world on a running server, with fresh statistics of its indexes."""
    server.create_database(DATABASE)
    load_sql(server.url(DATABASE), WHMCS)
    with server.connect(DATABASE) as connection, connection.cursor() as cursor:
        cursor.execute("SET sql_mode = '', unique_checks = 0, foreign_key_checks = 0")
        for statement in statements(sort, records):
            cursor.execute(statement)
        cursor.execute(f"ANALYZE TABLE {', '.join(dict.fromkeys(fill.table for fill in sort.fills))}")
        cursor.fetchall()


def host_tables(server: MariaDB) -> list[str]:
    """The tables of the host in a world, kigen's own left out."""
    found = server.execute("SHOW TABLES LIKE 'tbl%'", DATABASE)
    return [name for (name,) in found]


def rows_of(server: MariaDB) -> dict[str, tuple[Any, ...]]:
    """Count and checksum of every table of the host: equal for two databases that hold the same rows."""
    found: dict[str, tuple[Any, ...]] = {}
    for name in host_tables(server):
        ((count,),) = server.execute(f"SELECT COUNT(*) FROM {name}", DATABASE)
        ((_, checksum),) = server.execute(f"CHECKSUM TABLE {name} EXTENDED", DATABASE)
        found[name] = (count, checksum)
    return found
