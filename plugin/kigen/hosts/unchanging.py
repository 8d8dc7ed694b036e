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


DATE = re.compile(r"\d{4}-\d\d-\d\d(?: (\d\d:\d\d:\d\d))?")
MIDNIGHT, SEPARATOR = "00:00:00", "\x1f"


def materials(rows: Rows, wanted: Sequence[tuple[Unchanging, Sequence[int]]]) -> list[dict[int, str]]:
    """What never changes of these records, as text; left out are those that are gone or too little known."""
    read = rows.read_all(*(Wanted(of.table, of.columns, "id", ids) for of, ids in wanted))
    return [material_of(of, found) for (of, _), found in zip(wanted, read, strict=True)]


def material_of(of: Unchanging, rows: Iterable[Mapping[str, object]]) -> dict[int, str]:
    """The same from rows that were read already, with their number and the columns that were asked for."""
    found: dict[int, str] = {}
    groups = [
        (group, SEPARATOR.join((*group, "")),
         [(place, name in of.drawn) for place, name in enumerate(group) if name not in of.beside])
        for group in of.groups
    ]  # fmt: skip
    for row in rows:
        for group, names, counting in groups:
            told = [_said(row[name]) for name in group]
            if _is_enough(told, counting):
                number = str(row["id"])
                found[int(number)] = f"{of.table}{SEPARATOR}{number}{SEPARATOR}{names}{SEPARATOR.join(told)}"
                break
    return found


def _is_enough(told: Sequence[str], counting: Sequence[tuple[int, bool]]) -> bool:
    """`counting` are the places of what counts, each with whether it is drawn for this record alone."""
    known, more = 0, False
    for place, is_drawn in counting:
        value = told[place]
        if not value:
            continue
        if is_drawn:
            return True
        known += 1
        date = DATE.fullmatch(value) if value[4:5] == "-" else None
        if date is None:
            more = True
        elif date[1] not in (None, MIDNIGHT):
            return True
    return known > 1 and more


def _said(value: object) -> str:
    """A value as text, however the driver gave it; "" for what says nothing: NULL, 0, a zero date."""
    if value is None:
        return ""
    if type(value) is int:
        return str(value) if value else ""
    if not isinstance(value, str):
        if isinstance(value, dt.datetime):
            value = value.isoformat(" ", "seconds")
        value = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    text = value.strip()
    if len(text) >= 19 and text[4] == "-" and text[10] in " T":
        text = f"{text[:10]} {text[11:19]}"  # a date-time without its fraction
    return text if text[:1] not in "0-" or text.strip("0-: .") else ""
