"""How a host says which rows go with what, for deleting, masking and reading alike: a table, a column, values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import and_, column
from sqlalchemy.sql import ColumnElement

from kigen.hosts.rows import Rows
from kigen.policy.records import Kind


@dataclass(frozen=True, slots=True)
class Selected:
    """Rows of a table whose column `by` is one of `ids`.

    `only`: of these, rows in which a further column is one of some values. `but`: not the rows with these ids.
    `is_kept`: what they hang on stays, so whether they go is the data map's word and not the links'. `of`: the kinds of
    record that `ids` are numbers of; none where they hang on the client alone, or on no record.
    """

    table: str
    by: str
    ids: frozenset[Any]
    only: tuple[str, tuple[Any, ...]] | None = None
    but: frozenset[int] = frozenset()
    is_kept: bool = False
    of: tuple[Kind, ...] = ()

    def delete(self, rows: Rows) -> int:
        """Delete these rows; how many went. 0 where the table or the column is absent."""
        conditions: list[ColumnElement[bool]] = []
        if self.only:
            conditions.append(column(self.only[0]).in_(self.only[1]))
        if self.but:
            conditions.append(column("id").not_in(self.but))
        return rows.delete(self.table, self.by, self.ids, and_(*conditions) if conditions else None)

    def read(self, rows: Rows, columns: Sequence[str]) -> list[dict[str, Any]]:
        """These rows with these columns, `id` and the columns that select them; absent columns read as None."""
        further = (self.only[0],) if self.only else ()
        return [row for row in rows.read(self.table, (*columns, *further), self.by, self.ids) if self.has(row)]

    def has(self, row: dict[str, Any]) -> bool:
        """Whether a row of this table, read with the columns that select, is one of these."""
        within = not self.only or row[self.only[0]] in self.only[1]
        return within and row[self.by] in self.ids and row["id"] not in self.but


def delete_all(rows: Rows, selected: Iterable[Selected]) -> dict[str, int]:
    """Delete what was selected, in its order; rows deleted by table. All of it is worked out before the first goes."""
    gone: Counter[str] = Counter()
    for one in list(selected):
        gone[one.table] += one.delete(rows)
    return {name: number for name, number in gone.items() if number}


def parted(one: Selected, is_kept: Callable[[Any], bool]) -> Iterator[Selected]:
    """What was selected, in two where some of its ids are of what stays; nothing for no ids."""
    kept = frozenset(filter(is_kept, one.ids))
    for ids, stays in ((one.ids - kept, False), (kept, True)):
        if ids:
            yield replace(one, ids=ids, is_kept=stays)


def selected(
    table: str, by: str, ids: AbstractSet[Any], only: tuple[str, tuple[Any, ...]] | None = None,
    of: tuple[Kind, ...] = (),
) -> Selected:  # fmt: skip
    """Rows by one column, nothing of which is kept."""
    return Selected(table, by, frozenset(ids), only, of=of)
