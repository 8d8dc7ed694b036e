"""What is remembered of records comes back as it was, counts for its own client alone, and can be forgotten."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from kigen.ledger import archiving, contracts, due, holds, lifecycle, requests
from kigen.ledger.due import Clocked
from kigen.ledger.tables import clocks, observed, records
from kigen.policy.facts import Account
from kigen.policy.records import BOUGHT, Client, Invoice, Item, Kind, Memory, Ref, State
from tests.ledger.times import START, minute

SERVICE: Ref = (Kind.SERVICE, 81)


def row_of(ref: Ref, client: int | None, **more: object) -> dict[str, object]:
    return {"kind": ref[0].value, "id": ref[1], "client": client, **more}


def test_a_memory_comes_back_as_it_was_written(connection: Connection) -> None:
    known = Memory(State.CANCELLED, "gold/jp", START, minute(3), minute(2), observed={BOUGHT: minute(1)})
    told = {"state": "cancelled", "bought": "gold/jp", "first_seen": START, "seen_at": minute(3)}
    due.write_rows(connection, [row_of(SERVICE, 3, **told, other_seen_at=minute(2))])
    lifecycle.write_observed(connection, {SERVICE: {BOUGHT: minute(1)}})
    only_observed = (Kind.PAYMENT, 81)
    lifecycle.write_observed(connection, {only_observed: {"received": START}})
    found = lifecycle.memories(connection, [SERVICE, only_observed, (Kind.DOMAIN, 81)])
    assert found == {SERVICE: known, only_observed: Memory(observed={"received": START})}
    assert found[SERVICE].changed_at(State.CANCELLED) == minute(3)


def test_more_memories_than_fit_a_statement_all_come_back(connection: Connection) -> None:
    refs = [(Kind.ORDER, number) for number in range(1, 1_202)]
    due.write_rows(connection, [row_of(ref, 3, first_seen=START) for ref in refs])
    due.write_rows(connection, [row_of(ref, 4, first_seen=minute(1)) for ref in refs[600:]])
    found = lifecycle.memories(connection, refs)
    assert [found[ref].first_seen for ref in refs] == [START] * 600 + [minute(1)] * 601


def test_rows_that_name_different_columns_are_refused_before_a_value_is_lost(connection: Connection) -> None:
    rows = [row_of((Kind.ORDER, 1), 3), row_of((Kind.ORDER, 2), 3, first_seen=START)]
    with pytest.raises(ValueError, match="kigen_records: rows written together name different columns"):
        due.write_rows(connection, rows)


def test_what_is_forgotten_is_gone_with_its_clocks_and_its_neighbours_stay(connection: Connection) -> None:
    order: Ref = (Kind.ORDER, 81)
    for ref in (SERVICE, order):
        due.write_rows(connection, [row_of(ref, 3, first_seen=START)])
        due.write_further(connection, {ref: [Clocked("acme.second", START)]})
        lifecycle.write_observed(connection, {ref: {BOUGHT: START}})
    lifecycle.forget(connection, [SERVICE], START)
    for table in (records, clocks, observed):
        assert [(row.kind, row.id) for row in connection.execute(select(table.c.kind, table.c.id))] == [("order", 81)]
    lifecycle.forget(connection, [SERVICE, (Kind.TICKET, 1)], START)


def test_archiving_is_no_change_of_state_that_kigen_saw(connection: Connection) -> None:
    ref: Ref = (Kind.CLIENT, 3)
    due.write_rows(connection, [row_of(ref, 3, state="inactive", first_seen=START)])
    archiving.write_archives(connection, {3: "Inactive"}, 1, minute(5))
    assert lifecycle.memories(connection, [ref])[ref].changed_at(State.CLOSED) is None
    assert archiving.archived_at(connection, [3, 4]) == {3: minute(5)}
    archiving.end_archives_of(connection, [3], minute(9))
    assert archiving.archived_at(connection, [3, 4]) == {}


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
    due.write_rows(connection, [row_of(ref, 3, first_seen=START) for ref in (SERVICE, (Kind.SERVICE, 83))])
    archiving.write_archives(connection, {4: "Active"}, 1, minute(2))

    remembered = lifecycle.recall(connection, [ref for one in accounts for ref in lifecycle.refs_of(one)])
    three, four = lifecycle.facts_for(connection, accounts, remembered, minute(5), lock)
    assert [one.id for one in three.contracts] == [for_group]
    assert [one.right for one in three.requests] == ["erasure"]
    assert (three.holds, three.archived) == ((), None)
    assert three.memories == {(Kind.SERVICE, 83): Memory(first_seen=START)}
    assert [one.id for one in four.contracts] == [for_client]
    assert [one.id for one in four.holds] == [on_invoice]
    assert (four.requests, four.archived, four.memories) == ((), minute(2), {})
