"""Which attachments go with deleted rows: only what no other row names, only inside the store (cases.md F17)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from kigen.hosts.files import within
from kigen.hosts.whmcs import WhmcsHost
from kigen.policy.records import Kind
from tests.hosts.whmcs_data import add, writing
from tests.support import shape


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "attachments"
    (folder / "2024").mkdir(parents=True)
    for name in ("1_a.txt", "2_b.txt", "2024/3_c.pdf"):
        (folder / name).write_text("x")
    (tmp_path / "secret.txt").write_text("of somebody else")
    return folder


def test_files_of_a_deleted_client_go_and_one_that_another_row_names_stays(sqlite_url: str, store: Path) -> None:
    host = WhmcsHost("Asia/Tokyo")
    engine = create_engine(sqlite_url, poolclass=NullPool)
    shape.whmcs(engine)
    with writing(engine) as db:
        add(db, "tblclients", id=1, email="a@x.jp", datecreated="2020-01-01")
        add(db, "tbltickets", id=5, tid="A", userid=1, status="Closed", attachment="1_a.txt|2_b.txt")
        add(db, "tblticketreplies", tid=5, attachment="2024/3_c.pdf")
        add(db, "tblticketnotes", ticketid=5, attachments="gone.txt")
        add(db, "tblclientsfiles", userid=1, title="scan", filename="4_d.pdf")
        add(db, "tbltickets", id=6, tid="B", userid=2, status="Closed", attachment="2_b.txt")
        accounts = host.accounts(db, [1], lock=True)
        names = host.file_names(db, accounts)
        assert names == {"1_a.txt", "2_b.txt", "2024/3_c.pdf", "gone.txt", "4_d.pdf"}
        host.delete(db, Kind.CLIENT, [1], accounts)
        found = within(host.unused_files(db, names), store)
    assert [path.relative_to(store).as_posix() for path in found.paths] == ["1_a.txt", "2024/3_c.pdf"]
    assert found.notes == ("2 of the files were not there any more.",)


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("../secret.txt", "outside the folder"),
        ("/etc/passwd", "outside the folder"),
        ("2024/../../secret.txt", "outside the folder"),
        ("..\\secret.txt", "outside the folder"),
        ("a\0b", "outside the folder"),
        ("link.txt", "symbolic link"),
        ("elsewhere/secret.txt", "symbolic link"),
        ("2024", "is no file"),
        ("1_a.txt/x", "not there any more"),
    ],
)
def test_a_name_that_leads_out_of_the_store_is_left_and_noted_without_it(store: Path, name: str, note: str) -> None:
    (store / "link.txt").symlink_to(store.parent / "secret.txt")
    (store / "elsewhere").symlink_to(store.parent)
    found = within([name], store)
    assert found.paths == ()
    assert note in found.notes[0] and "secret" not in found.notes[0]
    assert (store.parent / "secret.txt").read_text() == "of somebody else"


def test_a_missing_folder_is_a_note_and_no_error(tmp_path: Path) -> None:
    assert within(["1_a.txt"], tmp_path / "none").notes == (
        "The folder of the attachments is not there, so no file was removed.",
    )
    assert within([], tmp_path / "none").notes == ()


def test_a_path_too_long_for_any_disk_and_half_a_character_are_no_error(store: Path) -> None:
    found = within(["/".join(["x" * 200] * 25), "a\ud800b.txt"], store)
    assert (found.paths, found.unseen) == ((), 0)
    assert found.notes[0] == "A row names a file by more characters than a name can have; it was left."


def test_what_is_in_a_folder_that_nobody_lets_in_may_be_there_and_waits() -> None:
    mine = os.geteuid()
    with tempfile.TemporaryDirectory(prefix="kigen-", dir="/var/tmp") as made:
        store = Path(made)
        store.chmod(0o755)
        (store / "locked/in").mkdir(parents=True)
        (store / "locked").chmod(0)
        if mine == 0:  # whom no lock keeps out
            os.seteuid(65534)
        try:
            inside, whole = within(["locked/in/a.txt", "b.txt"], store), within(["a.txt"], store / "locked/in")
        finally:
            os.seteuid(mine)
            (store / "locked").chmod(0o700)
    assert (inside.paths, inside.unseen, whole.unseen) == ((), 1, 1)
    assert inside.notes[0] == "A row names a file in a folder that may not be looked into; it was left."
