"""Which days are working days where: holidays by country, and Japan's year-end; None where no table reaches."""

from __future__ import annotations

import datetime as dt
from functools import cache, partial

import holidays

from kigen.policy.deadlines import EEA, EU, JP, UK, Calendar

PARTS = {"GB": "ENG"}
"""The part of a country whose holidays count, where they differ: the authority's seat."""

YEAR_END = ((12, 29), (1, 3))
"""Japan: authorities and the operator's reception are closed from the one day through the other."""


@cache
def holidays_of(country: str, year: int) -> frozenset[dt.date] | None:
    """The holidays of a country in a year; None where the table knows neither."""
    known = getattr(holidays, country, None) if len(country) == 2 else None
    if known is None or not known.start_year <= year <= known.end_year:
        return None
    return frozenset(holidays.country_holidays(country, subdiv=PARTS.get(country), years=year))


def is_working_day(country: str, day: dt.date) -> bool | None:
    """Monday to Friday without holidays; None where nobody knows the holidays of that year."""
    closed = holidays_of(country, day.year)
    if closed is None:
        return None
    if country == "JP" and ((day.month, day.day) >= YEAR_END[0] or (day.month, day.day) <= YEAR_END[1]):
        return False
    return day.weekday() < 5 and day not in closed


def calendar_for(regime: str, country: str) -> Calendar:
    """The calendar by which a regime's deadlines move: of the member state in the EU and the EEA, of none elsewhere."""
    code = country.strip().upper()
    return partial(is_working_day, {UK: "GB", JP: "JP", EU: code if code in EEA else ""}[regime])
