"""A full disk under the server, an SQLite file or the state folder: one clear sentence, and nothing half-done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.full_disk import in_a_namespace


@pytest.mark.parametrize(("what", "count"), [("server", 2), ("sqlite", 3), ("state", 2)])
def test_a_disk_that_fills_up_during_a_run_leaves_nothing_half_done(
    what: str, count: int, mariadb_template: Path
) -> None:
    figures = in_a_namespace(mariadb_template, what, count, seed=1)
    assert figures.violations == []
    assert sum(figures.kills.values()) >= count
    assert figures.failed >= 1  # a disk that is full was noticed
