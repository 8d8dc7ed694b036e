"""When a client goes in part: for which reasons, by which rule, once for the same reasons, and what `decide` says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kigen.policy.anchors import record_of
from kigen.policy.decide import Decision, decide
from kigen.policy.facts import Anonymised, Facts, Hold, Request
from kigen.policy.floors import Floors
from kigen.policy.masked import masked
from kigen.policy.orders import for_order, ordered
from kigen.policy.records import FINAL_LOGIN, Kind, Memory, State
from kigen.policy.schedule import ON_REQUEST, Schedule
from tests.policy.build import (
    ME,
    NOW,
    ZONE,
    asked,
    at,
    client,
    codes,
    day,
    facts,
    invoice,
    order,
    payment,
    service,
    ticket,
)  # fmt: skip

EVERY = Schedule(ZONE, floors=Floors((12, 31), 0, 7), can_anonymise=True)
FLOORED = replace(EVERY, rules=tuple(rule for rule in EVERY.rules if rule.id == ON_REQUEST))
"""Floors of seven years from the day after the year's end, and the rule for requests alone."""
UNSAVED = replace(FLOORED, can_anonymise=False)
CLAIMS_ONLY = replace(UNSAVED, masks_claims=True)

RECENT = (invoice(issued=day("2024-03-01"), paid=day("2024-03-01")), payment(at=at("2024-03-01 10:00")))
FLOOR_ENDS = at("2032-01-01 00:00")
UNPAID = invoice(31, State.UNPAID, issued=day("2026-01-01"), due=day("2026-01-15"))
INACTIVE = "client.delete-inactive"
BY_SCHEDULE = replace(
    EVERY, rules=tuple(replace(rule, term=EVERY.settling) for rule in EVERY.rules if rule.id == INACTIVE)
)
"""A client goes a week after its last payment, and by no other rule."""


def on_client(*around: Any, schedule: Schedule = FLOORED, now: Any = NOW, done: Anonymised | None = None) -> Decision:
    known = replace(facts(client(), *around), anonymised=done)
    assert known.account.client
    return decide(record_of(known.account.client, known, now, ZONE), known, schedule, now)


@pytest.mark.parametrize(
    ("what", "around", "action", "stands"),
    [
        ("nothing", [], "delete", set()),
        ("a floor", RECENT, "anonymise", {"floor"}),
        ("an unpaid invoice", [UNPAID], "anonymise", {"unpaid-invoice"}),
        ("an open ticket", [ticket()], "anonymise", {"open-ticket"}),
        ("both", [*RECENT, UNPAID], "anonymise", {"floor", "unpaid-invoice"}),
        ("a live service", [service(state=State.ACTIVE)], "keep", {"active-service"}),
        ("a floor and a live service", [*RECENT, service(state=State.ACTIVE)], "keep", {"floor", "active-service"}),
        ("a hold", [*RECENT, Hold(1, ME, None, "court")], "keep", {"floor", "hold"}),
        ("another request", [*RECENT, asked("access")], "keep", {"floor", "open-request"}),
        ("a restriction", [UNPAID, asked("restriction")], "keep", {"unpaid-invoice", "restricted"}),
        ("an unknown state", [order(state=State.UNKNOWN)], "keep", {"unknown-state"}),
    ],
)
def test_a_requested_deletion_goes_as_far_as_every_reason_lets_it(
    what: str, around: list[Any], action: str, stands: set[str]
) -> None:
    """I10, J7, D9, E4"""
    decision = on_client(asked(), *around)
    assert (decision.action, decision.rule) == (action, ON_REQUEST)
    assert codes(decision) - {"not-due"} == stands == decision.standing - {"not-due"}


def test_a_credit_and_a_commission_delay_a_request_and_need_only_what_they_claim() -> None:
    for who, code in ((client(credit=5), "credit-balance"), (client(commission=5), "approved-commission")):
        known = facts(who, asked())
        decision = decide(record_of(who, known, NOW, ZONE), known, FLOORED, NOW)
        assert (decision.action, codes(decision)) == ("anonymise", {code})


def test_the_schedules_own_rules_anonymise_for_a_floor_and_for_nothing_else() -> None:
    paid = on_client(*RECENT, schedule=BY_SCHEDULE)
    assert (paid.action, paid.rule, paid.due, codes(paid)) == (
        "anonymise", INACTIVE, at("2024-03-09 00:00"), {"floor"},
    )  # fmt: skip
    claimed = on_client(*RECENT, UNPAID, schedule=BY_SCHEDULE)
    assert (claimed.action, codes(claimed) - {"not-due"}) == ("keep", {"floor", "unpaid-invoice"})


def test_without_a_backup_of_the_keys_nothing_is_frozen_and_the_sentence_says_what_to_do() -> None:
    decision = on_client(asked(), *RECENT, schedule=UNSAVED)
    assert (decision.action, decision.rule, codes(decision)) == ("keep", ON_REQUEST, {"floor"})
    texts = {reason.text(ZONE) for reason in decision.reasons} | {
        reason.text(ZONE, "ja") for reason in decision.reasons
    }
    assert {
        "The law keeps Invoice 30 until 2032-01-01 00:00; the rest can be anonymised once the keys have a backup"
        " ('kigen keys backup').",
        "法令により 請求書 30 は 2032-01-01 00:00 まで保存されます。"
        "それ以外は、鍵のバックアップ（'kigen keys backup'）の後に匿名化できます。",
    } <= texts
    assert on_client(asked(), UNPAID, schedule=UNSAVED).action == "keep"


def test_a_client_without_documents_needs_no_backup_where_the_site_masks_around_claims() -> None:
    assert on_client(asked(), UNPAID, schedule=CLAIMS_ONLY).action == "anonymise"
    assert on_client(asked(), UNPAID, *RECENT, schedule=CLAIMS_ONLY).action == "keep"


def test_what_stays_is_told_with_why_and_until_when_in_both_languages() -> None:
    """I10"""
    told = on_client(asked(), RECENT[0], UNPAID)
    assert [reason.text(ZONE) for reason in told.reasons] == [
        "Invoice 31 is unpaid; what the claim needs stays until it is settled.",
        "The law keeps Invoice 30 until 2032-01-01 00:00; it stays, and what it does not need of the person is masked.",
    ]
    assert [reason.text(ZONE, "ja") for reason in told.reasons] == [
        "請求書 31 は未払いです。請求に必要な情報は、精算されるまで残ります。",
        "法令により 請求書 30 は 2032-01-01 00:00 まで保存されます。記録は残し、不要な個人情報は匿名化します。",
    ]


DONE_AT = at("2026-03-01 03:30")


def done(*reasons: str, rule: str | None = ON_REQUEST) -> Anonymised:
    return Anonymised(DONE_AT, None, frozenset(reasons), rule)


def test_one_that_was_anonymised_is_kept_until_the_floor_ends_and_then_deleted_by_the_same_rule() -> None:
    """I10: the request was answered and is closed; the rule goes on speaking of the client."""
    kept = on_client(*RECENT, done=done("floor"))
    assert (kept.action, kept.rule, kept.due) == ("keep", ON_REQUEST, DONE_AT)
    assert kept.reasons[0].text(ZONE) == (
        "The law keeps Payment 40 until 2032-01-01 00:00; all else was anonymised on 2026-03-01 03:30."
    )
    eve = on_client(*RECENT, now=at("2031-12-31 23:59"), done=done("floor"))
    assert eve.action == "keep"
    gone = on_client(*RECENT, now=FLOOR_ENDS, done=done("floor"))
    assert (gone.action, gone.rule) == ("delete", ON_REQUEST)


def test_a_client_that_the_schedule_anonymised_is_deleted_by_the_schedule_and_by_no_request() -> None:
    kept = on_client(*RECENT, schedule=BY_SCHEDULE, done=done("floor", rule=INACTIVE))
    assert (kept.action, kept.rule, codes(kept)) == ("keep", INACTIVE, {"floor"})
    gone = on_client(*RECENT, schedule=BY_SCHEDULE, now=FLOOR_ENDS, done=done("floor", rule=INACTIVE))
    assert (gone.action, gone.rule) == ("delete", INACTIVE)


@pytest.mark.parametrize(
    ("before", "around", "action"),
    [
        (("floor",), RECENT, "keep"),
        (("unpaid-invoice",), [UNPAID], "keep"),
        (("floor", "unpaid-invoice"), [*RECENT, UNPAID], "keep"),
        (("floor", "unpaid-invoice"), RECENT, "anonymise"),
        (("floor", "unpaid-invoice"), [UNPAID], "anonymise"),
        (("unpaid-invoice",), [], "delete"),
        (("floor",), [*RECENT, ticket()], "keep"),
        (("floor", "unpaid-invoice"), [*RECENT, ticket()], "anonymise"),
    ],
)
def test_never_twice_for_the_same_reasons_and_again_when_one_of_them_has_ended(
    before: tuple[str, ...], around: list[Any], action: str
) -> None:
    assert on_client(*around, done=done(*before)).action == action


BEFORE, AFTER = at("2026-02-27 09:00"), at("2026-03-02 09:00")
SAME_DAY, NEXT_DAY = day("2026-03-01"), day("2026-03-02")
OLD_BILL = invoice(31, State.PAID, issued=day("2026-01-01"), due=day("2026-01-15"), paid=AFTER)
LATER_BILL = invoice(33, State.PAID, issued=NEXT_DAY, paid=AFTER)


@pytest.mark.parametrize(
    ("what", "around", "has_returned"),
    [
        ("nothing", [], False),
        ("an order of before", [order(created=BEFORE)], False),
        ("an order of that day", [order(created=SAME_DAY)], False),
        ("a new order", [order(created=AFTER)], True),
        ("a new payment", [payment(43, on=None, at=AFTER)], True),
        ("a payment on an invoice of before", [OLD_BILL, payment(43, on=31, at=AFTER)], False),
        ("a payment on a later invoice", [LATER_BILL, payment(43, on=33, at=AFTER)], True),
        ("a later invoice without a row of payment", [LATER_BILL], True),
        ("money that went back", [payment(43, on=None, amount="-11.00", at=AFTER)], False),
        ("a live service", [service(state=State.ACTIVE)], True),
        ("a cancelled service", [service()], False),
    ],
)
def test_a_client_that_came_back_is_not_deleted_for_a_request_of_before(
    what: str, around: list[Any], has_returned: bool
) -> None:
    known = replace(facts(client(), *around), anonymised=done("open-ticket"))
    assert (masked(known, ZONE) is None) is has_returned
    decision = on_client(*around, done=done("open-ticket"), now=at("2040-01-01 00:00"))
    assert (decision.action, decision.rule) == (("keep", None) if has_returned else ("delete", ON_REQUEST))


def test_an_own_sign_in_and_a_service_that_was_met_or_came_to_life_since_are_a_return() -> None:
    seen, unseen = Memory(first_seen=AFTER), Memory(first_seen=BEFORE)
    lived = Memory(first_seen=BEFORE, event_state=State.ACTIVE, event_at=AFTER)
    signed_in = Memory(first_seen=BEFORE, observed={FINAL_LOGIN: AFTER})
    for ref, memory, has_returned in (
        ((Kind.SERVICE, 20), seen, True), ((Kind.SERVICE, 20), unseen, False), ((Kind.SERVICE, 20), lived, True),
        ((Kind.CLIENT, ME), signed_in, True), ((Kind.CLIENT, ME), seen, False),
    ):  # fmt: skip
        known = replace(facts(client(), service(), memories={ref: memory}), anonymised=done("floor"))
        assert (masked(known, ZONE) is None) is has_returned
    assert masked(replace(facts(client(last_login=AFTER)), anonymised=done("floor")), ZONE) is None


def test_who_asks_again_is_anonymised_again_with_thirty_days_of_its_own() -> None:
    again = asked(received="2026-05-01 09:00")
    early = on_client(*RECENT, again, now=at("2026-05-30 09:00"), done=done("floor"))
    assert (early.action, early.rule, early.due) == ("keep", ON_REQUEST, at("2026-05-31 09:00"))
    late = on_client(*RECENT, again, now=at("2026-05-31 09:00"), done=done("floor"))
    assert (late.action, late.rule, codes(late)) == ("anonymise", ON_REQUEST, {"floor"})


@pytest.mark.parametrize(
    ("what", "memory", "codes_then", "now", "action"),
    [
        ("it was there", Memory(first_seen=BEFORE), ("floor",), NOW, "keep"),
        ("it was first read by the run that anonymised", Memory(first_seen=DONE_AT), ("floor",), NOW, "keep"),
        ("the last floor is over", Memory(first_seen=BEFORE), ("floor",), FLOOR_ENDS, "delete"),
        ("it came later", Memory(first_seen=AFTER), ("floor",), NOW, "delete"),
        ("it lived again", Memory(first_seen=BEFORE, event_state=State.ACTIVE, event_at=AFTER), ("floor",), NOW,
         "delete"),
        ("a claim kept it", Memory(first_seen=BEFORE), ("unpaid-invoice",), NOW, "delete"),
    ],
)  # fmt: skip
def test_what_a_kept_document_bills_does_not_go_by_a_rule_of_its_own(
    what: str, memory: Memory, codes_then: tuple[str, ...], now: Any, action: str
) -> None:
    one = service(changed=at("2020-01-01 09:00"))
    known = facts(client(), one, memories={one.ref: memory})
    known = replace(known, anonymised=Anonymised(DONE_AT, FLOOR_ENDS, frozenset(codes_then), INACTIVE))
    decision = decide(record_of(one, known, now, ZONE), known, EVERY, now)
    assert (decision.action, decision.rule) == (action, "service.delete-cancelled")
    kept = "The law keeps Service 20 until 2032-01-01 00:00; all else was anonymised on 2026-03-01 03:30."
    assert [reason.text(ZONE) for reason in decision.reasons] == ([] if action == "delete" else [kept])


def test_an_officers_word_needs_neither_request_nor_grace_and_is_bound_by_everything_else() -> None:
    """E9: the same decision as for a request on its day."""

    def order_now(*around: Any, schedule: Schedule = FLOORED) -> Decision:
        known: Facts = ordered(facts(client(), *around), NOW)
        assert known.account.client
        return decide(record_of(known.account.client, known, NOW, ZONE), known, for_order(schedule), NOW)

    assert (order_now().action, order_now().rule, order_now().due) == ("delete", ON_REQUEST, NOW)
    assert order_now(asked(received="2026-05-31 09:00")).due == NOW
    assert order_now(*RECENT, UNPAID).action == "anonymise"
    assert order_now(service(state=State.ACTIVE)).action == "keep"
    assert order_now(Hold(1, ME, None, "court")).action == "keep"
    off = tuple(replace(rule, term=None) for rule in EVERY.rules)
    assert order_now(schedule=replace(FLOORED, rules=off)).action == "delete"


def test_a_request_under_a_european_law_has_its_last_day_whatever_the_country() -> None:
    long = tuple(replace(rule, term=replace(rule.term, days=60)) if rule.id == ON_REQUEST and rule.term else rule
                 for rule in FLOORED.rules)  # fmt: skip
    received = at("2026-01-31 09:00")
    for regime, due in (("eu", "2026-02-28 09:00"), ("uk", "2026-02-28 09:00"), ("jp", "2026-04-01 09:00"),
                        (None, "2026-04-01 09:00")):  # fmt: skip
        known = facts(client(country="US"), Request(1, ME, "erasure", received, regime))
        assert known.account.client
        record = record_of(known.account.client, known, NOW, ZONE)
        decision = decide(record, known, replace(FLOORED, rules=long), at("2026-02-01 00:00"))
        assert {one.rule.id: one.clock.due for one in decision.considered}[ON_REQUEST] == at(due)


def test_another_record_never_goes_in_part() -> None:
    known = facts(client(), invoice(state=State.CANCELLED, due=day("2020-01-01")), payment(at=at("2024-03-01 10:00")))
    record = record_of(known.account.invoices[0], known, NOW, ZONE)
    assert decide(record, known, FLOORED, NOW).action == "keep"
    assert record.kind is Kind.INVOICE
