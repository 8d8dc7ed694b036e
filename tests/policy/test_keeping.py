"""What stays of a client when the rest goes: by floor, by claim, and what both of them leave alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kigen.policy.floors import Floors
from kigen.policy.keeping import Keeping, keeping
from kigen.policy.periods import Term
from kigen.policy.records import Kind, State, ref_text
from kigen.policy.schedule import Schedule
from tests.policy.build import (
    NOW,
    OTHER,
    ZONE,
    addon,
    at,
    client,
    day,
    domain,
    facts,
    invoice,
    order,
    payment,
    quote,
    service,
    ticket,
)  # fmt: skip

FLOORED = Schedule(ZONE, floors=Floors((12, 31), 0, 7), can_anonymise=True)
ORDER, SERVICE, DOMAIN, ADDON = Kind.ORDER, Kind.SERVICE, Kind.DOMAIN, Kind.ADDON
LATE, EARLY = day("2024-03-01"), day("2010-03-01")


def kept(codes: set[str], *around: Any, schedule: Schedule = FLOORED) -> set[str]:
    return {ref_text(ref) for ref in found(codes, *around, schedule=schedule).records} - {"client:3"}


def found(codes: set[str], *around: Any, schedule: Schedule = FLOORED) -> Keeping:
    return keeping(facts(client(), *around), schedule, NOW, codes)


LIFE = [
    order(10, State.ACTIVE, invoice=30, created=at("2024-03-01 09:00")),
    order(11, State.CANCELLED, invoice=31, created=at("2024-03-01 09:00")),
    service(20, order=10), addon(21, parent=20), service(22, order=11), domain(23),
    invoice(30, issued=LATE, paid=LATE, bills=frozenset({(SERVICE, 20)})),
    invoice(31, State.CANCELLED, issued=LATE), invoice(32, State.UNPAID, issued=LATE, bills=frozenset({(DOMAIN, 23)})),
    payment(40, on=30, at=at("2024-03-02 09:00")), payment(41, on=None, at=at("2024-04-01 09:00")),
    payment(42, on=30, amount="-11.00", at=at("2024-04-01 09:00")),
    ticket(50), ticket(51, is_open=False), quote(60, "Accepted", is_accepted=True, dated=LATE), quote(61),
]  # fmt: skip


@pytest.mark.parametrize(
    ("codes", "stays"),
    [
        ({"floor"}, "order:10 service:20 addon:21 invoice:30 payment:40 payment:41 payment:42 quote:60"),
        ({"unpaid-invoice"}, "invoice:32 domain:23"),
        ({"open-ticket"}, "ticket:50"),
        ({"credit-balance"}, ""),
        ({"approved-commission"}, ""),
        ({"open-ticket", "unpaid-invoice"}, "invoice:32 domain:23 ticket:50"),
    ],
)
def test_each_reason_keeps_what_it_needs_and_everything_else_goes(codes: set[str], stays: str) -> None:
    assert kept(codes, *LIFE) == set(stays.split())


def test_the_clients_own_row_always_stays_with_the_reasons_and_documents_told() -> None:
    one = found({"floor", "open-ticket"}, invoice(30, issued=LATE, paid=LATE), payment(at=at("2024-03-02 09:00")))
    assert (Kind.CLIENT, 3) in one.records
    assert one.codes == {"floor", "open-ticket"}
    ends = at("2032-01-01 00:00")
    assert set(one.documents) == {((Kind.INVOICE, 30), ends), ((Kind.PAYMENT, 40), ends)}
    assert one.until is None  # the ticket ends by no date
    assert replace(one, codes=frozenset({"floor"})).until == ends


def test_a_document_whose_floor_is_over_is_not_kept_and_one_without_a_date_is() -> None:
    assert kept({"floor"}, invoice(30, issued=EARLY, paid=EARLY), payment(at=at("2010-03-02 09:00"))) == set()
    undated = found({"floor"}, invoice(30), payment(on=None, at=at("2024-03-02 09:00")))
    assert {(ref_text(ref), end) for ref, end in undated.documents} == {
        ("invoice:30", None), ("payment:40", at("2032-01-01 00:00")),
    }  # fmt: skip
    assert undated.until is None


def test_an_invoice_stays_with_a_payment_of_its_own_and_an_early_payment_with_its_invoice() -> None:
    """The floor of each document is its own; what belongs to it stays as long as it does."""
    late = [invoice(30, issued=EARLY, paid=LATE), payment(40, at=at("2010-03-02 09:00"))]
    assert kept({"floor"}, *late) == {"invoice:30", "payment:40"}


def test_an_unpaid_invoice_stays_with_what_was_paid_on_it_and_the_order_of_what_it_bills() -> None:
    things = [
        order(10, State.ACTIVE), addon(21, parent=20), service(20, order=10), service(24, order=10),
        invoice(32, State.COLLECTIONS, gross="20.00", bills=frozenset({(ADDON, 21)})), payment(43, on=32),
        invoice(33, State.COLLECTIONS, bills=frozenset({(ORDER, 12)})), order(12, State.PENDING),
    ]  # fmt: skip
    assert kept({"unpaid-invoice"}, *things) == {
        "order:10", "order:12", "service:20", "addon:21", "invoice:32", "invoice:33", "payment:43",
    }  # fmt: skip


def test_an_unpaid_invoice_that_keeps_no_longer_needs_nothing() -> None:
    limited = replace(FLOORED, unpaid_limit=Term(12))
    old = invoice(32, State.UNPAID, due=day("2024-01-15"))
    assert kept({"unpaid-invoice"}, old) == {"invoice:32"}
    assert kept({"unpaid-invoice"}, old, schedule=limited) == set()


@pytest.mark.parametrize("code", ["hold", "not-due", "contract", "active-service", "active-domain", "acme.reason"])
def test_a_reason_that_keeps_a_client_whole_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=f"^{code} keeps a client whole"):
        found({"floor", code}, *LIFE)


def test_another_clients_item_is_none_of_it() -> None:
    billed = [order(10, State.ACTIVE, invoice=30, created=LATE), service(26, order=10, client=OTHER),
              invoice(30, issued=LATE, paid=LATE, bills=frozenset({(SERVICE, 26)}))]  # fmt: skip
    assert kept({"floor"}, *billed) == {"order:10", "invoice:30"}
