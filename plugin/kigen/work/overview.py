"""What a plan looks like from afar: due by rule, kept by reason, unknown, still running; counts, and the first of each.

Records are named by kind and id alone. One pass over the decisions, and no more memory for a million of them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from kigen.policy.decide import Decision
from kigen.policy.reasons import Reason
from kigen.policy.records import Kind
from kigen.policy.schedule import Effect, Rule
from kigen.work.forecast import Forecast

SHOWN = 50
UNKNOWN = ("unknown-anchor", "unknown-state")
QUIET = ("not-due", "no-rule")


@dataclass(frozen=True, slots=True)
class Example:
    """One record of a group; `reason` is the longest of the group's code, `more` how many others of it there are."""

    kind: Kind
    id: int
    rule: str | None
    due: dt.datetime | None
    reason: Reason | None = None
    more: int = 0

    @property
    def ref(self) -> str:
        return f"{self.kind.value}:{self.id}"


@dataclass
class Group:
    """Records that have something in common: how many, and the first of them."""

    count: int = 0
    records: list[Example] = field(default_factory=list)

    def add(self, example: Example) -> None:
        self.count += 1
        if len(self.records) < SHOWN:
            self.records.append(example)


@dataclass
class Waiting:
    """Records whose term still runs under one rule, and the earliest date among them."""

    count: int = 0
    earliest: dt.datetime | None = None

    def add(self, due: dt.datetime | None) -> None:
        self.count += 1
        if due is not None and (self.earliest is None or due < self.earliest):
            self.earliest = due


@dataclass
class Overview:
    """The plan at one instant: `due` and `waiting` by rule, `kept` and `unknown` by reason, `without` by status.

    `parted` are clients that go in part, by the rule that they are due by.
    """

    forecast: Forecast
    read: Counter[Kind] = field(default_factory=Counter)
    due: dict[str, Group] = field(default_factory=dict)
    parted: dict[str, Group] = field(default_factory=dict)
    kept: dict[str, Group] = field(default_factory=dict)
    unknown: dict[str, Group] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    without: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    records_kept: int = 0
    records_unknown: int = 0

    def add(self, decision: Decision) -> None:
        """Take in one decision."""
        now, record = self.forecast.now, decision.record
        self.forecast.add(decision)
        self.read[record.kind] += 1
        if decision.acts and decision.rule:
            self._act(decision, decision.rule)
        unknown = {reason.code: reason for reason in _unknown(decision)}
        for code, reason in unknown.items():
            self.unknown.setdefault(code, Group()).add(_example(decision, reason))
        self.records_unknown += bool(unknown)
        if not decision.considered:
            self.without[record.kind, record.status or record.state.value] += 1
        elif any(one.is_due(now) for one in decision.considered):
            self._keep(decision)
        elif decision.rule:
            self.waiting.setdefault(decision.rule, Waiting()).add(decision.due)

    def _act(self, decision: Decision, rule: str) -> None:
        if decision.action == Effect.ANONYMISE and decision.reasons:
            last = _longest(decision.reasons)
            example = _example(decision, last, len(decision.reasons) - 1)
            self.parted.setdefault(rule, Group()).add(example)
        else:
            self.due.setdefault(rule, Group()).add(_example(decision))

    def _keep(self, decision: Decision) -> None:
        by_code: dict[str, list[Reason]] = {}
        for reason in decision.reasons:
            if reason.code not in (*QUIET, *UNKNOWN):
                by_code.setdefault(reason.code, []).append(reason)
        for code, reasons in by_code.items():
            self.kept.setdefault(code, Group()).add(self._kept(decision, _longest(reasons), len(reasons) - 1))
        self.records_kept += bool(by_code)

    def _kept(self, decision: Decision, reason: Reason, more: int) -> Example:
        """The record with the due rule that the reason holds back; another one may act, or come first."""
        held = [one for one in decision.considered if one.is_due(self.forecast.now)]
        for one in held:
            if reason.code in {other.code for other in one.reasons}:
                record = decision.record
                return Example(record.kind, record.id, one.rule.id, one.clock.due, reason, more)
        return _example(decision, reason, more)

    def due_by_rule(self, rules: Iterable[Rule]) -> list[tuple[Rule, Group]]:
        """What acts now, in the order of the schedule; a rule that anonymises some is told once more, for these."""
        told = []
        for rule in rules:
            for groups, shown in ((self.due, rule), (self.parted, replace(rule, effect=Effect.ANONYMISE))):
                told += [(shown, groups[rule.id])] if rule.id in groups else []
        return told

    def by_size(self, groups: dict[str, Group]) -> list[tuple[str, Group]]:
        """Groups by code, the largest first."""
        return sorted(groups.items(), key=lambda pair: (-pair[1].count, pair[0]))


def overview_of(decisions: Iterable[Decision], now: dt.datetime, zone: str) -> Overview:
    """The overview of decisions that were taken at `now`."""
    overview = Overview(Forecast(now, zone))
    for decision in decisions:
        overview.add(decision)
    return overview


def _unknown(decision: Decision) -> Iterator[Reason]:
    yield from (reason for reason in decision.reasons if reason.code in UNKNOWN)
    for one in decision.considered:
        yield from (reason for reason in one.reasons if reason.code == UNKNOWN[0])


def _longest(reasons: Sequence[Reason]) -> Reason:
    """The one that keeps longest; one without an end keeps longer than any."""
    return max(reasons, key=lambda reason: (reason.until is None, reason.until))


def _example(decision: Decision, reason: Reason | None = None, more: int = 0) -> Example:
    record = decision.record
    return Example(record.kind, record.id, decision.rule, decision.due, reason, more)
