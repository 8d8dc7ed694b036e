"""What hangs on rows alone, found from them downwards by the map's links: it goes, or is masked, with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kigen.hosts.owners import FieldIds
from kigen.hosts.rows import Rows
from kigen.hosts.selected import Selected
from kigen.policy.datamap import DataMap, Table


def hanging(
    rows: Rows, datamap: DataMap, table: Table, above: Iterable[Mapping[str, Any]], fields: FieldIds
) -> Iterator[Selected]:
    """What hangs on these rows alone, the deepest first, so that it can go before them."""
    above = list(above)
    for other in datamap:
        for link in other.links:
            if link.of not in (table.name, *table.holds) or not link.is_alone or link.is_shared:
                continue
            targets = frozenset(row[link.target] for row in above if row.get(link.target))
            only = ("fieldid", tuple(fields.get(link.field, ()))) if link.field else None
            if not targets or (only and not only[1]) or not rows.schema.has(other.name, link.column):
                continue
            here = Selected(other.name, link.column, targets, only)
            below = here.read(rows, [one.column for one in other.links])
            yield from hanging(rows, datamap, other, below, fields)
            yield here
