"""An officer's word: the facts of a client as they are when a person orders its erasure, without request or grace."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from kigen.policy.decide import Considered, Decision
from kigen.policy.facts import Facts, Request
from kigen.policy.periods import Term
from kigen.policy.records import Client, Kind, State
from kigen.policy.schedule import ON_REQUEST, ORDERED, Schedule

AT_ONCE = Term(0, 1)


def ordered(facts: Facts, at: dt.datetime) -> Facts:
    """The facts with an erasure that is due at `at`: `decide` then answers as it does on the day of a request.

    Nothing else changes: holds, restrictions, other open requests, contracts, unknown states and floors keep as ever.
    """
    account = facts.account
    order = Request(0, account.id, "erasure", at, is_ordered=True)
    if account.client is None:  # its row is gone: what is left of it is decided about as of a closed client
        account = replace(account, client=Client(account.id, State.CLOSED, ""))
    return replace(facts, account=account, requests=(*facts.requests, order))


def for_order(schedule: Schedule) -> Schedule:
    """The schedule for an order: the rule for requests is on, also where the operator switched its term off.

    No other rule about clients speaks: where the erasure is kept, somebody else's archive is no answer to the order.
    """
    rules = tuple(
        replace(rule, term=rule.term or AT_ONCE) if rule.id == ON_REQUEST else rule
        for rule in schedule.rules
        if rule.kind is not Kind.CLIENT or rule.id == ON_REQUEST
    )
    return replace(schedule, rules=rules)


def as_first_asked(decision: Decision, facts: Facts) -> Decision:
    """What an officer's order began is told by its name to the end, unless the client has asked for it since."""
    is_ordered = facts.anonymised is not None and facts.anonymised.rule == ORDERED
    if not is_ordered or any(one.right == "erasure" for one in facts.requests):
        return decision
    return as_an_order(decision)


def as_an_order(decision: Decision) -> Decision:
    """The same decision, told by the name of the order: it was an officer who asked, and not the client.

    What stands against it was worked out by the rule for requests, whose contracts bind an order as well.
    """
    if decision.rule != ON_REQUEST:
        return decision
    considered = tuple(
        Considered(replace(one.rule, id=ORDERED), one.clock, one.reasons, one.parting)
        if one.rule.id == ON_REQUEST else one
        for one in decision.considered
    )  # fmt: skip
    return Decision(decision.record, decision.action, ORDERED, decision.due, decision.reasons, considered)
