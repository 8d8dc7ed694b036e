"""The due index: whose time has come, who acts by its row alone, what keeps, and the rules besides the first."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from sqlalchemy import Connection

from kigen.ledger import due
from kigen.ledger.due import Clocked
from kigen.policy.records import Kind, Ref
from tests.ledger.times import START, minute

ORDER, INVOICE, CLIENT = Kind.ORDER, Kind.INVOICE, Kind.CLIENT
RULE = "order.delete-cancelled"
NOW = minute(5)
JUST_AFTER = NOW + dt.timedelta(microseconds=1)

# Three sorts of rows whose time has come, and three whose time has not.
ACTS = {"due_at": START, "codes": None, "next_look": START}
BLOCKED = {"due_at": START, "codes": "credit-balance hold", "next_look": START}
BEGINS_LATER = {"due_at": minute(60), "codes": None, "next_look": START}
LATER = {"due_at": START, "codes": None, "next_look": JUST_AFTER}
PUT_OFF = {"due_at": START, "codes": "hold", "next_look": minute(60)}
NEVER = {"due_at": None, "codes": None, "next_look": None}


def write(connection: Connection, kind: Kind, rows: dict[int, dict[str, object]], client: int = 3) -> None:
    told = [{"kind": kind.value, "id": n, "client": client, "rule": RULE, **row} for n, row in rows.items()]
    due.write_rows(connection, told)


def test_what_acts_by_its_row_needs_no_look_and_everything_else_whose_time_has_come_does(
    connection: Connection,
) -> None:
    write(connection, ORDER, {6: NEVER, 5: PUT_OFF, 4: LATER, 3: BEGINS_LATER, 2: BLOCKED, 1: ACTS})
    write(connection, INVOICE, {7: BLOCKED})
    assert due.to_look_at(connection, ORDER, NOW, also_acting=False).tolist() == [2, 3]
    assert due.to_look_at(connection, ORDER, NOW, also_acting=True).tolist() == [1, 2, 3]
    assert due.to_look_at(connection, ORDER, JUST_AFTER, also_acting=True).tolist() == [1, 2, 3, 4]
    assert due.acting_of(connection, NOW, ORDER, 1, 9) == [(1, RULE, None)]
    assert due.acting_of(connection, JUST_AFTER, ORDER, 1, 9) == [(1, RULE, None), (4, RULE, None)]


def test_a_row_whose_time_came_without_a_date_is_looked_at_and_never_acts(connection: Connection) -> None:
    write(connection, ORDER, {1: {"due_at": None, "codes": None, "next_look": START}})
    assert due.to_look_at(connection, ORDER, NOW, also_acting=False).tolist() == [1]
    assert due.acting_of(connection, NOW, ORDER, 1, 9) == []


@pytest.mark.parametrize("number", [0, 1, 499, 500, 501, 1_300])
def test_everything_whose_time_has_come_is_told_once_and_in_order(connection: Connection, number: int) -> None:
    write(connection, ORDER, {n: {**BLOCKED, "next_look": minute(-(n % 7))} for n in range(number, 0, -1)})
    write(connection, ORDER, dict.fromkeys(range(2001, 2005), PUT_OFF))
    assert due.to_look_at(connection, ORDER, NOW, also_acting=True).tolist() == list(range(1, number + 1))


def test_what_acts_is_counted_by_kind_rule_and_neighbourhood_of_clients(connection: Connection) -> None:
    for client, rows in ((1, {1: ACTS, 2: BLOCKED}), (499, {3: ACTS}), (500, {4: ACTS, 5: ACTS}), (12_345, {6: ACTS})):
        write(connection, ORDER, rows, client)
    write(connection, ORDER, {7: {**ACTS, "rule": "order.delete-draft"}}, 500)
    write(connection, INVOICE, {1: {**ACTS, "rule": "invoice.delete-cancelled"}, 2: PUT_OFF}, 500)
    assert sorted(due.counted(connection, NOW, 500)) == [
        (INVOICE, "invoice.delete-cancelled", None, 1, 1),
        (ORDER, RULE, None, 0, 2),
        (ORDER, RULE, None, 1, 2),
        (ORDER, RULE, None, 24, 1),
        (ORDER, "order.delete-draft", None, 1, 1),
    ]


def test_what_is_counted_is_what_the_pieces_hold_both_ends_included(connection: Connection) -> None:
    for client in (499, 500, 999, 1_000):
        write(connection, ORDER, {client: ACTS}, client)
    assert due.acting_of(connection, NOW, ORDER, 500, 999) == [(500, RULE, None), (999, RULE, None)]
    counted = {place: number for *_, place, number in due.counted(connection, NOW, 500)}
    pieces = {n: len(due.acting_of(connection, NOW, ORDER, n * 500, n * 500 + 499)) for n in range(3)}
    assert counted == pieces == {0: 1, 1: 2, 2: 1}


def test_of_some_records_those_that_act_are_told(connection: Connection) -> None:
    write(connection, ORDER, {1: ACTS, 2: BLOCKED, 3: LATER, **dict.fromkeys(range(600, 1200), ACTS)})
    write(connection, INVOICE, {1: BLOCKED, 2: ACTS})
    asked = {ORDER: [1, 2, 3, 4, *range(600, 1_200)], INVOICE: [1, 2]}
    expected: set[Ref] = {(ORDER, 1), (INVOICE, 2), *((ORDER, n) for n in range(600, 1_200))}
    assert due.are_acting(connection, asked, NOW) == expected
    assert due.are_acting(connection, {}, NOW) == set()


KEPT = [
    ("a reason after its date, looked at weekly", "hold", START, minute(60), True),
    ("a reason that ends with an instant after its date", "legal-floor", START, JUST_AFTER, True),
    ("no reason", None, START, START, False),
    ("a reason before its date", "hold", minute(60), minute(60), False),
    ("a reason before its date, with something earlier to look at", "hold", minute(60), minute(10), False),
    ("a reason and no date", "hold", None, minute(60), False),
    ("an unknown clock, which has no date", "unknown-anchor", None, None, True),
]


@pytest.mark.parametrize(("case", "codes", "due_at", "next_look", "expected"), KEPT)
def test_a_record_is_kept_by_its_reasons_if_it_was_due_when_it_was_decided(
    connection: Connection, case: str, codes: str | None, due_at: dt.datetime | None, next_look: dt.datetime | None,
    expected: bool,
) -> None:  # fmt: skip
    assert due.is_kept(codes, due_at, next_look) is expected, case
    write(connection, ORDER, {1: {"codes": codes, "due_at": due_at, "next_look": next_look}})
    assert bool(due.kept(connection)) is expected, f"{case}, as the database counts it"


def test_reasons_are_counted_each_by_itself(connection: Connection) -> None:
    write(connection, ORDER, {1: {**BLOCKED, "next_look": minute(60)}, 2: PUT_OFF, 3: PUT_OFF, 4: ACTS, 5: NEVER})
    assert due.kept(connection) == Counter({"hold": 3, "credit-balance": 1})


def test_unknown_clocks_and_states_are_counted_and_the_first_of_them_named(connection: Connection) -> None:
    unknown = {"due_at": None, "next_look": None}
    write(connection, ORDER, {n: {**unknown, "codes": "hold unknown-anchor"} for n in (3, 2, 1)})
    write(connection, INVOICE, {1: {**unknown, "codes": "unknown-anchor unknown-state"}, 2: PUT_OFF, 3: NEVER})
    number, first = due.unknown(connection, 2)
    assert number == 4
    assert first == [((INVOICE, 1), "unknown-anchor, unknown-state"), ((ORDER, 1), "unknown-anchor")]
    assert due.unknown(connection, 50)[1][-1] == ((ORDER, 3), "unknown-anchor")


def test_the_oldest_overdue_record_is_one_that_waits_to_be_looked_at(connection: Connection) -> None:
    patience = dt.timedelta(minutes=5)
    assert due.oldest_overdue(connection, minute(9), patience) is None
    waiting = {"due_at": minute(4), "codes": None, "next_look": minute(4)}
    postponed = {"due_at": minute(1), "codes": "hold", "next_look": minute(60)}
    running = {"due_at": minute(30), "codes": None, "next_look": minute(2)}
    came_back = {"due_at": minute(1), "codes": "settling", "next_look": minute(3)}
    write(connection, ORDER, {1: waiting, 2: postponed, 3: running, 4: came_back})
    assert due.oldest_overdue(connection, minute(7), patience) == minute(4)
    assert due.oldest_overdue(connection, minute(8), patience) == minute(3)  # nobody looks at it again


def test_further_rules_come_back_as_instants_or_dates_with_what_stands_against_them(connection: Connection) -> None:
    first: Ref = (CLIENT, 3)
    further = {
        first: [
            Clocked("client.delete-inactive", START, None, "hold", minute(9)),
            Clocked("client.delete-archived", None, dt.date(2027, 2, 28), None, minute(8)),
            Clocked("client.delete-on-request", None, None, "unknown-anchor", None),
        ],
        (CLIENT, 4): [Clocked("client.delete-inactive", minute(1))],
    }
    due.write_further(connection, further)
    found = due.stored_further(connection, {CLIENT: [3, 4, 5]})
    assert found == {ref: set(several) for ref, several in further.items()}
    assert due.stored_further(connection, {ORDER: [3, 4]}) == {}


def test_further_rules_are_replaced_as_a_whole_and_those_of_neighbours_stay(connection: Connection) -> None:
    one, two, other = (Clocked(name, START) for name in ("client.delete-inactive", "client.delete-archived", "acme.x"))
    mine, neighbour, same_number = (CLIENT, 3), (CLIENT, 4), (ORDER, 3)
    due.write_further(connection, {mine: [one, two], neighbour: [one], same_number: [other]})
    due.write_further(connection, {mine: [Clocked(one.rule, minute(1))]})
    asked = {CLIENT: [3, 4], ORDER: [3]}
    kept = {neighbour: {one}, same_number: {other}}
    assert due.stored_further(connection, asked) == {mine: {Clocked(one.rule, minute(1))}, **kept}
    due.write_further(connection, {mine: []})
    assert due.stored_further(connection, asked) == kept


def test_a_clock_that_was_an_instant_can_become_a_date(connection: Connection) -> None:
    ref: Ref = (CLIENT, 3)
    day = dt.date(2027, 2, 28)
    for clocked in (Clocked("acme.x", START), Clocked("acme.x", None, day), Clocked("acme.x", minute(1))):
        due.write_further(connection, {ref: [clocked]})
        assert due.stored_further(connection, {CLIENT: [3]}) == {ref: {clocked}}
