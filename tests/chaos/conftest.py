"""Installations for the tests of chaos, one for each file; the server is this process's own, so it may be killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos import small
from tests.chaos.stage import Figures, Stage
from tests.support.mariadb import MariaDB
from tests.work.billing import Billing


def small_stage(url: str, folder: Path, server: MariaDB | None) -> Stage:
    """The small installation, with events that wait."""
    billing = Billing(url, folder / "state")
    small.fill(billing)
    small.put_events(billing, small.events())
    billing.site.engine.dispose()
    return Stage(url, folder, server)


@pytest.fixture(scope="module")
def one_stage(mariadb_server: MariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The small installation on MariaDB, which the tests of a file share."""
    mariadb_server.start()
    name = mariadb_server.create_database()
    yield (one := small_stage(mariadb_server.url(name), tmp_path_factory.mktemp("small"), mariadb_server))
    one.end()
    mariadb_server.drop_database(name)


@pytest.fixture
def stage(one_stage: Stage) -> Stage:
    """The same with no figures yet, so that a fault is told by the test that found it alone."""
    one_stage.figures = Figures()
    return one_stage


@pytest.fixture(scope="module")
def sqlite_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The small installation on SQLite."""
    folder = tmp_path_factory.mktemp("small")
    yield (one := small_stage(f"sqlite:///{folder / 'billing.sqlite'}", folder, None))
    one.end()
