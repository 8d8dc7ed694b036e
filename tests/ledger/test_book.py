"""The book gives the same ledger for the same notes: in any order, in any pieces, however often each is repeated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, select

from kigen.ledger import archiving, contracts, due, holds, lifecycle, requests
from kigen.ledger.book import LedgerBook
from kigen.ledger.tables import archives, closings, merges, observed, records
from kigen.ledger.tables import requests as requests_table
from kigen.policy.records import CREATED, FINAL_LOGIN, Kind, State
from tests.ledger.times import START, minute

Note = tuple[str, Any]

MINUTES = st.integers(0, 5).map(minute)
CLIENTS = st.integers(1, 4)
NOTES: st.SearchStrategy[Note] = st.one_of(
    st.tuples(
        st.just("observe"),
        st.tuples(
            st.tuples(st.sampled_from([Kind.CLIENT, Kind.ORDER]), CLIENTS),
            st.sampled_from([CREATED, FINAL_LOGIN]),
            MINUTES,
        ),
    ),
    st.tuples(
        st.just("enter"),
        st.tuples(st.tuples(st.just(Kind.ORDER), CLIENTS), st.sampled_from([State.PENDING, State.CANCELLED]), MINUTES),
    ),
    st.tuples(
        st.sampled_from(["open_request", "close_request"]),
        st.tuples(CLIENTS, st.sampled_from(["erasure", "access"]), MINUTES),
    ),
    st.tuples(st.just("merge"), st.tuples(st.integers(1, 2), st.integers(3, 4), MINUTES)),
    st.tuples(st.just("merge"), st.tuples(st.just(3), st.just(4), MINUTES)),
    st.tuples(st.just("forget"), st.tuples(st.tuples(st.just(Kind.ORDER), CLIENTS), MINUTES)),
)


def write(connection: Connection, notes: Sequence[Note]) -> None:
    book = LedgerBook()
    for name, arguments in notes:
        getattr(book, name)(*arguments)
    book.flush(connection)


def content(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    def rows(table: Table) -> list[tuple[Any, ...]]:
        # The number of a request is no content: it tells in which order they arrived.
        columns = [column for column in table.c if not (table is requests_table and column.name == "id")]
        return sorted((tuple(row) for row in connection.execute(select(*columns))), key=repr)

    return {table.name: rows(table) for table in (observed, records, requests_table, closings, merges)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(notes=st.lists(NOTES, max_size=14), data=st.data())
def test_the_order_of_notes_their_repetition_and_the_batches_change_nothing(
    connection: Connection, notes: list[Note], data: st.DataObject
) -> None:
    write(connection, notes)
    expected = content(connection)
    connection.rollback()

    again = data.draw(st.lists(st.sampled_from(notes), max_size=6) if notes else st.just([]))
    shuffled = data.draw(st.permutations([*notes, *again]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=5)))
    for start, end in zip([0, *cuts], [*cuts, len(shuffled)], strict=True):
        write(connection, shuffled[start:end])
    found = content(connection)
    connection.rollback()
    assert found == expected


def open_at(connection: Connection, client: int, now: dt.datetime) -> list[dt.datetime]:
    return [one.received for one in requests.open_requests(connection, [client], now).get(client, [])]


def test_a_request_that_arrives_after_its_withdrawal_is_closed_by_the_first_that_followed_it(
    connection: Connection,
) -> None:
    write(connection, [("close_request", (3, "erasure", minute(9)))])
    write(connection, [("close_request", (3, "erasure", minute(4)))])
    write(connection, [("open_request", (3, "erasure", minute(6))), ("open_request", (3, "erasure", minute(1)))])
    rows = connection.execute(select(requests_table).order_by(requests_table.c.received)).all()
    assert [(row.received, row.closed_at) for row in rows] == [(minute(1), minute(4)), (minute(6), minute(9))]
    write(connection, [("open_request", (3, "erasure", minute(10)))])
    assert open_at(connection, 3, minute(11)) == [minute(10)]


def test_a_merged_client_hands_over_what_keeps_it_also_down_a_chain_told_backwards(connection: Connection) -> None:
    hold = holds.place(connection, 1, None, "lawsuit", None, START, "ops")
    agreed = {"client": 1, "rule": "client.delete-inactive", "term": "5 years", "begins": START}
    contracts.add(connection, agreed, START, "ops")
    write(connection, [("merge", (2, 3, minute(2)))])
    write(connection, [("merge", (1, 2, minute(1)))])
    write(connection, [("observe", ((Kind.CLIENT, 1), FINAL_LOGIN, minute(0)))])
    write(connection, [("open_request", (1, "erasure", minute(0)))])
    assert [one.reason for one in holds.in_force(connection, [3], [], minute(5))] == ["lawsuit"]
    assert [one.id for one in holds.in_force(connection, [1], [], minute(5))] == [hold]  # until it is gone, it is held
    assert sorted(one.client or 0 for one in contracts.not_ended(connection)) == [1, 2, 3]
    assert open_at(connection, 3, minute(5)) == [minute(0)]
    remembered = lifecycle.memories(connection, [(Kind.CLIENT, 3)])
    assert remembered[Kind.CLIENT, 3].observed == {FINAL_LOGIN: minute(0)}


def test_the_withdrawal_of_a_merged_client_does_not_withdraw_what_the_other_asked(connection: Connection) -> None:
    write(connection, [("open_request", (2, "erasure", minute(1))), ("open_request", (1, "erasure", minute(0)))])
    write(connection, [("close_request", (1, "erasure", minute(3))), ("merge", (1, 2, minute(5)))])
    assert open_at(connection, 2, minute(6)) == [minute(1)]


def test_clients_merged_in_a_circle_or_into_themselves_do_not_go_round_for_ever(connection: Connection) -> None:
    holds.place(connection, 1, None, "lawsuit", None, START, "ops")
    write(connection, [("merge", (1, 2, START)), ("merge", (2, 1, START)), ("merge", (1, 1, START))])
    assert [one.client for one in holds.in_force(connection, [1, 2], [], minute(1))] == [1, 2]


def test_a_later_event_ends_an_archive_and_an_earlier_one_does_not(connection: Connection) -> None:
    archiving.write_archives(connection, {3: "Inactive", 4: "Active"}, run=1, now=minute(5))
    book = LedgerBook()
    book.end_archive(3, minute(4))
    book.end_archive(4, minute(6))
    assert book.flush(connection) == {4: "Active"}
    assert archiving.archived_at(connection, [3, 4]) == {3: minute(5)}
    again = LedgerBook()
    again.end_archive(4, minute(6))
    assert again.flush(connection) == {}
    ended = connection.execute(select(archives.c.ended_at).where(archives.c.client == 4)).scalar_one()
    assert ended == minute(6)


def test_what_events_tell_does_not_touch_what_reading_the_host_told(connection: Connection) -> None:
    ref = (Kind.ORDER, 12)
    row = {"kind": "order", "id": 12, "client": 3, "state": State.PENDING.value, "first_seen": START}
    due.write_rows(connection, [row])
    write(connection, [("enter", (ref, State.CANCELLED, minute(3))), ("observe", (ref, CREATED, minute(1)))])
    due.write_rows(connection, [{**row, "state": State.CANCELLED.value, "seen_at": minute(5)}])
    memory = lifecycle.memories(connection, [ref])[ref]
    assert (memory.state, memory.first_seen, memory.seen_at) == (State.CANCELLED, START, minute(5))
    assert (memory.event_state, memory.event_at) == (State.CANCELLED, minute(3))
    assert memory.observed == {CREATED: minute(1)}
