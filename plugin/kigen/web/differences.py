"""What changed between two versions of a text: the places, each below its heading, with the words that differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

LONGEST = 4000
"""Characters of a line up to which its words are compared; a longer one is shown as replaced."""

_HEADING = re.compile(r"#{1,6} +(.*)")
_WORD = re.compile(r"[A-Za-z0-9]+|\s+|.")  # Japanese has no blanks between words: there each letter is one
_MARKS = re.compile(r"\\(?=[\\`*_{}\[\]()#+.!|<>~&-])|^#{1,6} +|(?<!\\)\*{1,2}")
_ROW, _CELL = re.compile(r"\| *(.*) *\|"), re.compile(r"(?<!\\)\|")

KEPT, REMOVED, ADDED = "kept", "removed", "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words: kept, removed or added."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was or as it is; `pieces` say which of its words differ."""

    kind: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Lines that differ, below the heading under which they stand."""

    heading: str
    lines: tuple[Line, ...]


@lru_cache(maxsize=16)
def places(before: str, after: str) -> tuple[Place, ...]:
    """What differs between two Markdown texts, in the order of the later one. Published texts never change."""
    old, new = _lines(before), _lines(after)
    found: list[Place] = []
    for tag, from_old, to_old, from_new, to_new in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            lines = tuple(_compared(old[from_old:to_old], new[from_new:to_new]))
            heading = _heading(new, from_new) or _heading(old, from_old)
            if found and found[-1].heading == heading:
                found[-1] = Place(heading, (*found[-1].lines, *lines))
            else:
                found.append(Place(heading, lines))
    return tuple(found)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _heading(lines: list[str], before: int) -> str:
    for line in reversed(lines[:before]):
        if match := _HEADING.match(line):
            return _plain(match[1])
    return ""


def _compared(old: list[str], new: list[str]) -> Iterator[Line]:
    """Lines that stand for each other side by side, as many as there are of both; then the rest."""
    for before, after in zip(old, new, strict=False):
        was, now = _words(_plain(before), _plain(after))
        yield Line(REMOVED, was)
        yield Line(ADDED, now)
    both = min(len(old), len(new))
    yield from (Line(REMOVED, (Piece(REMOVED, _plain(line)),)) for line in old[both:])
    yield from (Line(ADDED, (Piece(ADDED, _plain(line)),)) for line in new[both:])


def _words(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    if max(len(before), len(after)) > LONGEST:
        return (Piece(REMOVED, before),), (Piece(ADDED, after),)
    old, new = _WORD.findall(before), _WORD.findall(after)
    was: list[Piece] = []
    now: list[Piece] = []
    for tag, from_old, to_old, from_new, to_new in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        kinds = (KEPT, KEPT) if tag == "equal" else (REMOVED, ADDED)
        for kind, words, into in zip(kinds, (old[from_old:to_old], new[from_new:to_new]), (was, now), strict=True):
            if words:
                into.append(Piece(kind, "".join(words)))
    return tuple(was), tuple(now)


def _plain(line: str) -> str:
    """A line without the signs by which Markdown marks headings, stress and cells, and hides signs of its own."""
    if match := _ROW.fullmatch(line):
        line = " · ".join(cell.strip() for cell in _CELL.split(match[1]))
    return _MARKS.sub("", line)
