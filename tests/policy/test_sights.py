"""A guard that is not asked would have had nothing to say: what is declared in LOOKS_AT leaves no reason out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any, get_args

import pytest

from kigen.policy.anchors import record_of
from kigen.policy.case import Case, Guard
from kigen.policy.decide import decide
from kigen.policy.facts import Facts, Hold, Request
from kigen.policy.floors import Floors
from kigen.policy.guards import GUARDS, LOOKS_AT
from kigen.policy.periods import Term
from kigen.policy.reasons import Reason
from kigen.policy.records import Kind, Memory, Record, State
from kigen.policy.schedule import RULES, Rule, Schedule
from kigen.policy.sights import Sight, sights_of
from tests.policy.build import (
    ME,
    NOW,
    OTHER,
    SCHEDULE,
    ZONE,
    client,
    contract,
    facts,
    invoice,
    order,
    payment,
    quote,
    service,
    ticket,
)  # fmt: skip
from tests.policy.chance import accounts, records_of

WHOLE = Schedule(ZONE, floors=Floors((3, 31)), unpaid_limit=Term(36), warning=Term(0, 30))
"""With floors and a limit, so that every guard can speak."""


def _said(guards: list[Guard], record: Record, known: Facts, rule: Rule) -> list[Reason]:
    return [reason for guard in guards for reason in guard(Case(record, known, WHOLE, rule, NOW))]


def test_asking_every_guard_gives_what_asking_those_with_something_to_look_at_gives() -> None:
    """On thousands of records under every rule of their kind, due or not, whether the rule speaks of them or not."""
    spoke: Counter[str] = Counter()
    for known in accounts(Random(3), 700):
        for record in (record_of(entity, known, NOW, ZONE) for entity in records_of(known)):
            there = sights_of(record, known)
            for rule in WHOLE.rules_for(record.kind):
                everybody = _said([guard for _, guard in WHOLE.guards_for(rule)], record, known, rule)
                asked = _said(list(WHOLE.guards_seeing(rule, there)), record, known, rule)
                assert asked == everybody, (rule.id, record, sorted(there))
                spoke.update(reason.code for reason in asked)
    assert {guard for guard in GUARDS if spoke[guard] < 20} == set()


def test_a_decision_is_the_same_where_no_guard_is_ever_left_out() -> None:
    # A guard under its own name that is not kigen's own function is always asked.
    def always(guard: Guard) -> Guard:
        return lambda case: guard(case)

    everybody = replace(WHOLE, guards={name: always(guard) for name, guard in GUARDS.items()})
    acted = 0
    for known in accounts(Random(8), 600):
        for record in (record_of(entity, known, NOW, ZONE) for entity in records_of(known)):
            decision = decide(record, known, WHOLE, NOW)
            assert decision == decide(record, known, everybody, NOW)
            acted += decision.acts
    assert acted > 100


def test_every_guard_has_a_row_and_every_sight_is_looked_at() -> None:
    assert LOOKS_AT.keys() == GUARDS.keys()
    assert frozenset().union(*LOOKS_AT.values()) == set(get_args(Sight))
    assert all(LOOKS_AT.values())


CHANGED = {(Kind.ORDER, 10): Memory(State.CANCELLED, "", NOW, NOW, NOW)}
SEEN: list[tuple[str, list[Any], dict[Any, Memory], set[str]]] = [
    ("nothing", [client()], {}, set()),
    ("a cancelled service", [service(order=10)], {}, set()),
    ("a live service", [service(state=State.ACTIVE)], {}, {"live item"}),
    ("another's live service", [service(state=State.ACTIVE, client=OTHER)], {}, {"live item", "foreign item"}),
    ("a commission", [service(commissioned=True)], {}, {"commission"}),
    ("a balance", [client(commission=1)], {}, {"commission"}),
    ("a pending order", [order(11, State.PENDING)], {}, {"pending order"}),
    ("an unpaid invoice", [invoice(state=State.UNPAID)], {}, {"unpaid invoice"}),
    ("invoices of every state that is never unpaid",
     [invoice(30), invoice(31, State.REFUNDED), invoice(32, State.CANCELLED), invoice(33, State.DRAFT)], {},
     {"paid invoice"}),
    ("a paid invoice", [invoice()], {}, {"paid invoice"}),
    ("another's paid invoice", [invoice(client=OTHER)], {}, {"paid invoice"}),
    ("another's unpaid invoice", [invoice(state=State.UNPAID, client=OTHER)], {}, set()),
    ("a cancelled one that was paid", [invoice(state=State.CANCELLED), payment()], {}, {"paid invoice", "payment"}),
    ("a quote", [quote()], {}, {"quote"}),
    ("an open ticket", [ticket()], {}, {"open ticket"}),
    ("a closed ticket", [ticket(is_open=False)], {}, set()),
    ("credit", [client(credit=1)], {}, {"credit"}),
    ("a hold", [Hold(1, ME, None, "")], {}, {"hold"}),
    ("a request", [Request(1, ME, "access", NOW)], {}, {"request"}),
    ("a contract", [contract("order.delete-draft", None)], {}, {"contract"}),
    ("a service in an unknown state", [service(state=State.UNKNOWN)], {}, {"unknown state"}),
    ("an invoice in an unknown state", [invoice(state=State.UNKNOWN)], {}, {"unpaid invoice", "unknown state"}),
    ("a change that kigen saw", [], CHANGED, {"change of state"}),
]  # fmt: skip


@pytest.mark.parametrize(("around", "memories", "there"), [row[1:] for row in SEEN], ids=[row[0] for row in SEEN])
def test_what_is_there_for_a_cancelled_order(around: list[Any], memories: dict[Any, Memory], there: set[str]) -> None:
    bought = order()
    known = facts(bought, *around, memories=memories)
    assert sights_of(record_of(bought, known, NOW, ZONE), known) == there


def test_a_records_own_unknown_state_is_there_for_it_alone() -> None:
    known = facts(client(State.UNKNOWN), order())
    first, second = (record_of(one, known, NOW, ZONE) for one in (client(State.UNKNOWN), order()))
    assert ("unknown state" in sights_of(first, known), "unknown state" in sights_of(second, known)) == (True, False)


def test_a_plugins_guard_is_asked_whatever_there_is() -> None:
    asked: list[str] = []

    def wait(case: Case) -> list[Reason]:
        asked.append(case.record.kind.value)
        return []

    schedule = replace(SCHEDULE, guards={**GUARDS, "acme.wait": wait})
    known = facts(order(created=NOW.replace(year=2020)))
    decide(record_of(known.account.orders[0], known, NOW, ZONE), known, schedule, NOW)
    assert asked == ["order"]


def test_the_rules_that_speak_of_a_record_are_those_whose_condition_holds() -> None:
    schedule = replace(SCHEDULE.without({"order.delete-draft"}), rules=tuple(
        replace(rule, term=None) if rule.id == "domain.delete-expired" else rule for rule in RULES
    ))  # fmt: skip
    known, spoke = facts(client()), 0
    for kind in Kind:
        for state in State:
            record = Record(kind, 1, ME, state, "", {}, None)
            speaking = [rule for rule in schedule.rules_for(kind) if rule.condition(record, known, ZONE)]
            assert schedule.speaking_of(record, known) == [rule for rule in speaking if schedule.acts(rule)]
            spoke += len(speaking)
    assert spoke > len(State)
