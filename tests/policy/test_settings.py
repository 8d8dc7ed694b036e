"""Settings: each default parses, has words in both languages, and what is wrong is told with name, value, expected."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kigen.policy.account import Account
from kigen.policy.floors import Floors, every_weekday
from kigen.policy.guards import GUARDS
from kigen.policy.periods import Term
from kigen.policy.records import LAST_PAYMENT
from kigen.policy.schedule import RULES, SETTLING
from kigen.policy.settings import declared, read, schedule_from

SETTINGS = declared()
JAPANESE = range(0x3040, 0xA000)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_default_is_read_by_its_own_parser(name: str) -> None:
    assert read({}, name) == SETTINGS[name].parse(SETTINGS[name].default)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_has_words_in_both_languages_and_an_article(name: str) -> None:
    english, japanese = SETTINGS[name].words
    assert english.endswith(".")
    assert english.isascii()
    assert any(ord(letter) in JAPANESE for letter in japanese)
    assert japanese.endswith("。") or japanese.endswith("）。")
    assert SETTINGS[name].article.startswith(("Article ", "Appendix "))


def test_there_is_a_term_for_every_rule_and_all_that_decides_is_a_rule_setting() -> None:
    assert {f"schedule.{rule.id}" for rule in RULES} <= SETTINGS.keys()
    assert {name for name, one in SETTINGS.items() if one.is_rule} == {
        name for name in SETTINGS if name.split(".")[0] in ("schedule", "guards", "floors", "deletion")
    } | {"mail.way", "retention.warning"}
    assert [name for name, one in SETTINGS.items() if one.is_secret] == [
        "throttle.replicas",
        "mail.password",
        "heartbeat.secret",
    ]


def test_the_schedule_as_shipped_is_made_from_the_defaults() -> None:
    shipped = schedule_from({}, "Asia/Tokyo")
    assert shipped.rules == RULES
    assert (shipped.settling, shipped.smallest_credit, shipped.unpaid_limit) == (SETTLING, Decimal("0.01"), None)
    assert (shipped.sign_in_moves_date, shipped.prefer) == (True, None)
    assert shipped.floors == Floors(None, 2, 7, frozenset(), False, every_weekday)
    assert shipped.guards.keys() == GUARDS.keys()


CHANGES: list[tuple[str, str, str, Any]] = [
    ("schedule.settling", "0", "settling", None),
    ("schedule.settling", "14 days", "settling", Term(0, 14)),
    ("schedule.prefer", " client.delete-archived ", "prefer", "client.delete-archived"),
    ("guards.smallest_credit", "100", "smallest_credit", Decimal(100)),
    ("guards.unpaid_limit", "24 months", "unpaid_limit", Term(24)),
    ("deletion.sign_in_moves_date", "Off", "sign_in_moves_date", False),
    ("floors.fiscal_year_end", "03-31", "floors.fiscal_year_end", (3, 31)),
    ("floors.filing_months", "3", "floors.filing_months", 3),
    ("floors.years", "6", "floors.years", 6),
    ("floors.loss_years", "2023, 2024", "floors.loss_years", frozenset({2023, 2024})),
    ("floors.company_books", "yes", "floors.company_books", True),
]


@pytest.mark.parametrize(("name", "value", "where", "found"), CHANGES)
def test_a_stored_setting_reaches_the_schedule(name: str, value: str, where: str, found: Any) -> None:
    schedule: Any = schedule_from({name: value}, "Asia/Tokyo")
    for part in where.split("."):
        schedule = getattr(schedule, part)
    assert schedule == found


@pytest.mark.parametrize("value", ["", " ", "0", "-3 months"])
def test_a_blank_zero_or_negative_term_switches_one_rule_off_and_leaves_the_others(value: str) -> None:
    """A14"""
    schedule = schedule_from({"schedule.client.delete-inactive": value}, "Asia/Tokyo")
    off = [rule.id for rule in schedule.rules if rule.term is None]
    assert off == ["client.delete-inactive"]
    assert len([rule for rule in schedule.rules if rule.term]) == 13


WRONG: list[tuple[str, str, str]] = [
    ("schedule.order.delete-draft", "soon", "18 months"),
    ("schedule.settling", "a week", "18 months"),
    ("guards.smallest_credit", "much", "0.01"),
    ("guards.smallest_credit", "-1", "zero or more"),
    ("guards.smallest_credit", "NaN", "zero or more"),
    ("deletion.sign_in_moves_date", "perhaps", "'on' or 'off'"),
    ("floors.fiscal_year_end", "31/03", "MM-DD"),
    ("floors.fiscal_year_end", "13-01", "MM-DD"),
    ("floors.filing_months", "two", "whole number"),
    ("floors.years", "-7", "whole number"),
    ("floors.loss_years", "24", "2024, 2025"),
    ("brakes.client_share", "150", "0 to 100"),
    ("brakes.records", "1e9", "whole number"),
    ("heartbeat.url", "ftp://x", "https://"),
]


@pytest.mark.parametrize(("name", "value", "expected"), WRONG)
def test_an_error_names_the_setting_the_value_and_what_was_expected(name: str, value: str, expected: str) -> None:
    with pytest.raises(ValueError, match=rf"setting {name}: ") as error:
        read({name: value}, name)
    assert repr(value) in str(error.value)
    assert expected in str(error.value)


def test_a_setting_that_nobody_declared_is_not_there() -> None:
    with pytest.raises(KeyError):
        read({}, "schedule.everything")


def test_a_plugins_rule_has_a_setting_of_its_own_even_with_a_term_of_months_and_days() -> None:
    added = replace(RULES[0], id="acme.archive", term=Term(1, 15), anchor=LAST_PAYMENT)
    assert declared((*RULES, added))["schedule.acme.archive"].default == "1 month 15 days"
    assert read({}, "schedule.acme.archive", (*RULES, added)) == Term(1, 15)
    schedule = schedule_from({"schedule.acme.archive": "2 months"}, "UTC", (*RULES, added))
    assert [rule.term for rule in schedule.rules if rule.id == "acme.archive"] == [Term(2)]


def test_a_schedule_asks_the_guards_and_the_calendar_that_it_is_given() -> None:
    def closed(day: dt.date) -> bool:
        return day.year > 2000

    given = schedule_from({}, "UTC", guards={"acme.wait": GUARDS["hold"]}, is_working_day=closed)
    assert given.guards == {**GUARDS, "acme.wait": GUARDS["hold"]}
    assert given.floors.is_working_day is closed
    assert given.zone == "UTC"


def test_an_answer_that_is_kept_is_documented_as_the_question_was() -> None:
    assert str(Account.foreign_addons.__doc__).startswith("Add-ons of others under this client's services")
