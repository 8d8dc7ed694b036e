"""One demo host for all tests of this folder, filled once, and a way to ask it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from kigen.demo import world

Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def now() -> datetime:
    return datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def host(now: datetime) -> Iterator[Engine]:
    engine = create_engine("sqlite://")
    world.fill(engine, 700, now=now)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def ask(host: Engine) -> Ask:
    def rows(query: str, **values: Any) -> list[tuple[Any, ...]]:
        with host.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), values)]

    return rows
