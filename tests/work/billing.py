"""A small WHMCS in a real database for tests of the work: rows by keyword, runs at one instant, tables read back."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from pathlib import Path
from typing import Any

import pymysql
from pymysql.constants import CLIENT
from sqlalchemy import Connection, inspect, make_url, text

from kigen.hosts.whmcs import tables as whmcs
from kigen.ledger import holds, ledger_file, runs, settings
from kigen.policy.records import Kind, Ref
from kigen.work.sweep import sweep
from kigen.work.swept import Swept
from tests.support.shape import whmcs_with_kigen
from tests.work.worlds import site_for

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)  # noon in Tokyo
LATER = dt.timedelta(days=1)


class Billing:
    """One installation in an empty database, and the way to look at it from outside."""

    def __init__(self, url: str, state_dir: Path, now: dt.datetime = NOW) -> None:
        self.url = url
        self.site = dataclasses.replace(site_for(url, now, state_dir), machine_now=now)
        whmcs_with_kigen(self.site.engine)

    def add(self, table: str, **values: Any) -> None:
        """One row; what is not named is as WHMCS leaves it: empty, 0 or a zero date."""
        if table == "tblclients":
            values.setdefault("email", f"c{values['id']}@example.jp")
            values.setdefault("uuid", f"00000000-0000-4000-8000-{values['id']:012}")
        with self.site.transaction() as connection:
            connection.execute(whmcs.metadata.tables[table].insert().values(**values))

    def live_client(self, number: int = 1) -> None:
        """A client that nothing archives or deletes, for it has a live service."""
        self.add("tblclients", id=number, datecreated="2015-01-01")
        self.add("tblhosting", id=9000 + number, userid=number, domainstatus="Active", regdate="2015-01-01")

    def old_orders(self, *numbers: int, client: int = 1) -> None:
        """Orders cancelled years ago, due for deletion."""
        with self.site.transaction() as connection:
            row = {"userid": client, "status": "Cancelled", "date": "2020-01-01 10:00:00"}
            rows = [{"id": n, "ordernum": n, **row} for n in numbers]
            connection.execute(whmcs.metadata.tables["tblorders"].insert(), rows)

    def idle_client(self, number: int, paid: str = "2012-03-01") -> None:
        """A client whose only payment is so old that no floor holds it: due for deletion. Its numbers are tens."""
        self.add("tblclients", id=number, datecreated="2010-01-01")
        self.add(
            "tblinvoices", id=number * 10, userid=number, status="Paid", date=paid, duedate=paid,
            datepaid=f"{paid} 10:00:00", subtotal="10.00", total="10.00",
        )  # fmt: skip
        self.add("tblaccounts", id=number * 10, userid=number, invoiceid=number * 10, amountin="10.00", date=paid)

    def hold(self, client: int | None = None, record: Ref | None = None, until: dt.datetime | None = None) -> int:
        """A hold placed by legal."""
        with self.site.transaction() as connection:
            return holds.place(connection, client, record, "a claim", until, self.site.now, "legal")

    def hold_on(self, kind: Kind, number: int) -> int:
        """A hold on one record."""
        return self.hold(record=(kind, number))

    def release(self, number: int, actor: str = "legal") -> None:
        """Release a hold."""
        with self.site.transaction() as connection:
            assert holds.release(connection, number, "settled", self.site.now, actor)

    def set(self, **values: Any) -> None:
        """Settings, `brakes__records=5` for brakes.records."""
        with self.site.transaction() as connection:
            for name, value in values.items():
                settings.store(connection, name.replace("__", "."), str(value), self.site.now, "tests")

    def at(self, now: dt.datetime, **values: Any) -> None:
        """Go on at another instant."""
        self.site = dataclasses.replace(self.site, now=now, machine_now=now, **values)

    def sweep(self, confirmed: bool = True, **values: Any) -> Swept:
        """One run."""
        return sweep(self.site, confirmed, **values)

    def ids(self, table: str) -> list[int]:
        """The ids that a table has."""
        with self.site.reading() as connection:
            return list(connection.execute(text(f"SELECT id FROM {table} ORDER BY id")).scalars())

    def rows(self, table: str, columns: str = "*") -> list[dict[str, Any]]:
        """Rows as they are."""
        with self.site.reading() as connection:
            return [dict(row) for row in connection.execute(text(f"SELECT {columns} FROM {table}")).mappings()]

    def run(self, statement: str) -> None:
        """A statement of somebody else, committed."""
        with self.site.transaction() as connection:
            connection.execute(text(statement))

    def put_back(self, copy: Copy) -> None:
        """Everything as it was when the copy was made, also what kigen keeps outside: no restore, but a new try."""
        copy.put_back()
        (self.site.state_dir / ledger_file.NAME).unlink(missing_ok=True)

    def acts(self, kind: Kind | None = None, number: int | None = None) -> list[runs.Act]:
        """What runs did, the latest first: of one record, of one kind, or all."""
        with self.site.reading() as connection:
            return list(runs.acts(connection, kind, number))

    def last_run(self) -> dict[str, Any]:
        """The latest run record."""
        return self.rows("kigen_runs ORDER BY id DESC LIMIT 1")[0]


def other_session(url: str, **options: Any) -> pymysql.Connection:
    """A plain session on the same MariaDB database, as the platform's own; each statement commits."""
    address = make_url(url)
    return pymysql.connect(
        unix_socket=str(address.query["unix_socket"]), user=address.username, database=address.database,
        charset="utf8mb4", init_command="SET sql_mode=''", ssl_disabled=True, **{"autocommit": True, **options},
    )  # fmt: skip


class Copy:
    """What a MariaDB database holds, kept in another one of the same server, to be put back fast and often."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.name = f"{make_url(url).database}_copy"
        with self._session() as session, session.cursor() as cursor:
            cursor.execute("SHOW TABLES")
            self.tables = [name for (name,) in cursor.fetchall()]
            cursor.execute(f"CREATE DATABASE {self.name}")
            for name in self.tables:
                cursor.execute(f"CREATE TABLE {self.name}.{name} LIKE {name}")
                cursor.execute(f"INSERT INTO {self.name}.{name} SELECT * FROM {name}")

    def put_back(self) -> None:
        """Every row as it was; counted numbers go on."""
        script = "SET foreign_key_checks = 0; START TRANSACTION;"
        for name in self.tables:
            script += f"DELETE FROM {name}; INSERT INTO {name} SELECT * FROM {self.name}.{name};"
        with self._session() as session, session.cursor() as cursor:
            cursor.execute(script + "COMMIT")
            while cursor.nextset():
                pass

    def drop(self) -> None:
        """Remove it."""
        with self._session() as session, session.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {self.name}")

    def _session(self) -> pymysql.Connection:
        return other_session(self.url, client_flag=CLIENT.MULTI_STATEMENTS)


def everything(connection: Connection, *, but: str = "^$") -> dict[str, list[tuple[Any, ...]]]:
    """Every column of every row of every table whose name does not match `but`."""
    found = {}
    for name in inspect(connection).get_table_names():
        if not re.match(but, name):
            found[name] = sorted((tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))), key=repr)
    return found
