"""What stands against a rule that is not due is worked out when somebody looks, once, and says the same as before."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from typing import Any

import pytest

from kigen.policy.account import Account
from kigen.policy.anchors import record_of
from kigen.policy.case import Case
from kigen.policy.decide import Considered, Decision, decide
from kigen.policy.guards import GUARDS
from kigen.policy.once import kept
from kigen.policy.reasons import Reason
from kigen.policy.records import State
from tests.policy.build import NOW, SCHEDULE, ZONE, at, client, decided, facts, invoice, order, payment, service

DUE, NOT_DUE = order(created=at("2020-01-01 00:00")), order(created=at("2026-01-01 00:00"))
WORDS = ("Somebody asked.", "質問されました。")


class Asked:
    """A schedule with one more guard, and how often that was asked."""

    def __init__(self, fails: bool = False) -> None:
        self.count, self.fails = 0, fails
        self.schedule = replace(SCHEDULE, guards={**GUARDS, "acme.asked": self.ask})

    def ask(self, case: Case) -> list[Reason]:
        self.count += 1
        if self.fails:
            raise RuntimeError("no answer")
        return [Reason("acme.asked", words=WORDS)]


def test_a_rule_that_is_not_due_asks_its_guards_when_its_reasons_are_read_and_only_once() -> None:
    asked = Asked()
    decision = decided(NOT_DUE, schedule=asked.schedule)
    told = (decision.acts, decision.action, decision.rule, decision.due, decision.kept_now(NOW))
    assert told == (False, "keep", "order.delete-cancelled", at("2027-01-01 00:00"), set())
    assert decision.considered[0].clock.due == decision.due
    assert not decision.considered[0].is_due(NOW)
    assert asked.count == 0
    for _ in range(2):
        assert [reason.code for reason in decision.reasons] == ["not-due", "acme.asked"]
        assert decision.considered[0].codes == ("not-due", "acme.asked")
    assert asked.count == 1


def test_a_rule_that_is_due_has_asked_its_guards_before_anything_acts() -> None:
    asked = Asked()
    decision = decided(DUE, schedule=asked.schedule)
    assert asked.count == 1
    assert (decision.acts, decision.kept_now(NOW)) == (False, {"acme.asked"})
    assert asked.count == 1


def test_an_unknown_clock_counts_as_due_and_asks() -> None:
    asked = Asked()
    decision = decided(order(), schedule=asked.schedule)
    assert (asked.count, decision.considered[0].codes) == (1, ("unknown-anchor", "acme.asked"))


def test_a_guard_that_fails_lets_nothing_act_and_fails_again_whoever_looks() -> None:
    asked = Asked(fails=True)
    with pytest.raises(RuntimeError):
        decided(DUE, schedule=asked.schedule)
    waits = decided(NOT_DUE, schedule=asked.schedule)
    assert not waits.acts
    for _ in range(2):
        with pytest.raises(RuntimeError):
            assert waits.reasons
    assert asked.count == 3


THINGS = (client(), invoice(issued=at("2020-01-01"), paid=at("2020-01-01")), payment(at=at("2020-01-01")))
SAMPLES: list[Any] = [(DUE,), (NOT_DUE,), (order(),), (order(state=State.ACTIVE),), THINGS, (NOT_DUE, service())]


@pytest.mark.parametrize("things", SAMPLES, ids=range(len(SAMPLES)))
def test_a_decision_equals_the_same_decision_whether_or_not_somebody_has_looked(things: Any) -> None:
    looked, fresh = decided(*things), decided(*things)
    for one in (looked, *looked.considered):
        assert one.reasons is one.reasons
    assert looked == fresh
    assert repr(looked) == repr(decided(*things))
    other = Decision(looked.record, looked.action, looked.rule, looked.due, (Reason("hold"),), looked.considered)
    assert looked != other
    for one in fresh.considered:
        assert replace(one, reasons=(Reason("hold"),)).codes == ("hold",)
        assert Considered(one.rule, one.clock, one.reasons) == one


def test_a_decision_cannot_be_changed_and_lets_go_of_the_facts_once_all_is_told() -> None:
    known = facts(NOT_DUE)
    decision = decide(record_of(NOT_DUE, known, NOW, ZONE), known, SCHEDULE, NOW)
    with pytest.raises(AttributeError):
        decision.action = "delete"  # type: ignore[misc]  # it is frozen, and that is the point
    gone = weakref.ref(known)
    assert [reason.code for reason in decision.reasons] == ["not-due"]
    del known
    gc.collect()
    assert gone() is None


def test_an_answer_is_worked_out_once_and_anew_for_what_replaces_it() -> None:
    asked: list[int] = []

    def count(account: Account) -> int:
        asked.append(account.id)
        return len(account.orders)

    counted = kept(count)
    account = facts(DUE, service()).account
    assert [counted(account), counted(account), asked] == [1, 1, [3]]
    more = replace(account, orders=())
    assert (counted(more), more.order(DUE.id), account.order(DUE.id)) == (0, None, DUE)
    assert asked == [3, 3]


def test_two_that_look_at_the_same_time_both_get_the_answer() -> None:
    known = decided(NOT_DUE).considered[0]
    told: list[tuple[Reason, ...]] = []

    def ask() -> tuple[Reason, ...]:
        if not told:
            told.append(())
            told.append(one.reasons)  # the other looks while this one works it out
        return (Reason("hold"),)

    one = Considered(known.rule, known.clock, ask)
    assert (one.reasons, told) == ((Reason("hold"),), [(), (Reason("hold"),)])
