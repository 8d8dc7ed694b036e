"""Where the databases of a run come from: each world is made once, read in by kigen once, and then copied as files.

Both sides of a comparison get a server of their own on equal bytes, one after the other, with the same settings: what
the first leaves behind (dirty pages, history to purge) does not slow down the second.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kigen
from kigen.ledger import migrate
from kigen.work.reconcile import reconcile
from kigen.work.site import Site
from tests.bench.child import in_a_process
from tests.bench.generator import DATABASE, Sort, generate, host_tables, statements
from tests.support.mariadb import SETTINGS, MariaDB, install
from tests.support.sql import WHMCS

FEW = 100_000


def settings_for(records: int) -> list[str]:
    """A server as one would run it: every commit is on the disk before it is answered.

    Small worlds have a small log, only because it is copied with them.
    """
    log = "512M" if records > FEW else "64M"
    return [
        *SETTINGS,
        "--innodb-buffer-pool-size=2G",
        f"--innodb-log-file-size={log}",
        "--innodb-flush-log-at-trx-commit=1",
        "--innodb-flush-method=O_DIRECT",
    ]


@dataclass(frozen=True)
class World:
    """A data folder at rest, with kigen's ledger filled; `first` tells of the reconcile that filled it."""

    sort: Sort
    records: int
    data: Path
    first: dict[str, Any]


class Worlds:
    """The worlds of a run, kept in a folder; those of an earlier run with the same code are used again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, sort: Sort, records: int) -> World:
        """A world in which kigen has read everything once."""
        raw = self._raw(sort, records)
        digest = _digest(_text_below(Path(kigen.__file__).parent), raw.name)
        folder = self.folder / f"{raw.name}-read-{digest}"
        told = folder / "first.json"
        if not told.exists():
            with self._server(raw / "data", records) as server:
                first = in_a_process(first_reconcile, server)
                server.stop()
                _keep(server, folder)
            told.write_text(json.dumps(first), encoding="utf-8")
        return World(sort, records, folder / "data", json.loads(told.read_text(encoding="utf-8")))

    @contextmanager
    def running(self, world: World) -> Iterator[MariaDB]:
        """A server on a copy of the world, its tables warm; gone afterwards."""
        with self._server(world.data, world.records) as server:
            for name in host_tables(server):
                server.execute(f"SELECT COUNT(*) FROM {name} FORCE INDEX (PRIMARY) WHERE id > 0", DATABASE)
            yield server

    @contextmanager
    def empty(self, records: int) -> Iterator[MariaDB]:
        """A server without any world, with the settings of one of so many records."""
        with self._server(self._empty(), records) as server:
            yield server

    def _raw(self, sort: Sort, records: int) -> Path:
        digest = _digest(WHMCS.read_text(encoding="utf-8"), *statements(sort, records), *settings_for(records))
        folder = self.folder / f"{sort.name}-{records}-{digest}"
        if not (folder / "done").exists():
            with self._server(self._empty(), records) as server:
                generate(server, sort, records)
                server.stop()
                _keep(server, folder)
            (folder / "done").touch()
        return folder

    def _empty(self) -> Path:
        folder = self.folder / "empty"
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            install(folder / "data")
            (folder / "done").touch()
        return folder / "data"

    @contextmanager
    def _server(self, data: Path, records: int) -> Iterator[MariaDB]:
        server = MariaDB(data, settings_for(records))
        try:
            server.start()
            yield server
        finally:
            server.remove()


def first_reconcile(site: Site) -> dict[str, Any]:
    """kigen's tables made and filled from nothing."""
    migrate.upgrade(site.engine)
    began = time.perf_counter()
    found = reconcile(site)
    return {"seconds": time.perf_counter() - began, "unknown": found.unknown}


def _keep(server: MariaDB, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.move(server.data, folder / "data")


def _text_below(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py")))


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]
