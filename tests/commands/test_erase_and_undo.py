"""`erase` and `undo` on the command line: what they say, how they end, and what they leave alone."""

from __future__ import annotations

import pytest

from tests.commands.installation import Installation


def ids(here: Installation, table: str) -> list[int]:
    with here.engine.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql(f"SELECT id FROM {table} ORDER BY id")]


def test_erase_needs_neither_request_nor_grace_nor_a_confirmed_first_run(anywhere: Installation) -> None:
    said = anywhere.run("erase", "2", "--json")
    assert said.status == 0, said.err
    told = said.document
    assert (told["action"], told["rule"]) == ("delete", "client.delete-ordered")
    assert told["done"] == {"delete": {"client": 1}}
    assert ids(anywhere, "tblclients") == [1, 3]
    assert ids(anywhere, "tblorders") == [7]  # of client 3; orders 5 and 6 were client 2's


def test_a_preview_says_the_same_and_writes_nothing(here: Installation) -> None:
    said = here.run("erase", "2", "--preview", "--json")
    assert (said.status, said.document["action"], said.document["done"]) == (0, "delete", {})
    assert ids(here, "tblclients") == [1, 2, 3] and ids(here, "kigen_runs") == []


def test_what_keeps_a_client_binds_an_officer_too(here: Installation) -> None:
    said = here.run("erase", "3", "--json")
    assert said.status == 1
    assert [reason["code"] for reason in said.document["reasons"]] == ["active-service"]
    here.run("hold", "add", "--client", "2", "--reason", "a claim")
    assert here.run("erase", "2", "--json").document["reasons"][0]["code"] == "hold"
    assert ids(here, "tblclients") == [1, 2, 3]


def test_a_client_that_is_not_there_is_wrong_use_and_names_the_way_for_what_is_left(here: Installation) -> None:
    said = here.run("erase", "99")
    assert said.status == 2 and "there is no client 99" in said.sentence and "--orphans" in said.sentence


def test_what_is_left_of_a_client_whose_row_is_gone_goes_with_orphans_and_only_with_it(anywhere: Installation) -> None:
    with anywhere.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM tblclients WHERE id = 2")
    assert anywhere.run("erase", "2").status == 2
    said = anywhere.run("erase", "2", "--orphans", "--json")
    assert said.document["action"] == "delete", said.err
    assert ids(anywhere, "tblorders") == [7]
    assert ids(anywhere, "tblclients") == [1, 3]


def test_orphans_of_a_client_that_is_there_are_none(here: Installation) -> None:
    assert here.run("erase", "2", "--orphans").status == 2
    assert ids(here, "tblorders") == [5, 6, 7]


def test_an_instant_ahead_needs_a_confirmation(here: Installation) -> None:
    said = here.run("erase", "2", now="2099-01-01")
    assert said.status == 3 and "--confirm" in said.err
    assert ids(here, "tblclients") == [1, 2, 3]
    assert here.run("erase", "2", "--confirm", now="2099-01-01").status == 0


@pytest.mark.parametrize("arguments", [["erase"], ["erase", "two"], ["erase", "0"], ["undo", "0"], ["undo", "9"]])
def test_what_names_no_client_or_run_is_wrong_use(here: Installation, arguments: list[str]) -> None:
    assert here.run(*arguments).status == 2


def test_undo_says_that_what_was_deleted_stays_gone(here: Installation) -> None:
    run = here.run("erase", "2", "--json").document["run"]
    said = here.run("undo", str(run), "--json")
    assert said.status == 1
    assert said.document["deleted_then"]["client"] == 1
    assert "stay gone" in said.err


def test_orphans_of_somebody_who_never_was_are_none_and_leave_no_evidence(here: Installation) -> None:
    said = here.run("erase", "999", "--orphans")
    assert said.status == 2 and "nothing is left of a client 999" in said.sentence
    assert ids(here, "kigen_runs") == []


def test_where_an_erasure_is_kept_no_archive_takes_its_place(here: Installation) -> None:
    with here.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO tblinvoices (id, userid, status, date, duedate, datepaid, subtotal, total)"
            " VALUES (9, 1, 'Paid', '2021-01-01', '2021-01-01', '2021-01-02 00:00:00', 5, 5)"
        )
    assert here.run("explain", "client", "1", "--json").document["action"] == "archive"
    said = here.run("erase", "1", "--json")
    assert (said.status, said.document["action"], said.document["rule"]) == (1, "keep", "client.delete-ordered")
    assert {reason["code"] for reason in said.document["reasons"]} == {"floor"}


def test_where_the_person_was_found_and_left_is_shown_by_column_and_never_by_value(here: Installation) -> None:
    with here.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tblclients SET firstname = 'Taro', lastname = 'Yamada' WHERE id = 2")
        connection.exec_driver_sql("UPDATE tblclients SET notes = 'a friend of Taro Yamada' WHERE id = 3")
    said = here.run("erase", "2")
    assert "tblclients.notes" in said.out and "It may mean somebody else, so a person has to look." in said.out
    assert "Yamada" not in said.out + said.err


def test_a_preview_says_who_it_is_to_the_person_at_the_terminal_and_to_nobody_else(here: Installation) -> None:
    with here.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tblclients SET firstname = 'Taro', lastname = 'Yamada' WHERE id = 2")
    said = here.run("erase", "2", "--preview")
    assert "Client 2: would be deleted by an officer's order." in said.out
    assert "Taro Yamada: Active, registered 2024-03-20; services: 0, invoices: 0." in said.out
    assert "Yamada" not in here.run("erase", "2", "--preview", "--json").out
    said = here.run("erase", "2")
    assert "Client 2: deleted by an officer's order." in said.out and "Active, registered 2024-03-20" in said.out
    assert "Yamada" not in said.out + said.err
    with here.engine.connect() as connection:
        (counts,) = connection.exec_driver_sql("SELECT counts FROM kigen_runs").scalars()
    assert "Yamada" not in counts


def test_a_client_that_stays_is_said_to_be_kept_before_and_after(here: Installation) -> None:
    assert "Client 3: would be kept." in here.run("erase", "3", "--preview").out
    assert "Client 3: kept." in here.run("erase", "3").out


def test_whoever_asks_later_reads_that_an_officer_ordered_it(anywhere: Installation) -> None:
    run = anywhere.run("erase", "2", "--json").document["run"]
    told = anywhere.run("explain", "client", "2", "--json").document
    assert told["rule"] == "client.delete-ordered"
    assert (
        f"run {run} deleted it on" in told["reasons"][0]["text"]
        and "by an officer's order" in told["reasons"][0]["text"]
    )
    said = anywhere.run("erase", "2")
    assert said.status == 2 and f"run {run} deleted it" in said.sentence and "--orphans" not in said.sentence


@pytest.mark.parametrize("written", ["abc", "0", "-1", "2x", "99999999999999999999"])
def test_what_is_no_number_of_a_client_is_answered_with_what_is_expected(here: Installation, written: str) -> None:
    said = here.run("erase", "--", written)
    assert said.status == 2 and "expected a client's number" in said.err and written in said.err


def test_a_client_may_be_named_as_elsewhere(here: Installation) -> None:
    assert here.run("erase", "client:2", "--preview", "--json").document["id"] == 2
