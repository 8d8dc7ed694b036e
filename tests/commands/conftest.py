"""An installation on SQLite, and one on each engine, for the tests of the commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.installation import Installation, installed


@pytest.fixture
def here(tmp_path: Path, sqlite_url: str) -> Installation:
    """A small platform on SQLite with kigen set up beside it."""
    return installed(tmp_path, sqlite_url)


@pytest.fixture
def anywhere(tmp_path: Path, database_url: str) -> Installation:
    """The same on each engine."""
    return installed(tmp_path, database_url)
