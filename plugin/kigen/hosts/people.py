"""Who a client is, by what the host's rows say: names, addresses and numbers by which traces of it are found elsewhere.

Read before anything goes. Words that a mask left are nobody's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kigen.hosts.holdings import Holding
from kigen.hosts.owners import is_by_staff
from kigen.policy.datamap import Field
from kigen.policy.fates import Withheld
from kigen.policy.identifiers import Person
from kigen.policy.identifiers_of import SPELLINGS
from kigen.policy.masks_keys import sort_of_key
from kigen.policy.masks_texts import TEXTS
from kigen.policy.sorts import Sort
from kigen.policy.vocabulary import Category

MOST = 2000
"""Values of each of the sorts below that are looked for of one person."""

ENDLESS = frozenset({Sort.IP, Sort.HOSTNAME, Sort.IDENTIFIER})
"""Sorts of which logs and dealings of many years leave ever more. What a person is called and reached by is looked for
however much there is of it."""

_IS_MASK = re.compile(
    r"(?:https?://)?[\w.@-]*\binvalid/?$|erased(?:-\w+)?$|\[erased\]$|e\d+$|0\.\d+\.\d+\.\d+$|[0:\-. ]*$"
)
_EMAIL = re.compile(r"[^\s<>,;:\"()\[\]]+@[^\s<>,;:\"()\[\]@]+\.[^\s<>,;:\"()\[\]@]+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d\d[/-]?\d\d$")
_FIRST = re.compile(r"^(.*?)(first|given)(_?name)?(.*)$")
_OTHERS = frozenset({Withheld.OTHERS, Withheld.FRAUD, Withheld.NOTES})
_PASSED = frozenset({Sort.SECRET})
"""A password's digest stands nowhere else."""

FieldSorts = Mapping[int, Sort]
"""What custom fields hold, by their id."""


def person_of(client: int, holdings: Iterable[Holding], fields: FieldSorts) -> Person:
    """The person, or people, behind one client: the account, its contacts, users nobody else has, senders of tickets.

    The same rows give the same person, in whatever order they come. Staff who answered and people whom a message was
    copied to are others and not among them.
    """
    names: dict[tuple[str, str], None] = {}
    values: dict[tuple[Sort, str], None] = {}
    for holding in holdings:
        columns = holding.table.personal
        for row in holding.rows:
            if _is_of_others(row, client):
                continue
            for found in _names(columns, row):
                names[found] = None
            for sort, value in _values(columns, row, fields):
                if not is_mask(value):
                    values[sort, value] = None
    return Person(str(client), tuple(sorted(names)), tuple(_first(sorted(values))))


def _first(values: Iterable[tuple[Sort, str]]) -> Iterator[tuple[Sort, str]]:
    """All but what is beyond the bound: the same ones in whatever order the rows came."""
    count: Counter[Sort] = Counter()
    for sort, value in values:
        count[sort] += 1
        if sort not in ENDLESS or count[sort] <= MOST:
            yield sort, value


def full(person: Person) -> list[Sort]:
    """Sorts of which a person has so many values that some may not be looked for."""
    count = Counter(sort for sort, _ in person.values)
    return sorted(sort for sort in ENDLESS if count[sort] >= MOST)


def field_sorts(named: Iterable[tuple[int, str]]) -> dict[int, Sort]:
    """What custom fields hold, as far as their names tell it; `フリガナ (reading)` tells it in a part of its name."""
    found: dict[int, Sort] = {}
    for id_, name in named:
        for piece in (name, *re.split(r"[\s()（）/:：,、]+", name)):
            if piece and (sort := sort_of_key(piece)):
                found[id_] = sort
                break
    return found


def is_mask(value: str) -> bool:
    """Whether a mask could have left this value, so that it says nothing of anybody."""
    text = value.strip()
    return bool(_IS_MASK.match(text)) or any(text in words for words in TEXTS.values())


def _is_of_others(row: Mapping[str, Any], client: int) -> bool:
    """A reply by staff, or by somebody else, in a ticket of this client."""
    return is_by_staff(row) or bool(row.get("userid") not in (None, 0, client) and "name" in row)


def _names(columns: Iterable[Field], row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """First and last names that stand in two columns."""
    for one in columns:
        if one.sort is Sort.NAME and (last := last_of(one.name)) in row:
            given, family = str(row.get(one.name) or "").strip(), str(row[last] or "").strip()
            if (given or family) and not is_mask(given or family):
                yield given if not is_mask(given) else "", family if not is_mask(family) else ""


def last_of(first: str) -> str:
    """The column of the last name beside one of the first name; \"\" for a column that is none."""
    found = _FIRST.match(first)
    return f"{found[1]}last{found[3] or ''}{found[4]}" if found else ""


def _values(columns: Iterable[Field], row: Mapping[str, Any], fields: FieldSorts) -> Iterator[tuple[Sort, str]]:
    for one in columns:
        raw = row.get(one.name)
        if one.sort is None or one.withheld in _OTHERS or not isinstance(raw, str | int) or not str(raw).strip():
            continue
        value = str(raw).strip()
        if one.sort in (Sort.FREE_TEXT, Sort.SUBJECT):
            # What a custom field holds is told by the field; an address is one wherever it stands alone.
            sort = fields.get(row.get("fieldid") or 0)
            if sort or _EMAIL.fullmatch(value):
                yield sort or Sort.EMAIL, value
        elif one.sort is Sort.NAME:
            if not _FIRST.match(one.name) and not _FIRST.match(one.name.replace("last", "first", 1)):
                yield Sort.NAME, value
        elif one.sort in SPELLINGS and not _is_passed(one, value):
            yield one.sort, _whole(one, value, row)


def _is_passed(one: Field, value: str) -> bool:
    """What tells nobody apart: the date on a card, who acted as a log calls it, a country's code."""
    is_a_day = one.sort is not Sort.BIRTHDAY and bool(_DAY.match(value))
    in_a_log = one.sort is Sort.USERNAME and one.category is Category.TECHNICAL
    return is_a_day or in_a_log or one.sort in _PASSED or one.name.endswith("_cc")


def _whole(one: Field, value: str, row: Mapping[str, Any]) -> str:
    """A number with the country that stands beside it, a domain with its end."""
    if one.sort is Sort.PHONE and (code := str(row.get(f"{one.name}_cc") or "").strip().lstrip("+")):
        return value if value.startswith("+") else f"+{code} {value.lstrip('0')}"
    if one.name == "sld" and row.get("tld"):
        return f"{value}.{str(row['tld']).lstrip('.')}"
    return value
