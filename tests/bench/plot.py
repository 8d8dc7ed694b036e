"""The plot of a run: for each figure with a target, how many times better than the target it is, on a log scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from tests.bench.figures import Figure, markdown, number

LEFT, WIDTH, RIGHT = 250, 430, 170
TOP, STEP, BAR = 70, 40, 20
FURTHEST = 32  # times better or worse; what lies beyond is drawn to the edge
TICKS = (1 / 16, 1 / 4, 1, 4, 16)

templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(("svg.jinja",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def at(margin: float) -> float:
    """Where on the page a margin lies; 1, the target, is in the middle."""
    share = math.log(min(max(margin, 1 / FURTHEST), FURTHEST)) / math.log(FURTHEST)
    return round(LEFT + WIDTH * (1 + share) / 2, 1)


def svg(figures: Sequence[Figure], said: str) -> str:
    """A drawing that stands alone and reads in light and dark."""
    bars = []
    for place, figure in enumerate(one for one in figures if one.margin is not None):
        end, middle = at(figure.margin or 1), at(1)
        bars.append({
            "name": figure.name, "y": TOP + place * STEP, "x": min(end, middle), "width": max(abs(end - middle), 1.5),
            "is_met": figure.is_met, "value": f"{number(figure.value)}{f' {figure.unit}' if figure.unit else ''}",
            "target": figure.wanted,
        })  # fmt: skip
    ticks = [{"x": at(one), "label": _label(one)} for one in TICKS]
    return templates.get_template("ratios.svg.jinja").render(
        bars=bars, ticks=ticks, said=said, middle=at(1), width=LEFT + WIDTH + RIGHT, height=TOP + len(bars) * STEP + 50,
        top=TOP, bottom=TOP + len(bars) * STEP, left=LEFT, right=LEFT + WIDTH, bar=BAR,
    )  # fmt: skip


def document(figures: Sequence[Figure], said: str, how: str) -> str:
    """The Markdown page with the table, which shows the drawing that lies beside it."""
    return templates.get_template("figures.md.jinja").render(table=markdown(figures), said=said, how=how)


def _label(margin: float) -> str:
    if margin == 1:
        return "target"
    return f"{margin:g}× better" if margin > 1 else f"{1 / margin:g}× worse"
