"""Attachments in a bundle (K5, K6): a name of their own each, whatever they were called, and none from elsewhere."""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kigen.ledger import settings as stored
from kigen.policy.file_names import LONGEST, safe_name
from tests.cases.desk import Desk
from tests.export.opened import Bundle, bundle

DEVICES = ("CON", "con.txt", "NUL.", "COM1.pdf", "AUX .txt", "LPT¹")
HOSTILE = (
    "../../etc/passwd", "..\\..\\x", "/etc/passwd", "C:\\windows\\x.dll", "a\0b.txt", "trail. .", "x" * 300 + ".pdf",
    "\u202egnp.exe", "a<b>c:d\"e|f?g*h", "", ".", "..", "résumé.pdf", unicodedata.normalize("NFD", "résumé.pdf"),
    "README.TXT", "readme.txt", "日本語の名前.xlsx", "\ud800", *DEVICES,
)  # fmt: skip


def index(made: Bundle) -> list[dict[str, Any]]:
    return [json.loads(line) for line in made.text("attachments.ndjson").splitlines()]


def is_safe(name: str) -> bool:
    """Whether every system takes the name as one file of its folder."""
    windows = PureWindowsPath(name)
    return (
        windows.name == name and not windows.drive and not windows.root and not windows.is_reserved()
        and name == name.strip() and not name.endswith(".") and name == unicodedata.normalize("NFC", name)
        and len(name.encode()) <= LONGEST + 10 and not any(unicodedata.category(char)[0] == "C" for char in name)
        and not set(name) & set('<>:"/\\|?*')
    )  # fmt: skip


def test_no_name_leads_out_is_a_device_or_is_there_twice() -> None:
    made = [safe_name(number, name) for number, name in enumerate(HOSTILE, 1)]
    assert [name for name in made if not is_safe(name)] == []
    folded = {unicodedata.normalize("NFKC", name).casefold() for name in made}
    assert len(folded) == len(HOSTILE)
    assert safe_name(12, "../invoice.pdf") == "00012-invoice.pdf"


def test_nobody_finds_a_name_that_is_not_safe(deep: bool) -> None:
    @settings(max_examples=50_000 if deep else 100)
    @given(st.text(max_size=400), st.integers(1, 10**7))
    def check(written: str, number: int) -> None:
        assert is_safe(safe_name(number, written))

    check()


def test_files_are_taken_from_the_folder_and_the_index_says_what_each_was_called(desk: Desk, tmp_path: Path) -> None:
    made = bundle(desk, tmp_path)
    told = {one["name"]: one for one in index(made)}
    assert told["2_CON.pdf"]["file"] == "attachments/00001-2_CON.pdf"
    assert made.zip.read("attachments/00001-2_CON.pdf") == b"%PDF" + bytes(200_000)
    assert (told["2_CON.pdf"]["table"], told["2_CON.pdf"]["id"]) == ("tbltickets", "20")
    assert told["1_../../x.txt"]["file"] is None
    assert "outside the folder" in told["1_../../x.txt"]["problem"]
    assert told["3_gone.pdf"]["file"] is None
    assert "4_internal-note.txt" not in told
    assert made.manifest["attachments"] == {"named": 3, "files": 1, "missing": 2}
    assert made.made.problems == []


def test_a_bomb_among_them_is_a_file_like_any_other(desk: Desk, tmp_path: Path) -> None:
    """K6"""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as content:
        content.writestr("zeros", bytes(5_000_000))
    (tmp_path / "files" / "2_CON.pdf").write_bytes(bomb.getvalue())
    made = bundle(desk, tmp_path)
    assert made.zip.read("attachments/00001-2_CON.pdf") == bomb.getvalue()


@pytest.mark.parametrize("what", ["a link", "a folder"])
def test_what_is_no_file_of_the_store_is_not_followed(desk: Desk, tmp_path: Path, what: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("not for anybody", encoding="utf-8")
    place = tmp_path / "files" / "2_CON.pdf"
    place.unlink()
    place.symlink_to(secret) if what == "a link" else place.mkdir()
    made = bundle(desk, tmp_path)
    assert b"not for anybody" not in made.everything
    assert made.manifest["attachments"]["files"] == 0


def test_files_that_cannot_be_found_or_read_make_the_bundle_incomplete(desk: Desk, tmp_path: Path) -> None:
    with desk.site.transaction() as connection:
        stored.store(connection, "host.attachments", None, desk.site.now, "tests")
    made = bundle(desk, tmp_path, language="ja")
    (problem,) = made.made.problems
    assert problem.english.startswith("rows name 3 files, and nobody has said where they are")
    assert (made.manifest["complete"], made.manifest["incomplete"]) == (False, [problem.japanese])
    assert problem.japanese in made.text("report.html").replace("&#39;", "'")
    assert made.made.sections["tickets"] == 3
