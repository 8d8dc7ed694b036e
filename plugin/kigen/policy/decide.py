"""The one decision: what happens to a record now, by which rule, and every reason why not yet.

Preview, nightly run, page, export and replay all ask `decide`; nothing else in kigen may answer that question.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from kigen.policy import held
from kigen.policy import records as r
from kigen.policy.case import Case
from kigen.policy.clocks import Clock, clock_of
from kigen.policy.facts import Facts
from kigen.policy.less_needed import is_less_needed
from kigen.policy.once import once
from kigen.policy.parting import FLOOR, NEVER, Parting, parting_of
from kigen.policy.periods import When, to_local
from kigen.policy.reasons import NEEDS_BACKUP, STAYS, Reason
from kigen.policy.records import Kind, Record, ref_text
from kigen.policy.schedule import STRENGTH, Effect, Rule, Schedule
from kigen.policy.sights import sights_of

KEEP = "keep"

CLIENT_WITHOUT_RULE = (
    "No rule of the schedule applies: this client has something live or an open ticket, or its rule is off.",
    "当てはまる規則はありません。利用中のサービスやドメイン、未解決のチケットがあるか、規則が無効です。",
)


REFUSED_RULE = (
    "The rule {rule} is refused on this installation; 'kigen doctor' says why.",
    "規則 {rule} はこの環境では実行できません。理由は 'kigen doctor' が示します。",
)


Told = tuple[Reason, ...]
"""Reasons; where only a reader wants to know them, the question stands in their place until one looks."""


def _look(one: Considered | Decision) -> Told:
    known = one.__dict__
    if ask := known.get("_ask"):
        known["reasons"] = ask()
        known.pop("_ask", None)  # the question holds all the facts of its client, the answer does not
    told: Told = known["reasons"]
    return told


_LATER: Any = once(_look)


@dataclass(frozen=True, init=False)
class Considered:
    """One rule whose condition holds, with its clock and all that stands against it.

    `reasons` of a rule that is not due are worked out when first read; until then it holds the facts of its client.
    """

    rule: Rule
    clock: Clock
    reasons: Told = _LATER
    parting: Parting = field(default=NEVER, compare=False)

    def __init__(self, rule: Rule, clock: Clock, reasons: Told | Callable[[], Told], parting: Parting = NEVER) -> None:
        known = self.__dict__
        known["rule"], known["clock"], known["parting"] = rule, clock, parting
        known["_ask" if callable(reasons) else "reasons"] = reasons

    @property
    def codes(self) -> tuple[str, ...]:
        """What its reasons are called, each once."""
        return tuple(dict.fromkeys(reason.code for reason in self.reasons))

    def is_due(self, now: dt.datetime) -> bool:
        """Due by time alone; see the clock."""
        return self.clock.is_due(now)

    @property
    def effect(self) -> Effect | None:
        """What happens when its date has come, as things stand; None: something keeps the record as it is.

        A delete rule anonymises a client of which some reasons need only parts.
        """
        standing = [code for code in self.codes if code != "not-due"]
        if not standing:
            return self.rule.effect
        return Effect.ANONYMISE if self.parting.is_for(standing) else None


@dataclass(frozen=True, init=False)
class Decision:
    """The answer. `rule` and `due` name what acts, else the rule that comes due first; None: no rule applies."""

    record: Record
    action: str
    rule: str | None
    due: dt.datetime | None
    reasons: Told = _LATER
    considered: tuple[Considered, ...] = ()

    def __init__(
        self,
        record: Record,
        action: str,
        rule: str | None,
        due: dt.datetime | None,
        reasons: Told | Callable[[], Told],
        considered: tuple[Considered, ...],
    ) -> None:
        known = self.__dict__
        known["record"], known["action"], known["rule"], known["due"] = record, action, rule, due
        known["_ask" if callable(reasons) else "reasons"] = reasons
        known["considered"] = considered

    @property
    def acts(self) -> bool:
        return self.action != KEEP

    @property
    def standing(self) -> frozenset[str]:
        """Codes of what stands against the rule that it names: where it anonymises, what parts stay for."""
        named = [one for one in self.considered if one.rule.id == self.rule]
        return frozenset(code for one in named for code in one.codes)

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
    """Decide about one record at one instant. Pure: the same arguments give the same answer.

    A rule that is not due cannot act, so what else stands against it is worked out only when somebody looks.
    """
    considered: list[Considered] = []
    due: list[Considered] = []
    for rule in schedule.speaking_of(record, facts):
        clock = clock_of(record, facts, schedule, rule, now)
        parting = parting_of(rule, facts, schedule)
        if parting.done and is_less_needed(facts, schedule, now):
            parting = replace(parting, is_less_needed=True)
        if clock.is_due(now):
            due.append(Considered(rule, clock, _against(rule, clock, record, facts, schedule, now), parting))
            considered.append(due[-1])
        else:
            later = partial(_against, rule, clock, record, facts, schedule, now)
            considered.append(Considered(rule, clock, later, parting))
    if not considered:
        return Decision(record, KEEP, None, None, partial(_no_rule, record, facts, schedule), ())
    acting = [(one, effect) for one in due if (effect := one.effect)]
    if acting:
        chosen, effect = _choose(acting, schedule)
        stronger = [one for one in due if STRENGTH[one.rule.effect] > STRENGTH[effect]]
        told = _once(stronger) if stronger else ()
        if effect is Effect.ANONYMISE:
            told = tuple(replace(reason, words=STAYS.get(reason.code, reason.words)) for reason in told)
        return Decision(record, effect.value, chosen.rule.id, chosen.clock.due, told, tuple(considered))
    first = _first(considered, now)
    keeping = [one for one in considered if one is first or one.is_due(now)]
    return Decision(record, KEEP, first.rule.id, first.clock.due, partial(_kept, keeping, now), tuple(considered))


def _against(rule: Rule, clock: Clock, record: Record, facts: Facts, schedule: Schedule, now: dt.datetime) -> Told:
    """What the clock says, then what each guard says that has something to look at."""
    told: list[Reason] = []
    guards = schedule.guards_seeing(rule, sights_of(record, facts))
    if clock.anchor.at is None:
        why = clock.anchor.why_unknown or "missing"
        told.append(Reason("unknown-anchor", {"anchor": rule.anchor, "why": why}, refs=(ref_text(record.ref),)))
    elif clock.own_due is not None and now < clock.own_due:
        told.append(Reason("not-due", {"rule": rule.id}, clock.own_due))
    if guards:
        case = Case(record, facts, schedule, rule, now)
        for guard in guards:
            told.extend(guard(case))
    return tuple(told)


def _choose(acting: list[tuple[Considered, Effect]], schedule: Schedule) -> tuple[Considered, Effect]:
    """The strongest effect, then the earliest due; a setting can prefer another rule."""
    if len(acting) == 1:
        return acting[0]
    for one in acting:
        if one[0].rule.id == schedule.prefer:
            return one
    return min(acting, key=lambda one: (-STRENGTH[one[1]], one[0].clock.due is None, one[0].clock.due))


def _first(considered: list[Considered], now: dt.datetime) -> Considered:
    """The one that comes due first; unknown clocks come last."""
    if len(considered) == 1:
        return considered[0]
    return min(considered, key=lambda one: (one.clock.due is None, one.clock.due or now))


def _no_rule(record: Record, facts: Facts, schedule: Schedule) -> Told:
    also: Told = tuple(held.on(record, facts)) if facts.holds else ()
    if record.state is r.State.UNKNOWN:
        also = (Reason("unknown-state", {"status": repr(record.status)}, refs=(ref_text(record.ref),)), *also)
    for rule in schedule.rules_for(record.kind) if schedule.refused else ():
        if rule.id in schedule.refused and rule.condition(record, facts, schedule.zone):
            return Reason("no-rule", {"rule": rule.id}, words=REFUSED_RULE), *also
    what = {"what": record.kind, "state": record.state, "written": record.status}
    words = CLIENT_WITHOUT_RULE if record.kind is Kind.CLIENT else None
    return Reason("no-rule", what, words=words), *also


def _kept(considered: list[Considered], now: dt.datetime) -> Told:
    """What keeps a record; of a client that could go in part already, also what a person has to do for it."""
    told = _once(considered)
    if any(one.is_due(now) and one.parting.waits_for_backup(one.codes) for one in considered):
        return tuple(replace(reason, words=NEEDS_BACKUP) if reason.code == FLOOR else reason for reason in told)
    return told


def _once(considered: Iterable[Considered]) -> Told:
    """Each reason once: several rules often give the same one. Reasons about different records are different."""
    seen: dict[tuple[object, ...], Reason] = {}
    for one in considered:
        for reason in one.reasons:
            seen.setdefault((reason.code, reason.until, reason.refs, str(reason.values.get("rule"))), reason)
    return tuple(seen.values())
