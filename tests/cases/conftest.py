"""The installation that the cases are played on, once of each engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.desk import Desk


@pytest.fixture
def small(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    """The same on SQLite alone, for what no engine decides."""
    desk = Desk(sqlite_url, tmp_path)
    yield desk
    desk.close()


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A WHMCS with nothing in it but its statuses, and kigen's tables beside it."""
    desk = Desk(database_url, tmp_path)
    yield desk
    desk.close()
