"""Settings keep their history, notes are overwritten, and every run ends in the record, also one that died."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, func, select

from kigen.ledger import runs, settings, tables
from kigen.ledger.runs import Act
from kigen.policy.records import Kind
from tests.ledger.acts import write_acts
from tests.ledger.times import START, minute


def test_a_setting_is_stored_changed_and_set_back_and_every_change_is_remembered(connection: Connection) -> None:
    settings.store(connection, "breaker.share", "5", START, "ops")
    settings.store(connection, "kigen.title", "個人情報", minute(1), "ops")
    settings.store(connection, "breaker.share", "10", minute(2), "legal")
    assert settings.stored(connection) == {"breaker.share": "10", "kigen.title": "個人情報"}
    settings.store(connection, "breaker.share", None, minute(3), "ops")
    assert settings.stored(connection) == {"kigen.title": "個人情報"}
    changes = [(row.old, row.new, row.at, row.actor) for row in settings.history(connection, "breaker.share")]
    assert changes == [
        (None, "5", START, "ops"),
        ("5", "10", minute(2), "legal"),
        ("10", None, minute(3), "ops"),
    ]
    assert len(settings.history(connection)) == 4


def test_names_that_differ_in_case_are_different_settings(connection: Connection) -> None:
    settings.store(connection, "acme.x", "1", START, "ops")
    settings.store(connection, "acme.X", "2", START, "ops")
    assert settings.stored(connection) == {"acme.x": "1", "acme.X": "2"}


def test_a_note_is_what_was_written_last(connection: Connection) -> None:
    assert settings.note(connection, "confirmed") is None
    settings.write_note(connection, "confirmed", "a1")
    settings.write_note(connection, "confirmed", "b2")
    assert settings.note(connection, "confirmed") == "b2"


def begin(connection: Connection, number: int, is_machine_clock: bool = True) -> int:
    return runs.begin(connection, minute(number), minute(number), is_machine_clock, False, "cron")


def test_a_run_that_never_finished_is_marked_as_died_when_the_next_begins(connection: Connection) -> None:
    died, done = begin(connection, 0), begin(connection, 5)
    runs.finish(connection, done, runs.DONE, {"acted": 2}, None, minute(6))
    latest = runs.latest(connection)
    assert latest is not None
    assert (latest.id, latest.outcome, latest.finished_at) == (done, "done", minute(6))
    begin(connection, 9)
    outcomes = {row.id: (row.outcome, row.finished_at) for row in connection.execute(tables.runs.select())}
    assert outcomes[died] == ("died", minute(5))
    assert outcomes[done] == ("done", minute(6))
    assert outcomes[done + 1] == ("running", None)


def test_there_is_no_latest_run_before_the_first(connection: Connection) -> None:
    assert runs.latest(connection) is None
    assert runs.last_on_machine_clock(connection) is None
    assert runs.recent_sizes(connection) == []


def test_only_runs_on_the_machines_clock_tell_where_it_stood(connection: Connection) -> None:
    begin(connection, 1)
    begin(connection, 50, is_machine_clock=False)
    assert runs.last_on_machine_clock(connection) == minute(1)


def test_a_run_that_decides_for_a_later_instant_is_marked_as_ahead(connection: Connection) -> None:
    runs.begin(connection, START, minute(1), False, True, "ops")
    latest = runs.latest(connection)
    assert latest is not None
    assert (latest.is_ahead, latest.is_machine_clock, latest.is_confirmed) == (True, False, True)


def test_the_sizes_of_recent_runs_leave_out_those_that_did_not_end_by_themselves(connection: Connection) -> None:
    ends = [(runs.DONE, 5), (runs.REFUSED, 900), (runs.STOPPED, 7), (runs.FAILED, 900), (runs.DONE, 0)]
    for number, (outcome, acted) in enumerate(ends):
        runs.finish(connection, begin(connection, number), outcome, {"acted": acted}, None, minute(number))
    assert runs.recent_sizes(connection) == [0, 7, 5]
    assert runs.recent_sizes(connection, limit=1) == [0]


def act(number: int, run: int, done: str = "delete", at: dt.datetime = START) -> Act:
    return Act(Kind.CLIENT, number, run, done, f"client.{done}-inactive", START.replace(microsecond=0), at)


def test_the_last_thing_done_to_a_record_is_found(connection: Connection) -> None:
    first, second = begin(connection, 0), begin(connection, 5)
    write_acts(connection, [act(3, first, "archive", minute(1))])
    write_acts(connection, [act(3, second, at=minute(6)), act(4, second, at=minute(6))])
    last = runs.last_act(connection, Kind.CLIENT, 3)
    assert last == act(3, second, at=minute(6))
    assert (last.run, last.action, last.due_at, last.at) == (second, "delete", START.replace(microsecond=0), minute(6))
    assert [one.run for one in runs.acts(connection, Kind.CLIENT, 3)] == [second, first]
    assert runs.last_act(connection, Kind.ORDER, 3) is None
    assert runs.last_act(connection, Kind.CLIENT, 2) is None


def test_a_record_between_the_lowest_and_the_highest_of_a_chunk_is_only_found_if_it_was_among_them(
    connection: Connection,
) -> None:
    run = begin(connection, 0)
    write_acts(connection, [act(number, run) for number in (9, 3, 700)])
    assert connection.scalar(select(func.count()).select_from(tables.chunks)) == 1
    found = {number: runs.last_act(connection, Kind.CLIENT, number) for number in (2, 3, 4, 9, 10, 700, 701)}
    assert [number for number, one in found.items() if one is not None] == [3, 9, 700]


def test_a_chunk_holds_acts_of_one_run_kind_action_rule_and_instant_and_each_comes_back_as_it_was(
    connection: Connection,
) -> None:
    first, second = begin(connection, 0), begin(connection, 5)
    undated = Act(Kind.ADDON, 4, first, "delete", "service.delete-cancelled", None, minute(1))
    done = [act(3, first), act(4, first), act(3, second), act(5, first, "archive"), act(6, first, at=minute(2))]
    done.append(undated)
    write_acts(connection, done)
    assert connection.scalar(select(func.count()).select_from(tables.chunks)) == 5
    assert sorted(runs.acts(connection), key=repr) == sorted(done, key=repr)
    assert list(runs.acts(connection, Kind.ADDON)) == [undated]
    write_acts(connection, [])
    assert len(list(runs.acts(connection))) == len(done)
