"""A small billing platform with a configuration beside it, and kigen called on it as an operator calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from sqlalchemy import Engine

from kigen.cli import main
from kigen.hosts.whmcs import tables
from kigen.ledger.database import open_database
from tests.support import shape

NOW = "2024-04-01T00:00:00+09:00"

ROWS: dict[Any, list[dict[str, object]]] = {
    tables.tblclients: [
        {"id": 1, "uuid": "client-1", "email": "one@example.jp", "status": "Active", "datecreated": "2020-01-01"},
        {"id": 2, "uuid": "client-2", "email": "two@example.jp", "status": "Active", "datecreated": "2024-03-20"},
        {"id": 3, "uuid": "client-3", "email": "three@example.jp", "status": "Active", "datecreated": "2019-01-01"},
    ],
    tables.tblorders: [
        {"id": 5, "ordernum": 5, "userid": 2, "date": "2019-01-01 00:00:00", "status": "Cancelled"},
        {"id": 6, "ordernum": 6, "userid": 2, "date": "2024-03-21 00:00:00", "status": "Pending"},
        {"id": 7, "ordernum": 7, "userid": 3, "date": "2019-01-01 00:00:00", "status": "Cancelled"},
    ],
    tables.tblhosting: [{"id": 81, "userid": 3, "orderid": 7, "domainstatus": "Active"}],
}
"""At NOW client 1 and order 5 are due; order 6 is not, and a live service keeps order 7 and client 3."""


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)

    @property
    def documents(self) -> list[Any]:
        """The documents on standard output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def sentence(self) -> str:
        """Standard error, which must be one line."""
        (line,) = self.err.splitlines()
        return line


@dataclass(frozen=True)
class Installation:
    """A folder with kigen.toml, and the database that it names."""

    folder: Path
    url: str

    @property
    def config(self) -> Path:
        return self.folder / "kigen.toml"

    @property
    def engine(self) -> Engine:
        return open_database(self.url)

    def run(self, *arguments: str, now: str | None = NOW, input: bytes | None = None) -> Said:
        """`kigen ARGUMENTS` in this process."""
        given = ["--config", str(self.config), *(["--now", now] if now else []), *arguments]
        return run(*given, input=input)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """`python -m kigen ARGUMENTS` as a process of its own."""
        command = [sys.executable, "-m", "kigen", "--config", str(self.config), *arguments]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run(*arguments: str, input: bytes | None = None) -> Said:
    """`kigen ARGUMENTS` in this process, without a configuration of its own."""
    result = CliRunner().invoke(main, list(arguments), input=input)
    return Said(result.exit_code, result.stdout, result.stderr)


def fill(url: str) -> None:
    """Make the platform's tables with the rows above."""
    engine = open_database(url)
    shape.whmcs(engine)
    with engine.begin() as connection, tables.as_whmcs(connection):
        for table, rows in ROWS.items():
            for row in rows:
                connection.execute(table.insert(), row)
    engine.dispose()


def installed(folder: Path, url: str) -> Installation:
    """The platform filled, and kigen set up beside it."""
    fill(url)
    made = Installation(folder, url)
    said = run("init", "--config", str(made.config), "--host", "whmcs", "--database", url)
    assert said.status == 0, said.err
    return made
