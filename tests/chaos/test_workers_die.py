"""A sweep and two workers at once, of which some are killed: nothing half-done or twice, and the next runs finish."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.crew import Crew, Turn
from tests.chaos.crowd import crowd_stage
from tests.support.mariadb import MariaDB

PATIENCE = 10
"""Every turn here begins with work to do, so that a worker need not give up on a machine that is slow."""


@pytest.fixture(scope="module")
def crew(mariadb_server: MariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """A sweep and two workers on the installation that has work for all."""
    mariadb_server.start()
    name = mariadb_server.create_database()
    stage = crowd_stage(mariadb_server.url(name), tmp_path_factory.mktemp("crowd"), mariadb_server)
    yield (one := Crew(stage, PATIENCE))
    one.end()
    stage.end()
    mariadb_server.drop_database(name)


def test_a_crew_that_nobody_disturbs_shares_the_work_and_tells_exactly_what_is_gone(crew: Crew) -> None:
    assert crew.play_turns([Turn({})]) == 0
    assert crew.pieces > 0
    assert crew.stage.figures.violations == []


@pytest.mark.parametrize("turn", [
    Turn({"worker 1": ("kill", 60)}),
    Turn({"worker 2": ("drop connection", 60), "sweep": ("kill", 700)}),
    Turn({"worker 1": ("kill server", 60)}),
], ids=str)  # fmt: skip
def test_whoever_of_a_crew_dies_nothing_is_half_done_or_twice_and_the_rest_is_finished(crew: Crew, turn: Turn) -> None:
    assert crew.play_turns([turn]) > 0
    assert crew.stage.figures.violations == []
