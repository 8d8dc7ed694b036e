"""Installations of WHMCS for tests of the work: on MariaDB, or once on each engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.work.billing import Billing


@pytest.fixture
def billing(mariadb_url: str, tmp_path: Path) -> Iterator[Billing]:
    """An empty installation on MariaDB."""
    yield (one := Billing(mariadb_url, tmp_path))
    one.site.engine.dispose()


@pytest.fixture
def either(database_url: str, tmp_path: Path) -> Iterator[Billing]:
    """An empty installation, once on each engine."""
    yield (one := Billing(database_url, tmp_path))
    one.site.engine.dispose()


@pytest.fixture
def due(billing: Billing) -> Billing:
    """Ten orders to delete, one at a time, by a run with three seconds of patience."""
    billing.live_client()
    billing.old_orders(*range(10, 20))
    billing.set(sweep__chunk=1, throttle__patience=3)
    return billing
