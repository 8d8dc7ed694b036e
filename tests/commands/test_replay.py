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


def test_a_restore_without_the_ledger_file_is_refused_in_one_sentence_and_has_a_way_out(
    swept: tuple[Installation, Path],
) -> None:
    here, copy = swept
    restore(here, copy)
    (path,) = here.folder.rglob(ledger_file.NAME)
    content = path.read_bytes()
    path.unlink()
    said = here.run("sweep", "--confirm", now=LATER)
    assert (said.status, clients(here)) == (3, [1, 2, 3])
    assert f"the ledger file {path} is missing" in said.sentence
    assert "bring it back from its copy, then run 'kigen replay'" in said.sentence
    assert not path.exists()  # no short one that would look whole
    path.write_bytes(content)
    assert here.run("replay", now=LATER).status == 0
    assert clients(here) == [2, 3]
    assert here.run("sweep", "--confirm", now=LATER).status == 0


def test_a_restore_whose_ledger_file_nobody_has_is_open_again_after_a_replay(swept: tuple[Installation, Path]) -> None:
    here, copy = swept
    restore(here, copy)
    (path,) = here.folder.rglob(ledger_file.NAME)
    path.unlink()
    assert here.run("replay", now=LATER).status == 1
    asked = here.run("sweep", now=LATER)
    assert (asked.status, clients(here)) == (3, [1, 2, 3])
    assert asked.sentence.startswith("kigen: The database was put back from a backup")
    assert "'kigen sweep --confirm'" in asked.sentence
    assert here.run("sweep", "--confirm", now=LATER).status == 0
    assert clients(here) == [2, 3]


def test_a_restore_that_brought_nobody_back_is_named_when_the_next_plan_asks_for_a_confirmation(
    swept: tuple[Installation, Path],
) -> None:
    here, _ = swept
    path = Path(make_url(here.url).database or "")
    copy = path.with_suffix(".later")
    _copy(path, copy)
    assert here.run("sweep", now=LATER).status == 0
    restore(here, copy)
    assert here.run("replay", now=LATER).out == "Nothing that was erased is there.\n"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO tblorders (id, ordernum, userid, date, status) "
                         "VALUES (900, 900, 2, '2015-01-01 10:00:00', 'Cancelled')")  # fmt: skip
    asked = here.run("sweep", now="2024-04-03T00:00:00+09:00")
    assert asked.status == 3
    assert asked.sentence.startswith("kigen: The database was put back from a backup, and its rules and settings")
    assert "'kigen sweep --confirm'" in asked.sentence


def test_a_ledger_file_that_is_gone_is_written_anew_and_the_run_says_so(swept: tuple[Installation, Path]) -> None:
    here, _ = swept
    (path,) = here.folder.rglob(ledger_file.NAME)
    path.unlink()
    said = here.run("sweep", now=LATER)
    assert said.status == 1
    assert f"the ledger file {path} was not there although the database has 2 entries of evidence" in said.err
    assert path.exists()
    assert here.run("sweep", now=LATER).status == 0
    assert clients(here) == [2, 3]


def test_what_the_backup_lacks_is_told_up_to_its_restore_in_the_zone_of_the_site(
    swept: tuple[Installation, Path],
) -> None:
    here, copy = swept
    restore(here, copy)
    said = here.run("replay", now=LATER).err
    assert "noted after the beginning and before the backup was put back (now it is 2024-04-02 00:00)" in said


def test_before_the_replay_the_restored_state_names_the_command_everywhere(swept: tuple[Installation, Path]) -> None:
    here, copy = swept
    restore(here, copy)
    file = str(here.folder / "certificate")
    said = here.run("evidence", "certificate", "client", "1", "--out", file, now=LATER)
    assert said.status == 3
    assert "run 'kigen replay' first" in said.sentence
    assert "Run 'kigen replay'." in here.run("evidence", "verify").out
    found = here.run("doctor", "--quick", "--json", now=LATER).document["findings"]
    assert [one["text"][-20:] for one in found if one["code"] == "ledger-file-ahead"] == [" Run 'kigen replay'."]
    assert here.run("replay", now=LATER).status == 0
    assert here.run("evidence", "certificate", "client", "1", "--out", file, now=LATER).status == 0
    shown = here.run("evidence", "head", now=LATER).out
    assert "T" not in shown.splitlines()[0]
