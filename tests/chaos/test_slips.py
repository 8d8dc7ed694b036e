"""What others write while a sweep works waits for it, or keeps the record: at any point, committed or not yet."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.chaos.slipping import Slipping
from tests.chaos.what_slips import ORDERS, TOLD, WRITTEN, Slip
from tests.support.mariadb import MariaDB

GROUPS = [("what is written", WRITTEN, 3), ("what is written about orders", ORDERS, 3), ("what is told", TOLD, 3)]


@pytest.mark.parametrize(("name", "slips", "count"), GROUPS)
def test_what_slips_in_keeps_its_record_or_waits(
    name: str, slips: dict[str, Slip], count: int, mariadb_server: MariaDB, mariadb_url: str, tmp_path: Path
) -> None:
    slipping = Slipping(mariadb_server, mariadb_url, tmp_path, slips, name)
    try:
        slipping.play(1, lingers=False)
        assert slipping.kept == set(slips)  # so early, each of them keeps its record
        slipping.play(len(slipping.stage.points), lingers=False)
        assert slipping.late == set(slips)  # and so late, all records are gone
        slipping.at_random(Random(name), count)
        assert slipping.stage.figures.violations == []
    finally:
        slipping.stage.end()
