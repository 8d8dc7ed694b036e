"""A sweep that is killed anywhere, and then run again, ends where one that nobody disturbed ends: in every column."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from kigen.ledger import settings
from kigen.work.site import Site
from tests.oracle.generate import generate
from tests.work.billing import NOW, Copy, everything
from tests.work.worlds import fill, remember, site_for

ROOT = Path(__file__).parent.parent.parent
KILLS = 50
IN_A_ROW = (1.0, 0.9, 0.8, 0.7, 0.7, 0.6, 0.6, 0.5, 0.5, 0.5)
"""Kills on one world before it is left to finish; a run on what is left over is shorter, by about these shares."""
MOST_RUNS = 8

# Of kigen's tables, those whose counted numbers or run differ by nature are compared by what they say. A domain that
# the undisturbed run deleted by its own rule may go along with its order after a kill, because the order was set free
# by what was deleted before the kill: so acts on records that can go along are told apart by whether they are gone.
SAID = {
    "acts on clients": "SELECT id, action, rule, due_at, at FROM kigen_acts WHERE kind = 'client' ORDER BY 1, 2",
    "acts twice": "SELECT kind, id, action FROM kigen_acts GROUP BY kind, id, action HAVING count(*) > 1",
    "acts on what is there": "SELECT kind, id FROM kigen_acts JOIN kigen_records USING (kind, id)"
    " WHERE action = 'delete'",
    "archives": "SELECT client, at, former_status, ended_at FROM kigen_archives ORDER BY 1, 2, 3",
}
COUNTED = r"kigen_(acts|archives|runs)$"


class Runner:
    """The warm process whose children sweep."""

    def __init__(self, url: str, state_dir: Path) -> None:
        command = [sys.executable, "-m", "tests.work.runner", url, str(state_dir), NOW.isoformat()]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._line() == "ready"

    def sweep(self, kill_after: float | None = None) -> str:
        """One sweep in a child; where a time is given, SIGKILL after so many seconds unless it has ended."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n" if kill_after is None else f"{kill_after}\n")
        self.process.stdin.flush()
        return self._line()

    def finish(self) -> int:
        """Sweep until nothing more is due; how many runs that took."""
        for runs in range(1, MOST_RUNS):
            until = time.monotonic() + 5
            while (said := self.sweep()) == "busy":  # the server frees a dead runner's lease when it sees it is gone
                assert time.monotonic() < until
                time.sleep(0.01)
            assert said.startswith("acted"), said
            if said == "acted 0":
                return runs
        raise AssertionError(f"after {MOST_RUNS} runs there was still something to do")

    def end(self) -> None:
        self.process.communicate(timeout=60)

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@pytest.fixture
def site(mariadb_url: str, tmp_path: Path) -> Iterator[Site]:
    """A world of 120 clients, swept in small chunks."""
    site = site_for(mariadb_url, NOW, tmp_path)
    world = generate(Random(7), 120, NOW)
    fill(site.engine, mariadb_url, world)
    remember(site, world)
    with site.transaction() as connection:
        settings.store(connection, "sweep.chunk", "9", NOW, "tests")
    yield site
    site.engine.dispose()


@pytest.fixture
def runner(site: Site, mariadb_url: str, tmp_path: Path) -> Iterator[Runner]:
    runner = Runner(mariadb_url, tmp_path)
    yield runner
    runner.end()


def state(site: Site) -> dict[str, list[Any]]:
    """Everything in every column, host's tables and kigen's."""
    with site.reading() as connection:
        found = everything(connection, but=COUNTED)
        return found | {name: [tuple(row) for row in connection.execute(text(query))] for name, query in SAID.items()}


def test_a_sweep_killed_at_fifty_points_and_run_again_ends_in_the_same_state_in_every_column(
    site: Site, runner: Runner, mariadb_url: str
) -> None:
    copy = Copy(mariadb_url)
    try:
        before = state(site)
        began = time.monotonic()
        assert runner.sweep().startswith("acted")
        duration = time.monotonic() - began
        assert runner.finish() >= 1
        expected = state(site)
        # What is compared is not nothing: most clients stay, many records went, some clients were archived.
        assert 50 < len(expected["tblclients"]) < len(before["tblclients"])
        assert len(expected["kigen_records"]) < len(before["kigen_records"]) - 80
        assert len(expected["acts on clients"]) > 30
        assert expected["acts twice"] == expected["acts on what is there"] == []
        assert expected["archives"] != before["archives"]
        rng, killed = Random(50), 0
        while killed < KILLS:
            copy.put_back()
            for share in IN_A_ROW:
                killed += runner.sweep(kill_after=duration * share * rng.random()) == "killed"
            runner.finish()
            found = state(site)
            for name in expected:
                assert found[name] == expected[name], f"{name} differs after {killed} kills"
    finally:
        copy.drop()


def test_a_killed_run_is_marked_as_died_by_the_next(site: Site, runner: Runner) -> None:
    with site.reading() as connection:
        live = connection.scalar(text("SELECT count(*) FROM tblhosting WHERE domainstatus = 'Active'"))
    delay = 0.2
    while runs_of(site) == []:
        assert runner.sweep(kill_after=delay) == "killed"
        delay += 0.1
    assert runs_of(site) == ["running"]
    runner.finish()
    assert set(runs_of(site)) == {"died", "done"}
    with site.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM tblhosting WHERE domainstatus = 'Active'")) == live > 10


def runs_of(site: Site) -> list[str]:
    """How the runs so far ended."""
    with site.reading() as connection:
        return list(connection.execute(text("SELECT outcome FROM kigen_runs ORDER BY id")).scalars())
