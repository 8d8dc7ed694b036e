"""What a change of a setting makes due, and what no longer, before it is made.

A term is answered from what is stored; anything else a rule looks at is answered by deciding about everything twice.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from kigen.ledger import contracts, settings
from kigen.ledger.what_if import Latest, Question, answer, has_mixed_reasons, starts_between
from kigen.policy.contracts import is_valid
from kigen.policy.moments import moments
from kigen.policy.periods import Term, add, local_date
from kigen.policy.records import REQUESTED, Kind, Ref
from kigen.policy.schedule import STRENGTH, Rule, Schedule
from kigen.work.basis import what_was_decided_by
from kigen.work.plan import decisions, permitted
from kigen.work.site import Site
from kigen.work.touched import DECIDED_BY

EARLIEST = dt.datetime(1995, 1, 1, tzinfo=dt.UTC)
UNFINISHED = ("pending", "draft")
"""States of orders whose running term keeps their client as well."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """Records by kind that a change makes due, and that it makes due no more; another action counts as both."""

    newly: dict[str, int]
    no_longer: dict[str, int]


def preview(site: Site, name: str, value: str | None) -> Change:
    """What setting `name` to `value` (None: back to its default) would change at the site's instant."""
    with site.reading() as connection:
        before = permitted(site, connection, site.schedule(connection))
        after = _changed(site, connection, name, value).without(before.refused)
        question = _question(site, connection, before, after, name)
        if question is not None:
            newly, no_longer = answer(connection, question, site.now)
            kind = question.kind.value
            return Change({kind: newly} if newly else {}, {kind: no_longer} if no_longer else {})
    return _decided_twice(site, before, after)


def _changed(site: Site, connection: Connection, name: str, value: str | None) -> Schedule:
    """The schedule as it would be: stored, read and taken back."""
    stored = settings.stored(connection)
    stored.pop(name, None)
    schedule = site.schedule_of(stored if value is None else {**stored, name: value})
    return site.with_its_own(connection, schedule)


def _question(site: Site, connection: Connection, before: Schedule, after: Schedule, name: str) -> Question | None:
    """The change as a question about one rule's term; None where more than a date is in question."""
    rule = next((one for one in before.rules if f"schedule.{one.id}" == name), None)
    if rule is None or rule.term is None or before.prefer or rule.id in before.refused:
        return None
    is_current = settings.note(connection, DECIDED_BY) == what_was_decided_by(site, connection, before)
    if not is_current or rule.anchor == REQUESTED or rule.state in UNFINISHED:
        return None
    apart = [
        one
        for one in contracts.not_ended(connection)
        if one.rule == rule.id and any(is_valid(one, at) for at in moments(site.now, before.today))
    ]
    if apart and (rule.kind is not Kind.CLIENT or any(one.client is None for one in apart)):
        return None  # a group's clients only the host knows; and a contract on a part keeps what would take it along
    if rule.kind is Kind.CLIENT and before.can_anonymise:
        return None  # what stands against a client may only keep parts of it
    if rule.kind is Kind.CLIENT and has_mixed_reasons(connection, rule.kind):
        return None
    term = next(one.term for one in after.rules if one.id == rule.id)
    others = [one for one in before.rules if one.kind is rule.kind and one.id != rule.id]
    return Question(
        rule.kind, rule.id, _latest(site, connection, rule, rule.term), _latest(site, connection, rule, term),
        [one.id for one in others if _strength(one) >= _strength(rule)],
        [one.id for one in others if _strength(one) < _strength(rule)],
        [one.client for one in apart if one.client is not None],
    )  # fmt: skip


AROUND = dt.timedelta(days=5)
"""Within so many days the order of starts and of due dates can differ: at a month's end, and when clocks change."""


def _latest(site: Site, connection: Connection, rule: Rule, term: Term | None) -> Latest:
    """The clocks with which the term is over now: found by halving, and one by one where starts may change places."""
    if term is None:
        return Latest(None, None)
    first, last = int(EARLIEST.timestamp()), int(site.now.timestamp())
    today = local_date(site.now, site.zone).toordinal()

    def is_over(at: dt.datetime | dt.date) -> bool:
        return add(at, term, site.zone) <= site.now

    found = _last(lambda number: dt.datetime.fromtimestamp(number, dt.UTC), first, last, is_over)
    near = starts_between(connection, rule.kind, rule.id, found - AROUND, found + AROUND)
    day = _last(dt.date.fromordinal, EARLIEST.toordinal(), today, is_over)
    return Latest(found - AROUND, day, [at for at in near if is_over(at)])


def _last(value: Callable[[int], T], low: int, high: int, holds: Callable[[T], bool]) -> T:
    """The last value for which it holds, where it holds up to one place and not after; the first where it never does.

    Nothing that a host has is dated before the first, so that one stands for none.
    """
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(value(middle)) else (low, middle - 1)
    return value(low)


def _strength(rule: Rule) -> int:
    return STRENGTH[rule.effect]


def _decided_twice(site: Site, before: Schedule, after: Schedule) -> Change:
    acting, would_act = (_acting(site, schedule) for schedule in (before, after))
    return Change(_counted(would_act, acting), _counted(acting, would_act))


def _acting(site: Site, schedule: Schedule) -> dict[Ref, str]:
    return {one.record.ref: one.action for one in decisions(site, schedule=schedule) if one.acts}


def _counted(these: dict[Ref, str], without: dict[Ref, str]) -> dict[str, int]:
    """Records of `these` that `without` has not, or with another action, by kind."""
    return dict(Counter(ref[0].value for ref, action in these.items() if without.get(ref) != action))
