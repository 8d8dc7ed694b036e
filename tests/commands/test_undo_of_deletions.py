"""`undo` of what was deleted, on the command line: what it lists, what it would do, what it says and how it ends."""

from __future__ import annotations

import pytest

from tests.commands.installation import Installation

CONFIRMED = ("sweep", "--confirm", "--json")


def ids(here: Installation, table: str) -> list[int]:
    with here.engine.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql(f"SELECT id FROM {table} ORDER BY id")]


@pytest.fixture
def swept(here: Installation) -> int:
    """The run that deleted client 1 and order 5, with 30 days to bring them back."""
    assert here.run("settings", "set", "quarantine.term", "30 days").status == 0
    told = here.run(*CONFIRMED).document
    assert told["deleted"] == {"client": 1, "order": 1} and ids(here, "tblclients") == [2, 3]
    return int(told["run"])


def test_the_list_tells_runs_records_and_until_when(here: Installation, swept: int) -> None:
    said = here.run("undo", "--list", "--json")
    assert (said.status, said.document) == (0, [{
        "run": swept, "at": "2024-04-01T00:00:00+09:00", "until": "2024-05-01T00:00:00+09:00",
        "records": {"client": 1, "order": 1},
    }])  # fmt: skip
    assert "2024-05-01" in here.run("undo", "--list").out


def test_a_dry_run_shows_and_writes_nothing_and_undo_brings_it_back(here: Installation, swept: int) -> None:
    shown = here.run("undo", str(swept), "--dry-run", "--json")
    assert (shown.status, shown.document["restored"], shown.document["run"]) == (0, {"client": 1, "order": 1}, None)
    assert ids(here, "tblclients") == [2, 3]
    said = here.run("undo", str(swept), "--json")
    assert (said.status, said.document["restored"], said.document["refused"]) == (0, {"client": 1, "order": 1}, [])
    assert said.document["rows"] == {"tblclients": 1, "tblorders": 1}
    assert ids(here, "tblclients") == [1, 2, 3] and ids(here, "tblorders") == [5, 6, 7]
    assert here.run("undo", "--list", "--json").document == []


def test_a_refusal_is_told_and_is_a_finding_while_the_rest_comes_back(here: Installation, swept: int) -> None:
    with here.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO tblclients (id, email) VALUES (1, 'new@example.jp')")
    said = here.run("undo", str(swept))
    assert said.status == 1
    assert "nothing of client 1 came back: tblclients 1 is there already" in said.err
    assert ids(here, "tblorders") == [5, 6, 7]


@pytest.mark.parametrize("arguments", [["undo"], ["undo", "1", "--list"]])
def test_either_a_run_or_the_list_is_wanted(here: Installation, arguments: list[str]) -> None:
    said = here.run(*arguments)
    assert said.status == 2 and "expected the number of a RUN, or --list" in said.err


def test_the_plan_says_for_how_long_and_what_not(here: Installation) -> None:
    assert "brought back" not in here.run("plan").err
    here.run("settings", "set", "quarantine.term", "30 days")
    said = here.run("plan").err
    assert "can be brought back for 30 days" in said and "what is anonymised cannot" in said


def test_doctor_and_explain_know_of_the_copies(here: Installation, swept: int) -> None:
    told = {one["code"]: one["text"] for one in here.run("doctor", "--json").document["findings"]}
    assert told["quarantine"] == "Sealed copies of what the schedule deleted: 2; 'kigen undo --list' shows them."
    late = {one["code"] for one in here.run("doctor", "--json", now="2024-06-01").document["findings"]}
    assert "quarantine-overdue" in late
    reasons = here.run("explain", "order", "5", "--json").document["reasons"]
    assert reasons[1]["code"] == "restorable" and reasons[1]["until"] == "2024-05-01T00:00:00+09:00"


def test_erase_of_a_client_that_is_gone_destroys_its_copies(here: Installation, swept: int) -> None:
    said = here.run("erase", "1", "--json")
    assert (said.status, said.document["destroyed"]) == (0, 1)
    assert here.run("erase", "1").status == 2
    assert [one["records"] for one in here.run("undo", "--list", "--json").document] == [{"order": 1}]
    assert ids(here, "tblclients") == [2, 3]


def test_a_request_of_a_client_that_is_gone_destroys_its_copies_at_once(here: Installation, swept: int) -> None:
    here.run("request", "open", "--client", "1", "--right", "erasure")
    assert [one["records"] for one in here.run("undo", "--list", "--json").document] == [{"order": 1}]
    said = here.run("undo", str(swept))
    assert said.status == 1 and "stay gone" in said.err
    assert ids(here, "tblclients") == [2, 3] and ids(here, "tblorders") == [5, 6, 7]


@pytest.mark.parametrize(("then", "action"), [(("undo", "{run}"), "undo"), (("erase", "1"), '"action": "delete"')])
def test_a_certificate_tells_what_was_done_last_to_the_record_itself(
    here: Installation, swept: int, then: tuple[str, str], action: str
) -> None:
    here.run(*(one.format(run=swept) for one in then))
    said = here.run("evidence", "certificate", "client", "1", "--out", str(here.folder / "one.json"), "--json")
    assert said.status == 0, said.err
    assert action in said.out and here.run("evidence", "verify").status == 0
    assert ids(here, "tblclients") == ([1, 2, 3] if action == "undo" else [2, 3])
