"""What keeps a record: holds, individual contracts and open requests, each from when and until when it counts."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from kigen.ledger import contracts, holds, migrate, requests
from kigen.ledger.database import open_database
from kigen.ledger.quick import answer
from kigen.policy.periods import Term
from kigen.policy.records import Kind, Ref
from tests.ledger.times import START, minute

INVOICE: Ref = (Kind.INVOICE, 90)


def place(connection: Connection, client: int | None, record: Ref | None, until: dt.datetime | None = None) -> int:
    return holds.place(connection, client, record, "lawsuit", until, START, "ops")


@pytest.mark.parametrize("lock", [False, True])
def test_a_hold_counts_for_its_client_or_its_record_and_for_nobody_else(connection: Connection, lock: bool) -> None:
    on_client, on_invoice = place(connection, 3, None), place(connection, None, INVOICE)
    place(connection, 4, None)
    place(connection, None, (Kind.ORDER, 90))
    found = holds.in_force(connection, [3], [INVOICE], minute(1), lock)
    assert [(one.id, one.client, one.record) for one in found] == [
        (on_client, 3, None),
        (on_invoice, None, INVOICE),
    ]
    assert holds.in_force(connection, [5], [(Kind.INVOICE, 91)], minute(1), lock) == []
    assert holds.in_force(connection, [], [], minute(1), lock) == []


@pytest.mark.parametrize("lock", [False, True])
def test_a_hold_with_an_end_counts_until_that_instant(connection: Connection, lock: bool) -> None:
    place(connection, 3, None, until=minute(10))
    just_before = minute(10) - dt.timedelta(microseconds=1)
    (hold,) = holds.in_force(connection, [3], [], just_before, lock)
    assert hold.until == minute(10)
    assert holds.in_force(connection, [3], [], minute(10), lock) == []


@pytest.mark.parametrize("lock", [False, True])
def test_of_two_holds_one_released_leaves_the_other(connection: Connection, lock: bool) -> None:
    first, second = place(connection, 3, None), place(connection, 3, None)
    assert holds.release(connection, first, "settled", minute(5), "legal")
    assert not holds.release(connection, first, "settled again", minute(6), "legal")
    assert not holds.release(connection, 999, "never placed", minute(6), "legal")
    assert [one.id for one in holds.in_force(connection, [3], [], minute(7), lock)] == [second]


def test_a_released_hold_stays_in_the_list_with_its_reason(connection: Connection) -> None:
    number = place(connection, 3, None)
    holds.release(connection, number, "settled", minute(5), "legal")
    (row,) = holds.listed(connection)
    assert (row.reason, row.placed_at, row.placed_by) == ("lawsuit", START, "ops")
    assert (row.release_reason, row.released_at, row.released_by) == ("settled", minute(5), "legal")


def test_holds_are_found_among_more_records_than_fit_a_statement(connection: Connection) -> None:
    number = place(connection, None, (Kind.INVOICE, 1_150))
    found = holds.in_force(connection, range(1_200), [(Kind.INVOICE, one) for one in range(1_200)], minute(1))
    assert [one.id for one in found] == [number]


@pytest.mark.parametrize(
    "kept_by", ["hold on the client", "hold on the record", "request", "contract", "contract with a group"]
)
def test_nothing_that_keeps_can_slip_in_between_the_locked_reading_and_the_commit(
    mariadb_url: str, kept_by: str
) -> None:
    # On SQLite the deleting transaction holds the only write lock from its first statement.
    engine: Engine = open_database(mariadb_url)
    migrate.upgrade(engine)
    agreed = {"client": 3, "rule": "client.delete-inactive", "term": "5 years", "begins": START}
    with engine.connect() as deleting, engine.connect() as slipping:
        holds.in_force(deleting, [3], [INVOICE], START, lock=True)
        requests.open_requests(deleting, [3], START, lock=True)
        answer(deleting, contracts.concerned(deleting, [3]))
        slipping.execute(text("SET innodb_lock_wait_timeout = 1"))
        with pytest.raises(OperationalError, match="1205"):
            if kept_by == "hold on the client":
                place(slipping, 3, None)
            elif kept_by == "hold on the record":
                place(slipping, None, INVOICE)
            elif kept_by == "request":
                requests.open_request(slipping, 3, "erasure", START)
            else:
                whom = {"client": None, "client_group": 7} if kept_by.endswith("group") else {}
                contracts.add(slipping, {**agreed, **whom}, START, "ops")
        slipping.rollback()
        deleting.commit()
        place(slipping, 3, None)
        slipping.commit()
    engine.dispose()


def test_a_contract_concerns_whom_it_is_with_and_one_with_a_group_everybody(connection: Connection) -> None:
    agreed = {"rule": "client.delete-inactive", "term": "5 years", "begins": START}
    assert answer(connection, contracts.concerned(connection, [3, 4])) == set()
    contracts.add(connection, {**agreed, "client": 3}, START, "ops")
    assert answer(connection, contracts.concerned(connection, [3, 4])) == {3}
    assert answer(connection, contracts.concerned(connection, [4])) == set()
    number = contracts.add(connection, {**agreed, "client_group": 7}, START, "ops")
    assert answer(connection, contracts.concerned(connection, [4])) is None
    contracts.end(connection, number, minute(1), "legal")
    assert answer(connection, contracts.concerned(connection, [4])) == set()


def test_a_contract_counts_until_somebody_ends_it(connection: Connection) -> None:
    review = dt.date(2027, 4, 1)
    values = {"client_group": 7, "rule": "client.delete-inactive", "term": "5 years", "begins": START}
    number = contracts.add(connection, {**values, "duty": "framework", "review": review}, minute(1), "ops")
    other = contracts.add(connection, {**values, "client": 3, "client_group": None, "until": minute(9)}, START, "ops")
    for lock in (False, True):
        assert [one.id for one in answer(connection, contracts.of(connection, [4], lock))] == [number]
        by_id = {one.id: one for one in answer(connection, contracts.of(connection, [3], lock))}
        assert (by_id[number].group, by_id[number].client, by_id[number].term) == (7, None, Term(months=60))
        assert (by_id[number].begins, by_id[number].until, by_id[other].until) == (START, None, minute(9))
    assert contracts.end(connection, number, minute(5), "legal")
    assert not contracts.end(connection, number, minute(6), "legal")
    assert [one.id for one in contracts.not_ended(connection)] == [other]
    ended = contracts.listed(connection)[0]
    assert (ended.duty, ended.review, ended.ended_at, ended.ended_by) == ("framework", review, minute(5), "legal")


@pytest.mark.parametrize("lock", [False, True])
def test_asking_again_twenty_times_leaves_one_request_that_counts_from_the_first(
    connection: Connection, lock: bool
) -> None:
    for number in [*range(19, -1, -1), *range(20)]:
        requests.open_request(connection, 3, "erasure", minute(number))
    requests.open_request(connection, 3, "access", minute(4))
    requests.open_request(connection, 4, "erasure", minute(2))
    found = requests.open_requests(connection, [3], minute(30), lock)
    assert [(one.client, one.right, one.received) for one in found[3]] == [
        (3, "erasure", minute(0)),
        (3, "access", minute(4)),
    ]
    assert list(found) == [3]


def test_a_withdrawal_closes_what_was_asked_before_and_not_what_is_asked_after(connection: Connection) -> None:
    requests.open_request(connection, 3, "erasure", minute(0))
    requests.open_request(connection, 3, "erasure", minute(1))
    requests.open_request(connection, 3, "access", minute(1))
    assert requests.close_requests(connection, 3, "erasure", minute(5)) == 2
    assert requests.close_requests(connection, 3, "erasure", minute(5)) == 0
    requests.open_request(connection, 3, "erasure", minute(6))
    found = requests.open_requests(connection, [3], minute(7))[3]
    assert [(one.right, one.received) for one in found] == [("access", minute(1)), ("erasure", minute(6))]


def test_a_request_is_open_from_its_receipt_to_its_closing(connection: Connection) -> None:
    requests.open_request(connection, 3, "erasure", minute(2))
    requests.close_requests(connection, 3, "erasure", minute(5))
    open_then = [bool(requests.open_requests(connection, [3], minute(number))) for number in (1, 2, 4, 5, 6)]
    assert open_then == [False, True, True, False, False]
