"""Requests in another's place or about others' data, blocked addresses and kigen's own tables on the command line."""

from __future__ import annotations

from tests.commands.installation import Installation

DOCUMENT = ("--by", "guardian", "--authority", "DMS-2026/17")


def test_a_request_in_a_clients_place_shows_its_document_only_to_who_asks_for_it(here: Installation) -> None:
    """G12"""
    opened = ("request", "open", "--client", "2", "--right", "erasure")
    refused = here.run(*opened, "--by", "guardian")
    assert refused.status == 2 and "needs a document of authority" in refused.sentence
    assert "no reference" in here.run(*opened, "--by", "guardian", "--authority", "Taro, father").sentence
    assert "expected --by as well" in here.run(*opened, "--authority", "DMS-1").sentence
    assert here.run("request", "list", "--json").document == []
    assert here.run(*opened, *DOCUMENT).status == 0
    shown = here.run("request", "show", "1", "--json")
    assert "DMS" not in shown.out
    assert [one["step"] for one in shown.document["history"]] == ["received", "authority"]
    assert here.run("request", "authority", "1", "--json", now="2024-04-02").document == [
        {"by": "guardian", "document": "DMS-2026/17"},
    ]  # fmt: skip
    seen = here.run("request", "show", "1", "--json", now="2024-04-02").document["history"][-1]
    assert seen["step"] == "authority-seen" and seen["actor"]
    assert "belong together" in here.run("request", "authority", "1", "--by", "heir").sentence
    said = here.run("request", "authority", "1", "--by", "heir", "--document", "DMS-18", now="2024-04-03")
    assert said.status == 0 and "DMS" not in said.out


def test_a_request_about_others_data_is_passed_on_at_once_or_when_that_turns_out(here: Installation) -> None:
    """G11"""
    asked = ("request", "open", "--client", "2", "--right", "erasure")
    told = here.run(*asked, "--content", "--json").document
    assert (told["state"], told["deletion"], told["progress"]["stage"]) == ("passed-on", None, "passed-on")
    assert "neither --contact nor --by" in here.run(*asked, "--content", *DOCUMENT).sentence
    here.run("request", "open", "--client", "2", "--right", "access", now="2024-04-02")
    later = here.run("request", "pass-on", "2", "--json", now="2024-04-03").document
    assert (later["state"], later["progress"]["text"]) == (
        "passed-on", "The request was passed on 2024-04-03 00:00 to the client that stores the data and answers it.",
    )  # fmt: skip
    assert "it is closed" in here.run("request", "pass-on", "2", now="2024-04-04").sentence


def test_a_blocked_address_is_noted_checked_listed_and_lifted_without_being_shown(here: Installation) -> None:
    """G15"""
    noted = here.run("blocked", "add", "--client", "1", "--reason", "fraud", "--json").document
    assert noted == {"entry": 1, "client": 1, "reason": "fraud"}
    assert "has no address" in here.run("blocked", "add", "--client", "99", "--reason", "fraud").sentence
    assert here.run("blocked", "check", "ONE@example.jp").status == 1
    assert here.run("blocked", "check", "two@example.jp").status == 0
    listed = here.run("blocked", "list", "--json")
    assert listed.document[0]["until"] == "2026-04-01T00:00:00+09:00" and "@" not in listed.out
    assert here.run("blocked", "lift", "1").status == 0
    assert "there is no entry 1" in here.run("blocked", "lift", "1").sentence


def test_the_columns_of_kigens_own_tables_are_told_with_the_term_that_is_set(here: Installation) -> None:
    """L6"""
    here.run("settings", "set", "fraud.term", "365 days")
    told = {one["name"]: one for one in here.run("datamap", "list", "--own", "--json").document}
    assert told["kigen_blocked.digest"] == {
        "name": "kigen_blocked.digest", "what": "keyed-digest", "until": "fraud.term", "term": "365 days",
        "text": "a keyed digest: personal data for whoever has the key",
    }  # fmt: skip
    assert told["kigen_frozen.content"]["until"] == "floors.years"
    assert "kigen_records.state" not in told
    (one,) = here.run("datamap", "list", "kigen_frozen_parties", "--own", "--json").document
    assert one["until"] == "with its document"
