"""What gives a person away: an identifier, how far finding it may be trusted, and what is known of one person.

What a host's columns say of a person is turned into identifiers: all spellings of names, companies, addresses, numbers
and addresses on the net that a text of somebody else may use. An identifier that many people share is kept, but marked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from kigen.policy.sorts import Sort


class Strength(IntEnum):
    """What finding an identifier in a text proves, weakest first."""

    BESIDE = 1
    """Ambiguous, such as `An`, `森`, a birthday: counts only beside another identifier of the same person."""
    OWN = 2
    """A name, a home, a shared line: means this person in rows of their own; elsewhere it is listed (cases.md G7)."""
    ALONE = 3
    """An e-mail address, a telephone number, a tax number: means this person wherever it stands."""


class Limits(StrEnum):
    """What must stand at both ends, so that a hit is no part of something longer."""

    WORD = "word"
    LONG = "long"
    """Long enough that Japanese, which writes no blanks, may go on at once."""
    EMAIL = "email"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class Identifier:
    """One thing to look for. It names a person: it never goes into a log or an entry of evidence.

    Exactly one of `pattern` (on folded text, with its beginnings in `heads`), `code` (digits, or digits and letters,
    whatever people put between them) and `meaning` (an IP address or a date in canonical form) says what is looked for.
    """

    owner: str
    sort: Sort
    strength: Strength
    written: str = field(repr=False)
    pattern: str = field(default="", repr=False)
    heads: tuple[str, ...] = field(default=(), repr=False)
    code: str = field(default="", repr=False)
    meaning: str = field(default="", repr=False)
    limits: Limits = Limits.WORD


@dataclass(frozen=True, slots=True)
class Person:
    """What a host's rows say of one person: an owner's key, names, and all other values with their sorts.

    `names` are (given, family) pairs, readings in kana as further pairs; a host with one field for both gives it as a
    value of sort NAME. Blank values are passed over. A telephone number without a country has `calling_code`.
    """

    owner: str
    names: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    values: tuple[tuple[Sort, str], ...] = field(default=(), repr=False)
    calling_code: str = "81"


def ambiguous(identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Those that count only beside another, for the list that a person sees before an erasure."""
    return tuple(one for one in identifiers if one.strength is Strength.BESIDE)
