"""Which names, addresses and numbers prove nothing: those that somebody else has in a row of its own as well.

Each person is judged by itself, whoever else is looked for or erased together with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kigen.hosts.anonymised import Key
from kigen.hosts.search import TEXTS, Search
from kigen.hosts.sought import Found
from kigen.policy.datamap import Table
from kigen.policy.fates import Fate, Withheld
from kigen.policy.identifiers import Identifier
from kigen.policy.vocabulary import Category

OF_CLIENTS = frozenset({Category.ACCOUNT, Category.DOMAIN, Category.BILLING})
"""Tables whose columns say what a client is and has: what stands there is that client's, whoever else has it too."""

MOST_PLACES = 20
"""Rows of others with the same that are looked at again; what stands in more of them is taken for common for good."""

Places = frozenset[tuple[str, Key]]
"""Rows by table and key; empty where there are too many, or one without a key."""

InCommon = Mapping[str, Mapping[Identifier, Places]]
"""By owner what others have as well, and where."""


@dataclass
class Noting:
    """What is found in common while the tables are read, with a bounded number of places."""

    places: dict[str, dict[Identifier, Places]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, search: Search, one: Found) -> None:
        for identifier in in_common(search, one):
            mine = self.places[identifier.owner]
            known = mine.get(identifier)
            if known is None and one.key:
                mine[identifier] = frozenset({(one.table, one.key)})
            elif known != frozenset():
                further = (known or frozenset()) | {(one.table, one.key)}
                mine[identifier] = further if one.key and len(further) <= MOST_PLACES else frozenset()


def in_common(search: Search, one: Found) -> Iterator[Identifier]:
    """What another client, a user of another client, the staff or the platform has in a column of its own.

    A guest who is nobody's client proves nothing by writing an address.
    """
    table = search.datamap.named.get(one.table)
    if table is None:
        return
    for hits in (one.hits, one.own):
        for column, found in hits.items():
            known = table.fields.get(column)
            is_one = known and known.sort not in TEXTS and known.withheld is not Withheld.OTHERS
            if is_one or table.fate is Fate.NOBODY:  # whatever stands in the platform's settings
                for hit in found:
                    if is_somebodys(table, one.holders, hit.owner):
                        yield from search.known.behind(hit, str(one.row[column]))
    for hit in search.known.find(one.names) if one.names else ():
        if is_somebodys(table, one.holders, hit.owner):
            yield from search.known.behind(hit, one.names)


def is_somebodys(table: Table, holders: frozenset[int], but: str = "") -> bool:
    """Whether a row says what a client, the staff or the platform itself is and has: others than this owner, if given.

    `holders` are the clients whose row it is. An address in the settings is the operator's, whoever tried it as client.
    """
    return table.fate in (Fate.STAFF, Fate.NOBODY) or (
        table.category in OF_CLIENTS and any(str(one) != but for one in holders)
    )


def still_in_common(search: Search, noted: InCommon) -> frozenset[Identifier]:
    """What the people of this search have in common with others whose rows are there now, of what was noted.

    Where two who had it both go, it is the second's alone once the first is gone.
    """
    found: set[Identifier] = set()
    again: dict[str, set[Key]] = defaultdict(set)
    for person in search.known.people:
        for identifier, places in noted.get(person.owner, {}).items():
            for table, key in places:
                again[table].add(key)
            if not places:
                found.add(identifier)
    for table, keys in again.items():
        for one in search.found(table, search.read(table, keys)):
            found.update(in_common(search, one))
    return frozenset(found)
