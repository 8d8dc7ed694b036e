"""A sweep that is killed anywhere, and then run again, ends where one that nobody disturbed ends: in every column."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from sqlalchemy import text

from kigen.ledger import evidence_read, keys, ledger_file, ledger_standing, settings
from kigen.ledger.evidence_verify import verify
from kigen.ledger.ledger_standing import State
from tests.chaos.series import Series
from tests.chaos.stage import Stage
from tests.oracle.generate import generate
from tests.support.mariadb import MariaDB
from tests.work.billing import NOW
from tests.work.worlds import fill, remember, site_for

KILLS, KILLS_IF_DEEP = 10, 50


@pytest.fixture(scope="module")
def stage(mariadb_server: MariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A world of 120 clients, swept in small chunks; each test puts it back as it was."""
    mariadb_server.start()
    name, folder = mariadb_server.create_database(), tmp_path_factory.mktemp("killed")
    url = mariadb_server.url(name)
    site = site_for(url, NOW, folder)
    world = generate(Random(7), 120, NOW)
    fill(site.engine, url, world)
    remember(site, world)
    with site.transaction() as connection:
        settings.store(connection, "sweep.chunk", "9", NOW, "tests")
    site.engine.dispose()
    yield (one := Stage(url, folder, mariadb_server))
    one.end()
    mariadb_server.start()
    mariadb_server.drop_database(name)


def test_a_sweep_killed_again_and_again_ends_in_the_same_state_in_every_column(stage: Stage, deep: bool) -> None:
    # What is compared is not nothing: most clients stay, many records went, some clients were archived.
    assert 50 < len(stage.final.host["tblclients"]) < len(stage.before.host["tblclients"])
    on_clients = [(number, action) for kind, number, action in stage.final.acts if kind == "client"]
    assert len(on_clients) > 30
    assert {action for _, action in on_clients} == {"archive", "delete"}
    assert len(stage.final.acts) > 110
    series, rng = Series(stage, "kill"), Random(50)
    stage.put_back()
    began = time.monotonic()
    assert stage.runner.sweep().status == 0
    duration = time.monotonic() - began
    killed = 0
    while killed < (KILLS_IF_DEEP if deep else KILLS):
        killed += series.play_at_random_times(duration, rng)
    assert stage.figures.violations == []


def test_a_killed_run_is_marked_as_died_by_the_next(stage: Stage) -> None:
    stage.put_back()
    begun = stage.points.index("before UPDATE", len(stage.points) // 2)  # the record of the run is long committed
    assert stage.disturb(does="kill", at=begun).status is None
    assert runs_of(stage) == ["running"]
    stage.runner.finish()
    assert set(runs_of(stage)) == {"died", "done"}
    with stage.site.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM tblhosting WHERE domainstatus = 'Active'")) > 10


def runs_of(stage: Stage) -> list[str]:
    """How the runs so far ended."""
    with stage.site.reading() as connection:
        return list(connection.execute(text("SELECT outcome FROM kigen_runs ORDER BY id")).scalars())


def test_evidence_after_kills_is_one_sound_chain_with_each_record_once(stage: Stage) -> None:
    """F1, F3: in the database and in the ledger file."""
    rng, key = Random(3), keys.public(stage.state_dir)
    for _ in range(3):
        stage.put_back()
        killed = [stage.runner.sweep(kill_after=rng.uniform(0.2, 1.5)).status for _ in range(2)]
        stage.runner.finish()
        with stage.site.reading() as connection:
            found = verify(connection, key)
            told = Counter(
                (part.kind, item[0], one.entry.action)
                for one in evidence_read.told(connection)
                for part in one.parts
                for item in part.items
                if item
            )
        assert found.ok, (found, killed)
        assert set(told.values()) == {1}
        assert told == Counter(stage.moment().acts)
        with stage.site.reading() as connection:
            assert ledger_standing.standing(stage.state_dir, connection).state is State.AGREE
        assert ledger_file.verify(stage.state_dir, key) == found
        assert found.entries > 10
