"""When a record is worth looking at again, so that a night costs what is due and not what exists."""

from __future__ import annotations

import datetime as dt

from kigen.policy.decide import Decision
from kigen.policy.masked import masked
from kigen.policy.periods import Term, add
from kigen.policy.records import Kind
from kigen.policy.schedule import ON_REQUEST
from kigen.policy.warning import opens
from kigen.work.readings import Reading
from kigen.work.site import Site

WEEKLY, DAILY = Term(0, 7), Term(0, 1)
"""How often a record that is due and kept is looked at again; daily where a person waits for the answer."""


def next_look(
    reading: Reading, decision: Decision, site: Site, term: Term | None = None
) -> dt.datetime | None:  # fmt: skip
    """When this record is worth looking at again: now if it acts, at the next date that matters, weekly if blocked.

    None: no rule speaks of it, so only a change of the record itself can matter. `term` is how long before the date a
    client is warned.
    """
    now = site.now
    if decision.acts:
        return now
    if not decision.considered:
        return None
    dates = [one.clock.due for one in decision.considered if one.clock.due and one.clock.due > now]
    if term and decision.record.kind is Kind.CLIENT:
        dates += filter(None, [opens(date, term, site.zone, now) for date in dates])
    dates += [
        reason.until for one in decision.considered for reason in one.reasons if reason.until and reason.until > now
    ]
    for contract in reading.facts.contracts:
        dates += [date for date in (contract.begins, contract.until) if date and date > now]
    waiting = {one.rule.id for one in decision.considered if one.is_due(now)}
    if waiting:
        is_asked_for = ON_REQUEST in waiting and not masked(reading.facts, site.zone)
        dates.append(add(now, DAILY if is_asked_for else WEEKLY, site.zone))
    return min(dates, default=None)
