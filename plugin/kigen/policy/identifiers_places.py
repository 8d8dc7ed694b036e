"""How a home, a postcode and a birthday are spelled: chome, banchi and dashes, kanji numerals, orders of a date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kigen.policy.identifiers import Identifier, Limits, Person, Strength
from kigen.policy.identifiers_fold import folded
from kigen.policy.identifiers_heads import heads_of
from kigen.policy.identifiers_names import spelled
from kigen.policy.identifiers_scans import canonical_date
from kigen.policy.sorts import Sort

_NUMERALS = dict(zip("一二三四五六七八九", range(1, 10), strict=True))
_CHOME = re.compile(r"([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)(?=丁目|番|号)")
# Between the numbers of a Japanese address: 1-2-3, 1丁目2番3号, 1の2の3, 1ー2. Bounded, so that no text is slow.
_UNIT = r"(?:丁目|番地ノ|番地|番|号|ノ)?"
_SIGNS = r"[\s,.ー\-]{0,3}"
_JOINT = _SIGNS + _UNIT + _SIGNS
_WORD = re.compile(r"\d+|[^\d\s,.\-ー]+")
# What stands before these is often left out.
_PART_OF_A_TOWN = re.compile(r"[都道府県市区町村郡](?=[^都道府県市区町村郡])")


def of_an_address(person: Person, text: str) -> Iterator[Identifier]:
    """Each line of an address; one with a number and a name of some length means a home, others are ambiguous."""
    for line in text.splitlines():
        words = _WORD.findall(_with_digits(folded(line)))
        pieces = [re.sub("^(丁目|番地ノ|番地|番|号|ノ)", "", word) for word in words]
        pieces = [piece for piece in pieces if piece]
        yield from _of_pieces(person, line, pieces, Limits.LONG)
        for shorter in _PART_OF_A_TOWN.finditer(pieces[0] if pieces else ""):
            if len(rest := pieces[0][shorter.end() :]) >= 2:
                yield from _of_pieces(person, line, [rest, *pieces[1:]], Limits.WORD)


def of_a_city(person: Person, text: str) -> Iterator[Identifier]:
    """A town alone says nothing of anybody."""
    return spelled(person, Sort.CITY, folded(text).split(), Strength.BESIDE)


def of_a_postcode(person: Person, text: str) -> Iterator[Identifier]:
    """With and without the mark and the dash; digits without either are ambiguous."""
    code = re.sub(r"[^a-z0-9]", "", folded(text).removeprefix("jp"))
    if len(code) < 4:
        return
    # Digits alone could be an amount; the search counts them where a mark or a dash says what they are.
    strength = Strength.BESIDE if code.isdigit() or len(code) < 5 else Strength.OWN
    yield Identifier(person.owner, Sort.POSTCODE, strength, text, code=code)


def of_a_birthday(person: Person, text: str) -> Iterator[Identifier]:
    """A date that many share, in whatever order; nothing for what is no date."""
    day = canonical_date(folded(text))
    if day and day > "1880":
        yield Identifier(person.owner, Sort.BIRTHDAY, Strength.BESIDE, day, meaning=day)
        yield Identifier(person.owner, Sort.BIRTHDAY, Strength.BESIDE, day, code=day.replace("-", ""))


def _of_pieces(person: Person, line: str, pieces: list[str], limits: Limits) -> Iterator[Identifier]:
    letters = sum(len(piece) for piece in pieces)
    if letters < 4 or all(piece.isdigit() for piece in pieces):
        return
    wide = any(ord(char) > 0x2FFF for char in line)
    home = any(piece.isdigit() for piece in pieces) and letters >= (5 if wide else 7)
    pattern = "".join(_step(before, piece) for before, piece in zip(["", *pieces], pieces, strict=False))
    heads = tuple(dict.fromkeys(_heads(pieces)))
    strength = Strength.OWN if home else Strength.BESIDE
    yield Identifier(person.owner, Sort.ADDRESS, strength, line, pattern, heads, limits=limits)


def _with_digits(text: str) -> str:
    def digits(found: re.Match[str]) -> str:
        tens, ten, ones = found.groups()
        if not found.group():
            return ""
        value = (_NUMERALS.get(tens, 1) * 10 if ten else _NUMERALS.get(tens, 0)) + _NUMERALS.get(ones, 0)
        return str(value)

    return _CHOME.sub(digits, text)


def _step(before: str, piece: str) -> str:
    number = piece.isdigit()
    spelled_out = _numeral(int(piece)) if number and len(piece) < 3 else ""
    own = f"(?:0*{int(piece)}|{spelled_out}(?=丁目|番|号))" if spelled_out else re.escape(piece)
    if not before:
        return own
    if number and before.isdigit():
        return rf"(?=\D){_JOINT}" + own
    return _JOINT + own


def _heads(pieces: list[str]) -> Iterator[str]:
    yield from heads_of(" ".join(pieces))
    first = pieces[0]
    if first.isdigit() and len(first) < 3 and _numeral(int(first)):
        yield str(int(first))
        yield _numeral(int(first))


def _numeral(value: int) -> str:
    tens, ones = divmod(value, 10)
    digits = "〇一二三四五六七八九"
    if not 0 < value < 100:
        return ""
    return ("" if tens < 2 else digits[tens]) + ("十" if tens else "") + (digits[ones] if ones else "")
