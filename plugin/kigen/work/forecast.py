"""What is coming: from the decisions of one instant, how many records come due in each of the next 24 months."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from operator import itemgetter

from kigen.policy.decide import Considered, Decision
from kigen.policy.periods import to_local
from kigen.policy.schedule import Effect

MONTHS = 24
EFFECTS = tuple(effect.value for effect in Effect)


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month, named as 2026-12, with how many records come due in it."""

    name: str
    delete: int
    anonymise: int
    archive: int

    @property
    def total(self) -> int:
        return self.delete + self.anonymise + self.archive


@dataclass
class Forecast:
    """Counts of records by effect: acting at `now`, in each coming month, and after these.

    The first month is the rest of the running one, in the operator's zone. A record is counted once in what is to
    come, at the first date that still lies ahead; one that goes now has nothing ahead.
    """

    now: dt.datetime
    zone: str
    due_now: Counter[str] = field(default_factory=Counter)
    later: Counter[str] = field(default_factory=Counter)
    _months: dict[str, Counter[str]] = field(init=False)

    def __post_init__(self) -> None:
        today = to_local(self.now, self.zone)
        first = today.year * 12 + today.month - 1
        self._months = {f"{n // 12:04d}-{n % 12 + 1:02d}": Counter() for n in range(first, first + MONTHS)}

    def add(self, decision: Decision) -> None:
        """Count one decision; decisions of another instant do not belong here."""
        if decision.acts:
            self.due_now[decision.action] += 1
            if decision.action == Effect.DELETE:
                return
        ahead = [(date, effect) for date, effect in map(self._next, decision.considered) if date and date > self.now]
        if ahead:
            date, effect = min(ahead, key=itemgetter(0))
            self._months.get(f"{to_local(date, self.zone):%Y-%m}", self.later)[effect.value] += 1

    def _next(self, one: Considered) -> tuple[dt.datetime | None, Effect]:
        """What a rule does next, and when: what a floor does not need goes first, and the rest when it ends."""
        if one.effect is Effect.ANONYMISE and one.clock.due and one.clock.due > self.now:
            return one.clock.due, Effect.ANONYMISE
        return coming(one), one.rule.effect

    def months(self) -> list[Month]:
        """The months in order, those with nothing included."""
        return [Month(name, **{effect: counts[effect] for effect in EFFECTS}) for name, counts in self._months.items()]

    def as_json(self) -> dict[str, object]:
        """Plain data: what acts now, what each month brings (`{"month": "2026-12", …}`), and what is later."""
        months = [{"month": month.name, **_row(self._months[month.name])} for month in self.months()]
        return {"due_now": _row(self.due_now), "months": months, "later": _row(self.later)}


def coming(one: Considered) -> dt.datetime | None:
    """When a rule can act as far as is known now: its due date, or the end of the last dated reason after that.

    A reason without an end (a credit balance, an open ticket) may be gone tomorrow and moves nothing. None: no clock.
    """
    if one.clock.due is None:
        return None
    return max([one.clock.due, *(reason.until for reason in one.reasons if reason.until)])


def _row(counts: Counter[str]) -> dict[str, int]:
    return {**{effect: counts[effect] for effect in EFFECTS}, "total": sum(counts.values())}
