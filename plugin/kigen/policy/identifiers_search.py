"""What of which person a text still holds: all identifiers of many people are searched in it at once.

A hit says where, of which sort, of whom and how sure; never what, so that it may be listed and logged.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from kigen.policy.identifiers import Identifier, Strength
from kigen.policy.identifiers_codes import DIGITS, LETTERS, Codes
from kigen.policy.identifiers_encoded import SHORTEST_RUN, readings, runs
from kigen.policy.identifiers_fold import Folded, fold, fold_in_place
from kigen.policy.identifiers_forms import has_a_form, is_honoured
from kigen.policy.identifiers_heads import ASCII_WORD, HEAD, WORD, beginnings, is_wide, places, years
from kigen.policy.identifiers_limits import stands_alone
from kigen.policy.identifiers_scans import addresses, dates
from kigen.policy.sorts import Sort

BESIDE = 80
"""Characters within which two identifiers of one person support each other: a line of a letter or of a log."""

LONGEST_HIT = 400
"""Characters of the longest stretch that is still looked for as a neighbour."""

DEEPEST = 3
"""Encodings inside encodings that are looked into."""


_COULD_BE = re.compile(r"[0-9&%\\=]|::")
_IS_A_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A stretch of a text that names a person; `wrapped` is a run of base64 with the identifier somewhere inside."""

    start: int
    end: int
    sort: Sort
    owner: str
    strength: Strength
    wrapped: bool = False


class Matcher:
    """All identifiers of one or of hundreds of people, ready to be searched; the same answer for every thread."""

    def __init__(self, identifiers: Iterable[Identifier]) -> None:
        self._by_head: dict[str, dict[str, list[Identifier]]] = defaultdict(lambda: defaultdict(list))
        self._by_meaning: dict[str, list[Identifier]] = defaultdict(list)
        codes: tuple[dict[str, list[Identifier]], ...] = (defaultdict(list), defaultdict(list))
        for one in identifiers:
            for head in one.heads:
                self._by_head[head][one.pattern].append(one)
            if one.code:
                codes[one.code.isdigit()][one.code].append(one)
            if one.meaning:
                self._by_meaning[one.meaning].append(one)
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._first_words = frozenset(head for head in self._by_head if not is_wide(head))
        self._begins = beginnings(self._by_head)
        self._codes = Codes(codes[False], LETTERS), Codes(codes[True], DIGITS)
        self._years = years(meaning[:4] for meaning in self._by_meaning if _IS_A_DATE.fullmatch(meaning))

    def find(self, text: str) -> tuple[Hit, ...]:
        """All hits in order, each as strong as the text around makes it; a lone ambiguous identifier is none.

        Also inside entities, escapes, quoted-printable and base64; `start` and `end` are places of the given text.
        """
        if self._is_nothing_in(text):
            return ()
        return tuple(sorted(_outermost(self._find(text, 0))))

    def is_in(self, text: str) -> bool:
        """Whether anything at all is found."""
        return bool(self.find(text))

    def may_be_in(self, text: str) -> bool:
        """Whether there is anything to look for closely: always where something is found, and told at the first place.

        Also true where all that is there counts only beside something else.
        """
        return not self._is_nothing_in(text) and self._may_be_in(text, 0)

    def _may_be_in(self, text: str, depth: int) -> bool:
        written = chain([text], (one.text for one in readings(text)))
        if any(next(self._raw(fold(one)), None) for one in written):
            return True
        return depth < DEEPEST and any(self._may_be_in(run.text, depth + 1) for run in runs(text))

    def _is_nothing_in(self, text: str) -> bool:
        """Most cells hold a word or two: no digit, no first word of anybody, nothing that could be an encoding."""
        return (
            len(text) < SHORTEST_RUN
            and text.isascii()
            and not _COULD_BE.search(text)
            and self._first_words.isdisjoint(ASCII_WORD.findall(text.lower()))
        )

    def _find(self, text: str, depth: int) -> set[Hit]:
        hits = set(self._in_reading(text))
        for resolved in readings(text):
            for hit in self._in_reading(resolved.text):
                hits.add(replace(hit, start=resolved.starts[hit.start], end=resolved.ends[hit.end - 1]))
        hits = _supported(hits)
        if depth < DEEPEST:
            for run in runs(text):
                for hit in self._find(run.text, depth + 1):
                    hits.add(replace(hit, start=run.start, end=run.end, wrapped=True))
        return hits

    def _in_reading(self, text: str) -> Iterator[Hit]:
        if not text.isascii():
            # Places are only worked out for a text that holds something.
            quick = fold(text)
            if next(self._raw(quick), None) is None:
                return
        place = fold_in_place(text)
        for hit in self._raw(place):
            start, end = place.span(hit.start, hit.end)
            yield replace(hit, start=start, end=end)

    def _raw(self, text: Folded) -> Iterator[Hit]:
        for start in places(self._begins, self._first_words, text.text):
            yield from self._written(text, start)
        for codes in self._codes:
            yield from (_hit(text, *found) for found in codes.find(text.text))
        if self._by_meaning:
            found = addresses(text.text)
            has_dates = self._years and self._years.search(text.text)
            for start, end, meaning in chain(found, dates(text.text)) if has_dates else found:
                yield from (_hit(text, start, end, one) for one in self._by_meaning.get(meaning, ()))

    def _written(self, text: Folded, start: int) -> Iterator[Hit]:
        word = WORD.match(text.text, start)
        heads = [word.group()] if word else [text.text[start : start + length] for length in range(1, HEAD + 1)]
        for pattern, identifiers in chain.from_iterable(self._by_head[h].items() for h in heads if h in self._by_head):
            match = self._pattern(pattern).match(text.text, start)
            if match and stands_alone(text, start, match.end(), identifiers[0].limits):
                yield from (_hit(text, start, match.end(), one) for one in identifiers)

    def _pattern(self, pattern: str) -> re.Pattern[str]:
        compiled = self._patterns.get(pattern)
        if compiled is None:
            compiled = self._patterns[pattern] = re.compile(pattern)
        return compiled


def _hit(text: Folded, start: int, end: int, one: Identifier) -> Hit:
    start = _with_signs(text.text, start, end)
    strength = one.strength
    if strength is Strength.BESIDE and one.sort in BESIDE_WHAT and BESIDE_WHAT[one.sort](text.text, start, end):
        strength = Strength.OWN
    return Hit(start, end, one.sort, one.owner, strength)


def _is_marked(text: str, start: int, end: int) -> bool:
    """Whether seven digits are a postcode and no amount: behind its mark, or with the dash."""
    apart = end - start == 8 and not text[start + 3].isdigit()
    return apart or text.endswith(("〒", "〒 "), 0, start)


BESIDE_WHAT: dict[Sort, Callable[[str, int, int], bool]] = {
    Sort.NAME: is_honoured,
    Sort.COMPANY: has_a_form,
    Sort.POSTCODE: _is_marked,
}
"""What makes an ambiguous identifier of a sort a sure one when it stands beside it."""


def _with_signs(text: str, start: int, end: int) -> int:
    """A plus belongs to its number, and a bracket that closes inside of it."""
    if start and text[start - 1] == "(" and ")" in text[start:end]:
        return start - 1
    return start - 1 if start and text[start - 1] == "+" and text[start].isdigit() else start


def _supported(hits: set[Hit]) -> set[Hit]:
    """Two different identifiers of one person close together prove more than each; a lone ambiguous one is dropped."""
    by_owner: dict[str, list[Hit]] = defaultdict(list)
    for hit in sorted(hits):
        by_owner[hit.owner].append(hit)
    kept = set()
    for own in by_owner.values():
        # What is a name and a login in one cannot be its own witness.
        sorts: dict[tuple[int, int], set[Sort]] = defaultdict(set)
        for hit in own:
            sorts[hit.start, hit.end].add(hit.sort)
        strong = [hit for hit in own if hit.strength > Strength.BESIDE]
        for hit in own:
            near = _near(hit, strong)
            if hit.strength is Strength.BESIDE:
                kept |= {replace(hit, strength=Strength.OWN)} if next(near, None) else set()
            elif hit.strength is Strength.OWN and any(
                sorts[one.start, one.end].isdisjoint(sorts[hit.start, hit.end]) for one in near
            ):
                kept.add(replace(hit, strength=Strength.ALONE))
            else:
                kept.add(hit)
    return kept


def _outermost(hits: set[Hit]) -> Iterator[Hit]:
    """Without what stands inside a hit of the same person that is as strong: the name inside an e-mail address."""
    last: dict[str, Hit] = {}
    for hit in sorted(hits, key=lambda one: (one.start, -one.end, -one.strength, one)):
        around = last.get(hit.owner)
        if around is None or around.end < hit.end or around.strength < hit.strength:
            last[hit.owner] = hit
            yield hit


def _near(hit: Hit, others: list[Hit]) -> Iterator[Hit]:
    """Those beside a hit that share no character with it; `others` are in order of their start."""
    first = bisect_left(others, hit.start - BESIDE - LONGEST_HIT, key=_start)
    for one in others[first : bisect_right(others, hit.end + BESIDE, key=_start)]:
        if hit.end <= one.start or one.end <= hit.start <= one.end + BESIDE:
            yield one


def _start(hit: Hit) -> int:
    return hit.start
