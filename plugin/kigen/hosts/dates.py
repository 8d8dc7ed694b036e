"""How a host's dates are read: what is a date, what is none, and which instant a local time means."""

from __future__ import annotations

import datetime as dt

from kigen.policy.periods import When, from_local
from kigen.policy.records import UNREADABLE

EARLIEST_YEAR, LATEST_YEAR = 1995, 2100
"""Outside these years a date is nonsense: a default, a zero date or a sentinel (retention.md, Anchors)."""


def read_when(value: object, zone: str) -> When | None:
    """A host's DATE as a date, its DATETIME as an instant in UTC; None for NULL, zero dates and nonsense.

    Takes what drivers give: date objects, naive date-times, or the raw text where a driver cannot make a date of it.
    A time that no clock shows (24:00, a leap second) is nonsense too.
    """
    if isinstance(value, (bytes, str)):
        value = _parse(value.decode("ascii", "replace") if isinstance(value, bytes) else value)
    if not isinstance(value, dt.date) or not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        return None
    return from_local(value, zone) if isinstance(value, dt.datetime) else value


def read_optional(value: object, zone: str) -> When | None:
    """As `read_when`, but only NULL and zero dates are None: what was set to nonsense is UNREADABLE."""
    when = read_when(value, zone)
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value or "")
    return UNREADABLE if when is None and text.strip("0-: .") else when


def _parse(text: str) -> dt.date | None:
    text = text.strip()
    try:
        return dt.date.fromisoformat(text) if len(text) == 10 else dt.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
