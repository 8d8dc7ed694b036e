"""Every table and column of WHMCS that kigen's decisions rest on, by its own list; two ways to just read them."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pymysql.cursors

from kigen.hosts.whmcs.ways import WAYS
from tests.bench.generator import DATABASE
from tests.support.mariadb import MariaDB

READ = {way.table: way.columns for way in WAYS}


def bare_read(server: MariaDB) -> float:
    """Seconds to fetch all of it through PyMySQL's unbuffered cursor, and to do nothing with it."""
    began = time.perf_counter()
    with server.connect(DATABASE, cursorclass=pymysql.cursors.SSCursor) as connection, connection.cursor() as cursor:
        for table, columns in READ.items():
            cursor.execute(f"SELECT {', '.join(dict.fromkeys(('id', *columns)))} FROM {table}")
            for _ in cursor:
                pass
    return time.perf_counter() - began


def scan(server: MariaDB, tables: Iterable[str]) -> float:
    """Seconds for the server to look at every column of every row of these tables, with one row as the answer."""
    queries = []
    for table in sorted(tables):
        names = [f"`{row[0]}`" for row in server.execute(f"SHOW COLUMNS FROM {table}", DATABASE)]
        queries.append(f"SELECT COUNT(*), SUM(CRC32(CONCAT_WS('|', {', '.join(names)}))) FROM {table}")
    began = time.perf_counter()
    for query in queries:
        server.execute(query, DATABASE)
    return time.perf_counter() - began
