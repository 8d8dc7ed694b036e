"""What erasing a client would do to its own rows, counted without a lock and without changing anything."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kigen.hosts.anonymising import Plan
from kigen.hosts.drift import OUTSIDE_DELETING
from kigen.hosts.rows import Rows
from kigen.hosts.selected import Selected


@dataclass(frozen=True)
class Foreseen:
    """Rows by table: `going` would be deleted, `masked` would stay without what tells who it is.

    `held` are `table.column` of other tables whose foreign key does not let these rows go.
    """

    going: Mapping[str, int] = field(default_factory=dict)
    masked: Mapping[str, int] = field(default_factory=dict)
    held: tuple[str, ...] = ()


def foresee(rows: Rows, plan: Plan, further: Iterable[Selected] = ()) -> Foreseen:
    """A plan as numbers; `further` goes as well. Rows are told apart by their id, so a table without one is left out.

    Files, traces in rows of others and what plugins hold are not looked for.
    """
    ids: dict[str, set[int]] = defaultdict(set)
    for one in (*plan.going, *further):
        if rows.schema.has(one.table, "id", one.by):
            ids[one.table].update(row["id"] for row in one.read(rows, ()))
    masked = Counter(change.table for change in plan.changes)
    return Foreseen({name: len(found) for name, found in sorted(ids.items()) if found}, dict(sorted(masked.items())),
                    tuple(sorted(set(_held(rows, ids)))))  # fmt: skip


def _held(rows: Rows, going: Mapping[str, set[int]]) -> Iterator[str]:
    """Foreign keys from rows that stay to rows that would go, where the server then refuses to delete."""
    for key in rows.schema.foreign_keys:
        if going.get(key.target) and key.on_delete.upper() not in OUTSIDE_DELETING:
            pointing = rows.read(key.table, (), key.column, going[key.target])
            if any(row["id"] is None or row["id"] not in going.get(key.table, ()) for row in pointing):
                yield f"{key.table}.{key.column}"
