"""How numbers are spelled: telephones with and without their country, tax numbers, accounts, cards, keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kigen.policy.identifiers import Identifier, Person, Strength
from kigen.policy.identifiers_fold import folded
from kigen.policy.identifiers_heads import heads_of
from kigen.policy.sorts import Sort

# Calling codes of one and of two digits (ITU-T E.164); all others have three.
_ONE_DIGIT = frozenset("17")
_TWO_DIGITS = frozenset(
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86"
    " 90 91 92 93 94 95 98".split()
)
# What is dialled before a country's code: everywhere, from Japan, from America.
_DIALLED_ABROAD = ("", "00", "010", "011")
_EXTENSION = re.compile(r"\s*(?:x|ext\.?|内線|#)\s*\d+\s*$")


def of_a_telephone(person: Person, text: str) -> Iterator[Identifier]:
    """The number with its country's code in all ways of dialling, and as dialled at home, with and without the zero."""
    number = _EXTENSION.sub("", folded(text)).replace("(0)", "")
    digits = re.sub(r"\D", "", number)
    if number.lstrip(" (").startswith("+"):
        code, rest = _country(number, digits)
    elif digits.startswith(("010", "011")) and len(digits) > 12:
        code, rest = _country("", digits[3:])
    elif digits.startswith("00"):
        code, rest = _country("", digits[2:])
    else:
        code, rest = person.calling_code, digits.removeprefix("0")
    rest = rest.removeprefix("0")
    if len(rest) < 4:
        return
    forms = {prefix + code + zero + rest for prefix in _DIALLED_ABROAD for zero in ("", "0")}
    forms |= {"0" + rest, digits} | ({rest} if len(rest) >= 7 else set())
    for form in sorted(forms):
        yield _number(person, Sort.PHONE, text, form, 10)


def of_a_number(sort: Sort, person: Person, text: str) -> Iterator[Identifier]:
    """A number that an office or a bank gave: with or without blanks and dashes; short ones are ambiguous."""
    code = re.sub(r"[\s\-./]", "", folded(text))
    if code.isdigit() and len(code) >= 4:
        # A zero or a card of masked digits is nobody's.
        if len(set(code)) > 1:
            yield _number(person, sort, text, code, 8)
    elif not code.isalnum():
        # Such as cus_4f2 of a gateway: its signs belong to it.
        yield from _literal(sort, person, text, 6)
    elif len(code) >= 4:
        strong = Strength.ALONE if len(code) >= 8 else Strength.OWN if len(code) >= 6 else Strength.BESIDE
        yield Identifier(person.owner, sort, strong, text, code=code)
        if re.fullmatch(r"t\d{13}", code):
            # Japan's invoice system puts a T before the corporate number.
            yield _number(person, sort, text, code[1:], 8)


def of_a_secret(person: Person, text: str) -> Iterator[Identifier]:
    """A key or a token as it is, in any case, from eight characters; shorter ones are found in every text."""
    return _literal(Sort.TOKEN, person, text, 8)


def _literal(sort: Sort, person: Person, text: str, least: int) -> Iterator[Identifier]:
    # Signs that a hash begins with, such as a $, may stay.
    code = re.sub(r"^[\W_]+", "", folded(text))
    if len(code) >= least and len(set(code)) > 2:
        yield Identifier(person.owner, sort, Strength.ALONE, text, re.escape(code), heads_of(code))


def _number(person: Person, sort: Sort, text: str, digits: str, alone: int) -> Identifier:
    strength = Strength.ALONE if len(digits) >= alone else Strength.OWN if len(digits) >= 7 else Strength.BESIDE
    return Identifier(person.owner, sort, strength, text, code=digits)


def _country(written: str, digits: str) -> tuple[str, str]:
    # WHMCS writes +81.312345678: the dot says where the country ends.
    if dotted := re.match(r"\s*\(?\+(\d{1,3})\.", written):
        return dotted[1], digits[len(dotted[1]) :]
    length = 1 if digits[:1] in _ONE_DIGIT else 2 if digits[:2] in _TWO_DIGITS else 3
    return digits[:length], digits[length:]
