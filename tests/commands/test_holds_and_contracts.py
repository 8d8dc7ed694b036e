"""Holds and contracts on the command line: their scope, their days, and what is refused."""

from __future__ import annotations

import pytest

from tests.commands.installation import Installation

CONTRACT = ["contract", "add", "--client", "2", "--rule", "order.delete-cancelled", "--term", "10 years"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--reason", "x"], "either --client ID or --record KIND:ID"),
        (["--reason", "x", "--client", "1", "--record", "order:5"], "either --client ID or --record KIND:ID"),
        (["--reason", "x", "--record", "cat:5"], "KIND is one of client, order"),
        (["--reason", "x", "--record", "order:five"], "such as order:12"),
        (["--reason", "x", "--record", "order:0"], "such as order:12"),
        (["--reason", " ", "--client", "1"], "--reason is blank"),
        (["--client", "1"], "Missing option '--reason'"),
        (["--reason", "x", "--client", "1", "--until", "2024-03-31"], "which has passed"),
        (["--reason", "x", "--client", "1", "--until", "soon"], "--until is 'soon'"),
    ],
)
def test_a_hold_that_says_too_little_or_nonsense_is_refused(
    here: Installation, arguments: list[str], said: str
) -> None:
    told = here.run("hold", "add", *arguments)
    assert told.status == 2
    assert said in told.sentence
    assert here.run("hold", "list", "--json").document == []


def test_a_hold_on_a_record_keeps_that_record_and_what_would_take_it_along(here: Installation) -> None:
    assert here.run("hold", "add", "--record", "order:5", "--reason", "x", "--json").document["scope"] == "order:5"
    assert here.run("explain", "order", "5", "--json").document["reasons"][0]["refs"] == ["order:5"]
    assert here.run("explain", "client", "1", "--json").document["action"] == "delete"


def test_a_hold_on_the_record_client_is_one_on_the_client(here: Installation) -> None:
    assert here.run("hold", "add", "--record", "client:2", "--reason", "x", "--json").document["scope"] == "client:2"
    assert here.run("explain", "order", "5", "--json").document["reasons"][0]["code"] == "hold"


def test_a_hold_on_what_is_not_there_is_placed_and_a_finding(here: Installation) -> None:
    said = here.run("hold", "add", "--record", "invoice:99", "--reason", "may come back", "--json")
    assert said.status == 1 and said.document["hold"] == 1
    assert "no invoice:99 now" in said.sentence


def test_of_two_holds_one_released_leaves_the_other_in_force(here: Installation) -> None:
    for actor in ("first", "second"):
        here.run("--actor", actor, "hold", "add", "--client", "1", "--reason", actor)
    assert here.run("hold", "release", "1", "--reason", "over").status == 0
    assert here.run("explain", "client", "1", "--json").document["reasons"][0]["code"] == "hold"
    assert [one["state"] for one in here.run("hold", "list", "--json").document] == ["released", "in force"]
    again = here.run("hold", "release", "1", "--reason", "over")
    assert again.status == 2 and "released already" in again.sentence


def test_an_expired_hold_keeps_nothing_and_is_listed_as_ended(here: Installation) -> None:
    here.run("hold", "add", "--client", "1", "--reason", "x", "--until", "2024-04-30")
    assert here.run("explain", "client", "1", "--json", now="2024-05-01").document["action"] == "delete"
    assert here.run("hold", "list", "--json", now="2024-05-01").document[0]["state"] == "ended"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["contract", "add", "--client", "1", "--from", "2024-01-01"], "what was agreed?"),
        (["contract", "add", "--rule", "x", "--term", "1 day", "--from", "2024-01-01"], "whose contract is it?"),
        ([*CONTRACT, "--group", "1", "--from", "2024-01-01"], "whose contract is it?"),
        ([*CONTRACT, "--from", "soon"], "--from is 'soon'"),
        ([*CONTRACT, "--from", "2024-02-01", "--until", "2024-01-31"], "does not lie after"),
        ([*CONTRACT, "--from", "2024-02-01", "--condition", "report"], "--condition TEXT with --review DATE"),
        ([*CONTRACT, "--from", "2024-02-01", "--condition", "report", "--review", "May"], "--review is 'May'"),
        ([*CONTRACT[:-1], "", "--from", "2024-01-01"], "expected a number above zero"),
        ([*CONTRACT[:-1], "0", "--from", "2024-01-01"], "expected a number above zero"),
        ([*CONTRACT[:-1], "long", "--from", "2024-01-01"], "is not a term"),
        ([*CONTRACT[:5], "order.delete-canceled", "--term", "1 day", "--from", "2024-01-01"], "order.delete-cancelled"),
    ],
)
def test_a_contract_that_says_too_little_or_nonsense_is_refused(
    here: Installation, arguments: list[str], said: str
) -> None:
    told = here.run(*arguments)
    assert told.status == 2
    assert said in told.sentence
    assert here.run("contract", "list", "--json").document == []


def test_of_two_contracts_the_longer_term_keeps_and_an_ended_one_counts_for_nothing(here: Installation) -> None:
    for term in ("8 years", "3 years"):
        assert here.run(*CONTRACT[:-1], term, "--from", "2020-01-01").status == 0
    assert here.run("explain", "order", "5", "--json").document["due"] == "2027-01-01T00:00:00+09:00"
    assert here.run("contract", "end", "1").status == 0
    assert here.run("explain", "order", "5", "--json").document["due"] == "2022-01-01T00:00:00+09:00"
    assert "ended already" in here.run("contract", "end", "1").sentence
    assert [one["state"] for one in here.run("contract", "list", "--json").document] == ["ended", "valid"]


def test_a_duty_without_a_rule_becomes_a_task_when_its_day_has_come(here: Installation) -> None:
    added = here.run(
        "contract", "add", "--group", "4", "--from", "2024-01-01", "--condition", "return the disks",
        "--review", "2024-06-30", "--json",
    ).document  # fmt: skip
    assert (added["scope"], added["rule"], added["condition"]) == ("group:4", None, "return the disks")
    assert _duties(here, "2024-05-01") == []
    assert _duties(here, "2024-06-29") == [("note", "duty-soon")]
    assert _duties(here, "2024-06-30") == [("warning", "duty")]
    here.run("contract", "end", "1")
    assert _duties(here, "2024-07-30") == []


def _duties(here: Installation, now: str) -> list[tuple[str, str]]:
    found = here.run("doctor", "--json", now=now).document["findings"]
    return [(one["level"], one["code"]) for one in found if one["code"].startswith("duty")]


@pytest.mark.parametrize(("setting", "status"), [("off", 0), ("on", 2)])
def test_with_two_persons_wanted_whoever_placed_a_hold_cannot_release_it(
    here: Installation, setting: str, status: int
) -> None:
    """E9"""
    here.run("settings", "set", "holds.second_person", setting)
    here.run("--actor", "first", "hold", "add", "--client", "1", "--reason", "court")
    own = here.run("--actor", "first", "hold", "release", "1", "--reason", "over")
    assert own.status == status
    if status:
        assert own.sentence.endswith("hold 1 was placed by first; expected another person to release it (--actor)")
        assert here.run("explain", "client", "1", "--json").document["reasons"][0]["code"] == "hold"
        assert here.run("--actor", "second", "hold", "release", "1", "--reason", "over").status == 0
    (told,) = here.run("hold", "list", "--json").document
    assert (told["state"], told["release_reason"]) == ("released", "over")


@pytest.mark.parametrize(
    "way",
    [["sweep", "--confirm"], ["erase", "1", "--confirm"], ["erase", "1", "--orphans"], ["replay"], ["undo", "1"],
     ["request", "fulfil", "1"], ["reconcile", "--full"], ["intake"]],
    ids=" ".join,
)  # fmt: skip
def test_no_command_deletes_what_is_under_a_hold_and_no_option_overrides_it(here: Installation, way: list[str]) -> None:
    """E9: there is no --force; a hold ends by its date or by a release with actor and reason."""
    here.run("request", "open", "--client", "1", "--right", "erasure", "--received", "2024-01-01")
    here.run("hold", "add", "--client", "1", "--reason", "court")
    here.run(*way)
    with here.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT id FROM tblclients ORDER BY id").scalars().all() == [1, 2, 3]
    assert here.run(*way, "--force").status == 2


def test_a_hold_that_is_not_told_is_listed_as_such_and_staff_are_warned(here: Installation) -> None:
    """E5"""
    placed = here.run("hold", "add", "--client", "1", "--reason", "police", "--not-told", "--json").document
    assert placed["told"] is False
    assert here.run("hold", "list", "--json").document[0]["told"] is False
    here.run("request", "open", "--client", "1", "--right", "erasure")
    assert "the client must not be told of it" in here.run("request", "show", "1").out
    assert "the client must not be told of it" in here.run("explain", "client", "1").out
