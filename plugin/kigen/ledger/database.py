"""How kigen talks to a database: one engine for both kinds, sessions in UTC, transactions that begin by writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

LOCK_WAIT_SECONDS = 10
WAITING = "SET SESSION innodb_lock_wait_timeout = {0}, lock_wait_timeout = {0}"  # for rows, and for whole tables
PACKED_AT_MOST = 67_108_864  # bytes of rows that the server packs into one text; what is longer is read row by row


SESSION = (
    f"time_zone = '+00:00', sql_mode = '', group_concat_max_len = {PACKED_AT_MOST}, wait_timeout = 28800,"
    " completion_type = 0, sql_safe_updates = 0, sql_big_selects = 1, sql_select_limit = 18446744073709551615"
)
"""What the server may have set otherwise for everybody, and what kigen's statements rest on."""


def open_database(address: str) -> Engine:
    """An engine for a URL such as `mysql+pymysql://user:password@host/database` or `sqlite:///file`.

    Sessions run in UTC without a SQL mode (hosts keep zero dates), REPEATABLE READ. Raises ValueError with a sentence.
    """
    try:
        url = make_url(address)
    except ArgumentError:
        expected = "mysql+pymysql://user:password@host/name"
        raise ValueError(f"database: the address is not a URL; expected {expected}") from None
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite(url)
        if url.get_backend_name() in ("mysql", "mariadb"):
            return _mysql(url)
    except NoSuchModuleError:
        pass
    shown = url.render_as_string(hide_password=True)
    raise ValueError(f"database: {shown} is of a kind that kigen does not use; expected mysql+pymysql:// or sqlite:///")


@contextmanager
def giving_way(connection: Connection) -> Iterator[None]:
    """A transaction that never waits while it holds locks: what meets somebody's lock fails at once (error 1205).

    Of transactions that wait for each other in a ring the server gives up the lighter, which would be the platform's;
    who never waits is in no ring. MySQL cannot wait for less than a second.
    """
    with connection.begin():
        if connection.dialect.name == "sqlite":
            yield
            return
        connection.exec_driver_sql(WAITING.format(0))
        try:
            yield
        finally:
            if not connection.invalidated:  # a lost connection has nothing to be set back
                connection.exec_driver_sql(WAITING.format(LOCK_WAIT_SECONDS))


def _mysql(url: URL) -> Engine:
    url = url.set(drivername="mysql+pymysql")
    if "charset" not in url.query:
        url = url.update_query_dict({"charset": "utf8mb4"})
    # What passes a socket stays on this machine: making ready for TLS costs 30 ms and hides it from nobody.
    plain = "unix_socket" in url.query and not any(name.startswith("ssl") for name in url.query)
    return create_engine(
        url,
        isolation_level="REPEATABLE READ",
        pool_pre_ping=True,
        hide_parameters=True,  # values of rows are people's: no error may tell them
        connect_args={
            "init_command": f"{WAITING.format(LOCK_WAIT_SECONDS)}, {SESSION}",
            "connect_timeout": 10,
            **({"ssl_disabled": True} if plain else {}),
        },
    )


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": LOCK_WAIT_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's BEGIN below decides, not the driver
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # The write lock is taken before the first read, so that nothing read here can change before the commit.
        read_only = connection.get_execution_options().get("kigen_read_only")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
