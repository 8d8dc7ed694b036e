"""Decides what a date written in a host's table means, and when a term counted from it is over.

A value is a `date` (no time of day), an aware `datetime`, or None (nothing readable). The operator's and the host's
zone are one.
"""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Tokyo")
FIRST_YEAR, LAST_YEAR = 1995, 2100


def at(local: datetime) -> datetime:
    """The instant of a naive local time; of two, the later one."""
    either = (local.replace(tzinfo=ZONE, fold=fold) for fold in (0, 1))
    return max(either, key=lambda moment: moment.astimezone(UTC))


def local(moment: datetime) -> datetime:
    """An aware instant in the operator's zone; a naive one is taken as already local."""
    return at(moment) if moment.tzinfo is None else moment.astimezone(ZONE)


def midnight(day: date) -> datetime:
    return at(datetime.combine(day, time()))


def end_of(day: date) -> datetime:
    return midnight(day + timedelta(days=1))


def is_unset(text: str | None) -> bool:
    """Nothing was ever written there: NULL, empty, or a whole zero date."""
    return not text or text.startswith("0000-00-00")


def read(text: str | None) -> date | datetime | None:
    """The date or instant a column holds; None for zero, half-zero, absent and out-of-range dates."""
    if is_unset(text):
        return None
    try:
        value = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        return None
    return at(value) if isinstance(value, datetime) else value


def moment(value: date | datetime) -> datetime:
    """For comparing: a date without a time stands for the end of its day."""
    return value if isinstance(value, datetime) else end_of(value)


def day_of(value: date | datetime) -> date:
    return value.astimezone(ZONE).date() if isinstance(value, datetime) else value


def is_later(value: date | datetime, now: datetime) -> bool:
    """Later than now; today's date is not, whatever the hour."""
    return value > now if isinstance(value, datetime) else value > day_of(now)


def add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add(day: date, term: str) -> date:
    count, unit = term.split()
    if unit.startswith("day"):
        return day + timedelta(days=int(count))
    return add_months(day, int(count) * (12 if unit.startswith("year") else 1))


def due(value: date | datetime, term: str) -> datetime:
    """When a term counted from the value is over: the same local time, or the end of the day for a mere date."""
    if not isinstance(value, datetime):
        return end_of(add(value, term))
    wall = value.astimezone(ZONE)
    return at(datetime.combine(add(wall.date(), term), wall.time()))


def is_term(term: str | None) -> bool:
    """A blank or zero term switches its rule off."""
    return bool(term and term.split() and int(term.split()[0]) > 0)
