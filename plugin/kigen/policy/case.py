"""A record under one rule at one instant, and what deleting it would take along: all that a guard looks at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kigen.policy.facts import Facts
from kigen.policy.reasons import Reason
from kigen.policy.records import Invoice, Item, Kind, Order, Record, Ref, State

if TYPE_CHECKING:
    from kigen.policy.schedule import Rule, Schedule


@dataclass(frozen=True, slots=True)
class Case:
    """A record under one rule at one instant."""

    record: Record
    facts: Facts
    schedule: Schedule
    rule: Rule
    now: dt.datetime

    @property
    def order(self) -> Order | None:
        """The order that the record is, None for other kinds."""
        if self.record.kind is not Kind.ORDER:
            return None
        return next((order for order in self.facts.account.orders if order.id == self.record.id), None)

    def goes_along(self) -> list[Order | Invoice | Item]:
        """Records that deleting this one takes along; none where the rule only archives."""
        account = self.facts.account
        if self.rule.effect.value == "archive":
            return []
        if self.record.kind is Kind.CLIENT:
            return [*account.orders, *account.invoices, *account.items, *account.foreign_addons]
        if order := self.order:
            return [item for item in account.items_of(order) if item.client == order.client]
        return list(account.addons_of(self.record.id)) if self.record.kind is Kind.SERVICE else []


Guard = Callable[[Case], Iterable[Reason]]


def ref_of(entity: Order | Invoice | Item) -> Ref:
    if isinstance(entity, Item):
        return entity.ref
    return (Kind.ORDER if isinstance(entity, Order) else Kind.INVOICE, entity.id)


def items_at_stake(case: Case) -> list[Item]:
    """The items that a rule's live-item guards look at."""
    if case.record.kind is Kind.CLIENT:
        return [*case.facts.account.items, *case.facts.account.foreign_addons]
    if case.order:
        return case.facts.account.items_of(case.order)
    return case.facts.account.addons_of(case.record.id) if case.record.kind is Kind.SERVICE else []


def with_record(case: Case) -> Iterator[tuple[Ref, State, str]]:
    yield case.record.ref, case.record.state, case.record.status
    for entity in case.goes_along():
        yield ref_of(entity), entity.state, entity.status


def governed(case: Case) -> list[Order | Invoice | Item]:
    """What goes along and has rules of its own; nothing to look at where no contract exists."""
    if not case.facts.contracts:
        return []
    return [e for e in case.goes_along() if not (isinstance(e, Item) and e.kind is Kind.ADDON)]
