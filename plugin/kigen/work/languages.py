"""Where two languages of a notice say something else: heading by heading, what each states in figures.

Words cannot be compared by a program; that a point, a row or a number stands in one text alone can. A person reads the
parts that are named. Which text counts until then the notice itself says.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import month_name
from collections import Counter
from dataclasses import dataclass, field
from itertools import zip_longest

_HEADING = re.compile(r"^#{1,6} +(.*)$", re.MULTILINE)
_POINT = re.compile(r"^\s*(?:[-*]|\d+\.) +", re.MULTILINE)
_ROW = re.compile(r"^\|", re.MULTILINE)
# English writes as words what Japanese writes in figures: the month of a date, and small counts before their unit.
_IN_WORDS = {name: str(at) for at, name in enumerate(month_name) if name} | {
    name: str(at) for at, name in enumerate("one two three four five six seven eight nine ten".split(), 1)
}
_MONTHS, _NAMED = "|".join(filter(None, month_name)), "|".join(_IN_WORDS)
_WORD = re.compile(rf"(?<=\d )(?:{_MONTHS})(?= \d)|\b(?:{_NAMED})(?= (?:day|week|month|year)s?\b)")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a notice in two languages, by their headings. Numbers by how often one text has them more often."""

    first: str
    second: str
    points: tuple[int, int] = (0, 0)
    rows: tuple[int, int] = (0, 0)
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = field(default=())

    @property
    def differs(self) -> bool:
        """Whether a person should read it."""
        is_alike = self.points[0] == self.points[1] and self.rows[0] == self.rows[1]
        return not is_alike or bool(self.only_first or self.only_second) or not (self.first and self.second)

    def as_json(self) -> dict[str, object]:
        return {
            "headings": [self.first, self.second], "points": list(self.points), "rows": list(self.rows),
            "only": [list(self.only_first), list(self.only_second)], "differs": self.differs,
        }  # fmt: skip


def compared(first: str, second: str) -> list[Part]:
    """The parts of two bodies in Markdown, side by side in their order; a part that one lacks has no heading there."""
    sides = zip_longest(_parts(first), _parts(second), fillvalue=("", ""))
    return [_part(*one, *other) for one, other in sides]


def _parts(body: str) -> list[tuple[str, str]]:
    begin, *rest = _HEADING.split(body)
    named = list(zip(rest[::2], rest[1::2], strict=True))
    return [("(beginning)", begin), *named] if begin.strip() else named


def _part(heading: str, text: str, other_heading: str, other: str) -> Part:
    mine, theirs = _numbers(text), _numbers(other)
    return Part(
        heading.strip(), other_heading.strip(),
        (len(_POINT.findall(text)), len(_POINT.findall(other))),
        (len(_ROW.findall(text)), len(_ROW.findall(other))),
        tuple(sorted((mine - theirs).elements())), tuple(sorted((theirs - mine).elements())),
    )  # fmt: skip


def _numbers(text: str) -> Counter[str]:
    """Every number, full-width or not, without the marks of lists: how a point is counted is no statement."""
    plain = _POINT.sub("", unicodedata.normalize("NFKC", text))
    plain = _WORD.sub(lambda word: _IN_WORDS[word[0]], plain)
    return Counter(one.replace(",", "") for one in re.findall(r"\d[\d,]*(?:\.\d+)?", plain))
