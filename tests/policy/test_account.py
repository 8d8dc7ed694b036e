"""A client's account: whose a thing is, what is in what, what bills what, and what goes along when something goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kigen.policy.account import Account, ref_of
from kigen.policy.facts import Facts, Hold, Request
from kigen.policy.records import NOTHING, Kind, Memory, State
from tests.policy.build import (
    ME,
    NOW,
    OTHER,
    addon,
    at,
    client,
    domain,
    facts,
    invoice,
    order,
    payment,
    quote,
    service,
    ticket,
)  # fmt: skip


def account(*things: object) -> Account:
    return facts(*things).account


def refs(things: object) -> list[str]:
    return [f"{kind.value}:{number}" for kind, number in map(ref_of, things)]  # type: ignore[call-overload]  # any things


def test_anything_is_found_by_kind_and_number_and_what_is_not_there_is_none() -> None:
    known = account(client(), order(), service(), invoice())
    assert (known.order(10), known.order(11)) == (order(), None)
    assert known.invoice(30) == invoice()
    assert known.invoice(31) is known.invoice(None) is None
    assert account(invoice(0)).invoice(0) is None  # hosts write 0 where there is none
    assert (known.item((Kind.SERVICE, 20)), known.item((Kind.DOMAIN, 20))) == (service(), None)
    assert refs([client(), order(), service(), addon(), domain(), invoice(), payment(), ticket(), quote()]) == [
        "client:3", "order:10", "service:20", "addon:21", "domain:22", "invoice:30", "payment:40", "ticket:50",
        "quote:60",
    ]  # fmt: skip


def test_in_an_order_are_its_items_and_the_addons_under_its_services_whoever_they_belong_to() -> None:
    inside = [service(20, order=10), domain(22, order=10), addon(21, order=10), addon(23, parent=20, client=OTHER)]
    outside = [service(24, order=11), addon(25, parent=24), domain(26), addon(27, parent=99), addon(28, order=11)]
    known = account(order(), order(11), *inside, *outside)
    assert refs(known.items_of(order())) == ["service:20", "domain:22", "addon:21", "addon:23"]
    assert refs(known.items_of(order(11))) == ["service:24", "addon:28", "addon:25"]
    assert known.items_of(order(12)) == []


def test_an_addon_of_an_order_and_of_a_service_in_it_is_there_once_and_two_addons_both() -> None:
    known = account(order(), service(order=10), addon(21, order=10, parent=20), addon(23, parent=20))
    assert refs(known.items_of(order())) == ["service:20", "addon:21", "addon:23"]
    alone = account(order(), service(order=10), addon(21, parent=20), addon(23, parent=20))
    assert refs(alone.items_of(order())) == ["service:20", "addon:21", "addon:23"]
    moved = account(order(), order(11), service(order=10), addon(21, order=11, parent=20))
    assert refs(moved.items_of(order())) == ["service:20", "addon:21"]
    assert refs(moved.items_of(order(11))) == ["addon:21"]


def test_a_domain_with_the_number_of_a_service_is_not_that_service() -> None:
    known = account(order(), domain(20, order=10), addon(21, parent=20))
    assert refs(known.items_of(order())) == ["domain:20"]


def test_under_a_service_are_its_addons_and_those_of_others_are_told_apart() -> None:
    mine, theirs = addon(21, parent=20), addon(23, parent=20, client=OTHER)
    elsewhere = [addon(24, parent=99, client=OTHER), service(25, client=OTHER, parent=20), addon(26, client=OTHER)]
    known = account(service(), mine, theirs, *elsewhere)
    assert (refs(known.addons_of(20)), known.addons_of(21)) == (["addon:21", "addon:23"], [])
    assert refs(known.foreign_addons) == ["addon:23"]
    assert account(domain(20), theirs).foreign_addons == []


def test_an_order_is_billed_by_its_own_invoice_and_by_those_whose_lines_name_it_or_what_is_in_it() -> None:
    bought = order(invoice=30)
    bills = [
        invoice(33, client=OTHER, bills=frozenset({(Kind.SERVICE, 20), (Kind.ORDER, 10)})), invoice(30),
        invoice(31, bills=frozenset({(Kind.ORDER, 10)})), invoice(32, bills=frozenset({(Kind.ORDER, 11)})),
    ]  # fmt: skip
    known = account(bought, service(order=10), *bills)
    assert [one.id for one in known.invoices_of(bought)] == [30, 31, 33]
    assert [one.id for one in known.invoices_of(order(11))] == [32]
    assert known.invoices_of(order(12)) == []


def test_applied_payments_are_above_zero_and_of_all_that_moved_the_rest_is_known_too() -> None:
    rows = [payment(40), payment(41, amount="0"), payment(42, amount="-1"), payment(43, on=31), payment(44, on=None)]
    known = account(invoice(), *rows)
    assert refs(known.payments_on(invoice())) == ["payment:40"]
    assert refs(known.transactions_on(30)) == ["payment:40", "payment:41", "payment:42"]
    assert known.transactions_on(32) == []


@pytest.mark.parametrize(
    ("state", "paid", "is_paid", "is_unpaid"),
    [
        (State.PAID, None, True, False), (State.REFUNDED, None, True, False), (State.UNPAID, None, False, True),
        (State.UNPAID, "11.00", True, True), (State.COLLECTIONS, None, False, True),
        (State.CANCELLED, "1", True, False), (State.DRAFT, "1", True, False), (State.UNKNOWN, None, False, False),
        (State.UNKNOWN, "10.99", True, True), (State.UNKNOWN, "11.00", True, False),
        (State.UNKNOWN, "-1", False, False),
    ],
)  # fmt: skip
def test_an_invoice_is_paid_or_unpaid_by_its_state_and_its_payments(
    state: State, paid: str | None, is_paid: bool, is_unpaid: bool
) -> None:
    bill = invoice(state=state)
    known = account(bill, *([payment(amount=paid)] if paid else []))
    assert (known.is_paid(bill), known.is_unpaid(bill)) == (is_paid, is_unpaid)
    assert known.has_paid_invoice is is_paid


def test_two_parts_that_make_the_whole_are_no_debt() -> None:
    bill = invoice(state=State.UNKNOWN)
    assert not account(bill, payment(40, amount="6"), payment(41, amount="5")).is_unpaid(bill)
    assert account(bill, payment(40, amount="6"), payment(41, amount="4")).is_unpaid(bill)


@pytest.mark.parametrize(
    ("thing", "nothing"),
    [
        (service(state=State.ACTIVE), False), (addon(state=State.SUSPENDED), False), (domain(state=State.GRACE), False),
        (service(state=State.ACTIVE, client=OTHER), True), (service(), True), (ticket(), False),
        (ticket(is_open=False), True),
    ],
)  # fmt: skip
def test_something_live_or_an_open_ticket_of_its_own_keeps_a_client_from_being_inactive(
    thing: object, nothing: bool
) -> None:
    assert account(client(), thing).has_nothing_live is nothing


def test_with_a_client_goes_all_that_is_its_own_and_what_cannot_stay_without_it() -> None:
    things = [
        client(), order(), invoice(), service(), ticket(), quote(), payment(40), payment(41, on=None),
        payment(42, client=OTHER), payment(43, on=31, client=OTHER), payment(44, on=None, client=OTHER),
        invoice(31, client=OTHER), addon(21, parent=20, client=OTHER), service(29, client=OTHER, order=10),
        payment(45, on=31, is_on_others=True),
    ]  # fmt: skip
    assert refs(account(*things).along(Kind.CLIENT, ME)) == [
        "order:10", "invoice:30", "service:20", "addon:21", "ticket:50", "quote:60", "payment:40", "payment:41",
    ]  # fmt: skip
    assert refs(account(*things).paid_for_others) == ["payment:45"]
    at_stake = refs(account(*things).at_stake(Kind.CLIENT, ME))
    assert at_stake[-2:] == ["payment:45", "payment:42"], "A hold on these keeps the client as well."


def test_with_an_order_go_its_own_items_with_a_service_its_addons_and_with_others_nothing() -> None:
    known = account(order(), service(order=10), addon(parent=20), domain(order=10, client=OTHER), invoice())
    assert refs(known.along(Kind.ORDER, 10)) == ["service:20", "addon:21"]
    assert known.along(Kind.ORDER, 11) == []
    assert refs(known.along(Kind.SERVICE, 20)) == ["addon:21"]
    assert known.along(Kind.INVOICE, 30) == known.along(Kind.DOMAIN, 20) == []


def test_holds_and_requests_are_those_of_these_clients_or_records() -> None:
    holds = (Hold(1, ME, None, ""), Hold(2, None, (Kind.ORDER, 10), ""), Hold(3, OTHER, None, ""))
    mine, theirs = Request(1, ME, "access", NOW), Request(2, OTHER, "access", NOW)
    known = Facts(account(), holds=holds, requests=(mine,), others_requests=(theirs,))
    assert [one.id for one in known.holds_on([ME], [(Kind.ORDER, 10)])] == [1, 2]
    assert [one.id for one in known.holds_on([OTHER], [])] == [3]
    assert known.requests_of([ME]) == [mine]
    assert known.requests_of([ME, OTHER]) == [mine, theirs]
    assert known.memory((Kind.ORDER, 10)) is NOTHING


MEMORY = Memory(State.CANCELLED, "a", at("2020-01-01"), at("2021-01-01"), at("2020-06-01"), None, None, {"due": NOW})


def test_what_is_remembered_after_a_first_reading_keeps_what_events_had_told() -> None:
    told = Memory(event_state=State.CANCELLED, event_at=at("2019-01-01"), observed={"due": NOW})
    assert told.refreshed(State.ACTIVE, "a", NOW, None) == Memory(
        State.ACTIVE, "a", NOW, None, None, State.CANCELLED, at("2019-01-01"), {"due": NOW}
    )


def test_a_change_is_remembered_with_when_the_other_state_was_last_read() -> None:
    changed = MEMORY.refreshed(State.TERMINATED, "a", NOW, at("2026-05-31"))
    assert changed == replace(MEMORY, state=State.TERMINATED, seen_at=NOW, other_seen_at=at("2026-05-31"))
    unread = MEMORY.refreshed(State.TERMINATED, "a", NOW, None)
    assert unread.other_seen_at == MEMORY.first_seen
    assert MEMORY.refreshed(State.CANCELLED, "b", NOW, None) == replace(
        MEMORY, bought="b", observed={"due": NOW, "bought": NOW}
    )


def test_a_memory_without_a_state_or_a_purchase_takes_them_without_calling_it_a_change() -> None:
    blank = replace(MEMORY, state=None, bought=None, seen_at=None)
    assert blank.refreshed(State.ACTIVE, "b", NOW, None) == replace(blank, state=State.ACTIVE, bought="b")


def test_reading_again_without_a_change_makes_nothing_new() -> None:
    assert MEMORY.refreshed(State.CANCELLED, "a", NOW, None) is MEMORY
