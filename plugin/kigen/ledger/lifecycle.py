"""What kigen remembers of each record: its states and clocks, when it is due and when to look again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select, update

from kigen.ledger import contracts, holds, requests
from kigen.ledger.bulk import batches, put
from kigen.ledger.quick import by_ids, instant, remove_ids
from kigen.ledger.tables import archives, clocks, events, observed, records
from kigen.policy.facts import Account, Facts
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


@dataclass(frozen=True, slots=True)
class Remembered:
    """One record as kigen remembers it: its states, and the row as it is stored (None: not asked for, or none)."""

    memory: Memory
    row: Row[Any] | None = None


MEMORY = "id, state, bought, first_seen, seen_at, other_seen_at, event_state, event_at"
STATES = {state.value: state for state in State}


def recall(connection: Connection, refs: Iterable[Ref], with_rows: bool = True) -> dict[Ref, Remembered]:
    """What is remembered of these records; those never met are left out."""
    rows: dict[Ref, Row[Any]] = {}
    found: dict[Ref, Memory] = {}
    told: dict[Ref, dict[str, dt.datetime]] = {}
    for kind, numbers in by_kind(refs).items():
        for number, name, at in by_ids(connection, observed, "id, name, at", "id", numbers, kind.value):
            told.setdefault((kind, number), {})[name] = instant(at) or dt.datetime.min
        if with_rows:
            for batch in batches(numbers):
                query = select(records).where(and_(records.c.kind == kind, records.c.id.in_(batch)))
                rows.update({(kind, row.id): row for row in connection.execute(query)})
        else:
            for number, *values in by_ids(connection, records, MEMORY, "id", numbers, kind.value):
                found[kind, number] = _memory(values, told.get((kind, number), {}))
    for ref, row in rows.items():
        states = (row.state, row.bought, row.first_seen, row.seen_at, row.other_seen_at, row.event_state, row.event_at)
        found[ref] = _memory(states, told.get(ref, {}))
    found.update({ref: Memory(observed=names) for ref, names in told.items() if ref not in found})
    return {ref: Remembered(memory, rows.get(ref)) for ref, memory in found.items()}


def _memory(row: Sequence[Any], told: dict[str, dt.datetime]) -> Memory:
    state, bought, first_seen, seen_at, other_seen_at, event_state, event_at = row
    return Memory(
        STATES[state] if state else None, bought, instant(first_seen), instant(seen_at), instant(other_seen_at),
        STATES[event_state] if event_state else None, instant(event_at), told,
    )  # fmt: skip


def memories(connection: Connection, refs: Iterable[Ref]) -> dict[Ref, Memory]:
    """The states that are remembered of these records; those never met are left out."""
    return {ref: one.memory for ref, one in recall(connection, refs).items()}


def facts_for(
    connection: Connection, accounts: Sequence[Account], remembered: Mapping[Ref, Remembered], now: dt.datetime,
    lock: bool = False,
) -> list[Facts]:  # fmt: skip
    """What the ledger adds to each account. With `lock`, nothing that keeps a record can slip in before the commit."""
    clients = [account.id for account in accounts]
    refs = {account.id: list(refs_of(account)) for account in accounts}
    every = [ref for mine in refs.values() for ref in mine]
    paid = {account.id: _paid_invoices(account) for account in accounts}
    others = {account.id: {addon.client for addon in account.foreign_addons} for account in accounts}
    people = sorted({*clients, *(client for mine in others.values() for client in mine)})
    placed = holds.in_force(connection, people, [*every, *(ref for mine in paid.values() for ref in mine)], now, lock)
    asked = requests.open_requests(connection, people, now, lock)
    agreed = contracts.not_ended(connection, lock)
    archived = archived_at(connection, clients)
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
            )
        )
    return found


def remarkable(
    connection: Connection, kind: Kind, members: Sequence[tuple[int, int, State, Sequence[Ref]]], now: dt.datetime
) -> set[int]:
    """Of records that are alike to the host (id, client, state, what goes along), those the ledger tells more about.

    A hold or a request on the client or on anything that goes, a change of state that kigen saw or an event told. What
    is read is locked as `facts_for` locks it. While any contract runs, every record is one to be looked at by itself.
    """
    if contracts.not_ended(connection, lock=True):
        return {number for number, *_ in members}
    refs = [(kind, number) for number, *_ in members] + [ref for *_, along in members for ref in along]
    clients = {client for _, client, *_ in members}
    placed = holds.in_force(connection, sorted(clients), refs, now, lock=True)
    asked = requests.open_requests(connection, sorted(clients), now, lock=True)
    protected = {hold.client for hold in placed if hold.client} | asked.keys()
    told = {hold.record for hold in placed if hold.record}
    for state in {state for _, _, state, _ in members}:
        numbers = [number for number, _, one, _ in members if one is state]
        changed = f"(seen_at IS NOT NULL OR event_at IS NOT NULL OR state IS NULL OR state <> '{state.value}')"
        told |= {
            (kind, number)
            for number, _ in by_ids(connection, records, "id, client", "id", numbers, kind.value, changed)
        }
    # Of what goes along, only a domain means something else by a later event than by the host's own word.
    domains = [number for *_, along in members for one, number in along if one is Kind.DOMAIN]
    told |= {
        (Kind.DOMAIN, number)
        for number, _ in by_ids(
            connection, records, "id, client", "id", domains, Kind.DOMAIN.value, "event_at IS NOT NULL"
        )
    }
    return {
        number
        for number, client, _, along in members
        if client in protected or (kind, number) in told or not told.isdisjoint(along)
    }


def _paid_invoices(account: Account) -> set[Ref]:
    """Invoices, whosever they are, that a payment of this account is on: a hold on one holds its payments."""
    return {(Kind.INVOICE, payment.invoice) for payment in account.payments if payment.invoice}


def archived_at(connection: Connection, clients: Sequence[int]) -> dict[int, dt.datetime]:
    """When kigen archived these clients, where that archive has not ended."""
    found: dict[int, dt.datetime] = {}
    for client, at in by_ids(connection, archives, "client, at", "client", clients, also="ended_at IS NULL"):
        since = instant(at) or dt.datetime.min
        found[client] = max(since, found.get(client, since))
    return found


def write_archives(connection: Connection, former: Mapping[int, str], run: int, now: dt.datetime) -> None:
    """Remember that kigen archived these clients, and their former status for undoing it."""
    rows = [{"client": c, "at": now, "former_status": status, "run": run} for c, status in former.items()]
    if rows:
        connection.execute(insert(archives), rows)
    for batch in batches(sorted(former)):
        # kigen's own act is not a change that it "saw": the state is noted without an instant of change;
        # when to look again, the next reconcile says.
        mine = and_(records.c.kind == Kind.CLIENT, records.c.id.in_(batch))
        connection.execute(update(records).where(mine).values(state=State.CLOSED.value, due_at=None, next_look=None))


def end_archives_of(connection: Connection, clients: Sequence[int], now: dt.datetime) -> None:
    """Note that these clients are no longer archived, whoever opened them again."""
    for batch in batches(sorted(set(clients))):
        open_ones = and_(archives.c.client.in_(batch), archives.c.ended_at.is_(None))
        connection.execute(update(archives).where(open_ones).values(ended_at=now))


def forget(connection: Connection, refs: Iterable[Ref]) -> None:
    """Drop what is remembered of records that are gone; of a client's events only what happened when stays."""
    for kind, numbers in by_kind(refs).items():
        for table in (records, observed):
            remove_ids(connection, table, kind.value, numbers)
        if connection.scalar(select(clocks.c.id).where(clocks.c.kind == kind.value).limit(1)) is not None:
            remove_ids(connection, clocks, kind.value, numbers)
        for batch in batches(numbers if kind is Kind.CLIENT else ()):
            connection.execute(update(events).where(events.c.client.in_(batch)).values(data="{}"))


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
