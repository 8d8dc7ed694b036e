"""The request desk on the command line: what it shows, which step is refused when, and what doctor reminds of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.commands.installation import Installation

LIVE = "3"  # a client with a live service


def opened(here: Installation, client: str, right: str, *more: str, now: str = "2024-04-01") -> dict[str, Any]:
    said = here.run("request", "open", "--client", client, "--right", right, *more, "--json", now=now)
    assert said.status == 0, said.err
    return dict(said.document)


def findings(here: Installation, now: str) -> set[tuple[str, str]]:
    told = here.run("doctor", "--json", now=now).document["findings"]
    return {(one["level"], one["code"]) for one in told if one["code"].startswith(("request-", "deletion-"))}


def test_a_request_shows_its_date_with_every_step_of_the_way_to_it(here: Installation) -> None:
    told = opened(here, "2", "access", "--regime", "uk", "--received", "2024-01-31T23:59:59")
    assert {key: told[key] for key in ("request", "client", "right", "state", "received", "due", "regime")} == {
        "request": 1, "client": 2, "right": "access", "state": "open", "received": "2024-01-31T23:59:59+09:00",
        "due": "2024-03-01T00:00:00+09:00", "regime": "uk",
    }  # fmt: skip
    assert [(one["code"], one["day"]) for one in told["derivation"]] == [
        ("received", "2024-01-31"), ("months", "2024-02-29"), ("clamped", "2024-02-29"),
    ]  # fmt: skip
    assert told["deletion"] is None
    assert here.run("request", "show", "1").out.splitlines()[:3] == [
        "Request 1 of client 2: access, open.",
        "Received 2024-01-31 23:59; to be answered before 2024-03-01 00:00 (uk).",
        "  Received on 2024-01-31; that day is not counted.",
    ]


def test_a_deletion_shows_at_once_its_date_and_what_stands_against_it(here: Installation) -> None:
    """I1, I12"""
    told = opened(here, LIVE, "erasure", "--source", "letter", "--reauthenticated", "document")
    assert told["deletion"]["date"] == "2024-05-01T00:00:00+09:00"
    assert told["deletion"]["action"] == "keep"
    assert [(one["code"], one["refs"]) for one in told["deletion"]["blockers"]] == [("active-service", ["service:81"])]
    (step,) = told["history"]
    assert (step["step"], step["reauthenticated"], step["source"]) == ("received", "document", "letter")
    assert here.run("explain", "client", LIVE, "--json").document["rule"] == "client.delete-on-request"


def test_a_second_one_is_linked_to_the_first_and_closed_with_it(here: Installation) -> None:
    """J6"""
    opened(here, "2", "access")
    again = opened(here, "2", "access", now="2024-04-05")
    assert (again["request"], again["linked"]) == (2, 1)
    opened(here, LIVE, "access", now="2024-04-05")
    here.run("request", "fulfil", "1", now="2024-04-10")
    listed = here.run("request", "list", "--json", now="2024-04-10").document
    assert [(one["request"], one["client"]) for one in listed] == [(3, 3)]
    every = here.run("request", "list", "--all", "--client", "2", "--json", now="2024-04-10").document
    assert [(one["request"], one["state"]) for one in every] == [(1, "fulfilled"), (2, "fulfilled")]


@pytest.mark.parametrize(
    ("regime", "now", "arguments", "said"),
    [
        ("eu", "2024-05-02", ["extend", "1", "--reason", "many"], "first term is over"),
        ("eu", "2024-04-10", ["extend", "1", "--reason", " "], "--reason is blank"),
        ("jp", "2024-04-10", ["extend", "1", "--reason", "many"], "nothing to extend"),
        ("eu", "2024-04-10", ["extend", "1"], "Missing option '--reason'"),
        ("eu", "2024-04-10", ["refuse", "1", "--reason", "unfounded"], "Missing option '--route'"),
        ("eu", "2024-04-10", ["refuse", "1", "--reason", "unfounded", "--route", " "], "--route is blank"),
        ("eu", "2024-04-10", ["refuse", "1", "--reason", "", "--route", "the authority"], "--reason is blank"),
        ("eu", "2024-04-10", ["fulfil", "7"], "there is no request 7"),
    ],
)
def test_a_step_that_the_law_does_not_know_is_refused_and_changes_nothing(
    here: Installation, regime: str, now: str, arguments: list[str], said: str
) -> None:
    """J3, J5"""
    before = opened(here, "2", "rectification", "--regime", regime)
    told = here.run("request", *arguments, now=now)
    assert told.status == 2
    assert said in told.sentence
    assert here.run("request", "show", "1", "--json").document == before


def test_an_answer_is_put_off_once_and_counts_from_its_receipt(here: Installation) -> None:
    """A4, J3"""
    opened(here, "2", "access", "--regime", "eu", "--received", "2024-01-31", now="2024-02-10")
    told = here.run("request", "extend", "1", "--reason", "many requests", "--json", now="2024-02-10").document
    assert (told["state"], told["due"]) == ("extended", "2024-05-01T00:00:00+09:00")
    again = here.run("request", "extend", "1", "--reason", "more", now="2024-02-11")
    assert again.status == 2
    assert "it is extended" in again.sentence
    refused = ("request", "refuse", "1", "--reason", "unfounded", "--route", "the authority")
    closed = here.run(*refused, "--json", now="2024-03-11").document
    assert closed["state"] == "refused"
    assert [(one["step"], one["reason"], one["route"]) for one in closed["history"]] == [
        ("received", None, None), ("extend", "many requests", None), ("refuse", "unfounded", "the authority"),
    ]  # fmt: skip
    assert "it is closed" in here.run("request", "withdraw", "1", now="2024-03-12").sentence


def test_an_erasure_is_taken_back_but_not_called_done_while_the_client_is_there(here: Installation) -> None:
    opened(here, "2", "erasure")
    refused = here.run("request", "fulfil", "1")
    assert refused.status == 2
    assert "the client is still there" in refused.sentence
    told = here.run("request", "withdraw", "1", "--json").document
    assert (told["state"], told["deletion"]) == ("withdrawn", None)
    assert here.run("explain", "client", "2", "--json").document["rule"] != "client.delete-on-request"


def test_a_request_of_somebody_who_is_not_there_is_opened_and_a_finding(here: Installation) -> None:
    said = here.run("request", "open", "--client", "99", "--right", "access", "--json")
    assert said.status == 1
    assert said.document["state"] == "open"
    assert "no client 99 now" in said.sentence
    later = here.run("request", "open", "--client", "2", "--right", "access", "--received", "2024-05-01")
    assert later.status == 2
    assert "lies in the future" in later.sentence


def test_doctor_tells_of_answers_that_are_due_and_of_what_is_live_before_the_date(here: Installation) -> None:
    """I11"""
    opened(here, "2", "access", "--regime", "uk")
    opened(here, LIVE, "erasure", "--regime", "uk")
    assert findings(here, "2024-04-02") == set()
    assert findings(here, "2024-04-25") == {("warning", "request-soon"), ("warning", "deletion-live")}
    here.run("request", "fulfil", "1", now="2024-04-26")
    here.run("hold", "add", "--client", LIVE, "--reason", "x", now="2024-04-26")
    assert findings(here, "2024-05-03") == {
        ("error", "request-overdue"), ("warning", "deletion-live"), ("warning", "deletion-kept"),
    }  # fmt: skip


def test_many_reasons_of_one_sort_are_folded_for_people_and_complete_for_programs(here: Installation) -> None:
    with here.engine.begin() as connection:
        for number in range(90, 95):
            connection.exec_driver_sql(
                f"INSERT INTO tblhosting (id, userid, domainstatus) VALUES ({number}, {LIVE}, 'Active')"
            )
    said = here.run("request", "open", "--client", LIVE, "--right", "erasure")
    assert said.out.count("  active-service: ") == 4 and "… and 3 more of this sort" in said.out
    assert len(here.run("request", "show", "1", "--json").document["deletion"]["blockers"]) == 6


def test_what_a_contact_asks_is_shown_with_its_deadline_and_what_to_do_by_hand(here: Installation) -> None:
    """G3"""
    with here.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO tblcontacts (id, userid, email) VALUES (5, 1, 'five@example.jp')")
    told = opened(here, "1", "erasure", "--contact", "5")
    assert (told["contact"], told["deletion"]) == (5, None)
    assert [(one["task"], one["table"], one["rows"]) for one in told["by_hand"]] == [("delete", "tblcontacts", [5])]
    shown = here.run("request", "show", "1").out
    assert "Request 1 of contact 5 of client 1: erasure, open." in shown
    assert "  1. Delete tblcontacts 5.\nNothing else of the client goes." in shown
    assert here.run("request", "list", "--json").document[0]["contact"] == 5
    early = here.run("request", "fulfil", "1")
    assert early.status == 2 and "contact 5 of client 1 is not erased yet: delete tblcontacts 5" in early.sentence
    assert ("note", "request-by-hand") in findings(here, "2024-04-02")
    assert ("error", "request-overdue") in findings(here, "2024-06-02")
    here.run("request", "open", "--client", "1", "--contact", "5", "--right", "erasure", now="2024-06-02")
    with here.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM tblcontacts WHERE id = 5")
    assert here.run("request", "fulfil", "1", now="2024-06-03").status == 0
    states = [one["state"] for one in here.run("request", "list", "--all", "--json", now="2024-06-03").document]
    assert states == ["fulfilled", "fulfilled"]  # the second repeats the first


def test_a_contact_that_is_not_there_is_opened_and_a_finding(here: Installation) -> None:
    said = here.run("request", "open", "--client", "1", "--contact", "9", "--right", "erasure")
    assert said.status == 1 and "client 1 has no contact 9 now" in said.err


def test_an_owner_s_deletion_shows_who_else_would_lose_the_account(here: Installation) -> None:
    """G2"""
    with here.engine.begin() as connection:
        for user, owner in ((30, 1), (31, 0), (32, 0)):
            connection.exec_driver_sql(
                f"INSERT INTO tblusers_clients (auth_user_id, client_id, owner) VALUES ({user}, 1, {owner})"
            )
    assert opened(here, "1", "erasure")["deletion"]["further_users"] == 2
    assert "2 other people sign in to this account and would lose it." in here.run("request", "show", "1").out
    assert ("warning", "deletion-further-users") in findings(here, "2024-04-02")


def test_an_erasure_in_japan_is_not_late_before_the_date_that_its_receipt_told(here: Installation) -> None:
    opened(here, "2", "erasure", "--regime", "jp")
    assert here.run("request", "show", "1", "--json").document["due"] == "2024-04-16T00:00:00+09:00"
    assert findings(here, "2024-04-18") == set()
    assert findings(here, "2024-04-30T23:59") == set()
    assert ("error", "request-overdue") in findings(here, "2024-05-01")
