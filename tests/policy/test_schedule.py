"""The schedule is the published one, number for number; and which of several rules acts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kigen.policy.periods import Term
from kigen.policy.records import Client, Kind, State
from kigen.policy.schedule import RULES, Effect, Rule, Schedule, kinds_with_several
from tests.policy.build import NO_FLOOR, SCHEDULE, ZONE, asked, at, client, codes, day, decided, invoice, payment
from tests.policy.test_tables import KEPT_BY

PUBLISHED = """
client.archive-inactive          | client  | inactive           | last payment    | 18 months  | archive
client.delete-archived           | client  | archived           | archival        | 120 months | delete
client.delete-registration-only  | client  | registration only  | registration    | 3 months   | delete
client.delete-inactive           | client  | inactive           | last payment    | 120 months | delete
invoice.delete-cancelled         | invoice | cancelled          | due date        | 365 days   | delete
order.delete-cancelled           | order   | cancelled          | creation        | 365 days   | delete
order.delete-fraud               | order   | fraud              | creation        | 730 days   | delete
order.delete-pending             | order   | pending            | creation        | 180 days   | delete
order.delete-draft               | order   | draft              | creation        | 30 days    | delete
service.delete-cancelled         | service | cancelled          | last change     | 180 days   | delete
service.delete-terminated        | service | terminated         | last change     | 365 days   | delete
domain.delete-cancelled          | domain  | cancelled          | last change     | 180 days   | delete
domain.delete-expired            | domain  | expired            | expiration date | 120 days   | delete
client.delete-on-request         | client  | deletion requested | the request     | 30 days    | delete
"""

EVERY_RULE = {"hold", "open-request", "restricted", "contract", "unknown-state", "settling", "floor", "unwarned"}

PAID = at("2024-08-31 10:00")
"""Archived at month 18, 28 February 2026; deleted at month 120, 31 August 2034; archived since, at month 138."""


def test_the_schedule_is_the_published_table_number_for_number() -> None:
    rows = [[cell.strip() for cell in line.split("|")] for line in PUBLISHED.strip().splitlines()]
    program = [[r.id, r.kind.value, r.state, r.clock, str(r.term), r.effect.value] for r in RULES]
    assert len(program) == 14
    for row, found in zip(rows, program, strict=True):
        assert found[3].startswith(row[3])
        assert [*found[:3], *found[4:]] == [*row[:3], *row[4:]]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_kept_by_its_own_guards_and_by_those_of_every_rule(rule: Rule) -> None:
    assert {name for name, _ in SCHEDULE.guards_for(rule)} == set(KEPT_BY[rule.id].split()) | EVERY_RULE


def paying(state: State = State.ACTIVE) -> tuple[Client, Any, Any]:
    return client(state), invoice(issued=PAID, paid=PAID), payment(at=PAID)


@pytest.mark.parametrize(
    ("now", "action", "rule", "due"),
    [
        ("2026-02-28 09:59", "keep", "client.archive-inactive", "2026-02-28 10:00"),
        ("2026-02-28 10:00", "archive", "client.archive-inactive", "2026-02-28 10:00"),
        ("2034-08-31 09:59", "archive", "client.archive-inactive", "2026-02-28 10:00"),
        ("2034-08-31 10:00", "delete", "client.delete-inactive", "2034-08-31 10:00"),
    ],
)
def test_one_archived_at_month_18_is_deleted_at_month_120_from_the_payment(
    now: str, action: str, rule: str, due: str
) -> None:
    """D1"""
    decision = decided(*paying(), now=at(now))
    assert (decision.action, decision.rule, decision.due) == (action, rule, at(due))
    assert [(one.rule.id, one.clock.due) for one in decision.considered] == [
        ("client.archive-inactive", at("2026-02-28 10:00")),
        ("client.delete-inactive", at("2034-08-31 10:00")),
    ]


def test_the_winner_is_shown_with_the_loser() -> None:
    """D1: month 120 from the payment comes before month 138."""
    archived = at("2026-02-28 11:00")
    decision = decided(*paying(State.CLOSED), archived=archived, now=at("2034-08-31 10:00"))
    assert (decision.action, decision.rule) == ("delete", "client.delete-inactive")
    assert {one.rule.id: one.clock.due for one in decision.considered} == {
        "client.delete-archived": at("2036-02-28 11:00"),
        "client.delete-inactive": at("2034-08-31 10:00"),
    }


@pytest.mark.parametrize(
    ("prefer", "rule", "due"),
    [
        (None, "client.delete-inactive", "2034-08-31 10:00"),
        ("client.delete-archived", "client.delete-archived", "2036-02-28 11:00"),
        ("client.delete-inactive", "client.delete-inactive", "2034-08-31 10:00"),
        ("order.delete-draft", "client.delete-inactive", "2034-08-31 10:00"),
    ],
)
def test_a_setting_prefers_another_rule_once_it_is_due_too(prefer: str | None, rule: str, due: str) -> None:
    """D1"""
    schedule = replace(SCHEDULE, prefer=prefer)
    things, more = paying(State.CLOSED), {"archived": at("2026-02-28 11:00"), "schedule": schedule}
    decision = decided(*things, now=at("2036-03-01 00:00"), **more)
    assert (decision.action, decision.rule, decision.due) == ("delete", rule, at(due))
    before = decided(*things, now=at("2034-08-31 10:00"), **more)
    assert (before.action, before.rule) == ("delete", "client.delete-inactive")


def test_a_preferred_archive_wins_over_deleting_and_a_blocked_one_does_not() -> None:
    """D1, D13"""
    schedule = replace(SCHEDULE, prefer="client.archive-inactive")
    late = at("2035-01-01 00:00")
    assert decided(*paying(), now=late, schedule=schedule).action == "archive"
    already = decided(*paying(State.CLOSED), now=late, schedule=schedule, archived=at("2026-03-01 00:00"))
    assert (already.action, already.rule) == ("delete", "client.delete-inactive")


def test_three_rules_that_meet_in_one_record_make_one_action_and_all_are_shown() -> None:
    """D13"""
    things = (*paying(), asked("erasure", "2034-01-10 09:00"))
    decision = decided(*things, now=at("2035-01-01 00:00"))
    assert decision.action == "delete"
    assert decision.rule == "client.delete-on-request"  # of the two that delete the earlier: 9 February 2034
    assert {one.rule.id for one in decision.considered} == {
        "client.archive-inactive", "client.delete-inactive", "client.delete-on-request",
    }  # fmt: skip
    assert decision.reasons == ()


def test_the_strongest_effect_acts_although_a_weaker_rule_came_due_first() -> None:
    """D13: delete, then anonymise, then archive."""
    inactive = next(rule for rule in RULES if rule.id == "client.archive-inactive")
    mask = replace(inactive, id="acme.mask", effect=Effect.ANONYMISE, term=Term(24))
    schedule = Schedule(ZONE, (*RULES, mask), floors=NO_FLOOR)
    acts = [
        decided(*paying(), now=at(now), schedule=schedule).action for now in ("2026-03-01", "2026-09-01", "2034-09-01")
    ]
    assert acts == ["archive", "anonymise", "delete"]


def test_a_due_rule_that_something_keeps_lets_a_weaker_one_act_and_says_why() -> None:
    """D13"""
    things = (*paying(), asked("erasure"))  # due on 9 February 2026, kept by an unpaid invoice and a live service
    ticket_free = decided(*things, now=at("2026-05-01 00:00"))
    assert (ticket_free.action, ticket_free.rule) == ("delete", "client.delete-on-request")
    owing = decided(*things, invoice(31, State.UNPAID, due=day("2025-01-01")), now=at("2026-05-01 00:00"))
    assert (owing.action, owing.rule, codes(owing)) == ("keep", "client.delete-on-request", {"unpaid-invoice"})


@pytest.mark.parametrize(
    ("things", "rule"),
    [
        ((client(), invoice(issued=PAID, paid=PAID)), "client.archive-inactive"),
        ((client(), invoice(state=State.REFUNDED, issued=PAID, paid=PAID)), "client.archive-inactive"),
        ((client(), invoice(state=State.COLLECTIONS), payment(amount="1", at=PAID)), "client.archive-inactive"),
        ((client(), invoice(state=State.UNPAID, due=day("2020-01-01"))), "client.delete-registration-only"),
        ((client(), payment(on=None, at=PAID)), "client.delete-registration-only"),
    ],
)
def test_a_client_is_inactive_with_a_paid_invoice_and_registration_only_without(things: Any, rule: str) -> None:
    """C13"""
    decision = decided(*things)
    assert rule in {one.rule.id for one in decision.considered}
    assert not {"client.delete-registration-only", "client.delete-inactive"} <= {
        one.rule.id for one in decision.considered
    }


def test_a_refused_rule_may_not_act_and_the_others_may() -> None:
    left = SCHEDULE.without({"order.delete-draft"})
    assert [rule.id for rule in left.rules_for(Kind.ORDER) if left.acts(rule)] == [
        "order.delete-cancelled", "order.delete-fraud", "order.delete-pending",
    ]  # fmt: skip


def test_of_clients_several_rules_speak_and_of_the_kinds_that_plugins_speak_of() -> None:
    with_other_terms = [replace(rule, term=Term(days=1)) for rule in RULES]
    assert kinds_with_several(RULES) == kinds_with_several(with_other_terms) == kinds_with_several(()) == {Kind.CLIENT}
    fraud = Rule("acme.delete-fraud", Kind.SERVICE, lambda record, facts, zone: True, "last change", Term(days=30))
    assert kinds_with_several((*RULES, fraud)) == {Kind.CLIENT, Kind.SERVICE}
