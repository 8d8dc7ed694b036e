"""What others came to have of an erased person since its traces were looked for: asked once the locks are held.

A client who stays can take an address by a change of a row that no key tells to be new. So those whose rows are about
to be changed are asked what they have now, and whoever has the very address that is about to go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kigen.hosts.in_common import OF_CLIENTS, in_common
from kigen.hosts.search import Search
from kigen.hosts.sought import Found
from kigen.policy.datamap import CLIENT, Table
from kigen.policy.fates import Withheld
from kigen.policy.identifiers import Identifier
from kigen.policy.sorts import Sort
from kigen.policy.vocabulary import Category


def taken(search: Search, found: Sequence[Found]) -> Iterator[Identifier]:
    """What the people of this search have in common by now with others, as far as these rows have it.

    Rows that an index leads to are read under locks, so that it stays so until the transaction ends.
    """
    sorts = {hit.sort for one in found for hits in one.hits.values() for hit in hits}
    holders = {client for one in found for client in one.holders} - search.known.clients
    owners = {hit.owner for one in found for hits in one.hits.values() for hit in hits if hit.sort is Sort.EMAIL}
    addresses = {
        value for person in search.known.people if person.owner in owners
        for sort, value in person.values if sort is Sort.EMAIL
    }  # fmt: skip
    for table in search.datamap:
        if table.category in OF_CLIENTS and table.name in search.shapes:
            if holders and any(one.sort in sorts for one in table.personal):
                for column in _by_client(table):
                    yield from _had(search, table, column, holders)
            for one in table.personal if addresses and table.category is Category.ACCOUNT else ():
                # Other numbers are spelled in too many ways to be asked for by value; documents are of long ago.
                if one.sort is Sort.EMAIL and one.withheld is not Withheld.OTHERS:
                    yield from _had(search, table, one.name, addresses | {value.lower() for value in addresses})


def _by_client(table: Table) -> Iterator[str]:
    """The columns by which a table's rows are a client's at once."""
    if CLIENT in table.holds:
        yield "id"
    yield from (link.column for link in table.links if link.of == CLIENT)


def _had(search: Search, table: Table, column: str, values: Iterable[object]) -> Iterator[Identifier]:
    indexes = search.rows.schema.indexes.get(table.name, {})
    rows = replace(search.rows, lock=column in indexes).read(table.name, search.columns(table.name), column, values)
    for one in search.found(table.name, rows):
        yield from in_common(search, one)
