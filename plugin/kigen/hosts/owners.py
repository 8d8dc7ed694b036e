"""Whose a row is, found from the row upwards by the map's links: which clients hold it, and who wrote it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from kigen.hosts.rows import Rows
from kigen.policy.datamap import CLIENT, DataMap, Link
from kigen.policy.fates import Fate
from kigen.policy.vocabulary import Category

FieldIds = Mapping[str, Sequence[int]]
"""Ids of custom fields by what they belong to; empty for a host whose values say it themselves."""


STAFF = ("admin", "admin_id")
"""Columns that say who of the staff wrote a row."""


def columns_of(datamap: DataMap, table: str) -> tuple[str, ...]:
    """The columns that must be read to tell whose a row of this table is."""
    if table not in datamap:
        return ()
    found = datamap[table]
    links = [name for link in found.links for name in (link.column, "fieldid" if link.field else "")]
    own = "id" if CLIENT in found.holds else ""
    staff = STAFF if writer_of(datamap, table) else ()
    return tuple(name for name in dict.fromkeys((own, *links, *authors(datamap), *staff)) if name in found.fields)


def authors(datamap: DataMap) -> tuple[str, ...]:
    """Columns by which rows name a client, also in tables where they do not say whose the row is."""
    names = {link.column for table in datamap for link in table.links if link.of == CLIENT}
    return tuple(sorted(names - {"relid", "id"}))


def author_of(datamap: DataMap, row: Mapping[str, Any]) -> int | None:
    """The client that a row names as its own, None for nobody."""
    return next((row[name] for name in authors(datamap) if row.get(name)), None)


def writer_of(datamap: DataMap, table: str) -> str:
    """The column that says which client wrote a row of a conversation, whoever's that is; "" where none does."""
    if table not in datamap or datamap[table].category is not Category.SUPPORT or datamap[table].fate is not Fate.GOES:
        return ""
    here = datamap[table]
    by_client = any(link.of == CLIENT for link in here.links)
    return "" if by_client else next((name for name in authors(datamap) if name in here.fields), "")


def is_by_staff(row: Mapping[str, Any]) -> bool:
    """Whether a row of a conversation names somebody of the staff as who wrote it."""
    return any(row.get(name) for name in STAFF)


def holders(
    rows: Rows, datamap: DataMap, table: str, found: Sequence[Mapping[str, Any]], fields: FieldIds
) -> list[frozenset[int]]:
    """For each of these rows the clients that hold it; none for a row that leads to nobody. A query for each link."""
    held: list[set[int]] = [set() for _ in found]
    if table not in datamap:
        return [frozenset() for _ in found]
    here = datamap[table]
    if CLIENT in here.holds:
        return [frozenset({row["id"]}) for row in found]
    # The row's own word comes first: the same number is a service of one sort and of another.
    for link in sorted(here.links, key=lambda link: link.of != CLIENT):
        steps = [
            (number, row[link.column])
            for number, row in enumerate(found)
            if _follows(link, row, fields) and not (held[number] and link.of != CLIENT)
        ]
        if link.of == CLIENT:
            for number, client in steps:
                held[number].add(client)
        elif on := datamap.holder(link.of):
            wanted = {value for _, value in steps}
            above = rows.read(on.name, columns_of(datamap, on.name), link.target, wanted) if wanted else []
            by_target: dict[Any, set[int]] = defaultdict(set)
            for row, clients in zip(above, holders(rows, datamap, on.name, above, fields), strict=True):
                by_target[row[link.target]] |= clients
            for number, value in steps:
                held[number] |= by_target.get(value, set())
    return [frozenset(clients) for clients in held]


def _follows(link: Link, row: Mapping[str, Any], fields: FieldIds) -> bool:
    """Whether this link is the one that counts for this row."""
    if link.field and row.get("fieldid") not in fields.get(link.field, ()):
        return False
    if link.unless and row.get(link.unless):
        return False
    return bool(row.get(link.column))
