"""How a person, a company and a login are spelled in texts of others: orders, blanks, forms of company, short names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from kigen.policy.identifiers import Identifier, Limits, Person, Strength
from kigen.policy.identifiers_fold import folded
from kigen.policy.identifiers_forms import is_a_form, without_form
from kigen.policy.identifiers_heads import heads_of
from kigen.policy.sorts import Sort

_BETWEEN = r"[\s・･,、._+=|\-]{0,3}"
_BETWEEN_SHORT = r"[\s・･,、._+=|\-]{1,3}"
_CJK = re.compile(r"[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\uac00-\ud7af]")
_KANA = re.compile(r"[\u3040-\u30ff]+")

# Names that are also words of everyday English: alone they say nothing, beside a surname or after "Mr" they do.
COMMON_WORDS = frozenset("""
april art august bay bill bob brook chase chance christian church claim cook dawn dean do drew eve fair faith field
forest frank free gay gene glen good grace grant green guy hall harry heath hill hope house hunter ivy jack jay jersey
joy june king lake land lane law lee les long love major man mark may mine miles mill moon more noble norm page park
pat penny pierce price ray rich rob rock rose ruby rush said sky small son song star stone summer sun sunny sue test
tony trip van wade way west white wild will win wood wood young your
admin billing client company customer dear email example info mail name none null order owner root sales server
service support system unknown user www
""".split())  # fmt: skip

# Our own words: a person of that name is found by everything else, or a mask could never be clean.
OUR_WORDS = frozenset({"erased", "invalid", "erased.invalid"})

_SIGNS = "'\"-([{<#*@&.,_ "


def of_a_name(person: Person, given: str, family: str) -> Iterator[Identifier]:
    """Both orders, with and without what stands between, and each part alone as far as it can mean one person."""
    first, last = folded(given).split(), folded(family).split()
    for parts in (first, last):
        if parts:
            yield from _part(person, parts)
    if first and last:
        whole = first + last
        for order in (whole, last + first):
            yield from spelled(person, Sort.NAME, order, _full_strength(whole))
            if len("".join(order)) == len(order) == 2:
                # 森愛 is the end of many words, 森 愛 is somebody.
                apart = r"[\s・･,、]{1,3}".join(map(re.escape, order))
                yield Identifier(person.owner, Sort.NAME, Strength.OWN, " ".join(order), apart, (order[0],))
        if len(first) > 1:
            # The middle name is often left out.
            for order in ([first[0], *last], [*last, first[0]]):
                yield from spelled(person, Sort.NAME, order, _full_strength(order))


def of_one_field(person: Person, text: str) -> Iterator[Identifier]:
    """A host that has one field for the whole name: the last word may be the family's, or the first."""
    parts = re.split(r"[\s・]+", folded(text).strip())
    if len(parts) == 1:
        yield from _part(person, parts)
    else:
        yield from of_a_name(person, " ".join(parts[:-1]), parts[-1])
        yield from of_a_name(person, " ".join(parts[1:]), parts[0])


def of_a_company(person: Person, text: str) -> Iterator[Identifier]:
    """The name without its legal form; the search counts even a short one where a form stands beside it.

    A form alone names nobody.
    """
    whole = " ".join(folded(text).split())
    if is_a_form(whole):
        return
    core = without_form(whole) or whole
    long = _letters(core) >= (4 if _CJK.search(core) else 5) and core not in COMMON_WORDS
    yield from spelled(person, Sort.COMPANY, core.split(), Strength.OWN if long else Strength.BESIDE)


def of_a_login(person: Person, text: str) -> Iterator[Identifier]:
    """A login of four letters or more that is no everyday word; shorter ones only beside another identifier."""
    if "@" in text:
        return
    name = folded(text)
    plain = len(name) >= 4 and name not in COMMON_WORDS
    yield from spelled(person, Sort.USERNAME, [name], Strength.OWN if plain else Strength.BESIDE)


def spelled(person: Person, sort: Sort, pieces: list[str], strength: Strength) -> Iterator[Identifier]:
    """One identifier of folded pieces with up to three blanks, dots or commas between; none for a single letter."""
    pieces = [pieces[0].lstrip(_SIGNS), *pieces[1:]] if pieces else [""]
    text = "".join(pieces)
    cjk = bool(_CJK.search(text))
    if not _letters(pieces[0]) or (_letters(text) == 1 and not cjk) or " ".join(pieces) in OUR_WORDS:
        return
    joined = _piece(pieces[0])
    for before, piece in pairwise(pieces):
        tight = (_CJK.search(before) and _CJK.search(piece)) or min(len(before), len(piece)) >= 3
        joined += (_BETWEEN if tight else _BETWEEN_SHORT) + _piece(piece)
    limits = Limits.LONG if cjk and _letters(text) >= 5 else Limits.WORD
    yield Identifier(person.owner, sort, strength, " ".join(pieces), joined, heads_of(" ".join(pieces)), limits=limits)


def _part(person: Person, parts: list[str]) -> Iterator[Identifier]:
    text = "".join(parts)
    # Two kanji are a surname, two kana are the end of many words.
    least = 2 if _CJK.search(text) and not _KANA.fullmatch(text) else 3
    enough = _letters(text) >= least
    strength = Strength.OWN if enough and " ".join(parts) not in COMMON_WORDS else Strength.BESIDE
    yield from spelled(person, Sort.NAME, parts, strength)


def _full_strength(parts: list[str]) -> Strength:
    text = "".join(parts)
    return Strength.OWN if _letters(text) >= (3 if _CJK.search(text) else 5) else Strength.BESIDE


def _piece(piece: str) -> str:
    return re.escape(piece).replace(r"\-", r"[\s\-]?").replace("'", "'?")


def _letters(text: str) -> int:
    return sum(char.isalnum() for char in text)
