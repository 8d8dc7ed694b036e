"""What kigen remembers of each record: its states and clocks, when it is due and when to look again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, update

from kigen.ledger import (
    anonymised,
    archiving,
    blocked,
    bundles,
    change_log,
    contracts,
    holds,
    host_flags,
    intents,
    lent,
    letting_go,
    outbox,
    requests,
    words,
)
from kigen.ledger.bulk import batches, put
from kigen.ledger.quick import (
    KINDS,
    Question,
    answer,
    answers,
    asks_by_refs,
    instant,
    remove_refs,
    written,
)
from kigen.ledger.tables import clocks, observed, records
from kigen.policy.facts import Account, Facts
from kigen.policy.frozen import frozen
from kigen.policy.moments import moments
from kigen.policy.records import Kind, Memory, Ref, State


def refs_of(account: Account) -> Iterator[Ref]:
    """Every record of an account that kigen may remember something about."""
    if account.client:
        yield (Kind.CLIENT, account.id)
    for order in account.orders:
        yield (Kind.ORDER, order.id)
    for item in (*account.items, *account.foreign_items):
        yield item.ref
    for invoice in account.invoices:
        yield (Kind.INVOICE, invoice.id)
    for payment in account.payments:
        yield (Kind.PAYMENT, payment.id)
    for ticket in account.tickets:
        yield (Kind.TICKET, ticket.id)
    for quote in account.quotes:
        yield (Kind.QUOTE, quote.id)


def by_kind(refs: Iterable[Ref]) -> dict[Kind, list[int]]:
    """Ids by kind, ascending, each once."""
    found: dict[Kind, set[int]] = {}
    for kind, number in refs:
        found.setdefault(kind, set()).add(number)
    return {kind: sorted(numbers) for kind, numbers in found.items()}


class Stored(NamedTuple):
    """What a row of kigen_records says besides what events told: every value as the database writes it."""

    state: str | None
    bought: str | None
    first_seen: str | None
    seen_at: str | None
    other_seen_at: str | None
    client: int | None
    rule: str | None
    action: str | None
    anchor_at: str | None
    anchor_day: str | None
    codes: str | None
    due_at: str | None
    next_look: str | None


@frozen
class Remembered:
    """One record as kigen remembers it: its states, and the row as it is stored (None: only events told of it)."""

    memory: Memory
    row: Stored | None = None


COLUMNS = f"event_state, event_at, {', '.join(Stored._fields)}"
OBSERVED = ("kind", "id", "name", "at")
FURTHER = f"SELECT DISTINCT kind FROM {clocks.name}"  # noqa: S608 - kigen's own
STATES = {state.value: state for state in State}


def recall(connection: Connection, refs: Iterable[Ref]) -> dict[Ref, Remembered]:
    """What is remembered of these records; those never met are left out."""
    return answer(connection, recalled(connection, refs))


def recalled(connection: Connection, refs: Iterable[Ref]) -> Question[dict[Ref, Remembered]]:
    """The question that `recall` asks."""
    numbers_of = by_kind(refs)
    asks = [
        *asks_by_refs(connection, observed, ", ".join(OBSERVED[2:]), numbers_of),
        *asks_by_refs(connection, records, COLUMNS, numbers_of),
    ]
    return Question(asks, _remembered)


def _remembered(rows: Iterable[Sequence[Any]]) -> dict[Ref, Remembered]:
    """Rows of observed instants, all before those of the records themselves."""
    told: dict[Ref, dict[str, dt.datetime]] = {}
    found: dict[Ref, Remembered] = {}
    for row in rows:
        if len(row) == len(OBSERVED):
            kind, number, name, at = row
            told.setdefault((KINDS[kind], number), {})[name] = instant(at) or dt.datetime.min
            continue
        # Unpacked JSON is a list, and holds what is written already.
        kind, number, event_state, event_at, *values = row if type(row) is list else map(written, row)
        ref, stored = (KINDS[kind], number), Stored(*values)
        found[ref] = Remembered(_memory(stored, event_state, event_at, told.pop(ref, {})), stored)
    found.update({ref: Remembered(Memory(observed=names)) for ref, names in told.items()})
    return found


def _memory(row: Stored, event_state: str | None, event_at: Any, told: dict[str, dt.datetime]) -> Memory:
    return Memory(
        STATES[row.state] if row.state else None, row.bought, instant(row.first_seen), instant(row.seen_at),
        instant(row.other_seen_at), STATES[event_state] if event_state else None, instant(event_at), told,
    )  # fmt: skip


def memories(connection: Connection, refs: Iterable[Ref]) -> dict[Ref, Memory]:
    """The states that are remembered of these records; those never met are left out."""
    return {ref: one.memory for ref, one in recall(connection, refs).items()}


def facts_for(
    connection: Connection, accounts: Sequence[Account], remembered: Mapping[Ref, Remembered], now: dt.datetime,
    lock: bool = False, today: dt.datetime | None = None,
) -> list[Facts]:  # fmt: skip
    """What the ledger adds to each account. With `lock`, nothing that keeps a record can slip in before the commit."""
    clients = [account.id for account in accounts]
    refs = {account.id: list(refs_of(account)) for account in accounts}
    every = [ref for mine in refs.values() for ref in mine]
    paid = {account.id: _paid_invoices(account) for account in accounts}
    others = {account.id: {addon.client for addon in account.foreign_addons} for account in accounts}
    people = sorted({*clients, *(client for mine in others.values() for client in mine)})
    held = [*every, *(ref for mine in paid.values() for ref in mine)]
    asked_at = moments(now, today)
    agreed, placed, asked, archived, masked = answers(
        connection,
        contracts.of(connection, clients, lock),
        holds.standing(connection, people, held, asked_at, lock),
        requests.open_at(connection, people, asked_at, lock),
        archiving.archives_of(connection, clients),
        anonymised.last_times(connection, clients),
    )
    found = []
    for account in accounts:
        mine = refs[account.id]
        group = account.client.group if account.client else None
        own, owners = {*mine, *paid[account.id]}, {account.id, *others[account.id]}
        found.append(
            Facts(
                account,
                {ref: remembered[ref].memory for ref in mine if ref in remembered},
                archived.get(account.id),
                tuple(hold for hold in placed if hold.client in owners or hold.record in own),
                tuple(c for c in agreed if c.client == account.id or (c.group is not None and c.group == group)),
                tuple(asked.get(account.id, ())),
                tuple(request for client in sorted(others[account.id]) for request in asked.get(client, ())),
                masked.get(account.id),
            )
        )
    return found


def plain_facts(accounts: Sequence[Account], remembered: Mapping[Ref, Remembered]) -> list[Facts]:
    """The facts about records of which `remarkable` has nothing to tell: no more than their memories."""
    refs = {account.id: refs_of(account) for account in accounts}
    return [
        Facts(account, {ref: remembered[ref].memory for ref in refs[account.id] if ref in remembered})
        for account in accounts
    ]


def _paid_invoices(account: Account) -> set[Ref]:
    """Invoices, whosever they are, that a payment of this account is on: a hold on one holds its payments."""
    return {(Kind.INVOICE, payment.invoice) for payment in account.payments if payment.invoice}


def forget(connection: Connection, refs: Iterable[Ref], now: dt.datetime) -> None:
    """Drop what is remembered of records that are gone; of a client's events only what happened when stays."""
    numbers_of = by_kind(refs)
    if not numbers_of:
        return
    for table in (records, observed):
        remove_refs(connection, table, numbers_of)
    with_further = {KINDS[kind] for kind in connection.exec_driver_sql(FURTHER).scalars()}
    remove_refs(connection, clocks, {kind: numbers_of[kind] for kind in with_further & numbers_of.keys()})
    clients = numbers_of.get(Kind.CLIENT, [])
    words.empty(connection, clients, numbers_of, now)
    change_log.forget(connection, clients, numbers_of)
    host_flags.forget(connection, clients)
    letting_go.forget(connection, clients)
    intents.end(connection, clients)
    outbox.die_with(connection, clients)
    bundles.end_with(connection, clients, now)
    lent.free(connection, clients)
    blocked.let_go(connection, clients)


def forget_words(
    connection: Connection, client: int, staying: Iterable[Ref], bought: Iterable[Ref], now: dt.datetime
) -> None:
    """Of a client whose rows were masked drop the words that were told and written, and what these records held."""
    words.empty(connection, [client], by_kind(staying), now)
    bundles.end_with(connection, [client], now)  # a file made before would show again what was masked
    forget_bought(connection, bought)


def forget_bought(connection: Connection, bought: Iterable[Ref]) -> None:
    """What these records held is described anew by the next reading, without that being a change."""
    for kind, numbers in by_kind(bought).items():
        for batch in batches(numbers):
            mine = and_(records.c.kind == kind.value, records.c.id.in_(batch))
            connection.execute(update(records).where(mine).values(bought=None))


def write_observed(connection: Connection, instants: Mapping[Ref, Mapping[str, dt.datetime]]) -> None:
    """Insert or overwrite observed instants."""
    put(
        connection,
        observed,
        [
            {"kind": ref[0].value, "id": ref[1], "name": name, "at": at}
            for ref, told in instants.items()
            for name, at in told.items()
        ],
    )
