"""Calendar arithmetic in the operator's zone: the worked calendar of cases.md A, and how a term is written."""

from __future__ import annotations

import calendar
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kigen.policy.periods import Term, add, end_of_day, from_local, local_midnight, moment, parse_term
from kigen.work.intake import parse_event
from tests.policy.build import at, day

TOKYO, BERLIN = "Asia/Tokyo", "Europe/Berlin"

CALENDAR = [
    ("A1 the day is clamped to the month's last", "2024-08-31 10:00", "18 months", "2026-02-28 10:00"),
    ("A2 leap day and 120 months", "2024-02-29 10:00", "120 months", "2034-02-28 10:00"),
    ("A2 leap day and 12 months", "2028-02-29 00:00", "12 months", "2029-02-28 00:00"),
    ("A3 a month from 31 January in a leap year", "2024-01-31 23:59", "1 month", "2024-02-29 23:59"),
    ("A3 a month from 31 January in another", "2025-01-31 23:59", "1 month", "2025-02-28 23:59"),
    ("A4 an extension counts from the anchor", "2026-01-31 09:00", "3 months", "2026-04-30 09:00"),
    ("A5 365 days across a leap day are not a year", "2028-02-15 10:00", "365 days", "2029-02-14 10:00"),
    ("A6 180 days", "2025-08-31 10:00", "180 days", "2026-02-27 10:00"),
    ("A6 730 days across two leap years", "2023-03-01 10:00", "730 days", "2025-02-28 10:00"),
    ("A6 120 days", "2023-11-15 10:00", "120 days", "2024-03-14 10:00"),
    ("A9 half past midnight in Japan is the first", "2026-03-01 00:30", "1 month", "2026-04-01 00:30"),
]


@pytest.mark.parametrize(("anchor", "term", "due"), [row[1:] for row in CALENDAR], ids=[row[0] for row in CALENDAR])
def test_a_term_from_an_instant_ends_at_the_same_local_time(anchor: str, term: str, due: str) -> None:
    written = parse_term(term)
    assert written and add(at(anchor), written, TOKYO) == at(due)


@pytest.mark.parametrize(
    ("date", "term", "over"),
    [
        ("2025-01-15", Term(0, 365), "2026-01-16 00:00"),
        ("2026-02-28", Term(0, 120), "2026-06-29 00:00"),
        ("2024-08-31", Term(18), "2026-03-01 00:00"),
        ("2026-12-31", Term(0, 1), "2027-01-02 00:00"),
    ],
)
def test_a_term_from_a_date_ends_with_the_whole_day(date: str, term: Term, over: str) -> None:
    """A8"""
    assert add(day(date), term, TOKYO) == at(over)


def test_a_request_extended_twice_over_would_lose_days_so_the_term_is_never_chained() -> None:
    """A4"""
    once = add(at("2026-01-31 09:00"), Term(1), TOKYO)
    assert add(once, Term(2), TOKYO) == at("2026-04-28 09:00")
    assert add(at("2026-01-31 09:00"), Term(3), TOKYO) == at("2026-04-30 09:00")


@pytest.mark.parametrize("zone", [TOKYO, "UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize("days", [120, 180, 730])
def test_days_are_the_same_count_in_any_offset(zone: str, days: int) -> None:
    """A6"""
    anchor = dt.datetime(2023, 10, 31, 20, 15, tzinfo=dt.UTC)
    assert add(anchor, Term(0, days), zone) == anchor + dt.timedelta(days=days)


def test_counting_forward_differs_from_counting_back_at_a_months_end() -> None:
    """A7: `anchor < now - 18 months` would wait for 1 March."""
    due = add(at("2024-08-31 00:00"), Term(18), TOKYO)
    assert due == at("2026-02-28 00:00")
    assert at("2026-02-28 00:00") >= due
    back = dt.date(2024, 8, 28)  # 28 February 2026 less 18 months
    assert not dt.date(2024, 8, 31) < back


@given(st.datetimes(dt.datetime(1996, 1, 1), dt.datetime(2060, 1, 1)), st.integers(1, 240))
def test_months_are_added_as_a_second_naive_reading_adds_them(local: dt.datetime, months: int) -> None:
    """A7, A9"""
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    due = local.replace(year=year, month=month + 1, day=min(local.day, last), tzinfo=dt.timezone(dt.timedelta(hours=9)))
    assert add(from_local(local, TOKYO), Term(months), TOKYO) == due


def test_the_months_start_at_the_local_date_and_not_at_the_stored_one() -> None:
    """A9: stored 28 February 15:30 UTC, paid on 1 March in Japan."""
    stored = dt.datetime(2026, 2, 28, 15, 30, tzinfo=dt.UTC)
    assert add(stored, Term(1), TOKYO) == dt.datetime(2026, 3, 31, 15, 30, tzinfo=dt.UTC)
    assert add(stored, Term(1), "UTC") == dt.datetime(2026, 3, 28, 15, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        ("2026-10-25 02:30", "2026-10-25 01:30"),  # twice: the later
        ("2026-10-25 01:59", "2026-10-24 23:59"),
        ("2026-10-25 03:00", "2026-10-25 02:00"),
        ("2026-03-29 01:59", "2026-03-29 00:59"),
        ("2026-03-29 02:30", "2026-03-29 01:00"),  # never: the first that exists
        ("2026-03-29 03:00", "2026-03-29 01:00"),
    ],
)
def test_an_ambiguous_time_is_the_later_instant_and_a_skipped_one_the_next_there_is(local: str, instant: str) -> None:
    """A10"""
    assert at(local, BERLIN) == at(instant, "UTC")


@pytest.mark.parametrize("midnight", ["2026-03-27 00:00", "2026-10-23 00:00"])
def test_due_instants_never_step_back_when_the_clocks_change(midnight: str) -> None:
    """A10: what happened later by the clock on the wall is never due first."""
    start = dt.datetime.fromisoformat(midnight)
    anchors = [from_local(start + dt.timedelta(minutes=10 * step), BERLIN) for step in range(6 * 24 * 3)]
    assert anchors == sorted(anchors)
    for term in (Term(0, 1), Term(1)):
        dues = [add(anchor, term, BERLIN) for anchor in anchors]
        assert dues == sorted(dues)
        assert all(due.utcoffset() == dt.timedelta() for due in dues)


def test_a_day_without_a_midnight_begins_at_its_first_instant() -> None:
    """A10: Beirut went from 00:00 to 01:00 on 27 March 2022."""
    assert local_midnight(day("2022-03-27"), "Asia/Beirut") == at("2022-03-27 01:00", "Asia/Beirut")
    assert end_of_day(day("2022-03-26"), "Asia/Beirut") == at("2022-03-26 22:00", "UTC")


def test_a_date_compares_as_the_end_of_its_day() -> None:
    """A8"""
    assert moment(day("2026-06-01"), TOKYO) == at("2026-06-02 00:00")


TERMS = {
    "18 months": Term(18), "1 month": Term(1), "365 days": Term(0, 365), "1d": Term(0, 1), " 30 Days ": Term(0, 30),
    "10 years": Term(120), "1y": Term(12), "2 weeks": Term(0, 14), "100 years": Term(1200),
    "36600 days": Term(0, 36600), "+3 months": Term(3), "18か月": Term(18), "18 ヶ月": Term(18), "3カ月": Term(3),
    "30日": Term(0, 30), "30日間": Term(0, 30), "2週間": Term(0, 14), "10年": Term(120), "１８か月": Term(18),
    "P18M": Term(18), "P1Y6M": Term(18), "p30d": Term(0, 30), "P2W": Term(0, 14), "P1M15D": Term(1, 15),
    "1 month 15 days": Term(1, 15), "1 year, 6 months": Term(18), "1か月15日": Term(1, 15),
    "0 months 5 days": Term(0, 5), "P0Y5D": Term(0, 5),
}  # fmt: skip
OFF = ["", "   ", "0", "0 months", "00 days", "-1", "-5 days", "-18か月", "P0D", "P0Y0M", "-P1M", "+0", None]
GARBAGE = {
    "soon": "not a term", "18": "not a term", "18 moons": "not a term", "1.5 months": "not a term",
    "months": "not a term", "P": "not a term", "PT5H": "not a term", "18 months 3": "not a term",
    "18 months soon": "not a term",
    "1201 months": "100 years", "101 years": "100 years", "36601 days": "100 years", "P101Y": "100 years",
}  # fmt: skip


@pytest.mark.parametrize(("text", "term"), TERMS.items())
def test_a_term_is_read_in_words_in_japanese_and_as_iso(text: str, term: Term) -> None:
    assert parse_term(text) == term
    assert parse_term(str(term)) == term


@pytest.mark.parametrize("text", OFF)
def test_a_blank_zero_or_negative_term_switches_the_rule_off(text: str | None) -> None:
    """A14"""
    assert parse_term(text) is None


@pytest.mark.parametrize(("text", "said"), GARBAGE.items())
def test_what_is_no_term_is_refused_with_the_value_in_the_sentence(text: str, said: str) -> None:
    """A14"""
    with pytest.raises(ValueError, match=said) as error:
        parse_term(text)
    assert repr(text) in str(error.value)


def test_a_term_is_written_for_readers_of_both_languages() -> None:
    assert [Term(18).words("en"), Term(18).words("ja")] == ["18 months", "18か月"]
    assert [Term(1, 15).words("en"), Term(0, 1).words("ja")] == ["1 month 15 days", "1日"]


@pytest.mark.parametrize("second", ["2016-12-31T23:59:60+00:00", "2016-12-31 23:59:60"])
def test_a_leap_second_is_refused_with_a_sentence(second: str) -> None:
    """A20"""
    with pytest.raises(ValueError, match="no calendar has that date and time"):
        parse_event({"event": "client_signed_in", "at": second, "client": 3}, TOKYO)


def test_a_time_that_the_clocks_skip_is_the_first_there_is_to_the_microsecond() -> None:
    skipped = dt.datetime(2026, 3, 29, 2, 30, 15, 500)
    for minute in (30, 31):
        assert from_local(skipped.replace(minute=minute), "Europe/Berlin") == dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)


def test_a_term_of_months_and_days_is_written_without_a_gap_in_japanese() -> None:
    assert Term(1, 15).words("ja") == "1か月15日"
    assert [Term(2, 1).words(), str(Term(0, 2)), str(Term()), Term(18).words("fr")] == [
        "2 months 1 day", "2 days", "", "18 months",
    ]  # fmt: skip


UNITS = {
    "day": Term(0, 2), "days": Term(0, 2), "d": Term(0, 2), "日": Term(0, 2), "日間": Term(0, 2), "week": Term(0, 14),
    "weeks": Term(0, 14), "w": Term(0, 14), "週間": Term(0, 14), "month": Term(2), "months": Term(2), "か月": Term(2),
    "ヶ月": Term(2), "カ月": Term(2), "year": Term(24), "years": Term(24), "y": Term(24), "年": Term(24),
}  # fmt: skip


@pytest.mark.parametrize(("unit", "term"), UNITS.items())
def test_every_unit_is_read(unit: str, term: Term) -> None:
    assert parse_term(f"2 {unit}") == parse_term(f"2{unit.upper()}") == term
