"""How a table of a data map is written: a line for each sort of column, so that a privacy officer can read it.

A line is `sort: columns`, and after a bar what is not usual for the table's category: `for` and the purposes, `in` and
another category, `kept` and why it is not masked, `withheld` and why it is not handed out, `distinct` where the host
wants another value in every row:

    email: email             | for contract billing support marketing | distinct
    ip: ip                   | in technical
    country: country         | kept tax
    reference: id currency

The sort is one of Sort for what may say who a person is, or one of Plain for what does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kigen.policy.datamap import Field, Link, Table
from kigen.policy.fates import Fate, Kept, Plain, Withheld
from kigen.policy.sorts import Sort
from kigen.policy.vocabulary import USUAL, Category, Purpose, Role

LINE = re.compile(r"(?P<sort>[\w-]+):(?P<columns>[^|]+)(?:\|(?P<rest>.+))?")
NUMBERED = re.compile(r"(\w*?)(\d+)\.\.(\d+)")
SAID = {"for": range(1, 99), "in": range(1, 2), "kept": range(1, 2), "withheld": range(1, 2), "distinct": range(1)}
"""What may stand after the bar, and how many words follow it."""

PLAIN = frozenset(Plain)
SECRETS = frozenset({Sort.SECRET, Sort.TOKEN})


def table(
    name: str,
    category: Category,
    fate: Fate,
    columns: str,
    *links: Link,
    holds: str = "",
    role: Role = Role.CONTROLLER,
) -> Table:
    """One table; `holds` are words.

    Raises ValueError, with the table and the line, for one that is not written as the head of this file says.
    """
    fields: dict[str, Field] = {}
    for line in filter(None, map(str.strip, columns.splitlines())):
        try:
            found = _fields(name, category, fate, role, line)
        except ValueError as error:
            raise ValueError(f"{name}: {line!r}: {error}") from None
        for one in found:
            if one.name in fields:
                raise ValueError(f"{name}: {line!r}: {one.name} stands in two lines")
            fields[one.name] = one
    return Table(name, tuple(holds.split()), links, category, fate, fields)


def _fields(table: str, category: Category, fate: Fate, role: Role, line: str) -> list[Field]:
    written = LINE.fullmatch(line)
    if not written:
        raise ValueError("expected 'sort: columns | what is not usual'")
    said = _said(written["rest"] or "")
    word = written["sort"]
    if word in PLAIN:
        if said:
            raise ValueError(f"{word} says nothing about who, so nothing more is to be said of it")
        return [Field(table, name, None, Plain(word), category, (), role) for name in _names(written["columns"])]
    sort = Sort(word)
    category = Category(said["in"][0]) if "in" in said else category
    purposes = tuple(map(Purpose, said["for"])) if "for" in said else USUAL[category]
    kept = Kept(said["kept"][0]) if "kept" in said else Kept.STAFF if fate is Fate.STAFF else None
    withheld = Withheld(said["withheld"][0]) if "withheld" in said else Withheld.SECRET if sort in SECRETS else None
    last = (category, purposes, role, kept, withheld, "distinct" in said)
    return [Field(table, name, sort, None, *last) for name in _names(written["columns"])]


def _said(rest: str) -> dict[str, list[str]]:
    """What stands after the bar, by its first word; several are parted by bars."""
    found: dict[str, list[str]] = {}
    for part in filter(None, map(str.strip, rest.split("|"))):
        first, *others = part.split()
        if len(others) not in SAID.get(first, ()):
            raise ValueError(f"{part!r} is none of: for PURPOSES, in CATEGORY, kept WHY, withheld WHY, distinct")
        found[first] = others
    return found


def _names(columns: str) -> Iterable[str]:
    """The names; `f1..10` is f1 to f10."""
    for word in columns.split():
        run = NUMBERED.fullmatch(word)
        if run:
            yield from (f"{run[1]}{number}" for number in range(int(run[2]), int(run[3]) + 1))
        else:
            yield word
