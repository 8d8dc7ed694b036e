"""What kigen remembers of each record: its states and clocks, when it is due and when to look again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update

from kigen.ledger import contracts, holds, requests
from kigen.ledger.bulk import batches, put, remove
from kigen.ledger.tables import anchors, archives, events, observed, records
from kigen.policy.facts import Account, Facts
from kigen.policy.records import Anchor, Kind, Memory, Ref, Source, State


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


def memories(connection: Connection, refs: Iterable[Ref]) -> dict[Ref, Memory]:
    """What is remembered of these records; those never seen are left out."""
    seen: dict[Ref, dict[str, Any]] = {}
    told: dict[Ref, dict[str, dt.datetime]] = {}
    for kind, numbers in by_kind(refs).items():
        for batch in batches(numbers):
            for row in connection.execute(select(records).where(and_(records.c.kind == kind, records.c.id.in_(batch)))):
                seen[kind, row.id] = {
                    "state": State(row.state) if row.state else None, "bought": row.bought,
                    "first_seen": row.first_seen, "seen_at": row.seen_at, "other_seen_at": row.other_seen_at,
                    "event_state": State(row.event_state) if row.event_state else None, "event_at": row.event_at,
                }  # fmt: skip
            query = select(observed).where(and_(observed.c.kind == kind, observed.c.id.in_(batch)))
            for row in connection.execute(query):
                told.setdefault((kind, row.id), {})[row.name] = row.at
    return {ref: Memory(**seen.get(ref, {}), observed=told.get(ref, {})) for ref in {*seen, *told}}


def facts_for(connection: Connection, accounts: Sequence[Account], now: dt.datetime, lock: bool = False) -> list[Facts]:
    """What the ledger adds to each account. With `lock`, nothing that keeps a record can slip in before the commit."""
    clients = [account.id for account in accounts]
    refs = {account.id: list(refs_of(account)) for account in accounts}
    every = [ref for mine in refs.values() for ref in mine]
    paid = {account.id: _paid_invoices(account) for account in accounts}
    others = {account.id: {addon.client for addon in account.foreign_addons} for account in accounts}
    people = sorted({*clients, *(client for mine in others.values() for client in mine)})
    remembered = memories(connection, every)
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
                {ref: remembered[ref] for ref in mine if ref in remembered},
                archived.get(account.id),
                tuple(hold for hold in placed if hold.client in owners or hold.record in own),
                tuple(c for c in agreed if c.client == account.id or (c.group is not None and c.group == group)),
                tuple(asked.get(account.id, ())),
                tuple(request for client in sorted(others[account.id]) for request in asked.get(client, ())),
            )
        )
    return found


def _paid_invoices(account: Account) -> set[Ref]:
    """Invoices, whosever they are, that a payment of this account is on: a hold on one holds its payments."""
    return {(Kind.INVOICE, payment.invoice) for payment in account.payments if payment.invoice}


def archived_at(connection: Connection, clients: Sequence[int]) -> dict[int, dt.datetime]:
    """When kigen archived these clients, where that archive has not ended."""
    found: dict[int, dt.datetime] = {}
    for batch in batches(sorted(set(clients))):
        mine = and_(archives.c.client.in_(batch), archives.c.ended_at.is_(None))
        query = select(archives.c.client, archives.c.at).where(mine)
        for row in connection.execute(query):
            found[row.client] = max(row.at, found.get(row.client, row.at))
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


def write_records(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert or overwrite records; events' columns are not touched."""
    put(connection, records, rows)


def stored_anchors(connection: Connection, refs: Iterable[Ref]) -> dict[tuple[Ref, str], Anchor]:
    """The merged clocks as last computed."""
    found: dict[tuple[Ref, str], Anchor] = {}
    for kind, numbers in by_kind(refs).items():
        for batch in batches(numbers):
            for row in connection.execute(select(anchors).where(and_(anchors.c.kind == kind, anchors.c.id.in_(batch)))):
                found[(kind, row.id), row.name] = Anchor(row.at or row.day, Source(row.source), row.why_unknown)
    return found


def write_anchors(connection: Connection, clocks: Mapping[tuple[Ref, str], Anchor]) -> None:
    """Insert or overwrite merged clocks; an unknown one is stored without an instant, with the reason."""
    put(
        connection,
        anchors,
        [
            {
                "kind": ref[0].value, "id": ref[1], "name": name, "source": anchor.source.value,
                "at": anchor.at if isinstance(anchor.at, dt.datetime) else None,
                "day": None if isinstance(anchor.at, dt.datetime) else anchor.at, "why_unknown": anchor.why_unknown,
            }
            for (ref, name), anchor in clocks.items()
        ],
    )  # fmt: skip


def forget(connection: Connection, refs: Iterable[Ref]) -> None:
    """Drop what is remembered of records that are gone; of a client's events only what happened when stays."""
    for kind, numbers in by_kind(refs).items():
        for table in (records, anchors, observed):
            remove(connection, table, kind.value, numbers)
        for batch in batches(numbers if kind is Kind.CLIENT else ()):
            connection.execute(update(events).where(events.c.client.in_(batch)).values(data="{}"))


def known_records_between(connection: Connection, after: int | None, last: int | None) -> list[Ref]:
    """Records remembered as read for clients with ids above `after`, up to `last`; None: without that bound."""
    query = select(records.c.kind, records.c.id).where(records.c.first_seen.is_not(None))
    if after is not None:
        query = query.where(records.c.client > after)
    if last is not None:
        query = query.where(records.c.client <= last)
    return [(Kind(row.kind), row.id) for row in connection.execute(query)]


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


def to_look_at(connection: Connection, kind: Kind, now: dt.datetime, limit: int = 5000) -> Iterator[int]:
    """Ids of one kind whose time to be looked at has come, walked by key: never an offset, never a changing column."""
    after: tuple[dt.datetime, int] | None = None
    while True:
        query = select(records.c.next_look, records.c.id).where(records.c.kind == kind, records.c.next_look <= now)
        if after is not None:
            later = and_(records.c.next_look == after[0], records.c.id > after[1])
            # The first condition says nothing new; by it both engines find the place in the index.
            query = query.where(records.c.next_look >= after[0], or_(records.c.next_look > after[0], later))
        rows = connection.execute(query.order_by(records.c.next_look, records.c.id).limit(limit)).all()
        for row in rows:
            yield row.id
        if len(rows) < limit:
            return
        after = (rows[-1].next_look, rows[-1].id)


def oldest_overdue(connection: Connection, now: dt.datetime) -> dt.datetime | None:
    """The earliest due instant among records that wait to be looked at."""
    waiting = and_(records.c.next_look <= now, records.c.due_at <= now)
    return connection.execute(select(records.c.due_at).where(waiting).order_by(records.c.due_at).limit(1)).scalar()
