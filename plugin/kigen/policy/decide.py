"""The one decision: what happens to a record now, by which rule, and every reason why not yet.

Preview, nightly run, page, export and replay all ask `decide`; nothing else in kigen may answer that question.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kigen.policy import records as r
from kigen.policy.case import Case
from kigen.policy.clocks import Clock, clock_of
from kigen.policy.facts import Facts
from kigen.policy.periods import When, to_local
from kigen.policy.reasons import Reason
from kigen.policy.records import Kind, Record, ref_text
from kigen.policy.schedule import STRENGTH, Rule, Schedule

KEEP = "keep"

CLIENT_WITHOUT_RULE = (
    "No rule of the schedule applies: this client has something live or an open ticket, or its rule is off.",
    "当てはまる規則はありません。利用中のサービスやドメイン、未解決のチケットがあるか、規則が無効です。",
)


REFUSED_RULE = (
    "The rule {rule} is refused on this installation; 'kigen doctor' says why.",
    "規則 {rule} はこの環境では実行できません。理由は 'kigen doctor' が示します。",
)


@dataclass(frozen=True, slots=True)
class Considered:
    """One rule whose condition holds, with its clock and all that stands against it."""

    rule: Rule
    clock: Clock
    reasons: tuple[Reason, ...]

    def is_due(self, now: dt.datetime) -> bool:
        """Due by time alone; an unknown clock counts, so that its reason is told."""
        return self.clock.anchor.at is None or (self.clock.due is not None and self.clock.due <= now)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer. `rule` and `due` name what acts, else the rule that comes due first; None: no rule applies."""

    record: Record
    action: str
    rule: str | None
    due: dt.datetime | None
    reasons: tuple[Reason, ...]
    considered: tuple[Considered, ...]

    @property
    def acts(self) -> bool:
        return self.action != KEEP

    def kept_now(self, now: dt.datetime) -> set[str]:
        """Codes of the reasons that keep a record which is due by time; empty where it acts or nothing is due."""
        if self.acts or not any(one.is_due(now) for one in self.considered):
            return set()
        return {reason.code for reason in self.reasons if reason.code != "not-due"}

    def as_json(self, zone: str, language: str = "en") -> dict[str, object]:
        """The shape of contract.md, "A decision"."""

        def local(when: When | None) -> str | None:
            if when is None:
                return None
            return to_local(when, zone).isoformat() if isinstance(when, dt.datetime) else when.isoformat()

        return {
            "kind": self.record.kind.value,
            "id": self.record.id,
            "client": self.record.client,
            "action": self.action,
            "rule": self.rule,
            "due": local(self.due),
            "reasons": [reason.as_json(zone, language) for reason in self.reasons],
            "considered": [
                {
                    "rule": one.rule.id,
                    "anchor": one.rule.anchor,
                    "anchored": local(one.clock.anchor.at),
                    "source": one.clock.anchor.source.value,
                    "due": local(one.clock.due),
                }
                for one in self.considered
            ],
        }


def decide(record: Record, facts: Facts, schedule: Schedule, now: dt.datetime) -> Decision:
    """Decide about one record at one instant. Pure: the same arguments give the same answer."""
    considered = tuple(
        _consider(rule, record, facts, schedule, now)
        for rule in schedule.rules_for(record.kind)
        if schedule.acts(rule) and rule.condition(record, facts, schedule.zone)
    )
    if not considered:
        what = {"what": record.kind.value, "state": record.status or record.state.value}
        reasons = [_no_rule(record, facts, schedule, what), *_unknown_state(record)]
        return Decision(record, KEEP, None, None, tuple(reasons), ())
    acting = [one for one in considered if not one.reasons]
    if acting:
        chosen = _choose(acting, schedule)
        stronger = [
            reason
            for one in considered
            if STRENGTH[one.rule.effect] > STRENGTH[chosen.rule.effect] and one.is_due(now)
            for reason in one.reasons
        ]
        return Decision(record, chosen.rule.effect.value, chosen.rule.id, chosen.clock.due, _once(stronger), considered)
    first = min(considered, key=lambda one: (one.clock.due is None, one.clock.due or now))
    told = [reason for one in considered if one is first or one.is_due(now) for reason in one.reasons]
    return Decision(record, KEEP, first.rule.id, first.clock.due, _once(told), considered)


def _consider(rule: Rule, record: Record, facts: Facts, schedule: Schedule, now: dt.datetime) -> Considered:
    clock = clock_of(record, facts, schedule, rule, now)
    reasons: list[Reason] = []
    if clock.anchor.at is None:
        why = clock.anchor.why_unknown or "missing"
        reasons.append(Reason("unknown-anchor", {"anchor": rule.anchor, "why": why}, refs=(ref_text(record.ref),)))
    elif clock.own_due is not None and now < clock.own_due:
        reasons.append(Reason("not-due", {"rule": rule.id}, clock.own_due))
    case = Case(record, facts, schedule, rule, now)
    for _, guard in schedule.guards_for(rule):
        reasons.extend(guard(case))
    return Considered(rule, clock, tuple(reasons))


def _choose(acting: list[Considered], schedule: Schedule) -> Considered:
    """The strongest effect, then the earliest due; a setting can prefer another rule."""
    for one in acting:
        if one.rule.id == schedule.prefer:
            return one
    return min(acting, key=lambda one: (-STRENGTH[one.rule.effect], one.clock.due is None, one.clock.due))


def _no_rule(record: Record, facts: Facts, schedule: Schedule, what: dict[str, str]) -> Reason:
    for rule in schedule.rules_for(record.kind):
        if rule.id in schedule.refused and rule.condition(record, facts, schedule.zone):
            return Reason("no-rule", {"rule": rule.id}, words=REFUSED_RULE)
    return Reason("no-rule", what, words=CLIENT_WITHOUT_RULE if record.kind is Kind.CLIENT else None)


def _unknown_state(record: Record) -> list[Reason]:
    if record.state is not r.State.UNKNOWN:
        return []
    return [Reason("unknown-state", {"status": repr(record.status)}, refs=(ref_text(record.ref),))]


def _once(reasons: list[Reason]) -> tuple[Reason, ...]:
    """Each reason once: several rules often give the same one. Reasons about different records are different."""
    seen: dict[tuple[object, ...], Reason] = {}
    for reason in reasons:
        seen.setdefault((reason.code, reason.until, reason.refs, str(reason.values.get("rule"))), reason)
    return tuple(seen.values())
