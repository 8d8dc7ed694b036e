"""Files on disk are not kept: `undo` names those that do not come back, and spares those that still wait to go."""

from __future__ import annotations

from pathlib import Path

import pytest

from kigen.work.undo import undo
from tests.work.billing import LATER, NOW, Billing
from tests.work.kept import stays_kept, swept_away


@pytest.fixture
def store(either: Billing, tmp_path: Path) -> Path:
    """Client 3's ticket names two files; a third is client 1's."""
    stays_kept(either)
    either.run("UPDATE tbltickets SET attachment = '1_bill.pdf|2_note.txt' WHERE id = 30")
    either.run("UPDATE tbltickets SET attachment = '3_other.txt' WHERE id = 41")
    folder = tmp_path / "attachments"
    folder.mkdir()
    for name in ("1_bill.pdf", "2_note.txt", "3_other.txt"):
        (folder / name).write_text("content")
    return folder


def there(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_that_went_are_named_by_undo_and_others_were_never_touched(either: Billing, store: Path) -> None:
    either.set(host__attachments=str(store))
    run = swept_away(either).run or 0
    assert there(store) == ["3_other.txt"]
    undone = undo(either.site, run)
    assert undone.brought.files == ["1_bill.pdf", "2_note.txt"] and undone.as_json()["files"] == 2
    assert either.ids("tblclients") == [1, 3]


def test_files_that_still_wait_to_go_stay_once_their_rows_are_back(either: Billing, store: Path) -> None:
    run = swept_away(either).run or 0
    assert undo(either.site, run).brought.files == []
    either.set(host__attachments=str(store))
    either.at(NOW + LATER)
    either.sweep()
    assert there(store) == ["1_bill.pdf", "2_note.txt", "3_other.txt"]
    assert either.rows("kigen_going_files") == []
