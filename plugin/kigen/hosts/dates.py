"""How a host's dates are read: what is a date, what is none, and which instant a local time means."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from kigen.policy.periods import When, from_local
from kigen.policy.records import UNREADABLE

EARLIEST_YEAR, LATEST_YEAR = 1995, 2100
"""Outside these years a date is nonsense: a default, a zero date or a sentinel (retention.md, Anchors)."""


def read_when(value: object, zone: str) -> When | None:
    """A host's DATE as a date, its DATETIME as an instant in UTC; None for NULL, zero dates and nonsense.

    Takes what drivers give: date objects, naive date-times, or the raw text where a driver cannot make a date of it.
    A time that no clock shows (24:00, a leap second) is nonsense too.
    """
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    if isinstance(value, str):
        return _read_text(value, zone)
    return _known(value, zone) if isinstance(value, dt.date) else None


# The dates of one night come again and again, and so do those of one client's invoices, lines and services.
@lru_cache(maxsize=65_536)
def _read_text(text: str, zone: str) -> When | None:
    day = _parse(text)
    return _known(day, zone) if day else None


def _known(day: dt.date, zone: str) -> When | None:
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        return None
    return from_local(day, zone) if isinstance(day, dt.datetime) else day


def read_optional(value: object, zone: str) -> When | None:
    """As `read_when`, but only NULL and zero dates are None: what was set to nonsense is UNREADABLE."""
    if value is None:
        return None
    when = read_when(value, zone)
    if when is not None:
        return when
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value or "")
    return UNREADABLE if text.strip("0-: .") else None


def _parse(text: str) -> dt.date | None:
    text = text.strip()
    try:
        return dt.date.fromisoformat(text) if len(text) == 10 else dt.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
