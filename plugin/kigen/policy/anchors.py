"""When each clock started: host columns, observed events and first sight, merged as retention.md (Anchors) says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from kigen.policy import records as r
from kigen.policy.account import KINDS, Account
from kigen.policy.facts import Facts
from kigen.policy.once import kept, once
from kigen.policy.periods import When, local_date, moment
from kigen.policy.records import (
    LIVE,
    NOTHING,
    Anchor,
    Client,
    Invoice,
    Item,
    Kind,
    Memory,
    Order,
    Payment,
    Record,
    Source,
    State,
)

PAYMENT, INVOICE = Kind.PAYMENT, Kind.INVOICE


@dataclass(frozen=True)
class Clock:
    """Merges candidates for one anchor at one instant in the operator's zone."""

    now: dt.datetime
    zone: str

    @once
    def today(self) -> dt.date:
        """The local date: a date is later than now only when its day has not begun."""
        return local_date(self.now, self.zone)

    def is_later(self, when: When) -> bool:
        return when > (self.now if isinstance(when, dt.datetime) else self.today)

    def known(self, at: When | None, source: Source, may_be_later: bool = False) -> Anchor:
        """An anchor, or an unknown one where there is no instant or it lies in the future."""
        if at is None or at == r.UNREADABLE:
            return Anchor(None, source, "missing")
        if not may_be_later and self.is_later(at):
            return Anchor(None, source, "future")
        return Anchor(at, source)

    def latest(self, candidates: Sequence[tuple[When | None, Source]]) -> Anchor:
        """The latest of all; one that is unreadable or in the future makes the whole unknown, never skipped."""
        if len(candidates) == 1:
            return self.known(*candidates[0])
        best = Anchor(None, Source.READ, "missing")
        best_moment: dt.datetime | None = None
        for at, source in candidates:
            anchor = self.known(at, source)
            if anchor.at is None:
                return anchor
            at_moment = moment(anchor.at, self.zone)
            if best_moment is None or at_moment > best_moment:
                best, best_moment = anchor, at_moment
        return best


def record_of(entity: Client | Order | Invoice | Item, facts: Facts, now: dt.datetime, zone: str) -> Record:
    """The record of an entity, with its clocks as they stand at `now`."""
    clock, owner = _clock(now, zone), entity.id if isinstance(entity, Client) else entity.client
    kind = entity.kind if isinstance(entity, Item) else KINDS[type(entity)]
    memory = facts.memories.get((kind, entity.id), NOTHING)
    if isinstance(entity, Item):
        anchors = {r.LAST_CHANGE: last_change(entity, memory, clock)}
        if kind is Kind.DOMAIN or entity.expires:
            anchors[r.EXPIRATION] = clock.known(entity.expires, Source.READ, may_be_later=True)
    elif isinstance(entity, Order):
        anchors = {r.CREATED: _column(entity.created, memory, r.CREATED, clock)}
    elif isinstance(entity, Invoice):
        anchors = {r.DUE: _column(entity.due, memory, r.DUE, clock, may_be_later=True)}
    else:
        anchors = client_anchors(entity, facts, clock)
    settled = None if memory is NOTHING else _settled_from(memory, entity.state)
    return Record(kind, entity.id, owner, entity.state, entity.status, anchors, settled)


def _settled_from(memory: Memory, state: State) -> dt.datetime | None:
    changed, returned = memory.changed_at(state), memory.observed.get(r.RETURNED)
    return max(changed, returned) if changed and returned else changed or returned


@lru_cache(maxsize=16)
def _clock(now: dt.datetime, zone: str) -> Clock:
    return Clock(now, zone)


def client_anchors(client: Client, facts: Facts, clock: Clock) -> dict[str, Anchor]:
    """The clocks of a client; an anchor that cannot apply is left out."""
    memory = facts.memory((Kind.CLIENT, client.id))
    anchors = {r.REGISTERED: _registered(client, memory, clock), r.LAST_PAYMENT: last_payment(facts, clock)}
    if client.state is State.CLOSED:
        anchors[r.ARCHIVED] = _archived(facts, memory, clock)
    login: list[tuple[When | None, Source]] = [(client.last_login, Source.READ)] if client.last_login else []
    if signed_in := memory.observed.get(r.FINAL_LOGIN):
        login.append((signed_in, Source.OBSERVED))
    if login:
        anchors[r.FINAL_LOGIN] = clock.latest(login)
    return anchors


def _archived(facts: Facts, memory: Memory, clock: Clock) -> Anchor:
    """When kigen archived it; else when an event told that it was closed; else when it was first seen closed."""
    if facts.archived:
        return clock.known(facts.archived, Source.OBSERVED)
    closed = memory.changed_at(State.CLOSED)
    if closed and memory.event_at == closed:
        return clock.known(closed, Source.OBSERVED)
    return clock.known(closed or memory.first_seen, Source.ASSUMED)


def last_payment(facts: Facts, clock: Clock) -> Anchor:
    """The latest payment that stands; where all were reversed, the latest reversal, else the latest reversed payment.

    A payment whose date cannot be read may be the latest of all, so it makes the clock unknown.
    """
    counted = standing_payments(facts)
    if counted:
        return clock.latest(counted)
    fallen_back = clock.latest([(at, Source.ASSUMED) for at in _reversals(facts)])
    return Anchor(fallen_back.at, Source.ASSUMED, fallen_back.why_unknown)


@kept
def standing_payments(facts: Facts) -> list[tuple[When | None, Source]]:
    """Payments above zero that were neither reversed nor wholly paid back; None: an unreadable date."""
    account, memories = facts.account, facts.memories
    counted: list[tuple[When | None, Source]] = []
    for payment in account.payments:
        if payment.client == account.id and payment.amount > 0:
            observed = memories.get((PAYMENT, payment.id), NOTHING).observed
            if not payment.is_reversed and r.REVERSED not in observed:
                counted += _with_observed(payment.at, observed)
    for invoice in account.invoices:
        if invoice.state is not State.PAID or invoice.gross <= 0:
            continue
        rows = account.payments_on(invoice)
        observed = memories.get((INVOICE, invoice.id), NOTHING).observed
        if rows and all(_is_reversed(row, facts) for row in rows):
            continue
        if invoice.paid or r.RECEIVED in observed or not rows:
            counted += _with_observed(invoice.paid, observed)
    return counted


def _reversals(facts: Facts) -> list[When | None]:
    """When money went back, of each payment that was reversed; where no date tells, when it had been paid.

    No reversal is earlier than its payment, so that an undated one may not be passed over. None: not even that is
    known, and then nobody knows which was the latest.
    """
    account = facts.account
    found: list[When | None] = []
    for payment in account.payments:
        if payment.client == account.id and payment.amount > 0 and _is_reversed(payment, facts):
            observed = facts.memory((Kind.PAYMENT, payment.id)).observed.get(r.REVERSED)
            found += [*payment.reversed_at, *([observed] if observed else [])] or [payment.at]
    for invoice in account.invoices:
        if invoice.state is State.REFUNDED and invoice.gross > 0 and not account.payments_on(invoice):
            found.append(invoice.refunded or invoice.paid)
    return found


def last_change(item: Item, memory: Memory, clock: Clock) -> Anchor:
    """The latest of the host's own word, the observed change of state and the observed change of what was bought.

    Where neither the host nor kigen knows when the present state began, first sight stands in, assumed.
    """
    candidates: list[tuple[When | None, Source]] = [(item.changed, Source.READ)] if item.changed else []
    if seen := memory.changed_at(item.state):
        candidates.append((seen, Source.OBSERVED))
    if not candidates:
        candidates.append((memory.first_seen or clock.now, Source.ASSUMED))
    if bought := memory.observed.get(r.BOUGHT):
        candidates.append((bought, Source.OBSERVED))
    return clock.latest(candidates)


def with_later_events(account: Account, facts_memory: dict[r.Ref, Memory]) -> Account:
    """The account with domains that a later event calls live: a registry's word after the host's own (C7)."""

    def corrected(item: Item) -> Item:
        memory = facts_memory.get(item.ref)
        if item.kind is not Kind.DOMAIN or item.state in LIVE or not memory or memory.event_state not in LIVE:
            return item
        entered = memory.seen_at if memory.state == item.state and memory.seen_at else memory.first_seen
        if memory.event_at and entered and memory.event_at > entered and memory.event_state:
            return replace(item, state=memory.event_state)
        return item

    if not any(
        item.kind is Kind.DOMAIN and item.state not in LIVE for item in (*account.items, *account.foreign_items)
    ):
        return account
    items, foreign_items = tuple(map(corrected, account.items)), tuple(map(corrected, account.foreign_items))
    if items == account.items and foreign_items == account.foreign_items:
        return account
    return replace(account, items=items, foreign_items=foreign_items)


def _registered(client: Client, memory: Memory, clock: Clock) -> Anchor:
    if client.registered is None and r.REGISTERED not in memory.observed and client.dated:
        if any(map(clock.is_later, client.dated)):
            return Anchor(None, Source.ASSUMED, "future")
        return Anchor(min(client.dated, key=lambda when: moment(when, clock.zone)), Source.ASSUMED)
    return _column(client.registered, memory, r.REGISTERED, clock)


def _column(host: When | None, memory: Memory, name: str, clock: Clock, may_be_later: bool = False) -> Anchor:
    """The host's column where it is readable, else the observed event."""
    if host is None and name in memory.observed:
        return clock.known(memory.observed[name], Source.OBSERVED, may_be_later)
    return clock.known(host, Source.READ, may_be_later)


def _is_reversed(payment: Payment, facts: Facts) -> bool:
    return payment.is_reversed or r.REVERSED in facts.memory((Kind.PAYMENT, payment.id)).observed


def _with_observed(at: When | None, observed: Mapping[str, dt.datetime]) -> list[tuple[When | None, Source]]:
    """A host's date of payment and the observed one, where the host's may be missing but the event is known."""
    received = observed.get(r.RECEIVED)
    if received is None:
        return [(at, Source.READ)]
    return [(received, Source.OBSERVED), (at, Source.READ)] if at else [(received, Source.OBSERVED)]
