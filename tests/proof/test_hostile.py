"""What strangers write stays inside: in a template, in a cell and in the name of a file; and the searches can fail."""

from __future__ import annotations

import pytest

from tests.proof.hostile import SEARCHES, Escaped, search, try_cells, try_paths


@pytest.mark.parametrize("name", SEARCHES)
def test_nothing_that_a_stranger_writes_gets_out(name: str) -> None:
    """`./tests/run --deep` tries each 50,000 times."""
    assert search(name, 150) >= 100


@pytest.mark.parametrize("written", ["\x80=1", "\u2003＝1", "\u00ad@x", "⁼1", "\ufeff\u200b-1"])
def test_a_formula_behind_what_nobody_sees_is_a_text(written: str) -> None:
    try_cells([written])


def test_a_cell_and_a_name_that_got_out_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.proof.hostile.cell", str)
    monkeypatch.setattr("tests.proof.hostile.safe_name", lambda number, written: written)
    with pytest.raises(Escaped, match="begins as '='"):
        try_cells(["=1"])
    with pytest.raises(Escaped, match=r"is called '\.\./x'"):
        try_paths(["../x"])
