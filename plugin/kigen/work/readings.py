"""How the host and the ledger are read together for some clients: facts, records, and the one decision on each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from kigen.hosts.around import Around
from kigen.hosts.port import Host
from kigen.ledger import lifecycle, seen
from kigen.ledger.lifecycle import Remembered
from kigen.ledger.quick import answers
from kigen.ledger.seen import Seen
from kigen.policy.anchors import record_of, with_later_events
from kigen.policy.decide import Decision, decide
from kigen.policy.facts import Account, Facts
from kigen.policy.orders import ordered as as_ordered
from kigen.policy.records import NOTHING, RECORDS, Client, Invoice, Item, Kind, Order, Ref
from kigen.policy.schedule import Schedule

CLIENTS_AT_ONCE = 1000


@dataclass(frozen=True)
class Reading:
    """One client as read at one instant; `remembered` is what the ledger held before this reading.

    `seen` is what the reading before saw, where the whole client is read and was read before.
    """

    account: Account
    facts: Facts
    remembered: dict[Ref, Remembered]
    decisions: dict[Ref, Decision]
    seen: Seen | None = None


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
    connection: Connection, host: Host, schedule: Schedule, clients: Sequence[int], now: dt.datetime,
    lock: bool = False, ordered: Collection[int] = (),
) -> list[Reading]:  # fmt: skip
    """Read some clients and decide about all their records; `ordered` are those whose erasure an officer ordered.

    What reading itself would teach kigen (first sight, a changed state) is part of the facts, written or not: so a
    preview that writes nothing decides as the sweep that follows it.
    """
    return _decided(connection, schedule, host.accounts(connection, clients, lock), now, lock, None, ordered=ordered)


def read_records(
    connection: Connection, host: Host, schedule: Schedule, kind: Kind, ids: Sequence[int], now: dt.datetime
) -> list[Reading]:
    """Read what deciding about some records of one kind needs, and decide about these alone.

    The accounts hold no more than that; records that are gone, or went to nobody, are in none of them.
    """
    around = read_around(connection, host, schedule, kind, ids)
    return decided(connection, schedule, around, kind, ids, now)


def read_around(
    connection: Connection, host: Host, schedule: Schedule, kind: Kind, ids: Sequence[int], lock: bool = False
) -> Around:
    """What deciding about some records looks at: what a plugin's rule or guard looks at, nobody knows beforehand."""
    around = Host.around if schedule.is_extended else type(host).around
    return around(host, connection, kind, ids, lock)


def decided(
    connection: Connection, schedule: Schedule, around: Around, kind: Kind, ids: Collection[int], now: dt.datetime,
    lock: bool = False, is_plain: bool = False,
) -> list[Reading]:  # fmt: skip
    """Decide about some of the records that were read. `is_plain`: known to be none that `remarkable` speaks of."""
    numbers = frozenset(ids)
    wanted = frozenset((kind, number) for number in numbers)
    return _decided(connection, schedule, around.accounts(numbers) if numbers else (), now, lock, wanted, is_plain)


def _decided(
    connection: Connection, schedule: Schedule, accounts: Sequence[Account], now: dt.datetime, lock: bool,
    only: frozenset[Ref] | None, is_plain: bool = False, ordered: Collection[int] = (),
) -> list[Reading]:  # fmt: skip
    if not accounts:
        return []
    refs = {ref for account in accounts for ref in lifecycle.refs_of(account)}
    clients = [account.id for account in accounts]
    before: dict[int, Seen] = {}
    if only is None:
        recalled, before = lifecycle.recall(connection, refs), seen.known(connection, clients)
        last_read = {id_: one.read_at for id_, one in before.items()}
    else:
        few = (lifecycle.recalled(connection, refs), seen.readings(connection, clients))
        recalled, last_read = answers(connection, *few)
    found = []
    if is_plain:
        told = lifecycle.plain_facts(accounts, recalled)
    else:
        told = lifecycle.facts_for(connection, accounts, recalled, now, lock, schedule.today)
    for facts in told:
        fresh = dict(facts.memories)
        for ref, entity in entities(facts.account):
            bought = entity.bought if isinstance(entity, Item) else ""
            fresh[ref] = fresh.get(ref, NOTHING).refreshed(entity.state, bought, now, last_read.get(facts.account.id))
        account = with_later_events(facts.account, fresh)
        facts = replace(facts, account=account, memories=fresh)
        if account.id in ordered:
            facts = as_ordered(facts, now)
            account = facts.account
        decisions = {
            ref: decide(record_of(entity, facts, now, schedule.zone), facts, schedule, now)
            for ref, entity in entities(account)
            if only is None or ref in only
        }
        found.append(Reading(account, facts, recalled, decisions, before.get(account.id)))
    return found


def walk_clients(connection: Connection, host: Host, size: int = CLIENTS_AT_ONCE) -> Iterator[list[int]]:
    """All client ids, ascending, in pieces."""
    after: int | None = None
    while ids := host.client_ids(connection, after, size):
        yield ids
        after = ids[-1]
