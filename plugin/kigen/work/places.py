"""At which rows a person has to look after an erasure: their keys, at most twenty for each column and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kigen.hosts.anonymised import Left

MOST = 20

Rows = dict[str, list[str]]
"""By `table.column why`, as places are counted, the keys of the first rows; of a key that is a text no word is told."""


def rows_of(left: Iterable[Left]) -> Rows:
    """Where these places are; one that stands for many, or for a whole table, names no row."""
    found: Rows = {}
    for one in sorted(set(left)):
        if one.key:
            gather(found, {f"{one.table}.{one.column} {one.why}": [one.key]})
    return found


def gather(rows: Rows, more: Mapping[str, Iterable[str]]) -> None:
    """Add what another part of the same run left, each row once."""
    for place, keys in more.items():
        mine = rows.setdefault(place, [])
        mine += [key for key in keys if key not in mine][: MOST - len(mine)]
