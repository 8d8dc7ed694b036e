"""What stands now in the columns of a record whose changes its client is told, and whose record it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kigen.hosts.rows import Rows
from kigen.policy.change_log import columns, normal
from kigen.policy.datamap import CLIENT, DataMap


@dataclass(frozen=True, slots=True)
class Seen:
    """One record: its client, and by column the value as it is compared."""

    client: int
    values: Mapping[str, str]


def seen(rows: Rows, datamap: DataMap, of: str, ids: Sequence[int]) -> dict[int, Seen]:
    """Records by number; `of` is the table, or what it holds. Columns that the live table lacks are left out."""
    table = datamap.holder(of) if of else None
    if table is None:
        return {}
    owner = "id" if CLIENT in table.holds else next((link.column for link in table.links if link.of == CLIENT), None)
    there = [name for name in columns(table) if rows.schema.has(table.name, name)]
    if owner is None or not rows.schema.has(table.name, owner):
        return {}
    found = rows.read(table.name, (*there, owner), "id", ids)
    return {row["id"]: Seen(row[owner], {name: normal(row[name]) for name in there}) for row in found if row[owner]}
