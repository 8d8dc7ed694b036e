"""Consents on the command line: entered with proof, listed as they stood at any instant, shown as a record."""

from __future__ import annotations

import hashlib

from kigen.ledger import choices
from kigen.policy.consents import Act, Consented
from tests.cases.desk import at
from tests.commands.installation import Installation

RECORD = ["consent", "record", "--client", "1", "--purpose", "marketing"]
OPERATOR = ("name", "address", "representative", "contact", "portal")


def test_a_consent_is_recorded_with_the_text_that_was_read_and_stands_until_it_is_withdrawn(here: Installation) -> None:
    for name in OPERATOR:
        here.run("settings", "set", f"operator.{name}", "x.example")
    assert here.run("--now", "2024-01-01", "notice", "publish", "consent-marketing").status == 0
    assert "--evidence is blank" in here.run(*RECORD, "--act", "given").sentence
    given = here.run("--now", "2024-02-01", *RECORD, "--act", "given", "--evidence", "letter 7", "--channel", "letter",
                     "--language", "en", "--json").document  # fmt: skip
    assert (given["state"], given["notice"], given["until"]) == (
        "given", "consent-marketing@1", "2026-02-01T00:00:00+09:00",
    )  # fmt: skip
    here.run("--now", "2024-03-01", *RECORD, "--act", "withdrawn", "--channel", "telephone")
    listing = ["consent", "list", "--client", "1", "--purpose", "marketing", "--json"]
    assert [one["state"] for one in here.run(*listing, "--at", "2024-02-29").document] == ["given"]
    assert [one["state"] for one in here.run(*listing).document] == ["withdrawn"]
    text = here.run("notice", "show", "consent-marketing", "--json").document["texts"]["en"]["text"]
    shown = here.run("consent", "show", "1").document
    first, second = shown["pii_processing"][0]["events"]
    assert first["notice_digest"] == hashlib.sha256(text.encode()).hexdigest()
    assert (first["event_state"], first["evidence"], first["language"]) == ("given", "letter 7", "en")
    assert (second["event_state"], second["event_time"]) == ("withdrawn", "2024-03-01T00:00:00+09:00")
    assert shown["party_identification"][0]["party_name"] == "x.example"


def test_what_a_visitor_chose_is_shown_by_its_number_and_how_it_stands(here: Installation) -> None:
    for name in OPERATOR:
        here.run("settings", "set", f"operator.{name}", "x.example")
    here.run("--now", "2024-01-01", "notice", "publish", "cookies")
    given = Consented(0, 0, "analytics", Act.GIVEN, at("2024-02-01 10:00"), "cookies", 1, "d" * 64, "ja")
    with (engine := here.engine).begin() as connection:
        choices.write(connection, "ab" * 16, 1, [given], at("2024-02-01 12:00"))
    engine.dispose()
    shown = here.run("--now", "2024-07-31", "consent", "visitor", "ab" * 16).document
    assert shown["consent_state"] == {"analytics": "given"}
    (event,) = shown["events"]
    assert (event["event_time"], event["validity_duration"]) == ("2024-02-01T10:00:00+09:00", "6 months")
    assert here.run("--now", "2024-08-02", "consent", "visitor", "ab" * 16).document["consent_state"] == {
        "analytics": "expired"
    }


def test_what_has_not_come_or_is_not_there_is_refused(here: Installation) -> None:
    withdrawn = [*RECORD, "--act", "withdrawn"]
    assert "has not come" in here.run(*withdrawn, "--at", "2030-01-01").sentence
    assert "no such version" in here.run(*withdrawn, "--notice", "consent-marketing@9").sentence
    assert "no client 99" in here.run("consent", "record", "--client", "99", *RECORD[4:], "--act", "refused").sentence
    assert here.run("consent", "list", "--json").document == []


def test_of_a_client_or_visitor_nobody_knows_no_record_is_shown(here: Installation) -> None:
    unknown = "kigen: whmcs has no client 99, and nothing is known of a consent of one"
    for command in (("list", "--client", "99"), ("show", "99")):
        said = here.run("consent", *command)
        assert (said.status, said.sentence) == (2, unknown)
    said = here.run("consent", "visitor", "cd" * 16)
    assert said.status == 2 and "of which no choice is kept" in said.sentence
    assert here.run("consent", "show", "1").status == 0
