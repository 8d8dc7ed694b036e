"""Dates and instants as people write them on the command line and read them there: in the operator's zone."""

from __future__ import annotations

import datetime as dt
import re

from kigen.errors import WrongUse
from kigen.policy.periods import end_of_day, from_local, local_midnight, to_local

EARLIEST, LATEST = 1995, 2200
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d{1,6})?)?\s*(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)


def instant(text: str, zone: str, option: str, is_end: bool = False) -> dt.datetime:
    """An instant in UTC; a date is its first moment, or, for an end, the first moment after it."""
    written = text.strip()
    try:
        if _DATE.fullmatch(written):
            day = dt.date.fromisoformat(written)
            _check_year(day, text, option)
            return end_of_day(day, zone) if is_end else local_midnight(day, zone)
        if _INSTANT.fullmatch(written):
            at = dt.datetime.fromisoformat(re.sub(r"\s+(?=[Z+-])", "", written.upper().replace(",", ".")))
            _check_year(at, text, option)
            return from_local(at, zone) if at.tzinfo is None else at.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise WrongUse(f"{option} is {text!r}; no calendar has that date and time") from None
    raise WrongUse(f"{option} is {text!r}; expected a date, or an instant such as 2026-01-31T09:00:00+09:00")


def date(text: str, option: str) -> dt.date:
    """A date without a time."""
    try:
        if not _DATE.fullmatch(text.strip()):
            raise ValueError
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise WrongUse(f"{option} is {text!r}; expected a date such as 2026-01-31") from None


def written(at: dt.datetime | None, zone: str) -> str:
    """An instant for a table."""
    return to_local(at, zone).strftime("%Y-%m-%d %H:%M") if at else ""


def said(told: str, zone: str) -> str:
    """An instant that evidence holds as text, for a person."""
    return written(dt.datetime.fromisoformat(told), zone)


def iso(at: dt.datetime | None, zone: str) -> str | None:
    """An instant for a JSON document, with the operator's offset."""
    return to_local(at, zone).isoformat() if at else None


def short(told: object) -> str:
    """What `iso` gave, for a table."""
    return str(told or "")[:16].replace("T", " ")


def _check_year(when: dt.date, text: str, option: str) -> None:
    if not EARLIEST <= when.year <= LATEST:
        raise WrongUse(f"{option} is {text!r}; expected a year from {EARLIEST} to {LATEST}")
