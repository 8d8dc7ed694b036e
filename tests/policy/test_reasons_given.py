"""What each guard says, whole: code, values, until when and about what; at its edges and among other things."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kigen.policy.facts import Facts, Hold
from kigen.policy.floors import Floors
from kigen.policy.periods import Term
from kigen.policy.reasons import Reason
from kigen.policy.records import RETURNED, Kind, Memory, Record, State
from tests.policy.build import (
    ME,
    NOW,
    OTHER,
    SCHEDULE,
    addon,
    asked,
    at,
    client,
    contract,
    day,
    domain,
    invoice,
    order,
    payment,
    quote,
    service,
    ticket,
    told_by,
)  # fmt: skip

GONE, EMPTY, ORDER = "client.delete-inactive", "client.delete-registration-only", "order.delete-cancelled"
SERVICE, INVOICE = "service.delete-cancelled", "invoice.delete-cancelled"
REQUEST, A_MOMENT = "client.delete-on-request", dt.timedelta(microseconds=1)
LIMITED = replace(SCHEDULE, unpaid_limit=Term(24))
FLOORED = replace(SCHEDULE, floors=Floors((3, 31)))
PAID = at("2025-01-10 09:00")


def about(code: str, *refs: str, until: dt.datetime | None = None, **values: object) -> Reason:
    return Reason(code, values, until, refs)


UNPAID = [invoice(30, State.UNPAID, due=day("2020-01-01")), invoice(31, State.UNPAID, due=day("2026-01-01"))]
GIVEN: list[tuple[str, str, str, Any, list[Any], list[Reason]]] = [
    ("every live service and addon", "active-service", REQUEST, client(),
     [service(state=State.ACTIVE), service(23), addon(state=State.SUSPENDED), domain(state=State.ACTIVE)],
     [about("active-service", "service:20"), about("active-service", "addon:21")]),
    ("a live domain", "active-domain", REQUEST, client(), [service(state=State.ACTIVE), domain(state=State.GRACE)],
     [about("active-domain", "domain:22")]),
    ("another's live addon under a service of the client", "active-service", REQUEST, client(),
     [service(), addon(state=State.ACTIVE, parent=20, client=OTHER)], [about("active-service", "addon:21")]),
    ("another's item in an order", "foreign-item", ORDER, order(), [service(order=10, client=OTHER)],
     [about("foreign-item", "service:20", where="order:10")]),
    ("and in every order of a client", "foreign-item", GONE, client(),
     [order(), order(11), service(order=10), service(23, order=11, client=OTHER),
      service(24, State.ACTIVE, order=11, client=OTHER)],
     [about("foreign-item", "service:23", where="order:11"), about("foreign-item", "service:24", where="order:11")]),
    ("another's live addon", "foreign-item", GONE, client(),
     [service(), addon(23, parent=20, client=OTHER), addon(24, State.ACTIVE, parent=20, client=OTHER)],
     [about("foreign-item", "addon:24", where="service:20")]),
    ("a service is no order", "foreign-item", SERVICE, service(), [order(), service(23, order=10, client=OTHER)], []),
    ("a paid invoice of an order", "paid-invoice", ORDER, order(invoice=30), [invoice(), invoice(31)],
     [about("paid-invoice", "invoice:30")]),
    ("a cancelled invoice with a payment", "paid-invoice", INVOICE, invoice(state=State.CANCELLED), [payment()],
     [about("paid-invoice", "invoice:30")]),
    ("a commission for a service and one for its addon", "approved-commission", SERVICE, service(commissioned=True),
     [addon(parent=20, commissioned=True), addon(23, parent=20)],
     [about("approved-commission", "service:20"), about("approved-commission", "addon:21")]),
    ("a balance above zero", "approved-commission", GONE, client(commission=Decimal("0.01")), [],
     [about("approved-commission", "affiliate")]),
    ("a balance of zero or below", "approved-commission", GONE, client(commission=Decimal(-1)), [], []),
    ("each live estimate", "live-estimate", "order.delete-draft", order(state=State.DRAFT),
     [quote(60, is_live=False), quote(61), quote(62)],
     [about("live-estimate", "quote:61"), about("live-estimate", "quote:62")]),
    ("each open ticket", "open-ticket", REQUEST, client(), [ticket(50, False), ticket(51)],
     [about("open-ticket", "ticket:51")]),
    ("an unpaid invoice without a limit", "unpaid-invoice", GONE, client(), [invoice(29), *UNPAID],
     [about("unpaid-invoice", "invoice:30"), about("unpaid-invoice", "invoice:31")]),
    ("a pending order until its own term ends", "pending-order", EMPTY, client(),
     [order(), order(11, State.PENDING, created=day("2026-05-01"))],
     [about("pending-order", "order:11", until=at("2026-10-29"))]),
    ("an invoice that is being paid has no end, one not yet due has", "pending-order", EMPTY, client(),
     [invoice(29), invoice(30, State.PAYMENT_PENDING, due=day("2020-01-01")), invoice(31, State.UNPAID),
      invoice(32, State.UNPAID, due=day("2026-06-01")), invoice(33, State.COLLECTIONS)],
     [about("pending-order", "invoice:30"), about("pending-order", "invoice:31"),
      about("pending-order", "invoice:32", until=at("2026-06-02")), about("pending-order", "invoice:33")]),
    ("money of the client", "credit-balance", GONE, client(credit=Decimal("12.50")), [],
     [about("credit-balance", "client:3", amount="12.50")]),
    ("the smallest credit", "credit-balance", GONE, client(credit=Decimal("0.01")), [],
     [about("credit-balance", "client:3", amount="0.01")]),
    ("less than that", "credit-balance", GONE, client(credit=Decimal("0.009")), [], []),
    ("a word that nobody mapped", "unknown-state", ORDER, order(state=State.UNKNOWN, status="On the moon"),
     [service(order=10, state=State.UNKNOWN, status="")],
     [about("unknown-state", "order:10", status="'On the moon'"), about("unknown-state", "service:20", status="''")]),
    ("a hold on a client and one on a record", "hold", ORDER, order(),
     [Hold(5, ME, None, "", NOW), Hold(6, None, (Kind.ORDER, 10), ""), Hold(7, None, (Kind.ORDER, 11), "")],
     [about("hold", "client:3", until=NOW, hold=5), about("hold", "order:10", hold=6)]),
    ("a hold on an invoice whose payment goes along", "hold", GONE, client(),
     [payment(on=31), Hold(6, None, (Kind.INVOICE, 31), "")], [about("hold", "invoice:31", hold=6)]),
    ("a hold on another whose addon goes along", "hold", SERVICE, service(),
     [addon(parent=20, client=OTHER), Hold(6, OTHER, None, "")], [about("hold", "client:4", hold=6)]),
    ("requests that may need the data", "open-request", ORDER, order(),
     [asked("access"), asked("erasure"), asked("restriction"), asked("objection")],
     [about("open-request", right="access"), about("open-request", right="objection")]),
    ("a restriction, told once", "restricted", ORDER, order(), [asked("access"), asked("restriction")],
     [about("restricted")]),
    ("a contract for the record", "contract", ORDER, order(created=day("2025-01-01")), [contract(ORDER, Term(24))],
     [about("contract", "order:10", until=at("2027-01-02"), contract=7)]),
    ("a contract for what goes along", "contract", GONE, client(),
     [order(), order(11, created=day("2025-01-01")), contract(ORDER, Term(24), id_=8)],
     [about("contract", "order:11", until=at("2027-01-02"), contract=8)]),
    ("a contract for another rule of the same record", "contract", GONE, client(),
     [invoice(paid=PAID, issued=PAID), contract("client.archive-inactive", Term(240))], []),
    ("a contract whose term ends now", "contract", ORDER, order(created=at("2024-06-01 12:00")),
     [contract(ORDER, Term(24))], []),
    ("a contract for a state that the record is not in", "contract", GONE, client(),
     [order(state=State.FRAUD, created=day("2025-01-01")), contract(ORDER, Term(24))], []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("guard", "rule", "entity", "around", "given"), [row[1:] for row in GIVEN], ids=[row[0] for row in GIVEN]
)
def test_a_guard_gives_these_reasons_and_no_other(
    guard: str, rule: str, entity: Any, around: list[Any], given: list[Reason]
) -> None:
    assert told_by(guard, rule, entity, *around) == given


def test_an_unpaid_invoice_keeps_until_the_limit_and_one_over_it_hides_no_other() -> None:
    limit = at("2028-01-02")  # 24 months after 1 January 2026
    assert told_by("unpaid-invoice", GONE, client(), *UNPAID, schedule=LIMITED) == [
        about("unpaid-invoice", "invoice:31", until=limit)
    ]
    before = limit - A_MOMENT
    assert len(told_by("unpaid-invoice", GONE, client(), *UNPAID, schedule=LIMITED, now=before)) == 1
    assert told_by("unpaid-invoice", GONE, client(), *UNPAID, schedule=LIMITED, now=limit) == []
    undated = invoice(state=State.UNPAID)
    given = told_by("unpaid-invoice", GONE, client(), undated, schedule=LIMITED)
    assert given == [about("unpaid-invoice", "invoice:30")]


def test_a_pending_order_and_an_unpaid_invoice_keep_until_the_very_instant() -> None:
    pending, due = order(state=State.PENDING, created=at("2026-01-01 00:00")), at("2026-06-30 00:00")
    assert told_by("pending-order", EMPTY, client(), pending, now=due - A_MOMENT) == [
        about("pending-order", "order:10", until=due)
    ]
    assert told_by("pending-order", EMPTY, client(), pending, now=due) == []
    unpaid, over = invoice(state=State.UNPAID, due=day("2026-06-29")), at("2026-06-30 00:00")
    assert len(told_by("pending-order", EMPTY, client(), unpaid, now=over - A_MOMENT)) == 1
    assert told_by("pending-order", EMPTY, client(), unpaid, now=over) == []


def test_a_pending_order_keeps_for_ever_where_its_rule_is_off_or_refused() -> None:
    pending = order(state=State.PENDING, created=at("2020-01-01 00:00"))
    off = replace(SCHEDULE, rules=tuple(
        replace(rule, term=None) if rule.id == "order.delete-pending" else rule for rule in SCHEDULE.rules
    ))  # fmt: skip
    assert told_by("pending-order", EMPTY, client(), pending) == []
    assert told_by("pending-order", EMPTY, client(), pending, schedule=off) == [about("pending-order", "order:10")]
    refused = SCHEDULE.without({"order.delete-pending"})
    assert told_by("pending-order", EMPTY, client(), pending, schedule=refused) == [
        about("pending-order", "order:10", until=at("2020-06-29 00:00"))
    ]


def test_no_credit_keeps_nobody_even_where_the_smallest_that_keeps_is_nothing() -> None:
    generous = replace(SCHEDULE, smallest_credit=Decimal(0))
    assert told_by("credit-balance", GONE, client(), schedule=generous) == []
    assert len(told_by("credit-balance", GONE, client(credit=Decimal("0.001")), schedule=generous)) == 1


def test_a_change_of_state_settles_at_the_very_instant() -> None:
    seen = at("2026-05-25 12:00")
    memories = {(Kind.ORDER, 10): Memory(State.CANCELLED, "", at("2019-01-01"), seen, at("2026-05-24"))}
    assert told_by("settling", ORDER, order(), memories=memories) == []
    assert told_by("settling", ORDER, order(), memories=memories, now=NOW - A_MOMENT) == [
        about("settling", until=NOW, changed=seen)
    ]


def test_what_was_brought_back_settles_too_but_against_no_request() -> None:
    back = at("2026-05-30 12:00")
    words = (
        "It was brought back only on {changed}; kept until {until}.",
        "{changed} に復元されたばかりです。{until} まで保持します。",
    )
    mine = {(Kind.CLIENT, ME): Memory(State.INACTIVE, "", at("2019-01-01"), observed={RETURNED: back})}
    kept = Reason("settling", {"changed": back}, at("2026-06-06 12:00"), words=words)
    assert told_by("settling", GONE, client(), memories=mine) == [kept]
    assert told_by("settling", GONE, client(), memories=mine, now=at("2026-06-06 12:00")) == []
    assert told_by("settling", REQUEST, client(), memories=mine) == []


def test_the_later_of_a_return_and_a_change_of_state_counts_and_a_request_waits_only_for_the_change() -> None:
    back, early, late = at("2026-05-30 12:00"), at("2026-05-29 12:00"), at("2026-05-31 12:00")
    state = client().state

    def told(changed: dt.datetime, rule: str) -> list[object]:
        memory = Memory(state, "", at("2019-01-01"), changed, at("2019-01-01"), observed={RETURNED: back})
        found = told_by("settling", rule, client(), memories={(Kind.CLIENT, ME): memory})
        return [one.values["changed"] for one in found]

    assert (told(early, GONE), told(late, GONE)) == ([back], [late])
    assert (told(early, REQUEST), told(late, REQUEST)) == ([early], [late])


# The fiscal year ends on 31 March 2025, 31 May is a Saturday: the deadline is 2 June, and the floor starts on 3 June.
def test_the_law_keeps_each_paper_until_its_own_day_and_what_nobody_can_date_for_ever() -> None:
    papers = [payment(40, on=None, at=PAID), payment(41, on=None, at=day("2016-01-10")), payment(42, on=None)]
    given = told_by("floor", GONE, client(), *papers, schedule=FLOORED)
    assert given == [about("floor", "payment:40", until=at("2032-06-03")), about("floor", "payment:42")]
    over = at("2032-06-03 00:00")
    assert len(told_by("floor", GONE, client(), *papers, schedule=FLOORED, now=over - A_MOMENT)) == 2
    assert told_by("floor", GONE, client(), *papers, schedule=FLOORED, now=over) == [about("floor", "payment:42")]


def test_an_invoice_takes_its_transactions_with_it_and_they_are_papers_although_it_was_never_paid() -> None:
    back, elsewhere = payment(41, amount="-5", at=PAID), payment(42, on=31, at=PAID)
    given = told_by("floor", INVOICE, invoice(state=State.CANCELLED), back, elsewhere, schedule=FLOORED)
    assert given == [about("floor", "payment:41", until=at("2032-06-03"))]
    both = told_by("floor", INVOICE, invoice(state=State.CANCELLED, issued=PAID), payment(at=PAID), schedule=FLOORED)
    assert [reason.refs for reason in both] == [("invoice:30",), ("payment:40",)]


def test_a_plugins_rule_for_orders_is_asked_with_all_that_is_known() -> None:
    def in_japan(record: Record, known: Facts, zone: str) -> bool:
        return record.kind is Kind.ORDER and known.account.client is not None and zone == SCHEDULE.zone

    rule = replace(SCHEDULE.rules[8], id="acme.order", condition=in_japan, term=Term(1200))
    schedule = replace(SCHEDULE, rules=(*SCHEDULE.rules, rule))
    pending = order(state=State.PENDING, created=at("2020-01-01 00:00"))
    given = told_by("pending-order", EMPTY, client(), pending, schedule=schedule)
    assert given == [about("pending-order", "order:10", until=at("2120-01-01 00:00"))]
    signed = contract("acme.order", Term(1212))
    given = told_by("contract", GONE, client(), pending, signed, schedule=schedule)
    assert given == [about("contract", "order:10", until=at("2121-01-01 00:00"), contract=7)]
