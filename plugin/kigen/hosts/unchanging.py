"""By which columns a record is known again after a restore: what never changes while the record is there.

What anonymising masks is none of it: evidence of a record that went masked is compared with the record as it was. An id
alone says nothing: a server that forgot its counter gives it to somebody else. Neither does an id with a day: another
client may have signed up on that day.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kigen.hosts.rows import Rows, Wanted


@dataclass(frozen=True, slots=True)
class Unchanging:
    """The table of a kind, and groups of columns: the first group that says enough stands for the record.

    Enough is an instant with its time of day, a value that the platform draws for this record alone (`drawn`), or two
    values that are not both days. What stands `beside` must be equal as well, and is never enough.
    """

    table: str
    groups: tuple[tuple[str, ...], ...]
    drawn: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()

    @property
    def columns(self) -> list[str]:
        """The columns of all groups."""
        return [name for group in self.groups for name in group]


DAY = re.compile(r"\d{4}-\d\d-\d\d(?: 00:00:00)?")
INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def materials(rows: Rows, wanted: Sequence[tuple[Unchanging, Sequence[int]]]) -> list[dict[int, str]]:
    """What never changes of these records, as text; left out are those that are gone or too little known."""
    read = rows.read_all(*(Wanted(of.table, of.columns, "id", ids) for of, ids in wanted))
    return [_materials(of, found) for (of, _), found in zip(wanted, read, strict=True)]


def _materials(of: Unchanging, rows: Iterable[Mapping[str, object]]) -> dict[int, str]:
    found: dict[int, str] = {}
    for row in rows:
        for group in of.groups:
            told = [_said(row[name]) for name in group]
            counting = {name: value for name, value in zip(group, told, strict=True) if name not in of.beside}
            if _is_enough(list(counting.values()), [name in of.drawn for name in counting]):
                found[int(str(row["id"]))] = "\x1f".join((of.table, str(row["id"]), *group, *told))
                break
    return found


def _is_enough(told: Sequence[str], drawn: Sequence[bool]) -> bool:
    known = [value for value in told if value]
    more = [value for value in known if not DAY.fullmatch(value)]
    is_drawn = any(value and one for value, one in zip(told, drawn, strict=True))
    return is_drawn or any(map(INSTANT.fullmatch, more)) or (len(known) > 1 and bool(more))


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
