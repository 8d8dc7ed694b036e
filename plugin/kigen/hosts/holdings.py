"""All that a host holds of a client, by table: what an export hands out, what a mask replaces, what tells who it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kigen.hosts.anonymised import Key
from kigen.hosts.rows import Rows
from kigen.hosts.selected import Selected
from kigen.hosts.shapes import Shapes
from kigen.policy.datamap import DataMap, Field, Table
from kigen.policy.subtraction import needed_by
from kigen.policy.vocabulary import USUAL, Purpose


@dataclass(frozen=True)
class Holding:
    """Some rows of one table. `key` are the columns that tell one row from another, none where there are none."""

    table: Table
    selected: Selected
    key: tuple[str, ...]
    rows: Sequence[dict[str, Any]]

    def key_of(self, row: dict[str, Any]) -> Key:
        return tuple(row[name] for name in self.key)

    def present(self, shapes: Shapes) -> list[Field]:
        """The personal columns that this installation has."""
        there = shapes[self.table.name].columns
        return [one for one in self.table.personal if one.name in there]


def read_holdings(
    rows: Rows,
    datamap: DataMap,
    shapes: Shapes,
    selected: Iterable[Selected],
    wanted: Callable[[Field], bool] = lambda _: True,
) -> Iterator[Holding]:
    """What was selected, a table at a time, with every personal column that is wanted, the key and what links.

    Tables that this installation or the map lacks are left out. With `rows.lock` the rows stay as they are until the
    transaction ends.
    """
    for part in selected:
        if part.table in shapes and part.table in datamap:
            table, shape = datamap[part.table], shapes[part.table]
            links = [link.column for link in table.links]
            columns = [*shape.key, *links, *(one.name for one in table.personal if wanted(one)), *BESIDE]
            found = part.read(rows, [name for name in dict.fromkeys(columns) if name in shape.columns])
            yield Holding(table, part, shape.key, found)


BESIDE = ("fieldid", "tld", "userid", "admin", "admin_id")
"""Plain columns that tell what stands in another: which custom field, the end of a domain, who wrote."""


def is_needed(datamap: DataMap, table: Table, codes: Iterable[str]) -> bool:
    """Whether the reasons that keep something of a client need rows of a table that goes with it at once.

    They do where they need one of its columns, or a row that hangs on it; a table without personal columns serves the
    usual purposes of its category.
    """
    return _serves(datamap, table, needed_by(codes))


def _serves(datamap: DataMap, table: Table, purposes: frozenset[Purpose]) -> bool:
    own = table.personal
    serves = any(one.is_needed_for(purposes) for one in own) or (
        not own and not purposes.isdisjoint(USUAL[table.category])
    )
    names = {table.name, *table.holds}
    return serves or any(
        _serves(datamap, other, purposes) for other in datamap if any(link.of in names for link in other.links)
    )
