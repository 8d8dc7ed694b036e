"""`kigen replay` as an operator calls it, after a restore: refused before, shown, done, and open again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from kigen.ledger import keys, keys_store, ledger_file
from tests.commands.installation import Installation

LATER = "2024-04-02T00:00:00+09:00"


@pytest.fixture
def swept(here: Installation) -> tuple[Installation, Path]:
    """Swept, with a copy of the database from before."""
    assert here.run("init", "--host", "whmcs", "--database", here.url).status == 0
    path = Path(make_url(here.url).database or "")
    copy = path.with_suffix(".backup")
    _copy(path, copy)
    assert here.run("sweep", "--confirm").status == 0
    return here, copy


def restore(of: Installation, copy: Path) -> None:
    _copy(copy, Path(make_url(of.url).database or ""))


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)


def clients(of: Installation) -> list[int]:
    engine = of.engine
    with engine.connect() as connection:
        found = list(connection.execute(text("SELECT id FROM tblclients ORDER BY id")).scalars())
    engine.dispose()
    return found


def test_a_restored_database_is_refused_shown_erased_again_and_open(swept: tuple[Installation, Path]) -> None:
    """N15 through the commands."""
    here, copy = swept
    assert clients(here) == [2, 3]
    restore(here, copy)
    refused = here.run("sweep", "--confirm", now=LATER)
    assert (refused.status, clients(here)) == (3, [1, 2, 3])
    assert "run 'kigen replay'" in refused.err
    codes = [one["code"] for one in here.run("doctor", "--quick", "--json", now=LATER).document["findings"]]
    assert "ledger-file-ahead" in codes
    shown = here.run("--json", "replay", "--dry-run", now=LATER)
    assert (shown.status, shown.document["returned"]) == (0, {"delete": {"client": 1, "order": 1}})
    assert clients(here) == [1, 2, 3]
    done = here.run("--json", "replay", now=LATER)
    assert (done.status, done.document["deleted"]) == (0, {"client": 1, "order": 1})
    assert done.document["put_back"] == 2
    assert "are not in this database: enter them again" in done.err
    assert clients(here) == [2, 3]
    assert here.run("evidence", "verify").status == 0
    assert here.run("replay", now=LATER).out == "Nothing that was erased is there.\n"
    assert here.run("sweep", now=LATER).status == 0  # with nothing due, there is nothing to confirm


def test_a_restore_from_before_the_installation_has_a_way_out(swept: tuple[Installation, Path]) -> None:
    """Bad input: a backup in which kigen's tables are not."""
    here, copy = swept
    restore(here, copy)
    engine = here.engine
    with engine.begin() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE name LIKE 'kigen_%' AND type = 'table'"))
        for name in names.scalars().all():
            connection.execute(text(f"DROP TABLE {name}"))
    engine.dispose()
    said = here.run("sweep", now=LATER)
    assert said.status == 2
    assert "from before the installation; run 'kigen init', then 'kigen replay'" in said.sentence
    assert here.run("init", "--host", "whmcs", "--database", here.url).status == 0
    assert here.run("sweep", "--confirm", now=LATER).status == 3
    assert here.run("replay", now=LATER).status == 0
    assert clients(here) == [2, 3]
    assert here.run("evidence", "verify").status == 0


def test_a_replay_without_its_key_says_which_file_is_missing(swept: tuple[Installation, Path]) -> None:
    here, copy = swept
    restore(here, copy)
    (folder,) = {path.parent for path in here.folder.rglob(ledger_file.NAME)}
    (folder / keys_store.DIGEST).unlink()
    said = here.run("replay", now=LATER)
    assert (said.status, clients(here)) == (2, [1, 2, 3])
    assert "has no digest.key" in said.sentence


def test_a_ledger_file_that_breaks_off_is_no_ground_to_act_on(swept: tuple[Installation, Path]) -> None:
    """Bad input: a truncated ledger, on a restored database."""
    here, copy = swept
    restore(here, copy)
    (path,) = here.folder.rglob(ledger_file.NAME)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[1:]))  # the first entry is gone
    said = here.run("replay", now=LATER)
    assert (said.status, clients(here)) == (3, [1, 2, 3])
    assert said.sentence.startswith("kigen: Entry 1 is missing: entry 2 stands in its place.")
    assert "from its copy" in said.sentence


def test_init_makes_the_keys_that_evidence_and_fingerprints_need(here: Installation) -> None:
    assert here.run("init", "--host", "whmcs", "--database", here.url).status == 0
    names = {path.name for path in here.folder.rglob("*.key")}
    assert {keys.PRIVATE, keys_store.DIGEST} <= names
