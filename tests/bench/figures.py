"""What a figure is: one measured value, the peer that it stands beside, and the target that it has to meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = ("Figure", "kigen", "Peer", "Ratio", "Target", "Met")


@dataclass(frozen=True)
class Figure:
    """`value` is what the target speaks of. Without a target it is only told; without a peer it has no ratio."""

    name: str
    what: str
    value: float
    ours: str
    peer: str = ""
    target: float | None = None
    at_least: bool = False
    unit: str = ""

    @property
    def is_met(self) -> bool | None:
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target

    @property
    def margin(self) -> float | None:
        """How many times better than the target: 1 just meets it. None where there is no target or nothing was read."""
        if self.target is None or not self.value:
            return None
        return self.value / self.target if self.at_least else self.target / self.value

    @property
    def ratio(self) -> str:
        return number(self.value) if self.peer else ""

    @property
    def wanted(self) -> str:
        if self.target is None:
            return ""
        return f"{'≥' if self.at_least else '≤'} {self.target:g}{f' {self.unit}' if self.unit else ''}"

    @property
    def met(self) -> str:
        return {True: "yes", False: "no", None: ""}[self.is_met]

    @property
    def cells(self) -> tuple[str, ...]:
        return (f"`{self.name}`: {self.what}", self.ours, self.peer, self.ratio, self.wanted, self.met)


def faster(name: str, what: str, ours: float, peer: str, theirs: float, at_least: float | None = None) -> Figure:
    """How many times as fast as the peer at the same work; both in seconds."""
    return Figure(name, what, theirs / ours, f"{number(ours)} s", f"{peer} {number(theirs)} s", at_least, at_least=True)


def dearer(
    name: str, what: str, ours: float, peer: str, theirs: float, at_most: float | None = None, unit: str = "s"
) -> Figure:
    """How many times the peer's cost, in seconds or another unit that both have."""
    return Figure(name, what, ours / theirs, f"{number(ours)} {unit}", f"{peer} {number(theirs)} {unit}", at_most)


def bound(name: str, what: str, value: float, unit: str, at_most: float | None = None) -> Figure:
    """A value that has a bound of its own, or none and is only told."""
    return Figure(name, what, value, f"{number(value)} {unit}", target=at_most, unit=unit)


def markdown(figures: Sequence[Figure]) -> str:
    """The table of a document."""
    rows = [HEAD, ("---",) * len(HEAD), *(figure.cells for figure in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows).replace("| --- ", "|---").replace("--- |", "---|")


def plain(figures: Sequence[Figure]) -> str:
    """The table of a terminal: columns under each other, the same cells."""
    rows = [HEAD, *(figure.cells for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def number(value: float) -> str:
    """Three digits that count, and no powers of ten."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not exceeded by this share of all; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
