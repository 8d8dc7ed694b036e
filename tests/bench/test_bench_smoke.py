"""The measurements in a small world: every figure is there and both sides did the same. No time is judged."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bench.__main__ import MEASURES, main
from tests.bench.figures import Figure, bound, dearer, faster, markdown, quantile
from tests.bench.plot import at, svg

RECORDS = 10_000


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def figures(out: Path) -> dict[str, Figure]:
    """A whole run. Where one side left other rows than the other, it raises and has no figures at all."""
    return {one.name: one for one in main(["--records", str(RECORDS), "--out", str(out)])}


def test_every_measure_has_a_figure_with_a_target(figures: dict[str, Figure]) -> None:
    assert {name.partition(".")[0] for name, one in figures.items() if one.target is not None} == set(MEASURES)


def test_the_small_world_holds_in_small_what_the_large_one_holds(figures: dict[str, Figure]) -> None:
    assert f"{RECORDS // 5:,} due orders of {RECORDS:,} records" in figures["delete"].what
    assert f"{RECORDS * 3 // 10:,} of them due but kept" in figures["idle"].what
    assert f"{RECORDS:,} records" in figures["full"].what


def test_the_page_and_its_plot_hold_every_figure(figures: dict[str, Figure], out: Path) -> None:
    page, drawing = (out / "README.md").read_text(encoding="utf-8"), (out / "ratios.svg").read_text(encoding="utf-8")
    assert "](ratios.svg)" in page
    for name, figure in figures.items():
        assert f"| `{name}`: {figure.what} |" in page
    aimed = [name for name, one in figures.items() if one.target is not None]
    assert re.findall(r'text-anchor="end">([\w.]+)</text>', drawing) == aimed


def test_a_figure_is_met_on_the_right_side_of_its_target() -> None:
    quick, slow = faster("a", "", 2.0, "peer", 4.0, at_least=1.0), faster("b", "", 4.0, "peer", 2.0, at_least=1.0)
    cheap, dear = dearer("c", "", 1.0, "peer", 4.0, at_most=0.5), dearer("d", "", 4.0, "peer", 4.0, at_most=0.5)
    low, high, told = bound("e", "", 40, "ms", 50), bound("f", "", 60, "ms", 50), bound("g", "", 60, "ms")
    assert [one.met for one in (quick, slow, cheap, dear, low, high, told)] == ["yes", "no"] * 3 + [""]
    assert [one.margin for one in (quick, slow, cheap, dear, low, told)] == [2, 0.5, 2, 0.5, 1.25, None]
    assert quick.cells == ("`a`: ", "2 s", "peer 4 s", "2", "≥ 1", "yes")
    assert high.cells == ("`f`: ", "60 ms", "", "", "≤ 50 ms", "no")
    assert markdown([told]).splitlines()[1:] == ["|---|---|---|---|---|---|", "| `g`:  | 60 ms |  |  |  |  |"]


def test_a_bar_ends_right_of_the_target_where_it_is_met() -> None:
    assert at(1 / 1000) == at(1 / 32) < at(0.5) < at(1) < at(2) < at(32) == at(1000)
    drawing = svg([faster("a<b", "", 2.0, "peer", 4.0, at_least=1.0)], "said")
    assert "a&lt;b" in drawing
    assert 'class="met"' in drawing


def test_a_quantile_is_a_value_that_was_there() -> None:
    assert quantile([3.0, 1.0, 2.0], 0.99) == 3.0
    assert quantile([float(n) for n in range(1, 101)], 0.5) == 51.0
    assert quantile([], 0.99) == 0.0
