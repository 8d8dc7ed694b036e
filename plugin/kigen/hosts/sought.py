"""Who is looked for, and a row in which somebody was found: whose it is, and which of it is about others than those.

What a row says of its own client is no trace, whoever else is looked for: following the links finds that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from kigen.hosts.anonymised import Key
from kigen.policy.identifiers import Identifier, Person, Strength
from kigen.policy.identifiers_of import identifiers_of
from kigen.policy.identifiers_search import Hit, Matcher
from kigen.policy.sorts import Sort

Hits = Mapping[str, tuple[Hit, ...]]
"""What was found in a row, by column; no column without any."""


SHORT, REMEMBERED = 120, 20_000
"""Characters of a text whose answer is remembered, and how many such answers are, for as long as a search lasts."""


@dataclass(frozen=True)
class Known:
    """The people looked for, together."""

    people: tuple[Person, ...]

    @cached_property
    def identifiers(self) -> tuple[Identifier, ...]:
        return tuple(one for person in self.people for one in identifiers_of(person))

    @cached_property
    def clients(self) -> frozenset[int]:
        return frozenset(int(person.owner) for person in self.people)

    @cached_property
    def everything(self) -> Matcher:
        return Matcher(self.identifiers)

    def proving(self, in_common: Collection[Identifier], but: Collection[str] = ()) -> Matcher:
        """What nobody else has, of others than `but`: only this may change a row of somebody else."""
        return Matcher(one for one in self.identifiers if one not in in_common and one.owner not in but)

    def find(self, text: str) -> tuple[Hit, ...]:
        """All hits of these people in a text; of a short one, such as a town, once for all rows that say the same."""
        return self._find_short(text) if len(text) <= SHORT else self.everything.find(text)

    @cached_property
    def _find_short(self) -> Callable[[str], tuple[Hit, ...]]:
        return lru_cache(REMEMBERED)(self.everything.find)

    def behind(self, hit: Hit, text: str) -> tuple[Identifier, ...]:
        """The identifiers of a hit's person and sort that are in this text."""
        return self._behind(hit.owner, hit.sort, text)

    @cached_property
    def _behind(self) -> Callable[[str, Sort, str], tuple[Identifier, ...]]:
        # Namesakes of one person are many, and all their rows say the same.
        return lru_cache(REMEMBERED)(self._told_apart)

    def _told_apart(self, owner: str, sort: Sort, text: str) -> tuple[Identifier, ...]:
        of = owner, sort
        among = self._of.get(of, [])
        if of not in self._apart:
            # Each is an owner of its own, so that one search tells which of them are there; and what counts only beside
            # another stands here in a column of its own.
            self._apart[of] = Matcher(
                replace(one, owner=str(number), strength=Strength.OWN) for number, one in enumerate(among)
            )
        return tuple(among[number] for number in sorted({int(one.owner) for one in self._apart[of].find(text)}))

    @cached_property
    def _apart(self) -> dict[tuple[str, Sort], Matcher]:
        return {}

    @cached_property
    def _of(self) -> dict[tuple[str, Sort], list[Identifier]]:
        found: dict[tuple[str, Sort], list[Identifier]] = {}
        for one in self.identifiers:
            found.setdefault((one.owner, one.sort), []).append(one)
        return found


@dataclass(frozen=True)
class Found:
    """A row in which somebody was found, with what was found in each of its columns.

    `holders` are the clients whose it is, none for nobody's; `own` was found of them, `hits` of others. `named` are
    others whom the platform names in it in a way of its own. `author` wrote it into somebody else's. `names` is the
    name that stands in two columns, if it is known.
    """

    table: str
    key: Key
    row: Mapping[str, Any]
    hits: Hits
    holders: frozenset[int]
    author: int | None
    named: frozenset[str] = frozenset()
    names: str = ""
    own: Hits = field(default_factory=dict)

    @property
    def people(self) -> frozenset[str]:
        """Who is in it though it is not theirs; nobody where it only says something of its own clients."""
        return self.named | {hit.owner for hits in self.hits.values() for hit in hits}

    @property
    def is_sure(self) -> bool:
        return bool(self.named) or any(hit.strength is Strength.ALONE for hits in self.hits.values() for hit in hits)


def of(hits: Hits, is_wanted: Callable[[str], bool]) -> Hits:
    """What was found of people by their owner's key."""
    some = {column: tuple(hit for hit in found if is_wanted(hit.owner)) for column, found in hits.items()}
    return {column: found for column, found in some.items() if found}
