"""SQL files into a database: scripts by the driver, dumps by MariaDB's own client, which is many times faster."""

from __future__ import annotations

import gzip
import sqlite3
import subprocess
from pathlib import Path

import pymysql
from pymysql.constants import CLIENT
from sqlalchemy.engine import URL, make_url

from tests.support.mariadb import program

DATA = Path(__file__).parent.parent / "data"
WHMCS = DATA / "whmcs.sql"


def load_sql(url: str, source: Path | str) -> None:
    """Runs a script of many statements; `source` is a path or the text itself. On SQLite the text must be SQLite's."""
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        connection = sqlite3.connect(str(address.database))
        try:
            connection.executescript(text)
        finally:
            connection.close()
        return
    with (
        pymysql.connect(
            unix_socket=_socket(address),
            user=address.username,
            database=address.database,
            charset="utf8mb4",
            autocommit=True,
            ssl_disabled=True,
            client_flag=CLIENT.MULTI_STATEMENTS,
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(text)
        while cursor.nextset():  # an error in a later statement is raised only when its result is asked for
            pass


def load_dump(url: str, dump: Path) -> None:
    """Loads a dump, plain or gzipped, into the database."""
    address = make_url(url)
    text = gzip.decompress(dump.read_bytes()) if dump.suffix == ".gz" else dump.read_bytes()
    command = [program("mariadb"), "--no-defaults", "--default-character-set=utf8mb4", f"--socket={_socket(address)}"]
    command += [f"--user={address.username}", str(address.database)]
    done = subprocess.run(command, input=text, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{dump.name} could not be loaded: {done.stderr.decode(errors='replace')}")


def _socket(address: URL) -> str:
    return str(address.query["unix_socket"])
