"""Where traces of people are outside their own rows: one pass over all tables for all of them, without any lock.

What it finds are only keys. Before anything is changed the rows are read again under locks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import sql

from kigen.hosts.anonymised import Key, Left, Why, key_text
from kigen.hosts.drift import OWN
from kigen.hosts.in_common import InCommon, Noting
from kigen.hosts.people import full
from kigen.hosts.search import TEXTS, Search
from kigen.hosts.shapes import Shapes
from kigen.hosts.sought import Found
from kigen.policy.datamap import DataMap, Field
from kigen.policy.fates import Fate
from kigen.policy.identifiers_search import Hit
from kigen.policy.sorts import Sort

NAMING_OTHERS = frozenset({Sort.ADDRESS, Sort.COMPANY})
"""Sorts of a column of a client's own in which the name of somebody else can stand."""

MOST_LISTED = 200
"""Places of one person in one column that are listed one by one; further ones are told as one line."""


@dataclass(frozen=True)
class Candidates:
    """Where people were found: keys of rows to look at again, by table, with whom; nothing here names a person.

    `seen` is the highest key of each numbered table, so that what was written since can be read as well.
    `in_common` are identifiers that prove nothing, with where others have them. `left` are places that only may mean a
    person, by owner.
    """

    found: Mapping[str, Mapping[Key, frozenset[str]]] = field(default_factory=dict)
    seen: Mapping[str, int] = field(default_factory=dict)
    in_common: InCommon = field(default_factory=dict, repr=False)
    left: Mapping[str, frozenset[Left]] = field(default_factory=dict)

    def of(self, owner: str) -> Mapping[str, frozenset[Key]]:
        """The rows in which one person was found, by table."""
        return self._of.get(owner, {})

    @cached_property
    def _of(self) -> dict[str, dict[str, frozenset[Key]]]:
        """Turned round once: a process erases one of a thousand people at a time."""
        by_owner: dict[str, dict[str, set[Key]]] = {}
        for table, keys in self.found.items():
            for key, owners in keys.items():
                for owner in owners:
                    by_owner.setdefault(owner, {}).setdefault(table, set()).add(key)
        return {one: {table: frozenset(keys) for table, keys in mine.items()} for one, mine in by_owner.items()}


@dataclass
class Listing:
    """Places of each person, a bounded number of them for each column."""

    left: dict[str, set[Left]] = field(default_factory=lambda: defaultdict(set))
    _count: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, owner: str, table: str, column: str, key: Key, why: Why) -> None:
        self._count[owner, table, column] += 1
        if self._count[owner, table, column] > MOST_LISTED:
            self.left[owner].add(Left(table, column, "", Why.MANY))
        else:
            self.left[owner].add(Left(table, column, key_text(key), why))


def look_for(search: Search) -> Candidates:
    """Read every text of every table once, in pages by key. A table without a key is read too, and only listed."""
    found: dict[str, dict[Key, frozenset[str]]] = defaultdict(dict)
    seen: dict[str, int] = {}
    noting, listing = Noting(), Listing()
    for table in searched(search.shapes):
        shape = search.shapes[table]
        for page in search.pages(table, None) if shape.key else _keyless(search, table):
            for one in search.found(table, page):
                noting.add(search, one)
                if shape.key and (one.is_sure or str(one.author) in one.people):
                    found[table][one.key] = one.people
                else:
                    list_found(search, one, listing)
            if shape.is_numbered:
                seen[table] = max(row[shape.key[0]] for row in page)
    for person in search.known.people:
        listing.left[person.owner].update(Left("*", sort, person.owner, Why.ENDLESS) for sort in full(person))
    left = {owner: frozenset(places) for owner, places in listing.left.items()}
    return Candidates(dict(found), seen, noting.places, left)


def searched(shapes: Shapes) -> Iterator[str]:
    """The host's tables that have a text at all, in alphabetical order; kigen's own are no part of the host."""
    for table in sorted(shapes):
        if shapes[table].texts and not table.startswith(OWN):
            yield table


def list_found(search: Search, one: Found, listing: Listing) -> None:
    """List where a row that nobody changes has something of a person.

    The name in a namesake's own row is no place of this person, so of rows of other clients only texts are listed, and
    names in a column that is no name's.
    """
    for column, hits in one.hits.items():
        known = search.field(one.table, column)
        for owner in {hit.owner for hit in hits if not one.holders or is_a_place(known, hit)}:
            reason = why(search.datamap, one.table, column)
            listing.add(owner, one.table, column, one.key, reason if one.key else Why.NO_KEY)


def is_a_place(known: Field | None, hit: Hit) -> bool:
    """Whether what was found in this column of somebody else's row may mean the person it is like.

    One value is its owner's, whoever has the same. An address that a company shares, and its name, can name people.
    """
    names_others = known is not None and known.sort in NAMING_OTHERS and hit.sort is Sort.NAME
    return known is None or known.sort in TEXTS or names_others


def why(datamap: DataMap, table: str, column: str) -> Why:
    """Why nothing in this column is changed by what only may mean a person."""
    if table not in datamap or column not in datamap[table].fields:
        return Why.UNCLASSIFIED
    fate = {Fate.STAFF: Why.STAFF, Fate.NOBODY: Why.PLATFORM}.get(datamap[table].fate)
    return fate or (Why.MAYBE if datamap[table].fields[column].is_personal else Why.PLATFORM)


def _keyless(search: Search, table: str) -> Iterator[list[dict[str, Any]]]:
    """A table without a key, whole: nothing walks it, and nothing can be asked while an answer streams."""
    names = search.columns(table)
    wanted: list[Any] = [sql.column(name) for name in names]
    for rows in search.rows.connection.execute(sql.select(*wanted).select_from(sql.table(table))).partitions(500):
        yield [dict(zip(names, row, strict=True)) for row in rows]
