"""What a term is and where it ends: calendar arithmetic in the operator's zone (retention.md, Time)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from whenever import Date, Instant, PlainDateTime

When = dt.datetime | dt.date
"""An aware UTC instant, or a local date where the host stores no time of day."""

_A_DAY = dt.timedelta(days=1)

LONGEST_MONTHS = 1200
LONGEST_DAYS = 36_600

_UNITS = {
    "day": (0, 1), "days": (0, 1), "d": (0, 1), "日": (0, 1), "日間": (0, 1),
    "week": (0, 7), "weeks": (0, 7), "w": (0, 7), "週間": (0, 7),
    "month": (1, 0), "months": (1, 0), "か月": (1, 0), "ヶ月": (1, 0), "カ月": (1, 0),
    "year": (12, 0), "years": (12, 0), "y": (12, 0), "年": (12, 0),
}  # fmt: skip
_PART = re.compile(r"([+-]?\d+)\s*([^\W\d]+)")
_WRITTEN = re.compile(rf"{_PART.pattern}(?:[\s,]*{_PART.pattern})*")
_ISO = re.compile(r"^(-?)P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time by the calendar: months first (day clamped to the month's last), then days."""

    months: int = 0
    days: int = 0

    def __str__(self) -> str:
        parts = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in ((self.months, "month"), (self.days, "day")) if n]
        return " ".join(parts)

    def words(self, language: str = "en") -> str:
        """The term for a reader: `18 months`, `18か月`."""
        if language == "ja":
            return "".join(f"{n}{unit}" for n, unit in ((self.months, "か月"), (self.days, "日")) if n)
        return str(self)


def parse_term(text: str | None) -> Term | None:
    """Read `18 months`, `1 month 15 days`, `P18M`, `18か月`; blank, zero or negative is None: the rule is off.

    Raises ValueError with a sentence for anything else, and for a term beyond 100 years.
    """
    written = (text or "").strip()
    if not written or re.fullmatch(r"[+-]?0+", written) or re.fullmatch(r"-\d+", written):
        return None
    if match := _ISO.match(written):
        if match[1]:
            return None
        years, months, weeks, days = (int(part or 0) for part in match.groups()[1:])
        term = Term(years * 12 + months, weeks * 7 + days)
    elif _WRITTEN.fullmatch(written) and all(unit.lower() in _UNITS for _, unit in _PART.findall(written)):
        parts = [(int(number), *_UNITS[unit.lower()]) for number, unit in _PART.findall(written)]
        if any(number < 0 for number, _, _ in parts):
            return None
        term = Term(sum(n * months for n, months, _ in parts), sum(n * days for n, _, days in parts))
    else:
        raise ValueError(f"{written!r} is not a term; expected a number and a unit, such as '18 months' or '365 days'")
    if term.months > LONGEST_MONTHS or term.days > LONGEST_DAYS:
        raise ValueError(f"{written!r} is longer than 100 years; leave the term blank to keep for ever")
    return term if term.months or term.days else None


def local_midnight(day: dt.date, zone: str) -> dt.datetime:
    """The first instant of a local day, in UTC; where a change of clocks removes midnight, the first that exists."""
    return _midnight(day, zone)


def end_of_day(day: dt.date, zone: str) -> dt.datetime:
    """The instant at which a local day is over: 00:00 of the next, in UTC."""
    return _midnight(day + _A_DAY, zone)


def local_date(instant: dt.datetime, zone: str) -> dt.date:
    """The calendar date of an instant in a zone."""
    return _date(instant, zone)


def to_local(instant: dt.datetime, zone: str) -> dt.datetime:
    """The same instant, written in a zone."""
    return Instant(instant).to_tz(zone).to_stdlib()


def from_local(naive: dt.datetime, zone: str) -> dt.datetime:
    """A host's local date-time as an instant in UTC; an ambiguous one is the later of the two."""
    return _resolve(PlainDateTime(naive), zone)


def moment(when: When, zone: str) -> dt.datetime:
    """A single instant for comparing: a date counts as the end of its day."""
    return when if isinstance(when, dt.datetime) else end_of_day(when, zone)


def add(when: When, term: Term, zone: str) -> dt.datetime:
    """The instant at which a term is over, in UTC: due when now >= it.

    An instant keeps its local time of day; for a date the term is added to the date and that day must have ended.
    """
    if isinstance(when, dt.datetime):
        local = Instant(when).to_tz(zone).to_plain()
        return _resolve(local.add(months=term.months, days=term.days), zone)
    return _midnight(Date(when).add(months=term.months, days=term.days).to_stdlib() + _A_DAY, zone)


# The same days come again and again, of instants only the present one and those of one client's papers.
@lru_cache(maxsize=256)
def _date(instant: dt.datetime, zone: str) -> dt.date:
    return Instant(instant).to_tz(zone).date().to_stdlib()


@lru_cache(maxsize=8192)
def _midnight(day: dt.date, zone: str) -> dt.datetime:
    return _resolve(PlainDateTime(day.year, day.month, day.day), zone)


def _resolve(local: PlainDateTime, zone: str) -> dt.datetime:
    """Of an ambiguous time the later instant; of one that the clocks skip the first after it, so that order stays."""
    resolved = local.assume_tz(zone, disambiguation="later")
    if resolved.to_plain() != local:
        local = local.replace(second=0, nanosecond=0)
        while (resolved := local.assume_tz(zone, disambiguation="later")).to_plain() != local:
            local = PlainDateTime(local.to_stdlib() + dt.timedelta(minutes=1))
    return resolved.to_instant().to_stdlib()
