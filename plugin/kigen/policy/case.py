"""A record under one rule at one instant, and what deleting it would take along: all that a guard looks at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kigen.policy.facts import Facts, Thing, ref_of
from kigen.policy.once import once
from kigen.policy.reasons import Reason
from kigen.policy.records import Invoice, Item, Kind, Order, Payment, Record, Ref, State

if TYPE_CHECKING:
    from kigen.policy.schedule import Rule, Schedule


@dataclass(frozen=True)
class Case:
    """A record under one rule at one instant."""

    record: Record
    facts: Facts
    schedule: Schedule
    rule: Rule
    now: dt.datetime

    @once
    def order(self) -> Order | None:
        """The order that the record is, None for other kinds."""
        return self.facts.account.order(self.record.id) if self.record.kind is Kind.ORDER else None

    @once
    def _along(self) -> list[Thing]:
        if self.rule.effect == "archive":
            return []
        return self.facts.account.at_stake(self.record.kind, self.record.id)

    def goes_along(self) -> list[Thing]:
        """What deleting this record takes along or tears apart; nothing where the rule only archives."""
        return list(self._along)

    def owners(self) -> set[int]:
        """Whose data is at stake: the client's own, and that of others whose add-ons go along."""
        others = {thing.client for thing in self._along if isinstance(thing, Item)}
        return others | {self.facts.account.id}


Guard = Callable[[Case], Iterable[Reason]]


def items_at_stake(case: Case) -> list[Item]:
    """The items that a rule's live-item guards look at."""
    if case.record.kind is Kind.CLIENT:
        return [*case.facts.account.items, *case.facts.account.foreign_addons]
    if case.order:
        return case.facts.account.items_of(case.order)
    return case.facts.account.addons_of(case.record.id) if case.record.kind is Kind.SERVICE else []


def with_record(case: Case) -> Iterator[tuple[Ref, State | None, str]]:
    """The record and what goes along: kind and id, state where it has one, and the host's word for it."""
    yield case.record.ref, case.record.state, case.record.status
    for thing in case.goes_along():
        if isinstance(thing, (Order, Invoice, Item)):
            yield ref_of(thing), thing.state, thing.status
        else:
            yield ref_of(thing), None, ""


def held_refs(case: Case) -> Iterator[Ref]:
    """What a hold may have been placed on: the record, what goes along, and invoices whose payments go along."""
    for ref, _, _ in with_record(case):
        yield ref
    for thing in case.goes_along():
        if isinstance(thing, Payment) and thing.invoice:
            yield (Kind.INVOICE, thing.invoice)


def governed(case: Case) -> list[Order | Invoice | Item]:
    """What goes along and has rules of its own; nothing to look at where no contract exists."""
    if not case.facts.contracts:
        return []
    ruled = [thing for thing in case.goes_along() if isinstance(thing, (Order, Invoice, Item))]
    return [one for one in ruled if not (isinstance(one, Item) and one.kind is Kind.ADDON)]
