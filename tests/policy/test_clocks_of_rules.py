"""The clock of one rule for one record: its anchor, both its dates, and the contract or the law that moves them."""

from __future__ import annotations

from dataclasses import replace

from kigen.policy.clocks import MISSING, Clock, clock_of
from kigen.policy.contracts import Terms, terms
from kigen.policy.periods import Term
from kigen.policy.records import Anchor, Kind, Record, Source, State
from kigen.policy.schedule import RULES
from tests.policy.build import ME, NOW, SCHEDULE, ZONE, asked, at, client, contract, day, facts, order

OLD = at("2010-01-10 09:00")
RULE = RULES[5]
RECORD = Record(Kind.ORDER, 10, ME, State.CANCELLED, "", {"created": Anchor(OLD, Source.READ)})


def test_the_clock_of_a_rule_that_is_off_shows_its_anchor_and_never_comes() -> None:
    off = replace(RULE, term=None)
    assert clock_of(RECORD, facts(order()), SCHEDULE, off, NOW) == Clock(Anchor(OLD, Source.READ), None, None)
    signed = facts(order(), contract("order.delete-draft", Term(1)))
    assert clock_of(RECORD, signed, SCHEDULE, off, NOW) == Clock(Anchor(OLD, Source.READ), None, None)
    nowhere = replace(RECORD, anchors={})
    assert clock_of(nowhere, facts(order()), SCHEDULE, RULE, NOW) == Clock(MISSING, None, None)
    assert Anchor(None, Source.READ, "missing") == MISSING


def test_the_clock_of_a_request_shows_where_it_started_even_when_it_is_off() -> None:
    requested, record = at("2026-01-10 09:00"), Record(Kind.CLIENT, ME, ME, State.ACTIVE, "", {})
    known, rule = facts(client(), asked("access", "2025-01-01 00:00"), asked()), RULES[-1]
    due = at("2026-02-09 09:00")
    assert clock_of(record, known, SCHEDULE, rule, NOW) == Clock(Anchor(requested, Source.OBSERVED), due, due)
    off = clock_of(record, known, SCHEDULE, replace(rule, term=None), NOW)
    assert off == Clock(Anchor(requested, Source.OBSERVED), None, None)
    signed_in = replace(record, anchors={"final login": Anchor(day("2026-02-01"), Source.READ)})
    later = at("2026-03-04 00:00")
    assert clock_of(signed_in, known, SCHEDULE, rule, NOW) == Clock(Anchor(at("2026-02-02"), Source.READ), later, later)
    unknown = Anchor(None, Source.READ, "future")
    lost = replace(record, anchors={"final login": unknown})
    assert clock_of(lost, known, SCHEDULE, rule, NOW) == Clock(unknown, None, None)
    same = replace(record, anchors={"final login": Anchor(requested, Source.READ)})
    assert clock_of(same, known, SCHEDULE, rule, NOW).anchor.source is Source.OBSERVED


def test_the_longest_contract_counts_and_of_equally_long_ones_the_first() -> None:
    own, year = Term(6), contract(RULE.id, Term(12), id_=8)
    due, own_due = at("2011-01-10 09:00"), at("2010-07-10 09:00")
    assert terms(own, [], OLD, ZONE) == Terms(own_due, own_due, None)
    assert terms(None, [], OLD, ZONE) == Terms(None, None, None)
    assert terms(own, [year], OLD, ZONE) == Terms(due, own_due, year)
    assert terms(None, [year], OLD, ZONE) == Terms(due, None, year)
    assert terms(Term(12), [year], OLD, ZONE) == Terms(due, due, None)
    assert terms(Term(24), [year], OLD, ZONE) == Terms(due, due, None)
    for twins in ([year, replace(year, id=7)], [replace(year, id=7), year]):
        assert terms(own, twins, OLD, ZONE).contract == replace(year, id=7)
    endless = contract(RULE.id, None, id_=9)
    assert terms(own, [year, endless], OLD, ZONE) == Terms(None, own_due, endless)
