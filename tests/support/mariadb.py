"""A real MariaDB for tests: on a private socket, in a folder of its own, gone with the process that started it.

Nothing listens on the network. Data survives SIGKILL of the server, but no crash of the machine: it does not sync.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pymysql

# mariadbd refuses to run as root unless told so; anybody else runs it as himself.
AS_ROOT = ["--user=root"] if os.geteuid() == 0 else []
SEARCH = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
LOG_SIZE = "--innodb-log-file-size=16M"
SETTINGS = [
    "--skip-networking",
    "--skip-name-resolve",
    "--skip-log-bin",
    "--skip-slave-start",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_unicode_ci",
    "--default-time-zone=+00:00",
    "--performance-schema=OFF",
    "--max-connections=100",
    "--max-allowed-packet=64M",
    "--key-buffer-size=1M",
    "--aria-pagecache-buffer-size=2M",
    "--innodb-buffer-pool-size=64M",
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-flush-method=nosync",
    LOG_SIZE,
]


def program(name: str) -> str:
    """The path of a program; an error that says what to do when there is none."""
    found = shutil.which(name, path=SEARCH)
    if found is None:
        raise RuntimeError(f"{name} is missing: ./tests/run installs it.")
    return found


def install(folder: Path) -> None:
    """Makes the system tables in an empty folder: the slow part, done once and copied for every server."""
    command = [program("mariadb-install-db"), "--no-defaults", f"--datadir={folder}", *AS_ROOT]
    command += ["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve", LOG_SIZE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"mariadb-install-db failed:\n{done.stdout}{done.stderr}")


class MariaDB:
    """One running server. `root` has no password and comes by the socket. Of `settings` the last of a name counts."""

    def __init__(self, template: Path, settings: Sequence[str] = SETTINGS) -> None:
        # A socket's path may have 107 bytes at most, so the folder is not pytest's long one.
        self.folder = Path(tempfile.mkdtemp(prefix="kigen-mariadb-"))
        self.data = self.folder / "data"
        self.socket = self.folder / "socket"
        self.log = self.folder / "log"
        self.settings = list(settings)
        shutil.copytree(template, self.data)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the server and waits until it answers; does nothing when it runs."""
        if self._process is not None and self._process.poll() is None:
            return
        command = [program("mariadbd"), "--no-defaults", *self.settings, f"--datadir={self.data}"]
        command += [f"--socket={self.socket}", f"--pid-file={self.folder / 'pid'}", f"--tmpdir={self.folder}", *AS_ROOT]
        # setpriv ties the server's life to this process, also when a test run is killed.
        command = ["setpriv", "--pdeathsig", "KILL", *command]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while True:
            with contextlib.suppress(pymysql.err.OperationalError):
                self.connect().close()
                return
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"mariadbd did not start:\n{self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends the server in an orderly way, as an administrator does."""
        self._end(kill=False)

    def kill(self) -> None:
        """Ends the server with SIGKILL, as a crash does: open transactions are rolled back at the next start."""
        self._end(kill=True)

    def _end(self, *, kill: bool) -> None:
        if self._process is None:
            return
        if kill:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait(timeout=600)  # a large buffer pool is written out first
        self._process = None

    def restart(self, *, kill: bool = False) -> None:
        """Ends the server, orderly or by SIGKILL, and starts it again on the same data."""
        self._end(kill=kill)
        self.start()

    def remove(self) -> None:
        """Ends the server and removes its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self, database: str | None = None, *, user: str = "root", **options: Any) -> pymysql.Connection:
        """A plain connection past SQLAlchemy; `options` are PyMySQL's."""
        options = {"charset": "utf8mb4", "autocommit": True, "ssl_disabled": True, **options}
        return pymysql.connect(unix_socket=str(self.socket), user=user, database=database, **options)

    def execute(self, statement: str, database: str | None = None) -> tuple[tuple[Any, ...], ...]:
        """Runs one statement as root on a connection of its own and returns its rows."""
        with self.connect(database) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return tuple(cursor.fetchall())

    def url(self, database: str, user: str = "root") -> str:
        """The database as SQLAlchemy and `kigen init --database` take it."""
        return f"mysql+pymysql://{user}@localhost/{database}?charset=utf8mb4&unix_socket={quote(str(self.socket))}"

    def create_database(self, name: str | None = None) -> str:
        """Makes an empty database, with a fresh name if none is given, and returns the name."""
        name = name or f"test_{secrets.token_hex(6)}"
        self.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        return name

    def drop_database(self, name: str) -> None:
        """Drops a database, after the connections that a test left in it: the drop would wait for their locks."""
        for (thread,) in self.execute(f"SELECT id FROM information_schema.processlist WHERE db = '{name}'"):
            with contextlib.suppress(pymysql.err.OperationalError):
                self.execute(f"KILL CONNECTION {thread}")
        self.execute(f"DROP DATABASE IF EXISTS `{name}`")

    def grant(self, privileges: str, database: str, user: str | None = None) -> str:
        """Makes a user with these privileges on one database; returns the URL. `grant("SELECT", name)` is read-only."""
        user = user or f"user_{secrets.token_hex(4)}"
        self.execute(f"CREATE USER IF NOT EXISTS '{user}'@'localhost'")
        self.execute(f"GRANT {privileges} ON `{database}`.* TO '{user}'@'localhost'")
        return self.url(database, user)
