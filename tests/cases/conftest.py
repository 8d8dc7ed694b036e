"""The installation that the cases are played on, once of each engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.desk import Desk


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A WHMCS with nothing in it but its statuses, and kigen's tables beside it."""
    desk = Desk(database_url, tmp_path)
    yield desk
    desk.close()
