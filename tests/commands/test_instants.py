"""How instants and dates on the command line are read: forms, zones, ends of days; what a stated time vouches for."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from tests.commands.installation import Installation

DUE = "2025-01-01T00:00:00+09:00"


@pytest.mark.parametrize(
    ("now", "is_due"),
    [
        ("2024-12-31T23:59:59+09:00", False),
        (DUE, True),
        ("2024-12-31T15:00:00Z", True),
        ("2024-12-31T14:59:59Z", False),
        ("2024-12-31 23:59:59.999", False),
        ("2025-01-01T00:00", True),
        ("2025-01-01", True),
        ("2024-12-31", False),
        ("2024-12-31T10:00:00-0500", True),
    ],
)
def test_now_without_an_offset_is_the_operators_time(here: Installation, now: str, is_due: bool) -> None:
    with here.engine.begin() as connection:
        connection.execute(text("UPDATE tblorders SET date = '2024-01-02 00:00:00' WHERE id = 5"))
    (found,) = here.run("plan", "--kind", "order", "--client", "2", "--all", "--json", now=now).documents[:1]
    assert found["due"] == DUE
    assert (found["action"] == "delete") is is_due


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("yesterday", "expected a date"), ("2024", "expected a date"), ("", "expected a date"),
        ("2024-02-30", "no calendar"), ("2024-01-01T25:00", "no calendar"), ("0001-01-01", "a year from 1995"),
        ("9999-12-31", "a year from 1995"), ("20240101", "expected a date"), ("1711900800", "expected a date"),
    ],
)  # fmt: skip
def test_nonsense_for_now_is_wrong_use(here: Installation, now: str, said: str) -> None:
    told = here.run("plan", "--now", now, now=None)
    assert told.status == 2
    assert said in told.sentence and "--now" in told.sentence


def test_a_date_until_which_something_holds_is_through_the_end_of_that_day(here: Installation) -> None:
    held = here.run("hold", "add", "--client", "1", "--reason", "x", "--until", "2024-06-30", "--json").document
    assert held["until"] == "2024-07-01T00:00:00+09:00"
    assert here.run("explain", "client", "1", "--json", now="2024-06-30T23:59:59").document["action"] == "keep"
    assert here.run("explain", "client", "1", "--json", now="2024-07-01T00:00:00").document["action"] == "delete"
    exact = ["hold", "add", "--client", "1", "--reason", "x", "--until", "2024-06-30T12:00Z", "--json"]
    assert here.run(*exact).document["until"] == "2024-06-30T21:00:00+09:00"


def test_a_contract_holds_from_the_beginning_of_its_first_day_through_its_last(here: Installation) -> None:
    added = here.run(
        "contract", "add", "--client", "2", "--rule", "order.delete-cancelled", "--term", "10 years",
        "--from", "2024-05-01", "--until", "2024-05-31", "--json",
    ).document  # fmt: skip
    assert (added["from"], added["until"]) == ("2024-05-01T00:00:00+09:00", "2024-06-01T00:00:00+09:00")
    for now, action in (("2024-04-30T23:59", "delete"), ("2024-05-01T00:00", "keep"), ("2024-05-31T23:59", "keep"),
                        ("2024-06-01T00:00", "delete")):  # fmt: skip
        assert here.run("explain", "order", "5", "--json", now=now).document["action"] == action, now


def test_a_stated_time_that_agrees_with_the_machine_vouches_for_its_clock(here: Installation) -> None:
    now = dt.datetime.now(dt.UTC)
    here.run("sweep", "--confirm", "--limit", "0", now=None)
    _move_runs(here, now - dt.timedelta(days=200))
    refused = here.run("sweep", "--confirm", "--json", now=None)
    assert (refused.status, refused.document["stopped"]) == (3, "clock-jump")
    stated = (now - dt.timedelta(seconds=5)).isoformat()
    assert here.run("sweep", "--confirm", "--limit", "0", now=stated).status == 0
    assert here.run("sweep", "--confirm", "--limit", "0", now=None).status == 0


def test_a_stated_time_that_is_another_says_nothing_about_the_machines_clock(here: Installation) -> None:
    here.run("sweep", "--confirm", "--limit", "0", now=None)
    _move_runs(here, dt.datetime.now(dt.UTC) - dt.timedelta(days=200))
    assert here.run("sweep", "--confirm", "--limit", "0", now="2024-04-01").status == 0
    assert here.run("sweep", "--confirm", "--limit", "0", now=None).status == 3


def _move_runs(here: Installation, at: dt.datetime) -> None:
    with here.engine.begin() as connection:
        moved = at.replace(tzinfo=None).isoformat(" ")
        connection.execute(text("UPDATE kigen_runs SET started_at = :at"), {"at": moved})
