"""When a client counts as warned: of this rule, since its clock started, and long enough ago, but not too long."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from kigen.policy.anchors import record_of
from kigen.policy.case import Case
from kigen.policy.facts import Anonymised
from kigen.policy.periods import Term
from kigen.policy.records import Kind, Memory
from kigen.policy.warning import opens, unwarned, warned_of
from tests.policy.build import ME, SCHEDULE, ZONE, at, client, day, facts

RULE = "client.delete-registration-only"
WARNING = replace(SCHEDULE, warning=Term(0, 30))
REGISTERED = day("2026-03-05")  # three months are over at 2026-06-06 00:00


def told(now: str, warned: str | None = None, rule: str = RULE, anonymised: str | None = None) -> Any:
    """What the guard says: until when, and whether it speaks of a warning that has left; None where it says nothing."""
    memory = Memory(observed={warned_of(rule): at(warned)} if warned else {})
    one = client(registered=REGISTERED)
    known = facts(one, memories={(Kind.CLIENT, ME): memory})
    if anonymised:
        known = replace(known, anonymised=Anonymised(at(anonymised), None, frozenset({"floor"})))
    (named,) = [found for found in WARNING.rules if found.id == RULE]
    record = record_of(one, known, at(now), ZONE)
    found = list(unwarned(Case(record, known, WARNING, named, at(now))))
    return (found[0].until, "warned" in found[0].values) if found else None


@pytest.mark.parametrize(("now", "warned", "expected"), [
    ("2026-05-06 23:59", None, None),
    ("2026-05-07 00:00", None, ("2026-06-06 00:00", False)),
    ("2026-05-20 12:00", None, ("2026-06-19 12:00", False)),
    ("2026-09-01 00:00", None, ("2026-10-01 00:00", False)),
    ("2026-05-20 12:00", "2026-05-07 01:00", ("2026-06-06 01:00", True)),
    ("2026-06-06 00:59", "2026-05-07 01:00", ("2026-06-06 01:00", True)),
    ("2026-06-06 01:00", "2026-05-07 01:00", None),
    ("2026-06-05 00:00", "2026-05-06 01:00", ("2026-06-06 00:00", True)),  # the date itself still runs
    ("2026-06-05 02:00", "2026-05-06 01:00", None),
    ("2027-06-05 23:59", "2026-05-07 00:00", None),
    ("2027-06-06 00:00", "2026-05-07 00:00", ("2027-07-06 00:00", False)),  # kept for a year: warned anew
    ("2026-06-10 00:00", "2025-05-06 00:00", ("2026-07-10 00:00", False)),
])  # fmt: skip
def test_a_warning_counts_for_its_time(now: str, warned: str | None, expected: tuple[str, bool] | None) -> None:
    assert told(now, warned) == (expected and (at(expected[0]), expected[1]))


def test_a_warning_of_another_rule_or_of_before_the_clock_started_is_none() -> None:
    assert told("2026-06-10 00:00", "2026-05-10 00:00", "client.archive-inactive") == (at("2026-07-10 00:00"), False)
    assert told("2026-06-10 00:00", "2026-03-05 12:00") == (at("2026-07-10 00:00"), False)
    assert told("2026-06-10 00:00", "2026-03-06 00:01") is None


def test_nobody_is_there_to_be_warned_of_a_client_that_was_anonymised() -> None:
    assert told("2026-09-01 00:00", anonymised="2026-08-01 00:00") is None


def test_the_day_on_which_a_warning_is_due_is_never_missed() -> None:
    due = at("2026-06-06 00:00")
    assert opens(due, Term(0, 30), ZONE, at("2026-01-01 00:00")) == at("2026-05-07 00:00")
    assert opens(due, Term(0, 30), ZONE, at("2026-05-07 00:00")) is None
    end = at("2026-03-31 12:00")  # a month before is no day of February, so that it is looked at day by day
    now, looks = at("2026-02-01 12:00"), 0
    while (following := opens(end, Term(1), ZONE, now)) is not None:
        now, looks = following, looks + 1
    assert looks < 5
    assert end - dt.timedelta(days=31) <= now < end - dt.timedelta(days=26)
