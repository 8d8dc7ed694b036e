"""What a decision tells: where no rule speaks, where one is refused, which reasons keep now, and each reason once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kigen.policy.case import Case
from kigen.policy.decide import decide
from kigen.policy.guards import GUARDS
from kigen.policy.once import kept
from kigen.policy.reasons import Reason
from kigen.policy.records import Anchor, Kind, Record, Source, State
from kigen.policy.schedule import RULES, Effect, Rule, is_archived
from tests.policy.build import (
    ME,
    NOW,
    SCHEDULE,
    ZONE,
    asked,
    at,
    client,
    codes,
    day,
    decided,
    domain,
    facts,
    invoice,
    order,
    payment,
    service,
)  # fmt: skip

OLD = at("2010-01-10 09:00")
PAYING = (invoice(issued=OLD, paid=OLD), payment(at=OLD))
ARCHIVE, GONE, REQUEST = "client.archive-inactive", "client.delete-inactive", "client.delete-on-request"


def switched_off(*names: str) -> tuple[Rule, ...]:
    return tuple(replace(rule, term=None) if rule.id in names else rule for rule in RULES)


def test_a_client_without_a_rule_is_told_so_in_words_of_its_own() -> None:
    (reason,) = decided(client(), service(state=State.ACTIVE)).reasons
    assert (reason.code, reason.values) == (
        "no-rule", {"what": Kind.CLIENT, "state": State.ACTIVE, "written": "active"},
    )  # fmt: skip
    assert reason.text(ZONE) == (
        "No rule of the schedule applies: this client has something live or an open ticket, or its rule is off."
    )
    assert reason.text(ZONE, "ja") == (
        "当てはまる規則はありません。利用中のサービスやドメイン、未解決のチケットがあるか、規則が無効です。"
    )


def test_another_record_without_a_rule_is_told_with_the_hosts_own_word() -> None:
    (reason,) = decided(order(state=State.ACTIVE, status="In Kraft")).reasons
    assert (reason.code, reason.words) == ("no-rule", None)
    assert reason.text(ZONE) == "No rule of the schedule speaks of order in state In Kraft."
    assert reason.text(ZONE, "ja") == "状態が「有効」の注文に当たる規則はありません。"
    (wordless,) = decided(order(state=State.ACTIVE, status="")).reasons
    assert wordless.text(ZONE) == "No rule of the schedule speaks of order in state active."
    assert wordless.text(ZONE, "ja") == reason.text(ZONE, "ja")


def test_an_unknown_state_is_told_beside_it() -> None:
    no_rule, unknown = decided(order(state=State.UNKNOWN, status="On the moon")).reasons
    assert no_rule.code == "no-rule"
    assert no_rule.text(ZONE) == "No rule of the schedule speaks of order in state On the moon."
    assert no_rule.text(ZONE, "ja") == "状態が「On the moon」の注文に当たる規則はありません。"
    assert unknown == Reason("unknown-state", {"status": "'On the moon'"}, refs=("order:10",))


def test_a_refused_rule_is_named_and_one_that_is_off_is_not() -> None:
    draft = order(state=State.DRAFT, created=OLD)
    (reason,) = decided(draft, schedule=SCHEDULE.without({"order.delete-draft", "order.delete-fraud"})).reasons
    assert (reason.code, reason.values) == ("no-rule", {"rule": "order.delete-draft"})
    assert reason.text(ZONE) == (
        "The rule order.delete-draft is refused on this installation; 'kigen doctor' says why."
    )
    assert reason.text(ZONE, "ja") == (
        "規則 order.delete-draft はこの環境では実行できません。理由は 'kigen doctor' が示します。"
    )
    off = decided(draft, schedule=replace(SCHEDULE, rules=switched_off("order.delete-draft")))
    assert [one.text(ZONE) for one in off.reasons] == ["No rule of the schedule speaks of order in state draft."]


def test_of_refused_rules_of_a_closed_client_the_one_that_would_speak_is_named() -> None:
    schedule = SCHEDULE.without({rule.id for rule in RULES})
    closed = (client(State.CLOSED), invoice(issued=OLD, paid=day("2010-01-10")), payment(at=day("2010-01-10")))
    (reason,) = decided(*closed, schedule=schedule, archived=at("2012-01-01")).reasons
    assert reason.values == {"rule": "client.delete-archived"}
    reasons = decided(client(State.UNKNOWN, registered=OLD), schedule=schedule).reasons
    assert [(one.code, one.values.get("rule")) for one in reasons] == [
        ("no-rule", "client.delete-registration-only"), ("unknown-state", None),
    ]  # fmt: skip


def test_what_keeps_now_leaves_out_what_is_only_not_due() -> None:
    decision = decided(client(), invoice(), asked("erasure", "2026-05-30 09:00"))
    assert codes(decision) == {"unknown-anchor", "floor", "not-due"}
    assert decision.kept_now(NOW) == {"unknown-anchor", "floor"}
    assert decided(order(created=at("2026-01-01"))).kept_now(NOW) == set()
    assert decided(order(created=OLD)).kept_now(NOW) == set()
    assert decided(order(created=OLD), service(state=State.ACTIVE, order=10)).kept_now(NOW) == {"active-service"}


def test_an_unknown_clock_tells_which_clock_why_and_of_what() -> None:
    (reason,) = decided(order()).reasons
    assert reason == Reason("unknown-anchor", {"anchor": "created", "why": "missing"}, refs=("order:10",))
    (future,) = decided(order(created=at("2026-06-01 12:01"))).reasons
    assert future.values == {"anchor": "created", "why": "future"}
    silent = Record(Kind.ORDER, 10, ME, State.CANCELLED, "", {"created": Anchor(None, Source.READ)})
    nowhere = replace(silent, anchors={})
    for record in (silent, nowhere):
        decision = decide(record, facts(order()), SCHEDULE, NOW)
        assert [(one.code, one.values["why"]) for one in decision.reasons] == [("unknown-anchor", "missing")]


def test_a_term_that_runs_is_told_with_its_rule_and_end() -> None:
    (reason,) = decided(order(created=at("2026-01-01"))).reasons
    assert reason == Reason("not-due", {"rule": "order.delete-cancelled"}, at("2027-01-01"))


def test_a_decision_is_told_in_the_readers_zone_and_language() -> None:
    decision = decided(order(created=at("2026-01-01 08:00")))
    told = decision.as_json("UTC", "ja")
    assert (told["due"], told["rule"]) == ("2026-12-31T23:00:00+00:00", "order.delete-cancelled")
    text, until = "規則 order.delete-cancelled の期間は 2026-12-31 23:00 まで続きます。", "2026-12-31T23:00:00+00:00"
    assert told["reasons"] == [{"code": "not-due", "text": text, "until": until, "refs": []}]


def test_reasons_of_a_plugin_about_two_rules_are_two_and_about_one_thing_one() -> None:
    def by_rule(case: Case) -> Iterator[Reason]:
        yield Reason("acme.rule", {"rule": case.rule.id}, words=("{rule}.", "{rule}。"))

    def same(case: Case) -> Iterator[Reason]:
        yield Reason("acme.same", words=(case.rule.id, "。"))

    schedule = replace(SCHEDULE, guards={**GUARDS, "acme.rule": by_rule, "acme.same": same})
    decision = decided(client(), *PAYING, schedule=schedule)
    assert [(one.code, one.values.get("rule")) for one in decision.reasons] == [
        ("acme.rule", ARCHIVE), ("acme.same", None), ("acme.rule", GONE),
    ]  # fmt: skip


def test_a_guard_of_a_plugin_under_a_name_of_kigens_own_is_asked_whatever_there_is() -> None:
    def always(case: Case) -> Iterator[Reason]:
        yield Reason("hold", refs=("client:3",))

    replaced = replace(SCHEDULE, guards={**GUARDS, "hold": always})
    assert codes(decided(order(created=OLD), schedule=replaced)) == {"hold"}


def test_plugins_have_a_say_where_a_rule_or_a_guard_is_not_kigens() -> None:
    assert not SCHEDULE.is_extended
    assert not replace(SCHEDULE, rules=switched_off(GONE)[:3]).is_extended
    assert replace(SCHEDULE, rules=(*RULES, replace(RULES[0], id="acme.rule"))).is_extended
    assert replace(SCHEDULE, guards={**GUARDS, "acme.rule": GUARDS["hold"]}).is_extended


def test_what_a_schedule_asks_is_worked_out_once_per_rule_and_sights() -> None:
    schedule, there = replace(SCHEDULE), frozenset({"hold"})
    asked_once = schedule.guards_seeing(RULES[0], there)  # type: ignore[arg-type]  # a literal
    assert schedule.guards_seeing(RULES[0], there) is asked_once  # type: ignore[arg-type]  # a literal
    assert asked_once == (GUARDS["hold"],)
    assert schedule.guards_seeing(RULES[0], frozenset({"credit"})) == (GUARDS["credit-balance"],)
    assert schedule.guards_seeing(RULES[4], frozenset({"credit"})) == ()


def test_two_answers_kept_on_one_thing_are_two() -> None:
    @kept
    def first(one: object) -> int:
        return 1

    @kept
    def second(one: object) -> int:
        return 2

    known = facts(client())
    assert [first(known), second(known), first(known)] == [1, 2, 1]


def test_a_preferred_rule_acts_before_a_stronger_one_and_what_stood_against_that_is_told() -> None:
    decision = decided(client(), *PAYING, schedule=replace(SCHEDULE, prefer=ARCHIVE))
    assert (decision.action, decision.reasons) == ("archive", ())
    owed = decided(client(), *PAYING, order(), service(order=10, client=4))
    assert (owed.action, codes(owed)) == ("archive", {"foreign-item"})


def test_closed_by_somebody_at_an_unknown_time_is_archived_all_the_same() -> None:
    decision = decided(client(State.CLOSED), *PAYING, archived=at("2030-01-01"))
    told = {one.rule.id: one.codes for one in decision.considered}
    assert told == {"client.delete-archived": ("unknown-anchor",), GONE: ()}
    known = facts(client(State.CLOSED), *PAYING)
    for state, anchors, expected in [
        (State.CLOSED, {"archived": Anchor(None, Source.ASSUMED, "future")}, True), (State.CLOSED, {}, False),
        (State.ACTIVE, {"archived": Anchor(at("2012-01-01"), Source.OBSERVED)}, False),
        (State.CLOSED, {"archived": Anchor(at("2012-01-01"), Source.OBSERVED)}, True),
        (State.CLOSED, {"archived": Anchor(OLD, Source.OBSERVED)}, True),
    ]:  # fmt: skip
        assert is_archived(Record(Kind.CLIENT, ME, ME, state, "", anchors), known, ZONE) is expected


@pytest.mark.parametrize(("paid", "is_over"), [("2012-01-01", True), ("2011-12-31", False)])
def test_a_payment_on_the_day_of_archiving_ends_it_and_on_the_day_before_does_not(paid: str, is_over: bool) -> None:
    decision = decided(client(State.CLOSED), *PAYING, payment(41, at=day(paid)), archived=at("2012-01-01 00:00"))
    assert ("client.delete-archived" not in {one.rule.id for one in decision.considered}) is is_over


def test_a_domain_is_kept_by_nothing_of_its_own() -> None:
    decision = decided(domain(expires=day("2020-01-01")), service(state=State.ACTIVE), client(credit=1))
    assert (decision.action, decision.considered[0].rule.effect) == ("delete", Effect.DELETE)
