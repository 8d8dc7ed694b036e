"""Whether a client was warned in time of what the schedule will do: where mail is set up, nothing happens without.

A warning is about one rule and one start of its clock. What a client asked for itself needs none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from kigen.policy.case import Case
from kigen.policy.clocks import clock_of
from kigen.policy.masked import masked
from kigen.policy.periods import Term, add, moment
from kigen.policy.reasons import WAS_WARNED, Reason
from kigen.policy.records import REQUESTED, Kind

CODE = "unwarned"

STALE = Term(12)
"""How long after its date a warning still counts: who is then kept by something for years is warned anew."""


def warned_of(rule: str) -> str:
    """Under which name it is observed that a client was warned of what a rule will do with it."""
    return f"warned {rule}"


def promised_of(rule: str) -> str:
    """Under which name stands the date that the warning of a rule named; it may lie ahead."""
    return f"promised {rule}"


def unwarned(case: Case) -> Iterator[Reason]:
    """A client that was not warned yet, or so lately that the time it was promised still runs.

    Silent until the warning is to leave, and of a client that was anonymised: nobody can be reached any more. What was
    promised stands even where warnings were set otherwise since, or switched off.
    """
    if case.record.kind is not Kind.CLIENT or case.rule.anchor == REQUESTED:
        return
    term, zone, now = case.schedule.warning, case.schedule.zone, case.now
    observed = case.facts.memory(case.record.ref).observed
    told, promised = observed.get(warned_of(case.rule.id)), observed.get(promised_of(case.rule.id))
    is_promised = promised is not None and now < promised
    if term is None and not is_promised:
        return
    clock = clock_of(case.record, case.facts, case.schedule, case.rule, now)
    if clock.due is None or clock.anchor.at is None or masked(case.facts, zone):
        return
    if told and promised and is_promised and told > moment(clock.anchor.at, zone):
        yield Reason(CODE, {"rule": case.rule.id, "warned": told}, max(clock.due, promised), words=WAS_WARNED)
        return
    if term is None or add(now, term, zone) < clock.due:
        return
    if told is None or told <= moment(clock.anchor.at, zone) or _is_stale(told, term, clock.due, zone, now):
        yield Reason(CODE, {"rule": case.rule.id}, max(clock.due, add(now, term, zone)))
        return
    until = promised or add(told, term, zone)
    if now < until:
        yield Reason(CODE, {"rule": case.rule.id, "warned": told}, max(clock.due, until), words=WAS_WARNED)


def opens(due: dt.datetime, term: Term, zone: str, now: dt.datetime) -> dt.datetime | None:
    """When to look whether a client must be warned of what comes due; None where that instant has passed.

    A term by the calendar cannot be taken back exactly; where it falls short the next day is as good.
    """
    at = due - (add(due, term, zone) - due)
    if at > now:
        return at
    return add(now, Term(0, 1), zone) if add(now, term, zone) < due else None


def _is_stale(told: dt.datetime, term: Term, due: dt.datetime, zone: str, now: dt.datetime) -> bool:
    named = add(told, term, zone)
    return add(named, STALE, zone) < due or add(max(due, named), STALE, zone) <= now
