"""A client with something in every section, once of each engine where a test asks for it, and its bundle opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.desk import Desk
from tests.export.opened import fill


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    """Client 5 of a WHMCS in a file, with the rows of `opened.fill`."""
    yield from _filled(sqlite_url, tmp_path)


@pytest.fixture
def either(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """The same, once of each engine."""
    yield from _filled(database_url, tmp_path)


def _filled(url: str, folder: Path) -> Iterator[Desk]:
    (folder / "state").mkdir()
    desk = Desk(url, folder / "state")
    fill(desk, folder / "files")
    yield desk
    desk.close()
