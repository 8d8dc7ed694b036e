"""How commands end: each exit status of the contract, with one sentence on standard error where it is not done."""

from __future__ import annotations

import pytest

from tests.commands.installation import Installation, run


def test_what_was_done_ends_with_zero(here: Installation) -> None:
    assert here.run("plan").status == 0
    assert here.run("sweep", "--confirm").status == 0


def test_an_unconfirmed_sweep_prints_the_counts_changes_nothing_and_ends_with_three(anywhere: Installation) -> None:
    said = anywhere.run("sweep", "--json")
    assert said.status == 3
    assert said.document["planned"] == {"delete": {"client": 1, "order": 1}}
    assert said.document["deleted"] == {} and said.document["remaining"] == 2
    assert said.document["stopped"] == "unconfirmed"
    assert "sweep --confirm" in said.sentence
    assert anywhere.run("explain", "order", "5", "--json").document["action"] == "delete"


def test_a_confirmed_sweep_deletes_what_is_due_and_keeps_the_rest(anywhere: Installation) -> None:
    said = anywhere.run("sweep", "--confirm", "--json")
    assert (said.status, said.document["deleted"]) == (0, {"client": 1, "order": 1})
    left = anywhere.run("plan", "--all", "--json").documents
    assert {(one["kind"], one["id"]) for one in left} == {
        ("client", 2), ("client", 3), ("order", 6), ("order", 7), ("service", 81),
    }  # fmt: skip
    assert anywhere.run("explain", "order", "5", "--json").document["reasons"][0]["code"] == "already-gone"


def test_a_rule_that_the_schema_refuses_ends_with_three_after_the_rest_was_done(here: Installation) -> None:
    with here.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE tblclients RENAME COLUMN credit TO credits")
    said = here.run("sweep", "--confirm", "--json")
    assert said.status == 3
    assert "client.delete-inactive" in said.document["refused"]
    assert said.document["stopped"] is None
    assert "tblclients.credit" in said.err


def test_a_run_that_stops_where_it_was_told_to_is_done(here: Installation) -> None:
    said = here.run("sweep", "--confirm", "--limit", "1", "--json")
    assert (said.status, said.document["stopped"], said.document["remaining"]) == (0, "limit", 1)


def test_a_budget_of_no_time_acts_on_nothing_and_counts_what_remains(here: Installation) -> None:
    said = here.run("sweep", "--confirm", "--max-seconds", "0", "--json")
    assert (said.status, said.document["stopped"], said.document["remaining"]) == (1, "max-seconds", 2)


def test_an_instant_to_come_acts_only_when_confirmed(here: Installation) -> None:
    here.run("sweep", "--confirm", "--limit", "0")
    refused = here.run("sweep", "--json", now="2150-01-01")
    assert (refused.status, refused.document["stopped"]) == (3, "ahead")
    assert here.run("sweep", "--confirm", now="2150-01-01").status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bogus"], "No such command"),
        (["plan", "--bogus"], "No such option"),
        (["plan", "--kind", "cat"], "'cat' is not one of"),
        (["plan", "--client", "x"], "not a valid integer"),
        (["explain", "order", "0"], "range"),
        (["explain", "order", "99"], "no order 99"),
        (["sweep", "--limit", "-1"], "range"),
        (["hold", "release", "9", "--reason", "over"], "no hold 9"),
        (["contract", "end", "9"], "no contract 9"),
        (["settings", "get", "floors.yeers"], "did you mean floors.years?"),
        (["plan", "--actor", " "], "--actor is no name"),
    ],
)
def test_wrong_use_ends_with_two_and_one_sentence(here: Installation, arguments: list[str], said: str) -> None:
    told = here.run(*arguments)
    assert told.status == 2
    assert said in told.sentence
    assert told.out == ""


def test_no_command_at_all_shows_the_help_as_wrong_use() -> None:
    said = run()
    assert said.status == 2
    assert "Commands:" in said.err


def test_the_version_and_help_need_no_configuration() -> None:
    assert run("--version").out.startswith("kigen, version ")
    assert run("sweep", "--help").status == 0


def test_an_error_of_the_program_is_one_sentence_and_a_traceback_only_on_request(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("secret row")

    monkeypatch.setattr("kigen.commands.explain.work", fail)
    said = here.run("explain", "order", "5")
    assert said.status == 1
    assert "unexpected KeyError" in said.sentence and "secret" not in said.err
    assert "Traceback" in here.run("explain", "order", "5", "--debug").err


def test_options_of_every_command_are_taken_before_and_after_its_name(here: Installation) -> None:
    config, now = ["--config", str(here.config)], ["--now", "2024-04-01"]
    orders = [
        run(*config, *now, "--json", "plan"), run("plan", *config, *now, "--json"),
        run(*config, "plan", "--json", *now),
    ]  # fmt: skip
    assert len({said.out for said in orders}) == 1
    assert run("--json", "hold", *config, "list", *now).document == []
    assert run("hold", "list", "--json", *now, *config).document == []
