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
    (tmp_path / "state").mkdir()
    desk = Desk(sqlite_url, tmp_path / "state")
    fill(desk, tmp_path / "files")
    yield desk
    desk.close()


@pytest.fixture
def either(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """The same, once of each engine."""
    (tmp_path / "state").mkdir()
    desk = Desk(database_url, tmp_path / "state")
    fill(desk, tmp_path / "files")
    yield desk
    desk.close()
