"""Individual contracts: the term replaces the rule's, longer or shorter, for whom and while it is valid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kigen.policy.facts import Contract
from kigen.policy.floors import Floors
from kigen.policy.periods import Term
from kigen.policy.records import Kind, State
from tests.policy.build import OTHER, SCHEDULE, at, client, codes, contract, day, decided, invoice, order, payment

EMPTY, PENDING, ARCHIVED = "client.delete-registration-only", "order.delete-pending", "client.delete-archived"
FIVE_YEARS = Term(60)
REGISTERED = day("2024-01-10")  # three months: 11 April 2024; five years: 11 January 2029


def profile(*contracts: Contract, now: str, **values: Any) -> tuple[str, set[str], Any]:
    """What happens to a client that never bought anything."""
    decision = decided(client(registered=REGISTERED, **values), *contracts, now=at(now))
    return decision.action, codes(decision), decision.due


def test_an_empty_profile_stays_as_long_as_its_contract_says() -> None:
    """D2"""
    signed = contract(EMPTY, FIVE_YEARS)
    assert profile(now="2024-04-11 00:00")[0] == "delete"
    assert profile(signed, now="2029-01-10 23:59") == ("keep", {"contract"}, at("2029-01-11 00:00"))
    assert profile(signed, now="2029-01-11 00:00") == ("delete", set(), at("2029-01-11 00:00"))


def test_before_the_rules_own_date_the_term_runs_and_the_contract_is_told_beside_it() -> None:
    """D2"""
    assert profile(contract(EMPTY, FIVE_YEARS), now="2024-02-01 00:00")[1] == {"not-due", "contract"}


def test_a_shorter_contract_lets_it_go_earlier_and_keeps_nothing() -> None:
    """D3: the contract says 30 days; what the law keeps of money it cannot shorten."""
    short = contract(EMPTY, Term(0, 30))
    assert profile(short, now="2024-02-10 00:00") == ("delete", set(), at("2024-02-10 00:00"))
    assert profile(short, now="2024-02-09 23:59")[:2] == ("keep", {"not-due"})


def test_a_contract_is_never_below_the_law() -> None:
    """D3, M14: the floor keeps the client's papers, although the contract would have all gone after 30 days."""
    paid = at("2024-01-10 09:00")
    signed = contract("client.delete-inactive", Term(0, 30))
    things = (client(), invoice(issued=paid, paid=paid), payment(at=paid), signed)
    schedule = replace(SCHEDULE, floors=Floors((3, 31)))
    kept = decided(*things, now=at("2024-06-01 00:00"), schedule=schedule)
    assert (kept.action, codes(kept)) == ("keep", {"floor"})
    without = decided(*things, now=at("2026-01-01 00:00"))
    assert (without.action, without.rule) == ("delete", "client.delete-inactive")


VALID = [
    ("D4 of two that overlap the longer keeps", [contract(EMPTY, FIVE_YEARS, id_=1), contract(EMPTY, Term(24), id_=2)],
     "2029-01-11"),
    ("D4 in whichever order they were made", [contract(EMPTY, Term(24), id_=1), contract(EMPTY, FIVE_YEARS, id_=2)],
     "2029-01-11"),
    ("D4 it expired yesterday", [contract(EMPTY, FIVE_YEARS, until=at("2024-05-31 00:00"))], "2024-04-11"),
    ("D4 it ends at this very instant", [contract(EMPTY, FIVE_YEARS, until=at("2024-06-01 00:00"))], "2024-04-11"),
    ("D4 it ends tomorrow", [contract(EMPTY, FIVE_YEARS, until=at("2024-06-02 00:00"))], "2029-01-11"),
    ("it begins at this very instant", [contract(EMPTY, FIVE_YEARS, begins="2024-06-01")], "2029-01-11"),
    ("it begins tomorrow", [contract(EMPTY, FIVE_YEARS, begins="2024-06-02")], "2024-04-11"),
    ("it is another rule's", [contract(PENDING, FIVE_YEARS)], "2024-04-11"),
    ("it is another client's", [contract(EMPTY, FIVE_YEARS, client=OTHER)], "2024-04-11"),
    ("it is the client's group's", [contract(EMPTY, FIVE_YEARS, client=None, group=7)], "2029-01-11"),
    ("it is another group's", [contract(EMPTY, FIVE_YEARS, client=None, group=8)], "2024-04-11"),
    ("it has no end", [contract(EMPTY, None), contract(EMPTY, Term(24), id_=8)], None),
    ("a shorter beside a longer", [contract(EMPTY, Term(1), id_=1), contract(EMPTY, Term(24), id_=2)], "2026-01-11"),
    ("a month's last day is clamped", [contract(EMPTY, Term(1))], "2024-02-11"),
]  # fmt: skip


@pytest.mark.parametrize(("contracts", "due"), [row[1:] for row in VALID], ids=[row[0] for row in VALID])
def test_the_longest_contract_that_is_valid_now_governs(contracts: list[Contract], due: str | None) -> None:
    found = profile(*contracts, now="2024-06-01 00:00", group=7)
    assert found[2] == (at(due) if due else None)
    assert found[0] == ("delete" if due and due < "2024-06" else "keep")


def test_a_contract_without_a_term_keeps_and_says_until_further_notice() -> None:
    decision = decided(client(registered=REGISTERED), contract(EMPTY, None), now=at("2024-06-01 00:00"))
    (reason,) = decision.reasons
    assert (reason.code, reason.until, reason.refs) == ("contract", None, ("client:3",))
    assert "further notice" in reason.text("Asia/Tokyo")


def test_a_contract_signed_after_archiving_counts_from_the_archiving() -> None:
    """D4"""
    archived, paid = at("2012-01-10 09:00"), at("2010-01-10 09:00")
    things = (client(State.CLOSED), invoice(paid=paid, issued=paid), payment(at=paid))
    rules = tuple(rule for rule in SCHEDULE.rules if rule.id == ARCHIVED)
    only = replace(SCHEDULE, rules=rules)
    signed = contract(ARCHIVED, Term(180), begins="2020-01-01")
    kept = decided(*things, signed, archived=archived, schedule=only)
    assert (kept.action, codes(kept), kept.due) == ("keep", {"contract"}, at("2027-01-10 09:00"))
    assert decided(*things, archived=archived, schedule=only).action == "delete"


def test_a_contract_on_an_order_keeps_its_client_too_but_not_from_archiving() -> None:
    """D2: a record kept by contract keeps whatever would take it along."""
    long = contract("order.delete-cancelled", Term(240))
    cancelled = order(created=at("2012-01-10 09:00"))
    paid = at("2013-01-10 09:00")
    around = (cancelled, invoice(issued=paid, paid=paid), payment(at=paid), long)
    decision = decided(client(), *around)
    assert (decision.action, decision.rule, codes(decision)) == ("archive", "client.archive-inactive", {"contract"})
    (reason,) = decision.reasons
    assert (reason.until, reason.refs) == (at("2032-01-10 09:00"), ("order:10",))


def test_a_contract_does_not_switch_on_a_rule_that_is_off() -> None:
    """A14"""
    off = replace(SCHEDULE, rules=tuple(replace(r, term=None) if r.id == EMPTY else r for r in SCHEDULE.rules))
    decision = decided(client(registered=REGISTERED), contract(EMPTY, Term(1)), schedule=off)
    assert (decision.action, decision.rule, codes(decision)) == ("keep", None, {"no-rule"})
    assert decision.record.kind is Kind.CLIENT
