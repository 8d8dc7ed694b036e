"""When a rights request must be answered: worked dates, an oracle for nine years, and what the derivation says."""

from __future__ import annotations

import calendar
import datetime as dt
from bisect import bisect_right

import holidays
import pytest

from kigen.policy.deadlines import EU, JP, REGIMES, STEPS, UK, deadline, has_last_day, regime_of
from kigen.policy.floors import every_weekday
from kigen.work.calendars import calendar_for, is_working_day
from tests.policy.build import ZONE, at, day

ALWAYS = lambda one: True  # noqa: E731 - a calendar on which every day is a working day


@pytest.mark.parametrize(
    ("received", "extended", "last"),
    [
        ("2024-01-31", False, "2024-02-29"),
        ("2025-01-31", False, "2025-02-28"),
        ("2026-01-31", False, "2026-02-28"),
        ("2026-01-31", True, "2026-04-30"),
        ("2025-11-30", True, "2026-02-28"),
        ("2026-08-31", False, "2026-09-30"),
        ("2026-06-15", False, "2026-07-15"),
    ],
)
def test_a_month_ends_on_the_same_day_of_the_next_or_its_last_and_three_count_from_the_receipt(
    received: str, extended: bool, last: str
) -> None:
    """A3, A4"""
    found = deadline(EU, at(f"{received} 23:59:59"), ZONE, ALWAYS, extended)
    assert found.day == day(last)
    assert found.due == at(f"{day(last) + dt.timedelta(days=1)} 00:00")


def test_a_day_is_the_local_day_whatever_the_hour_and_closed_windows_delay_no_receipt() -> None:
    """A17, B2: 28 December, long after the reception closed for the year; in UTC it is the 28th as well."""
    late = at("2026-12-28 23:59:59")
    assert deadline(EU, late, ZONE, calendar_for(EU, "DE")).day == day("2027-01-28")
    assert deadline(EU, at("2026-12-29 00:00"), ZONE, calendar_for(EU, "DE")).day == day("2027-01-29")
    # Japan: 29 December to 3 January and Adults' Day on 11 January are no working days.
    assert deadline(JP, late, ZONE, calendar_for(JP, "JP")).day == day("2027-01-18")


def test_golden_week_moves_a_japanese_date_and_not_a_german_one() -> None:
    """A18"""
    found = deadline(JP, at("2026-05-01 10:00"), ZONE, calendar_for(JP, "JP"), target_days=1)
    assert found.day == day("2026-05-07")
    assert is_working_day("JP", day("2026-05-06")) is False
    assert deadline(EU, at("2026-04-06 10:00"), ZONE, calendar_for(JP, "JP")).day == day("2026-05-07")
    assert deadline(EU, at("2026-04-06 10:00"), ZONE, calendar_for(EU, "DE")).day == day("2026-05-06")


def test_a_last_day_on_a_holiday_or_a_weekend_is_the_next_working_day_of_the_member_state() -> None:
    """A18: 3 October is a holiday in Germany alone, 26 December and a Saturday almost everywhere."""
    received = at("2025-09-03 10:00")
    assert deadline(EU, received, ZONE, calendar_for(EU, "DE")).day == day("2025-10-06")
    assert deadline(EU, received, ZONE, calendar_for(EU, "FR")).day == day("2025-10-03")
    moved = deadline(UK, at("2026-11-26 10:00"), ZONE, calendar_for(UK, "GB"))
    assert (moved.day, [step.code for step in moved.derivation]) == (
        day("2026-12-29"), ["received", "months", "moved"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("regime", "country", "received"), [(EU, "DE", "2150-05-31"), (EU, "BR", "2026-05-31"), (EU, "", "2026-05-31")]
)
def test_where_no_table_of_holidays_reaches_the_date_is_not_moved_and_that_is_told(
    regime: str, country: str, received: str
) -> None:
    """A19"""
    found = deadline(regime, at(f"{received} 10:00"), ZONE, calendar_for(regime, country))
    assert found.day == day(received).replace(month=6, day=30)
    assert not found.is_sure
    assert found.derivation[-1].code == "no-table"
    assert deadline(JP, at("2150-01-05 10:00"), ZONE, calendar_for(JP, "JP")).day == day("2150-01-19")


def test_the_derivation_says_every_step_in_both_languages() -> None:
    steps = deadline(EU, at("2026-01-31 10:00"), ZONE, calendar_for(EU, "DE")).derivation
    assert [step.text() for step in steps] == [
        "Received on 2026-01-31; that day is not counted.",
        "GDPR Art. 12(3): 1 month from 2026-01-31 end on 2026-02-28.",
        "The month has no day 31; its last day counts: 2026-02-28.",
        "2026-02-28 is no working day; the next one counts: 2026-03-02.",
    ]
    assert [step.text("ja") for step in steps] == [
        "2026-01-31 に受領しました。当日は数えません。",
        "GDPR 第12条3項：2026-01-31 から1か月で、2026-02-28 に満了します。",
        "その月に31日はないため、末日の 2026-02-28 とします。",
        "2026-02-28 は営業日ではないため、翌営業日の 2026-03-02 とします。",
    ]
    assert all(not japanese.isascii() for _, japanese in STEPS.values())


def test_the_regime_follows_the_country_and_only_europe_names_a_last_day() -> None:
    assert [regime_of(country) for country in ("de", " NO", "GB", "uk", "JP", "US", "")] == [
        EU, EU, UK, UK, JP, None, None,
    ]  # fmt: skip
    assert [has_last_day(regime) for regime in (EU, UK, JP, None)] == [True, True, False, False]
    assert set(REGIMES) == {EU, UK, JP}


# The oracle: written from the law with the calendar module and lists of days alone.


def closed_days(country: str) -> set[dt.date]:
    """Weekends and holidays from 2024 to 2033; in Japan the year's end too."""
    first, last = dt.date(2024, 1, 1), dt.date(2033, 12, 31)
    every = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    part = "ENG" if country == "GB" else None
    found = set(holidays.country_holidays(country, subdiv=part, years=range(2024, 2034)))
    found |= {one for one in every if one.isoweekday() > 5}
    if country == "JP":
        found |= {one for one in every if f"{one:%m%d}" in ("1229", "1230", "1231", "0101", "0102", "0103")}
    return found


def months_later(start: dt.date, months: int) -> dt.date:
    month = start.month + months
    year = start.year + (month > 12)
    month -= 12 * (month > 12)
    return dt.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


@pytest.mark.parametrize(("regime", "country"), [(EU, "DE"), (EU, "FI"), (UK, "GB"), (JP, "JP")])
def test_for_every_day_of_nine_years_the_deadline_is_that_of_an_independent_reading(regime: str, country: str) -> None:
    """J1"""
    closed = closed_days(country)
    known = calendar_for(regime, country)
    start, end = dt.date(2024, 1, 1), dt.date(2032, 12, 31)
    working = [start + dt.timedelta(days=n) for n in range(3650) if start + dt.timedelta(days=n) not in closed]
    judged = 0
    for number in range((end - start).days + 1):
        received = start + dt.timedelta(days=number)
        for months in (1, 3):
            if regime == JP:
                expected = working[bisect_right(working, received) + 9]
            else:
                last = months_later(received, months)
                expected = working[bisect_right(working, last - dt.timedelta(days=1))]
            found = deadline(regime, at(f"{received} 09:00"), ZONE, known, is_extended=months == 3)
            assert found.day == expected, received
            judged += 1
    assert judged == 2 * 3288


def test_a_calendar_without_holidays_still_skips_the_weekend() -> None:
    assert deadline(UK, at("2026-05-01 10:00"), ZONE, every_weekday).day == day("2026-06-01")
    assert deadline(UK, at("2026-04-30 10:00"), ZONE, every_weekday).day == day("2026-06-01")
