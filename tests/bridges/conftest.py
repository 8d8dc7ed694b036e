"""Platforms with a bridge in them, on a MariaDB; one of WHMCS for all tests of a file, emptied for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bridges.bridge import Platform, made, set_version
from tests.commands.installation import installed
from tests.support import sql
from tests.support.mariadb import MariaDB

EMPTIED = ("kigen_inbox", "kigen_events", "tblclients", "tblusers", "tblusers_clients", "tbladdonmodules")


@pytest.fixture(scope="module")
def installed_whmcs(mariadb_server: MariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """WHMCS with the bridge in it, as the test before left it."""
    mariadb_server.start()
    name = mariadb_server.create_database()
    sql.load_sql(mariadb_server.url(name), sql.WHMCS)
    platform = made("whmcs", tmp_path_factory.mktemp("whmcs"), mariadb_server.url(name))
    said = platform.install()
    assert said.status == 0, said.err
    yield platform
    mariadb_server.drop_database(name)


@pytest.fixture
def here(tmp_path: Path, sqlite_url: str) -> Platform:
    """WHMCS's folder beside an installation of kigen on SQLite; the bridge is not in it yet."""
    installed(tmp_path, sqlite_url)
    platform = made("whmcs", tmp_path, sqlite_url)
    set_version(platform)
    return platform


@pytest.fixture
def whmcs(installed_whmcs: Platform) -> Platform:
    """WHMCS with the bridge in it, nothing heard and nothing counted."""
    installed_whmcs.sql(*(f"DELETE FROM {table}" for table in EMPTIED))
    for name in ("tally.json", "kept.ndjson"):
        (installed_whmcs.tally / name).unlink(missing_ok=True)
    return installed_whmcs


@pytest.fixture
def fossbilling(tmp_path: Path, mariadb_url: str, load_dump: Callable[[str, str], None]) -> Callable[[str], Platform]:
    """`fossbilling("0.7.2")`: a real database of that version, with the bridge in the platform's folder."""

    def of(version: str) -> Platform:
        load_dump(mariadb_url, f"fossbilling-{version}")
        platform = made("fossbilling", tmp_path, mariadb_url, version)
        assert platform.install().status == 0
        return platform

    return of
