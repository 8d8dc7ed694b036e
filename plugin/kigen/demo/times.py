"""How the invented histories count time: naive date-times, local to the demo host in Asia/Tokyo, whole seconds."""

import calendar
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


def local(now: datetime) -> datetime:
    """Any instant as the demo host's clock shows it; a naive one is taken as it is."""
    return (now.astimezone(TOKYO).replace(tzinfo=None) if now.tzinfo else now).replace(microsecond=0)


def add_months(at: datetime, months: int) -> datetime:
    """The same day so many calendar months on, or the month's last."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))


def between(rng: Random, start: datetime, end: datetime) -> datetime:
    """Some second between the two, or `start` when there is none."""
    return start + timedelta(seconds=int(max(0.0, (end - start).total_seconds()) * rng.random()))
