"""Which outside services still know a client by a number or a name of their own, as a platform's rows tell it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kigen.hosts.rows import Rows
from kigen.policy.elsewhere import Elsewhere, Place


@dataclass(frozen=True, slots=True)
class Told:
    """Rows of `table` are a client's by `owner` and name a service in `column`.

    Where that is a number, `named` are the table and the column that say which one it is.
    """

    place: Place
    table: str
    owner: str
    column: str
    named: tuple[str, str] | None = None


def elsewhere(rows: Rows, told: Iterable[Told], clients: Sequence[int]) -> dict[int, tuple[Elsewhere, ...]]:
    """What each of these clients leaves elsewhere, in the order of `Place`; clients that leave nothing are left out."""
    counts: dict[int, Counter[tuple[Place, str]]] = {}
    for one in told:
        found = rows.read(one.table, (one.column,), one.owner, clients)
        names = _names(rows, one.named, [row[one.column] for row in found if row[one.column]])
        for row in found:
            name = str(names.get(row[one.column], "") if one.named else row[one.column] or "").strip()
            if name:
                counts.setdefault(row[one.owner], Counter())[one.place, name] += 1
    return {
        client: tuple(
            Elsewhere(place, name, number)
            for (place, name), number in sorted(mine.items(), key=lambda one: (list(Place).index(one[0][0]), one[0][1]))
        )
        for client, mine in counts.items()
    }


def _names(rows: Rows, named: tuple[str, str] | None, numbers: Sequence[int]) -> dict[int, str]:
    if named is None:
        return {}
    table, column = named
    return {row["id"]: str(row[column] or "") for row in rows.read(table, (column,), "id", numbers)}
