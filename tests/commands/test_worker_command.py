"""`kigen worker`: what it says, with which status it ends, and where it is refused."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.commands.installation import NOW, Installation, installed

SHAPE = {
    "run", "pieces", "archived", "deleted", "anonymised", "kept", "failures", "warnings", "stopped", "stopped_because",
    "gauges",
}  # fmt: skip


@pytest.fixture
def there(tmp_path: Path, mariadb_url: str) -> Installation:
    """A small platform on MariaDB, where processes can share a run."""
    return installed(tmp_path, mariadb_url)


def test_on_sqlite_a_worker_is_refused_with_one_sentence(here: Installation) -> None:
    for asked in (["worker"], ["--json", "worker"], ["worker", "--wait", "0"]):
        said = here.run(*asked)
        assert (said.status, said.out) == (2, "")
        assert "SQLite lets one process write at a time" in said.sentence


def test_a_worker_without_a_run_to_help_says_so_and_ends_well(there: Installation) -> None:
    said = there.run("worker", "--wait", "0")
    assert (said.status, said.err) == (0, "")
    assert said.out == "No sweep that could use help began within 0 s.\n"


def test_the_document_of_a_worker_that_did_nothing_has_the_whole_shape(there: Installation) -> None:
    said = there.run("--json", "worker", "--wait", "0.2")
    assert said.status == 0
    assert said.document.keys() == SHAPE
    assert said.document == {
        "run": None, "pieces": 0, "archived": {}, "deleted": {}, "anonymised": {}, "kept": {}, "failures": [],
        "warnings": [], "stopped": None, "stopped_because": None, "gauges": {},
    }  # fmt: skip


@pytest.mark.parametrize("wait", ["-1", "soon"])
def test_a_time_to_wait_that_is_none_is_refused(there: Installation, wait: str) -> None:
    assert there.run("worker", "--wait", wait).status == 2


def test_a_worker_and_a_sweep_as_processes_do_everything_once(there: Installation) -> None:
    with there.engine.begin() as connection:
        connection.execute(text("SET SESSION sql_mode = ''"))
        for number in range(1000, 1040):
            client = 11 + number % 20 * 1000
            connection.execute(
                text(
                    "INSERT INTO tblorders (id, ordernum, userid, date, status) VALUES"
                    f" ({number}, {number}, {client}, '2019-01-01 00:00:00', 'Cancelled')"
                )
            )
    there.run("settings", "set", "sweep.chunk", "1")
    worker = there.start("--now", NOW, "--json", "worker", "--wait", "15")
    sweep = there.start("--now", NOW, "--json", "sweep", "--confirm")
    out, err = sweep.communicate(timeout=60)
    assert sweep.returncode == 0, err
    helped, said = worker.communicate(timeout=60)
    assert worker.returncode == 0, said
    told = json.loads(out)
    assert json.loads(helped).keys() == SHAPE
    assert (told["deleted"], told["remaining"], told["stopped"]) == ({"client": 1, "order": 41}, 0, None)
    with there.engine.connect() as connection:
        written = connection.execute(text("SELECT records FROM kigen_chunks WHERE kind = 'order'")).scalars()
        acts = Counter(number for records in written for number, _due in json.loads(records))
        assert acts == Counter([5, *range(1000, 1040)])
        assert list(connection.scalars(text("SELECT id FROM tblorders ORDER BY id"))) == [6, 7]
        assert list(connection.scalars(text("SELECT id FROM tblclients ORDER BY id"))) == [2, 3]
