"""What a platform's PHP that somebody has taken over cannot make of `kigen install`, which is run as root."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from kigen.commands.bridge_listed import LIST, LIST_HEAD
from tests.bridges.bridge import Platform


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder that has nothing to do with the platform, with a file that nobody else may read."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "secret.txt").write_text("not for the web")
    (folder / "secret.txt").chmod(0o600)
    return folder


def relist(here: Platform, **changes: Any) -> None:
    """The list in the folder, written anew by somebody else."""
    path = here.folder / LIST
    found = json.loads(path.read_bytes().removeprefix(LIST_HEAD))
    path.write_bytes(LIST_HEAD + json.dumps({**found, **changes}).encode())


@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_a_list_that_names_places_elsewhere_is_no_list_of_kigens(
    here: Platform, elsewhere: Path, command: str
) -> None:  # fmt: skip
    here.install()
    for changes in ({"tally": str(elsewhere)}, {"files": {"../../../../elsewhere/secret.txt": "0"}}):
        relist(here, **changes)
        said = here.install("--listen", "127.0.0.1:9") if command == "install" else here.kigen("uninstall")
        assert (said.status, "was not put there by kigen" in said.sentence) == (2, True)
        here.kigen("doctor", "--quick")
        assert (elsewhere / "secret.txt").read_text() == "not for the web"
        relist(here, tally="tally-" + "0" * 16, files={})
    assert not (here.place / "kigen-state/bridge").exists()


def test_no_link_brings_a_file_into_what_a_web_server_shows(here: Platform, elsewhere: Path) -> None:
    here.install()
    (here.folder / "mine.txt").symlink_to(elsewhere / "secret.txt")
    said = here.install("--listen", "127.0.0.1:9999")
    assert (said.status, "is a link" in said.sentence) == (2, True)
    assert list(here.path.glob(".kigen-*")) == []


def test_a_folder_to_write_into_that_is_a_link_loses_nothing_of_where_it_leads(here: Platform, elsewhere: Path) -> None:
    here.install()
    tally = here.tally
    tally.rename(here.path / "moved")
    tally.symlink_to(elsewhere)
    here.install("--listen", "127.0.0.1:9999")
    assert (elsewhere / "secret.txt").read_text() == "not for the web"
    assert not (here.folder / tally.name / "secret.txt").exists()


def test_what_the_operator_put_there_keeps_its_mode_and_what_begins_like_kigens_own_stays(here: Platform) -> None:
    here.install()
    (here.folder / "own.ini").write_text("password = 1")
    (here.folder / "own.ini").chmod(0o600)
    (here.path / ".kigen-notes").mkdir()
    (here.path / ".kigen-0badcafe").write_text("a file")
    assert here.install("--listen", "127.0.0.1:9999").status == 0
    assert stat.S_IMODE((here.folder / "own.ini").stat().st_mode) == 0o600
    assert (here.path / ".kigen-notes").is_dir()
    assert (here.path / ".kigen-0badcafe").read_text() == "a file"


def test_a_pipe_in_place_of_a_count_or_words_for_a_terminal_in_it_keep_no_doctor(here: Platform) -> None:
    here.install()
    os.mkfifo(here.tally / "tally.json")
    said = here.kigen("doctor", "--quick")
    assert "unreadable 1" in said.out
    (here.tally / "tally.json").unlink()
    (here.tally / "tally.json").write_text(json.dumps({"counts": {"\x1b]0;owned\x07": 1}, "first": "\x1b[2J"}))
    said = here.kigen("doctor", "--quick")
    assert "unreadable 1" in said.out
    assert "\x1b" not in said.out
    (here.tally / "tally.json").unlink()
    (here.tally / "tally.json").write_text(
        json.dumps({"counts": {"page-slow": 2}, "first": "2026-01-01T00:00:00Z", "last": "2026-01-02T00:00:00Z"})
    )
    assert "page-slow 2" in here.kigen("doctor", "--quick").out
