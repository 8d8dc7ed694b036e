"""When a rule comes due for a record: its anchor, its term, and the contract or the law that moves the date."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from kigen.policy import deadlines
from kigen.policy import records as r
from kigen.policy.contracts import terms_of
from kigen.policy.facts import Anonymised, Facts
from kigen.policy.frozen import frozen
from kigen.policy.masked import masked
from kigen.policy.moments import moments
from kigen.policy.orders_named import asked_by
from kigen.policy.periods import Term, add, moment
from kigen.policy.records import Anchor, Record, Source

if TYPE_CHECKING:
    from kigen.policy.schedule import Rule, Schedule

MISSING = Anchor(None, Source.READ, "missing")


@frozen
class Clock:
    """A rule's clock for one record; `due` None: unknown, switched off, or kept by a contract without end.

    `own_due` is by the rule's own term, where a longer contract runs.
    """

    anchor: Anchor
    due: dt.datetime | None
    own_due: dt.datetime | None

    def is_due(self, now: dt.datetime) -> bool:
        """Due by time alone; an unknown clock counts, so that its reason is told."""
        return self.anchor.at is None or (self.due is not None and self.due <= now)


def clock_of(record: Record, facts: Facts, schedule: Schedule, rule: Rule, now: dt.datetime) -> Clock:
    """The clock of one rule for one record, with the individual contract that governs its term."""
    if rule.anchor == r.REQUESTED:
        return _request_clock(record, facts, schedule, rule)
    anchor = record.anchors.get(rule.anchor) or MISSING
    if anchor.at is None:
        return Clock(anchor, None, None)
    if not facts.contracts:
        due = add(anchor.at, rule.term, schedule.zone) if rule.term else None
        return Clock(anchor, due, due)
    asked = moments(now, schedule.today)
    found = terms_of(record, facts, rule.id, rule.term, anchor.at, schedule.zone, asked)
    return Clock(anchor, found.due, found.own_due)


def _request_clock(record: Record, facts: Facts, schedule: Schedule, rule: Rule) -> Clock:
    """Thirty days from the request, or from an own sign-in after it; in the EU and UK never after one month.

    They are more where the address changed lately: whoever stole a session and asks for the deletion changes it first.
    No grace runs for an officer's word, nor for a client whose grace was over when it was anonymised at its request.
    """
    asked = [request for request in facts.requests if request.right == "erasure"]
    at_once = [request.received for request in asked if request.is_ordered]
    if done := masked_by(rule.id, facts, schedule.zone):
        at_once.append(done.at)
    if at_once:
        return Clock(Anchor(min(at_once), Source.OBSERVED), min(at_once), min(at_once))
    requested = min(request.received for request in asked)
    start, source = requested, Source.OBSERVED
    login = record.anchors.get(r.FINAL_LOGIN)
    if schedule.sign_in_moves_date and login:
        if login.at is None:
            return Clock(login, None, None)
        if moment(login.at, schedule.zone) > requested:
            start, source = moment(login.at, schedule.zone), login.source
    if rule.term is None:
        return Clock(Anchor(start, source), None, None)
    due = add(start, rule.term, schedule.zone)
    changed, more = facts.memory(record.ref).observed.get(r.ADDRESS_CHANGED), schedule.address_changed
    if more and changed and add(changed, more, schedule.zone) > requested:
        due = add(due, more, schedule.zone)
    client = facts.account.client
    of_client = deadlines.regime_of(client.country) if client else None
    for request in asked:
        if deadlines.has_last_day(request.regime or of_client):
            due = min(due, add(request.received, Term(1), schedule.zone))
    return Clock(Anchor(start, source), due, due)


def masked_by(rule: str, facts: Facts, zone: str) -> Anonymised | None:
    """When this rule anonymised a client that has not come back: it deletes it when nothing keeps it any more."""
    done = masked(facts, zone)
    return done if done and asked_by(done.rule or "") == rule else None
