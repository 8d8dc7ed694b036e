"""What is remembered of records comes back as it was, is looked at when its time has come, and can be forgotten."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Connection, select

from kigen.ledger import contracts, holds, lifecycle, requests
from kigen.ledger.tables import anchors, observed, records
from kigen.policy.facts import Account
from kigen.policy.records import (
    ARCHIVED,
    BOUGHT,
    DUE,
    EXPIRATION,
    LAST_CHANGE,
    Anchor,
    Client,
    Invoice,
    Item,
    Kind,
    Memory,
    Ref,
    Source,
    State,
)  # fmt: skip
from tests.ledger.times import START, minute

SERVICE: Ref = (Kind.SERVICE, 81)


def row_of(ref: Ref, client: int | None, **more: object) -> dict[str, object]:
    return {"kind": ref[0].value, "id": ref[1], "client": client, **more}


def test_a_memory_comes_back_as_it_was_written(connection: Connection) -> None:
    known = Memory(State.CANCELLED, "gold/jp", START, minute(3), minute(2), observed={BOUGHT: minute(1)})
    told = {"state": "cancelled", "bought": "gold/jp", "first_seen": START, "seen_at": minute(3)}
    lifecycle.write_records(connection, [row_of(SERVICE, 3, **told, other_seen_at=minute(2))])
    lifecycle.write_observed(connection, {SERVICE: {BOUGHT: minute(1)}})
    only_observed = (Kind.PAYMENT, 81)
    lifecycle.write_observed(connection, {only_observed: {"received": START}})
    found = lifecycle.memories(connection, [SERVICE, only_observed, (Kind.DOMAIN, 81)])
    assert found == {SERVICE: known, only_observed: Memory(observed={"received": START})}
    assert found[SERVICE].changed_at(State.CANCELLED) == minute(3)


def test_more_memories_than_fit_a_statement_all_come_back(connection: Connection) -> None:
    refs = [(Kind.ORDER, number) for number in range(1, 1_202)]
    lifecycle.write_records(connection, [row_of(ref, 3, first_seen=START) for ref in refs])
    lifecycle.write_records(connection, [row_of(ref, 4, first_seen=minute(1)) for ref in refs[600:]])
    found = lifecycle.memories(connection, refs)
    assert [found[ref].first_seen for ref in refs] == [START] * 600 + [minute(1)] * 601


def test_rows_that_name_different_columns_are_refused_before_a_value_is_lost(connection: Connection) -> None:
    rows = [row_of((Kind.ORDER, 1), 3), row_of((Kind.ORDER, 2), 3, first_seen=START)]
    with pytest.raises(ValueError, match="kigen_records: rows written together name different columns"):
        lifecycle.write_records(connection, rows)


def test_clocks_come_back_as_instants_or_dates_with_their_source(connection: Connection) -> None:
    clocks = {
        (SERVICE, LAST_CHANGE): Anchor(START, Source.OBSERVED),
        ((Kind.DOMAIN, 7), EXPIRATION): Anchor(dt.date(2027, 2, 28), Source.READ),
        ((Kind.INVOICE, 9), DUE): Anchor(None, Source.READ, "missing"),
        ((Kind.CLIENT, 3), ARCHIVED): Anchor(None, Source.ASSUMED, "future"),
    }
    lifecycle.write_anchors(connection, clocks)
    found = lifecycle.stored_anchors(connection, [ref for ref, _ in clocks])
    assert found == clocks
    assert found[SERVICE, LAST_CHANGE].at == START


def test_a_clock_that_was_an_instant_can_become_a_date(connection: Connection) -> None:
    key = ((Kind.DOMAIN, 7), EXPIRATION)
    lifecycle.write_anchors(connection, {key: Anchor(START, Source.READ)})
    lifecycle.write_anchors(connection, {key: Anchor(dt.date(2027, 2, 28), Source.READ)})
    assert lifecycle.stored_anchors(connection, [key[0]])[key].at == dt.date(2027, 2, 28)
    lifecycle.write_anchors(connection, {key: Anchor(minute(1), Source.OBSERVED)})
    assert lifecycle.stored_anchors(connection, [key[0]])[key] == Anchor(minute(1), Source.OBSERVED)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 10, 11, 5000])
def test_everything_whose_time_has_come_is_looked_at_exactly_once(connection: Connection, limit: int) -> None:
    # Seven at one instant, three earlier with higher ids, and one a microsecond too late.
    same = [row_of((Kind.ORDER, number), 3, next_look=START) for number in range(1, 8)]
    earlier = [row_of((Kind.ORDER, number), 3, next_look=minute(-number)) for number in (8, 9, 10)]
    late = row_of((Kind.ORDER, 11), 3, next_look=START + dt.timedelta(microseconds=1))
    never, other = row_of((Kind.ORDER, 12), 3, next_look=None), row_of((Kind.INVOICE, 1), 3, next_look=START)
    lifecycle.write_records(connection, [*same, *earlier, late, never, other])
    found = list(lifecycle.to_look_at(connection, Kind.ORDER, START, limit))
    assert found == [10, 9, 8, 1, 2, 3, 4, 5, 6, 7]


def test_what_is_put_off_or_forgotten_during_the_walk_is_not_met_again_and_nothing_is_left_out(
    connection: Connection,
) -> None:
    rows = [row_of((Kind.ORDER, number), 3, next_look=minute(number % 3)) for number in range(1, 31)]
    lifecycle.write_records(connection, rows)
    met = []
    for number in lifecycle.to_look_at(connection, Kind.ORDER, minute(5), limit=4):
        met.append(number)
        if number % 2:
            lifecycle.write_records(connection, [row_of((Kind.ORDER, number), 3, next_look=minute(60))])
        else:
            lifecycle.forget(connection, [(Kind.ORDER, number)])
    assert sorted(met) == list(range(1, 31))
    assert list(lifecycle.to_look_at(connection, Kind.ORDER, minute(5))) == []
    assert len(list(lifecycle.to_look_at(connection, Kind.ORDER, minute(60)))) == 15


def test_the_oldest_overdue_record_is_one_that_waits_to_be_looked_at(connection: Connection) -> None:
    assert lifecycle.oldest_overdue(connection, minute(9)) is None
    waiting = row_of((Kind.ORDER, 1), 3, due_at=minute(4), next_look=minute(4))
    postponed = row_of((Kind.ORDER, 2), 3, due_at=minute(1), next_look=minute(60))
    running = row_of((Kind.ORDER, 3), 3, due_at=minute(30), next_look=minute(2))
    lifecycle.write_records(connection, [waiting, postponed, running])
    assert lifecycle.oldest_overdue(connection, minute(9)) == minute(4)


def test_what_is_forgotten_is_gone_with_its_clocks_and_its_neighbours_stay(connection: Connection) -> None:
    order: Ref = (Kind.ORDER, 81)
    for ref in (SERVICE, order):
        lifecycle.write_records(connection, [row_of(ref, 3, first_seen=START)])
        lifecycle.write_anchors(connection, {(ref, LAST_CHANGE): Anchor(START, Source.READ)})
        lifecycle.write_observed(connection, {ref: {BOUGHT: START}})
    lifecycle.forget(connection, [SERVICE])
    for table in (records, anchors, observed):
        assert [(row.kind, row.id) for row in connection.execute(select(table.c.kind, table.c.id))] == [("order", 81)]
    lifecycle.forget(connection, [SERVICE, (Kind.TICKET, 1)])


def test_archiving_is_no_change_of_state_that_kigen_saw(connection: Connection) -> None:
    ref: Ref = (Kind.CLIENT, 3)
    lifecycle.write_records(connection, [row_of(ref, 3, state="inactive", first_seen=START)])
    lifecycle.write_archives(connection, {3: "Inactive"}, 1, minute(5))
    assert lifecycle.memories(connection, [ref])[ref].changed_at(State.CLOSED) is None
    assert lifecycle.archived_at(connection, [3, 4]) == {3: minute(5)}
    lifecycle.end_archives_of(connection, [3], minute(9))
    assert lifecycle.archived_at(connection, [3, 4]) == {}


def account(client: int, group: int | None, *invoices: int) -> Account:
    paid = tuple(Invoice(number, client, State.PAID, "Paid") for number in invoices)
    service = Item(Kind.SERVICE, 80 + client, client, State.ACTIVE, "Active")
    return Account(client, Client(client, State.ACTIVE, "Active", group), items=(service,), invoices=paid)


@pytest.mark.parametrize("lock", [False, True])
def test_the_facts_of_a_client_are_its_own_and_nobody_elses(connection: Connection, lock: bool) -> None:
    accounts = [account(3, 7, 90), account(4, None, 91)]
    on_invoice = holds.place(connection, None, (Kind.INVOICE, 91), "audit", None, START, "ops")
    requests.open_request(connection, 3, "erasure", START)
    values = {"rule": "client.delete-inactive", "term": "5 years", "begins": START}
    for_group = contracts.add(connection, {**values, "client_group": 7}, START, "ops")
    for_client = contracts.add(connection, {**values, "client": 4}, START, "ops")
    lifecycle.write_records(connection, [row_of(ref, 3, first_seen=START) for ref in (SERVICE, (Kind.SERVICE, 83))])
    lifecycle.write_archives(connection, {4: "Active"}, 1, minute(2))

    three, four = lifecycle.facts_for(connection, accounts, minute(5), lock)
    assert [one.id for one in three.contracts] == [for_group]
    assert [one.right for one in three.requests] == ["erasure"]
    assert (three.holds, three.archived) == ((), None)
    assert three.memories == {(Kind.SERVICE, 83): Memory(first_seen=START)}
    assert [one.id for one in four.contracts] == [for_client]
    assert [one.id for one in four.holds] == [on_invoice]
    assert (four.requests, four.archived, four.memories) == ((), minute(2), {})
