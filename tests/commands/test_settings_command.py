"""Settings on the command line: what is refused, what switches a rule off, what a change makes due, who changed it."""

from __future__ import annotations

import pytest

from tests.commands.installation import Installation

PENDING = "schedule.order.delete-pending"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        (PENDING, "soon", "expected a number and a unit"),
        (PENDING, "999 years", "longer than 100 years"),
        ("floors.fiscal_year_end", "31-03", "expected MM-DD"),
        ("floors.years", "-7", "expected a whole number"),
        ("floors.loss_years", "24", "expected such as 2024"),
        ("guards.smallest_credit", "NaN", "expected zero or more"),
        ("deletion.sign_in_moves_date", "perhaps", "expected 'on' or 'off'"),
        ("brakes.share", "101", "from 0 to 100"),
        ("heartbeat.url", "ftp://x", "expected one that begins with https://"),
        ("schedule.prefer", "client.delete-inactiv", "expected client.delete-inactive"),
        ("throttle.replica_unknown", "stay", "expected go or wait"),
    ],
)
def test_nonsense_is_refused_with_the_setting_the_value_and_what_was_expected(
    here: Installation, name: str, value: str, expected: str
) -> None:
    said = here.run("settings", "set", name, value)
    assert said.status == 2
    assert name in said.sentence and value in said.sentence and expected in said.sentence
    assert here.run("settings", "history", "--json").document == []


@pytest.mark.parametrize("value", ["", " ", "0", "-5", "-5 days", "0 months", "P0D"])
def test_a_blank_zero_or_negative_term_switches_the_rule_off(here: Installation, value: str) -> None:
    name = "schedule.order.delete-cancelled"
    said = here.run("settings", "set", name, value)
    assert said.status == 0
    assert "The rule order.delete-cancelled is now off" in said.out
    assert "no longer due: 1 × order" in said.out
    found = here.run("explain", "order", "5", "--json").document
    assert (found["action"], found["reasons"][0]["code"]) == ("keep", "no-rule")


def test_a_change_says_how_many_records_it_makes_due_and_that_the_next_sweep_previews(here: Installation) -> None:
    here.run("sweep", "--confirm", "--limit", "0")
    said = here.run("settings", "set", PENDING, "5 days", "--json").document
    assert said["newly_due"] == {"order": 1} and said["no_longer_due"] == {}
    assert said["previews_first"] is True and said["is_off"] is False
    assert here.run("sweep").status == 3
    back = here.run("settings", "set", PENDING, "--default")
    assert "no longer due: 1 × order" in back.out and "only previews" not in back.out
    assert here.run("sweep").status == 0  # these are the rules that were confirmed


def test_the_count_can_be_left_out_and_is_not_made_for_what_changes_no_rule(here: Installation) -> None:
    assert here.run("settings", "set", PENDING, "5 days", "--no-preview", "--json").document["newly_due"] is None
    said = here.run("settings", "set", "sweep.chunk", "50", "--json").document
    assert said["newly_due"] is None and said["previews_first"] is False


def test_every_change_is_remembered_with_who_made_it(here: Installation) -> None:
    here.run("--actor", "officer", "settings", "set", "floors.years", "10")
    here.run("--actor", "auditor", "settings", "set", "floors.years", "--default")
    (first, second) = here.run("settings", "history", "floors.years", "--json").document
    assert (first["old"], first["new"], first["actor"]) == (None, "10", "officer")
    assert (second["old"], second["new"], second["actor"]) == ("10", None, "auditor")
    assert first["at"] == "2024-04-01T00:00:00+09:00"


def test_a_secret_is_never_shown(here: Installation) -> None:
    here.run("settings", "set", "heartbeat.secret", "-", input=b"hush-hush\n")
    for asked in (["list"], ["list", "--json"], ["get", "heartbeat.secret"], ["history", "--json"], ["history"]):
        said = here.run("settings", *asked)
        assert said.status == 0 and "hush-hush" not in said.out + said.err
    assert here.run("settings", "get", "heartbeat.secret").out == "(set, not shown)\n"


def test_a_value_or_the_default_must_be_named(here: Installation) -> None:
    assert here.run("settings", "set", "floors.years").status == 2
    assert here.run("settings", "set", "floors.years", "7", "--default").status == 2
