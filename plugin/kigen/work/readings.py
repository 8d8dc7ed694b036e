"""How the host and the ledger are read together for some clients: facts, records, and the one decision on each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from kigen.hosts.port import Host
from kigen.ledger import lifecycle
from kigen.policy.anchors import record_of, with_later_events
from kigen.policy.decide import Decision, decide
from kigen.policy.facts import Account, Facts
from kigen.policy.records import RECORDS, Client, Invoice, Item, Kind, Memory, Order, Ref
from kigen.policy.schedule import Schedule

CLIENTS_AT_ONCE = 500


@dataclass(frozen=True)
class Reading:
    """One client as read at one instant; `remembered` is what the ledger held before this reading."""

    account: Account
    facts: Facts
    remembered: dict[Ref, Memory]
    decisions: dict[Ref, Decision]


def entities(account: Account) -> Iterator[tuple[Ref, Client | Order | Invoice | Item]]:
    """Records of an account that rules speak of, in the order of a sweep; add-ons go with their service."""
    if account.client:
        yield (Kind.CLIENT, account.id), account.client
    for order in account.orders:
        yield (Kind.ORDER, order.id), order
    for invoice in account.invoices:
        yield (Kind.INVOICE, invoice.id), invoice
    for kind in RECORDS[3:]:
        for item in account.items:
            if item.kind is kind:
                yield item.ref, item


def read(
    connection: Connection,
    host: Host,
    schedule: Schedule,
    clients: Sequence[int],
    now: dt.datetime,
    last_read: dt.datetime | None,
    lock: bool = False,
    only: frozenset[Ref] | None = None,
) -> list[Reading]:
    """Read some clients and decide about their records, or about those in `only`.

    What reading itself would teach kigen (first sight, a changed state) is part of the facts, written or not: so a
    preview that writes nothing decides as the sweep that follows it.
    """
    accounts = host.accounts(connection, clients, lock)
    found = []
    for facts in lifecycle.facts_for(connection, accounts, now, lock):
        remembered = dict(facts.memories)
        fresh = dict(remembered)
        for ref, entity in entities(facts.account):
            bought = entity.bought if isinstance(entity, Item) else ""
            fresh[ref] = remembered.get(ref, Memory()).refreshed(entity.state, bought, now, last_read)
        account = with_later_events(facts.account, fresh)
        facts = replace(facts, account=account, memories=fresh)
        decisions = {
            ref: decide(record_of(entity, facts, now, schedule.zone), facts, schedule, now)
            for ref, entity in entities(account)
            if only is None or ref in only
        }
        found.append(Reading(account, facts, remembered, decisions))
    return found


def walk_clients(connection: Connection, host: Host, size: int = CLIENTS_AT_ONCE) -> Iterator[list[int]]:
    """All client ids, ascending, in pieces."""
    after: int | None = None
    while ids := host.client_ids(connection, after, size):
        yield ids
        after = ids[-1]
