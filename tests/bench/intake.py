"""How fast events come in: appending and hearing them, beside bare batched INSERTs of the same rows."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
from sqlalchemy import Engine

from kigen.ledger import inbox, migrate
from kigen.ledger.database import open_database
from kigen.plugins import find_plugins
from kigen.work.intake import BATCH, run_intake
from kigen.work.site import Site
from tests.bench.told import NOW, ZONE, fill_host, told
from tests.support import sql
from tests.support.mariadb import MariaDB

EVENTS, CLIENTS = 200_000, 50_000
APPENDED = 1000
"""Events that `kigen events` appends in a transaction."""


@dataclass(frozen=True, slots=True)
class Written:
    """The rows of one table in the order in which they came; the peer commits `at_once` of them at a time."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    at_once: int


def measure(server: MariaDB, events: int = EVENTS, clients: int = CLIENTS) -> dict[str, Any]:
    """Rows by table, seconds of kigen and of the peer, and peer / kigen: of everything, and of `run_intake` alone.

    `ratio` counts the inbox on both sides: appending and hearing beside all rows that both wrote. `ratio_intake_alone`
    leaves it out of both, although hearing must also read and remove what was appended.
    """
    name = server.create_database()
    sql.load_sql(server.url(name), sql.WHMCS)
    engine = open_database(server.url(name))
    try:
        migrate.upgrade(engine)
        with server.connect(name) as connection:
            fill_host(connection, clients)
        with tempfile.TemporaryDirectory() as folder:
            plugins = find_plugins()
            host = plugins.hosts()["whmcs"](ZONE)
            site = Site(engine, host, plugins, ZONE, NOW, "bench", Path(folder), machine_now=NOW)
            arrivals = list(told(events, clients))
            appending = _seconds(lambda: _append(engine, arrivals))
            waiting = _written(server, name, "kigen_inbox", "id", APPENDED)
            done = []
            hearing = _seconds(lambda: done.append(run_intake(site)))
        heard = [
            _written(server, name, "kigen_events", "id", BATCH),
            _written(server, name, "kigen_observed", "at", BATCH),
            _written(server, name, "kigen_records", "event_at", BATCH),
        ]
        if done[0].as_json() != {"handled": events, "failed": 0, "pending": 0} or len(heard[0].rows) != events:
            raise RuntimeError(f"intake did not hear all that was told: {done[0]}, {len(heard[0].rows)} in the history")
        peer_appending = _seconds(lambda: _insert(server, name, [waiting]))
        peer_hearing = _seconds(lambda: _insert(server, name, heard))
    finally:
        engine.dispose()
        server.drop_database(name)
    return {
        "events": events,
        "rows": {one.table: len(one.rows) for one in (waiting, *heard)},
        "append_seconds": round(appending, 2),
        "intake_seconds": round(hearing, 2),
        "peer_append_seconds": round(peer_appending, 2),
        "peer_intake_seconds": round(peer_hearing, 2),
        "events_per_second": round(events / (appending + hearing)),
        "intake_events_per_second": round(events / hearing),
        "ratio": round((peer_appending + peer_hearing) / (appending + hearing), 3),
        "ratio_intake_alone": round(peer_hearing / hearing, 3),
    }


def _append(engine: Engine, arrivals: list[dict[str, Any]]) -> None:
    for start in range(0, len(arrivals), APPENDED):
        with engine.begin() as connection:
            inbox.append(connection, arrivals[start : start + APPENDED], NOW)


def _written(server: MariaDB, database: str, table: str, order: str, at_once: int) -> Written:
    with server.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY {order}")
        columns = tuple(column[0] for column in cursor.description)
        return Written(table, columns, cursor.fetchall(), at_once)


def _insert(server: MariaDB, database: str, written: Sequence[Written]) -> None:
    """The peer: PyMySQL's executemany, which sends long INSERTs, into tables made alike, with as many commits."""
    with server.connect(database, autocommit=False) as connection:
        with connection.cursor() as cursor:
            for one in written:
                cursor.execute(f"CREATE TABLE peer_{one.table} LIKE {one.table}")
        commits = max(-(-len(one.rows) // one.at_once) for one in written)
        for pieces in zip(*(_pieces(one, commits) for one in written), strict=True):
            _insert_one(connection, pieces, written)


def _insert_one(
    connection: pymysql.Connection, pieces: tuple[Sequence[tuple[Any, ...]], ...], written: Sequence[Written]
) -> None:
    with connection.cursor() as cursor:
        for rows, one in zip(pieces, written, strict=True):
            columns = ", ".join(f"`{column}`" for column in one.columns)
            places = ", ".join(["%s"] * len(one.columns))
            cursor.executemany(f"INSERT INTO peer_{one.table} ({columns}) VALUES ({places})", rows)
    connection.commit()


def _pieces(one: Written, commits: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    for number in range(commits):
        yield one.rows[len(one.rows) * number // commits : len(one.rows) * (number + 1) // commits]


def _seconds(act: Callable[[], object]) -> float:
    gc.collect()
    gc.freeze()  # what the measurement itself keeps in memory is not looked through again and again
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
