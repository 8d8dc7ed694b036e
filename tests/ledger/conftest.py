"""A migrated database of each engine, as kigen itself opens it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from kigen.ledger.database import open_database
from tests.support.shape import kigen


@pytest.fixture
def empty(database_url: str) -> Iterator[Engine]:
    """A database without kigen's tables."""
    engine = open_database(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(empty: Engine) -> Engine:
    """A database with kigen's tables and nothing in them."""
    kigen(empty)
    return empty


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """One open transaction; tests that need more open their own."""
    with engine.connect() as connection:
        yield connection
