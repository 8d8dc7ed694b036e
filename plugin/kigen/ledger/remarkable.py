"""Which of many records that are alike to the host must be looked at one by one, for what the ledger tells of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection

from kigen.ledger import anonymised, contracts, holds, requests
from kigen.ledger.quick import KINDS, Question, answers, asks_by_ids
from kigen.ledger.tables import records
from kigen.packing import Ask
from kigen.policy.moments import moments
from kigen.policy.records import Kind, Ref, State


def remarkable(
    connection: Connection, kind: Kind, members: Sequence[tuple[int, int, State, Sequence[Ref]]], now: dt.datetime,
    today: dt.datetime | None = None,
) -> set[int]:  # fmt: skip
    """Of records that are alike to the host (id, client, state, what goes along), those the ledger tells more about.

    A hold or a request on the client or on anything that goes, a contract with the client, an earlier anonymising, a
    change of state that kigen saw or an event told. What is read is locked as `facts_for` locks it. While a contract
    with a group runs, every record is one to be looked at by itself: who is in it only the host knows.
    """
    refs = [(kind, number) for number, *_ in members] + [ref for *_, along in members for ref in along]
    clients = {client for _, client, *_ in members}
    changed: list[Ask] = []
    asked_at = moments(now, today)
    for state in {state for _, _, state, _ in members}:
        numbers = [number for number, _, one, _ in members if one is state]
        but = f"(seen_at IS NOT NULL OR event_at IS NOT NULL OR state IS NULL OR state <> '{state.value}'"
        but += " OR INSTR(codes, 'settling') > 0)"
        changed += asks_by_ids(connection, records, "kind, id", "id", numbers, kind.value, but)
    # Of what goes along, only a domain means something else by a later event than by the host's own word.
    domains = [number for *_, along in members for one, number in along if one is Kind.DOMAIN]
    changed += asks_by_ids(connection, records, "kind, id", "id", domains, Kind.DOMAIN.value, "event_at IS NOT NULL")
    agreed, placed, asked, masked, told = answers(
        connection,
        contracts.concerned(connection, clients),
        holds.standing(connection, sorted(clients), refs, asked_at, lock=True),
        requests.open_at(connection, sorted(clients), asked_at, lock=True),
        anonymised.last_times(connection, clients),
        Question(changed, lambda rows: {(KINDS[kind], number) for kind, number in rows}),
    )
    if agreed is None:
        return {number for number, *_ in members}
    protected = {hold.client for hold in placed if hold.client} | agreed | asked.keys() | masked.keys()
    told |= {hold.record for hold in placed if hold.record}
    return {
        number
        for number, client, _, along in members
        if client in protected or (kind, number) in told or not told.isdisjoint(along)
    }
