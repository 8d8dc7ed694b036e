"""What was seen of a client comes back as it was; what is marked is read once and not forgotten before it was."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine

from kigen.ledger import contracts, holds, marks, seen
from kigen.ledger.seen import Seen
from kigen.policy.records import Kind, Ref
from tests.ledger.times import START, minute

ORDER_9: Ref = (Kind.ORDER, 9)


def one(client: int, digest: str = "a1", *records: Ref, orphans: int = 0) -> Seen:
    return Seen(client, digest, START, frozenset(records), orphans)


def test_what_was_seen_of_a_client_comes_back_as_it_was_written(connection: Connection) -> None:
    rows = [one(3, "ffff", (Kind.CLIENT, 3), ORDER_9, (Kind.ORDER, 10)), one(4, "", orphans=2), one(5)]
    seen.write(connection, rows)
    assert seen.known(connection, [5, 3, 4, 3, 99]) == {row.client: row for row in rows}
    assert seen.read_at(connection, [3, 99]) == {3: START}
    assert seen.known(connection, []) == {}


def test_a_client_that_is_seen_again_is_overwritten_and_its_neighbour_stays(connection: Connection) -> None:
    seen.write(connection, [one(3, "old", ORDER_9, orphans=1), one(4, "b2", ORDER_9)])
    again = Seen(3, "new", minute(5), frozenset(), 0)
    seen.write(connection, [again])
    assert seen.known(connection, [3, 4]) == {3: again, 4: one(4, "b2", ORDER_9)}


def test_more_clients_than_fit_a_statement_come_back_and_can_be_forgotten(connection: Connection) -> None:
    rows = [one(number, f"{number:x}") for number in range(1, 1_202)]
    seen.write(connection, rows)
    assert seen.known(connection, range(1, 1_202)) == {row.client: row for row in rows}
    seen.remove(connection, range(1, 1_201))
    assert seen.known(connection, range(1, 1_202)) == {1_201: rows[-1]}


@pytest.mark.parametrize(
    ("after", "last", "expected"),
    [(None, None, [1, 2, 3, 4]), (None, 2, [1, 2]), (2, None, [3, 4]), (2, 3, [3]), (4, 9, [])],
)
def test_digests_are_told_above_one_client_up_to_another(
    connection: Connection, after: int | None, last: int | None, expected: list[int]
) -> None:
    seen.write(connection, [one(number, f"d{number}") for number in (4, 2, 1, 3)])
    assert seen.digests(connection, after, last) == {number: f"d{number}" for number in expected}


def test_orphans_are_added_up(connection: Connection) -> None:
    assert seen.orphans(connection) == 0
    seen.write(connection, [one(3, orphans=2), one(4), one(5, orphans=5)])
    assert seen.orphans(connection) == 7


def test_marks_of_many_are_told_together_and_nothing_marks_nothing(connection: Connection) -> None:
    assert marks.marked(connection) == marks.Marked()
    marks.mark(connection, [3, None, 4, 3], [ORDER_9, None])
    marks.mark(connection, [None], [None])
    marks.mark(connection)
    marks.mark(connection, refs=[(Kind.PAYMENT, 1), ORDER_9])
    found = marks.marked(connection)
    assert (found.clients, found.refs) == ({3, 4}, {ORDER_9, (Kind.PAYMENT, 1)})
    assert not found.is_everything
    assert len(connection.execute(marks.marks.select()).all()) == 2


def test_what_was_marked_since_it_was_read_stays(connection: Connection) -> None:
    marks.mark(connection, [3])
    found = marks.marked(connection)
    marks.mark(connection, [4])
    marks.mark_everything(connection)
    marks.unmark(connection, found)
    left = marks.marked(connection)
    assert (left.clients, left.is_everything) == ({4}, True)
    marks.unmark(connection, left)
    assert marks.marked(connection) == marks.Marked()
    marks.unmark(connection, marks.Marked())


def test_a_mark_after_all_were_read_gets_a_number_that_was_never_given(connection: Connection) -> None:
    """A reconcile that began before and ends late must not take the new mark for one that it read."""
    marks.mark(connection, [3])
    early = marks.marked(connection)
    marks.unmark(connection, early)
    marks.mark(connection, [4])
    marks.unmark(connection, early)
    assert marks.marked(connection).clients == {4}


def place(connection: Connection, client: int | None, record: Ref | None) -> int:
    return holds.place(connection, client, record, "lawsuit", None, START, "ops")


def agree(connection: Connection, **whom: int) -> int:
    values = {"rule": "client.delete-inactive", "term": "5 years", "begins": START, **whom}
    return contracts.add(connection, values, START, "ops")


def taken(connection: Connection) -> tuple[set[int], set[Ref], bool]:
    """What is marked, which is forgotten."""
    found = marks.marked(connection)
    marks.unmark(connection, found)
    return found.clients, found.refs, found.is_everything


def test_a_hold_marks_whom_it_is_on_when_it_is_placed_and_when_it_is_released(connection: Connection) -> None:
    on_client, on_record = place(connection, 3, None), place(connection, None, ORDER_9)
    assert taken(connection) == ({3}, {ORDER_9}, False)
    holds.release(connection, on_client, "settled", minute(1), "legal")
    assert taken(connection) == ({3}, set(), False)
    holds.release(connection, on_record, "settled", minute(1), "legal")
    assert taken(connection) == (set(), {ORDER_9}, False)
    assert not holds.release(connection, on_record, "settled", minute(1), "legal")
    assert taken(connection) == (set(), set(), False)


def test_a_contract_marks_its_client_or_everybody_where_it_is_with_a_group(connection: Connection) -> None:
    with_client = agree(connection, client=3)
    assert taken(connection) == ({3}, set(), False)
    with_group = agree(connection, client_group=7)
    assert taken(connection) == (set(), set(), True)
    contracts.end(connection, with_client, minute(1), "legal")
    assert taken(connection) == ({3}, set(), False)
    contracts.end(connection, with_group, minute(1), "legal")
    assert taken(connection) == (set(), set(), True)
    assert not contracts.end(connection, with_group, minute(1), "legal")
    assert taken(connection) == (set(), set(), False)


def test_a_mark_is_taken_back_with_what_it_was_made_for(engine: Engine) -> None:
    with engine.connect() as connection:
        place(connection, 3, None)
        connection.rollback()
        assert marks.marked(connection) == marks.Marked()
