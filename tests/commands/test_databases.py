"""Databases that are not as they should be: each ends in one sentence without a password, and nothing half-done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from kigen.ledger.database import open_database
from tests.commands.installation import NOW, Installation, Said, fill, installed, run
from tests.support.mariadb import MariaDB

SECRET = "hush-hush"


@pytest.fixture
def there(tmp_path: Path, mariadb_url: str) -> Installation:
    """A small platform on MariaDB."""
    return installed(tmp_path, mariadb_url)


@pytest.fixture
def server(mariadb_server: MariaDB) -> Iterator[MariaDB]:
    """The server, which runs again after the test."""
    yield mariadb_server
    mariadb_server.start()


def test_a_user_who_may_only_read_can_look_and_is_told_why_nothing_more(
    there: Installation, server: MariaDB, tmp_path: Path
) -> None:
    reader = _as_user(there, server.grant("SELECT", str(make_url(there.url).database)), tmp_path)
    assert reader.run("plan", "--json").status == 0
    assert reader.run("explain", "order", "5").status == 0
    for asked in (["sweep", "--confirm"], ["reconcile"], ["hold", "add", "--client", "1", "--reason", "x"]):
        said = reader.run(*asked)
        assert said.status == 4
        assert "the database user may not write" in said.sentence
    found = {one["code"]: one for one in reader.run("doctor", "--json").document["findings"]}
    assert found["grants"]["level"] == "error" and "may not write" in found["grants"]["text"]
    assert there.run("plan", "--json").documents[0]["action"] == "delete"


def test_a_user_who_may_not_make_tables_is_told_at_init(
    tmp_path: Path, mariadb_url: str, mariadb_server: MariaDB
) -> None:
    fill(mariadb_url)
    url = mariadb_server.grant("SELECT", str(make_url(mariadb_url).database))
    said = run("init", "--config", str(tmp_path / "kigen.toml"), "--host", "whmcs", "--database", url)
    assert said.status == 4
    assert "may not write" in said.sentence
    assert not (tmp_path / "kigen.toml").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"host": "127.0.0.1", "port": 1, "query": {}, "password": SECRET}, "does not answer"),
        ({"host": "no.such.invalid", "query": {}, "password": SECRET}, "does not answer"),
        ({"username": "nobody", "password": SECRET}, "refused the user or the password"),
        ({"database": "nowhere"}, "nowhere on localhost does not exist"),
        ({"query": {"unix_socket": "missing.socket"}, "password": SECRET}, "does not answer"),
    ],
)
def test_a_database_that_cannot_be_reached_ends_with_four(
    there: Installation, change: dict[str, object], said: str
) -> None:
    url = make_url(there.url).set(**change)  # type: ignore[arg-type]  # parts of a URL by name
    _point(there, url.render_as_string(hide_password=False))
    for asked in (["plan"], ["plan", "--debug"], ["doctor", "--json"], ["sweep", "--confirm"]):
        told = there.run(*asked)
        assert told.status == 4
        assert said in told.err + told.out
        assert SECRET not in told.err + told.out
    assert said in there.run("plan").sentence


def test_a_server_that_dies_mid_sweep_leaves_nothing_half_done(
    there: Installation, server: MariaDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kigen.hosts.whmcs.host import WhmcsHost

    delete = WhmcsHost.delete

    def die(*given: object) -> dict[str, int]:
        delete(*given)  # type: ignore[arg-type]  # handed on as it came
        server.kill()
        return {}

    monkeypatch.setattr(WhmcsHost, "delete", die)
    said = there.run("sweep", "--confirm")
    assert said.status == 4
    assert "was lost; nothing half-done remains; run it again" in said.sentence
    monkeypatch.undo()
    server.start()
    again = there.run("sweep", "--confirm", "--json")
    assert (again.status, again.document["deleted"]) == (0, {"client": 1, "order": 1})


def test_a_database_without_kigens_tables_is_told_to_be_set_up(there: Installation) -> None:
    with there.engine.begin() as connection:
        connection.execute(text("DROP TABLE kigen_alembic"))
    said = there.run("plan")
    assert said.status == 2
    assert "run 'kigen init' first" in said.sentence
    found = there.run("doctor", "--json")
    assert (found.status, found.document["findings"][-1]["code"]) == (2, "not-set-up")


def test_tables_of_a_newer_kigen_are_left_alone(here: Installation) -> None:
    with here.engine.begin() as connection:
        connection.execute(text("UPDATE kigen_alembic SET version_num = '9999'"))
    said = here.run("plan")
    assert said.status == 2 and "revision 9999" in said.sentence
    assert run("init", "--config", str(here.config)).status == 2


def test_a_missing_sqlite_file_is_not_made(here: Installation) -> None:
    file = Path(str(make_url(here.url).database))
    file.unlink()
    said = here.run("plan")
    assert said.status == 4
    assert f"{file} is not there" in said.sentence
    assert not file.exists()


def test_what_is_no_sqlite_file_is_told(here: Installation) -> None:
    file = Path(str(make_url(here.url).database))
    for path in file.parent.glob(f"{file.name}*"):
        path.unlink()
    file.write_text("not a database, only words" * 100, encoding="utf-8")
    said = here.run("plan")
    assert said.status == 4
    assert "is not an SQLite file" in said.sentence


def test_an_sqlite_file_that_may_only_be_read_is_told_when_something_is_to_be_written(here: Installation) -> None:
    file = make_url(here.url).database
    _point(here, f"sqlite:///file:{file}?mode=ro&uri=true")
    assert here.run("plan").status == 0
    said = here.run("hold", "add", "--client", "1", "--reason", "x")
    assert said.status == 4
    assert "may not write" in said.sentence


def test_an_sqlite_file_locked_by_somebody_else_is_told(here: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kigen.ledger.database.LOCK_WAIT_SECONDS", 0.1)
    other = open_database(here.url)
    with other.begin():
        assert here.run("plan").status == 0
        said = here.run("reconcile")
    assert said.status == 4
    assert "is locked by another program" in said.sentence


def _as_user(there: Installation, url: str, folder: Path) -> Installation:
    """The same installation, reached as another user."""
    copy = Installation(folder / "reader", url)
    copy.folder.mkdir()
    copy.config.write_text(there.config.read_text(encoding="utf-8"), encoding="utf-8")
    _point(copy, url)
    return copy


def _point(at: Installation, url: str) -> None:
    """Let the configuration name another database."""
    lines = at.config.read_text(encoding="utf-8").splitlines()
    lines = [f'database = "{url}"' if line.startswith("database") else line for line in lines]
    at.config.write_text("\n".join(lines) + os.linesep, encoding="utf-8")


def test_secrets_stay_out_of_every_answer(here: Installation) -> None:
    _point(here, f"mysql://kigen:{SECRET}@127.0.0.1:1/whmcs")
    every: list[Said] = [
        here.run(*asked) for asked in (["plan"], ["doctor"], ["doctor", "--json"], ["plan", "--debug"], ["intake"])
    ]
    every.append(run("--config", str(here.config), "--now", NOW, "init", "--json"))
    assert all(SECRET not in said.out + said.err for said in every)
