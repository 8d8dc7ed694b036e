"""By which columns a record is known again after a restore: what never changes while the record is there.

What anonymising masks is none of it: evidence of a record that went masked is compared with the record as it was. An id
alone says nothing: a server that forgot its counter gives it to somebody else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kigen.hosts.rows import Rows, Wanted


@dataclass(frozen=True, slots=True)
class Unchanging:
    """The table of a kind, and groups of columns: the first group that says anything stands for the record."""

    table: str
    groups: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> list[str]:
        """The columns of all groups."""
        return [name for group in self.groups for name in group]


def materials(rows: Rows, wanted: Sequence[tuple[Unchanging, Sequence[int]]]) -> list[dict[int, str]]:
    """What never changes of these records, as text; those that are gone, or of which nothing is known, are left out."""
    read = rows.read_all(*(Wanted(of.table, of.columns, "id", ids) for of, ids in wanted))
    return [_materials(of, found) for (of, _), found in zip(wanted, read, strict=True)]


def _materials(of: Unchanging, rows: Iterable[Mapping[str, object]]) -> dict[int, str]:
    found: dict[int, str] = {}
    for row in rows:
        for group in of.groups:
            told = [_said(row[name]) for name in group]
            if any(told):
                found[int(str(row["id"]))] = "\x1f".join((of.table, str(row["id"]), *group, *told))
                break
    return found


def _said(value: object) -> str:
    """A value as text, however the driver gave it; "" for what says nothing: NULL, 0, a zero date."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = value.isoformat(" ", "seconds")
    text = (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).strip()
    if len(text) >= 19 and text[4] == "-" and text[10] in " T":
        text = f"{text[:10]} {text[11:19]}"  # a date-time without its fraction
    return text if text[:1] not in "0-" or text.strip("0-: .") else ""
