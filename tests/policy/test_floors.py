"""How long the law keeps a document: which papers have a floor, when it begins and when it is over."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from kigen.policy.facts import Facts
from kigen.policy.floors import Document, Floors, documents, every_weekday, record_documents
from kigen.policy.records import Kind, Record, State
from kigen.work.site import is_tax_office_open
from tests.policy.build import (
    OTHER,
    SCHEDULE,
    ZONE,
    at,
    client,
    codes,
    day,
    decided,
    facts,
    invoice,
    order,
    payment,
    quote,
    service,
)

MARCH = Floors((3, 31))
OPEN = replace(MARCH, is_working_day=is_tax_office_open)

ENDS = [
    # A15: the year ends on 31 March 2020, 31 May is a Sunday, so 1 June; the floor starts on 2 June.
    ("A15 seven years after the deadline", MARCH, "2019-05-15", "2027-06-02"),
    ("A15 the last day of the fiscal year", MARCH, "2020-03-31", "2027-06-02"),
    ("A15 the first day of the next", MARCH, "2020-04-01", "2028-06-01"),
    ("A15 ten years of a loss", replace(MARCH, loss_years=frozenset({2020})), "2019-05-15", "2030-06-02"),
    ("A15 a loss of another year", replace(MARCH, loss_years=frozenset({2019})), "2019-05-15", "2027-06-02"),
    ("A15 company books are kept ten", replace(MARCH, company_books=True), "2019-05-15", "2030-06-02"),
    ("A15 other years by the setting", replace(MARCH, years=5), "2019-05-15", "2025-06-02"),
    ("unanswered: 15 months, then ten years", Floors(), "2019-05-15", "2030-08-16"),
    ("unanswered at a month's end", Floors(), "2019-11-30", "2031-03-01"),
    ("a month's last is filed by a month's last", Floors((2, 28)), "2026-12-01", "2034-05-01"),
    ("29 February in another year is the 28th", Floors((2, 29)), "2026-12-01", "2034-05-01"),
    ("a year that closes in mid-month", Floors((6, 20)), "2024-07-01", "2032-08-21"),
    # 31 December 2024 is a Tuesday; the office opens again on Monday, 6 January 2025.
    ("year's end without holidays", Floors((10, 31)), "2024-01-10", "2032-01-01"),
    ("year's end of the tax office", replace(OPEN, fiscal_year_end=(10, 31)), "2024-01-10", "2032-01-07"),
    # Golden Week: 3 May 2026 is a Sunday, 6 May its substitute holiday.
    ("A18 Golden Week", replace(OPEN, fiscal_year_end=(3, 3)), "2026-01-10", "2033-05-08"),
    ("a Sunday, then a working Monday", OPEN, "2019-05-15", "2027-06-02"),
]  # fmt: skip


@pytest.mark.parametrize(("floors", "document", "over"), [row[1:] for row in ENDS], ids=[row[0] for row in ENDS])
def test_a_floor_is_over_the_set_years_after_the_filing_deadline(floors: Floors, document: str, over: str) -> None:
    assert floors.end(day(document), ZONE) == at(over)


def test_the_calendar_of_working_days_is_whoever_calls_it() -> None:
    closed = {day("2020-06-01"), day("2020-06-02")}
    floors = replace(MARCH, is_working_day=lambda one: every_weekday(one) and one not in closed)
    assert floors.end(day("2019-05-15"), ZONE) == at("2027-06-04")


@pytest.mark.parametrize(
    ("date", "is_open"),
    [
        ("2025-12-26", True), ("2025-12-29", False), ("2025-12-31", False), ("2026-01-01", False),
        ("2026-01-02", False), ("2027-01-04", True), ("2026-05-06", False), ("2026-05-07", True),
        ("2026-05-09", False), ("2026-02-11", False), ("2026-02-12", True),
    ],
)  # fmt: skip
def test_the_tax_office_is_closed_on_weekends_holidays_and_at_years_end(date: str, is_open: bool) -> None:
    """A18"""
    assert is_tax_office_open(day(date)) is is_open


def test_the_end_of_a_days_documents_is_worked_out_once() -> None:
    asked: list[dt.date] = []

    def is_open(one: dt.date) -> bool:
        asked.append(one)
        return True

    floors = replace(MARCH, is_working_day=is_open)
    for _ in range(2):
        assert floors.end(day("2019-05-15"), ZONE) == at("2027-06-01")
    assert asked == [day("2020-05-31")]
    assert floors.end(day("2019-05-15"), "UTC") == at("2027-06-01", "UTC")


def test_a_year_beyond_the_holiday_table_still_has_a_deadline() -> None:
    """A19"""
    assert OPEN.end(day("2140-01-10"), ZONE).year in (2147, 2148)


JANUARY = at("2019-01-10 09:00")
PAPERS = [
    ("a payment", [payment(on=None, at=JANUARY)], {"payment:40": "2019-01-10"}),
    ("a refunded payment is one still", [payment(on=None, at=JANUARY, is_reversed=True)], {"payment:40": "2019-01-10"}),
    ("what was paid out", [payment(on=None, amount="-5", at=JANUARY)], {"payment:40": "2019-01-10"}),
    ("a paid invoice by its payment", [invoice(issued=day("2018-12-31"), paid=JANUARY)], {"invoice:30": "2019-01-10"}),
    ("a paid invoice by its issue", [invoice(issued=day("2019-02-01"), paid=JANUARY)], {"invoice:30": "2019-02-01"}),
    ("a refunded invoice", [invoice(state=State.REFUNDED, issued=JANUARY, paid=JANUARY)], {"invoice:30": "2019-01-10"}),
    ("an invoice never paid", [invoice(state=State.UNPAID, issued=JANUARY)], {}),
    ("a cancelled invoice", [invoice(state=State.CANCELLED, issued=JANUARY)], {}),
    ("a draft invoice", [invoice(state=State.DRAFT, issued=JANUARY)], {}),
    ("an invoice in collections", [invoice(state=State.COLLECTIONS, issued=JANUARY)], {}),
    ("a cancelled one that was paid, with its payment",
     [invoice(state=State.CANCELLED, issued=day("2018-12-31")), payment(at=JANUARY)],
     {"payment:40": "2019-01-10", "invoice:30": "2019-01-10"}),
    ("an accepted quote", [quote(is_live=False, is_accepted=True, dated=JANUARY)], {"quote:60": "2019-01-10"}),
    ("a quote not accepted", [quote(dated=JANUARY)], {}),
    ("an order with a paid invoice",
     [order(invoice=30, created=day("2018-06-01")), invoice(issued=JANUARY, paid=JANUARY)],
     {"invoice:30": "2019-01-10", "order:10": "2019-01-10"}),
    ("an order whose item was billed, dated by the later",
     [order(created=day("2019-03-01")), service(order=10), invoice(issued=JANUARY, paid=JANUARY,
                                                                    bills=frozenset({(Kind.SERVICE, 20)}))],
     {"invoice:30": "2019-01-10", "order:10": "2019-03-01"}),
    ("an order without a paid invoice", [order(created=JANUARY, invoice=30), invoice(state=State.UNPAID)], {}),
    ("nobody can date it", [payment(on=None, at=None)], {"payment:40": None}),
    ("a paid invoice without a date", [invoice(issued=None, paid=JANUARY)], {"invoice:30": None}),
]  # fmt: skip


@pytest.mark.parametrize(("things", "papers"), [row[1:] for row in PAPERS], ids=[row[0] for row in PAPERS])
def test_which_papers_have_a_floor_and_of_which_date(things: list, papers: dict[str, str | None]) -> None:
    found = {f"{one.ref[0]}:{one.ref[1]}": one.dated and one.dated.isoformat() for one in _papers(facts(*things))}
    assert found == papers


def test_a_document_that_nobody_can_date_keeps_its_client_for_ever() -> None:
    """D14"""
    schedule = replace(SCHEDULE, floors=MARCH)
    old = at("2000-01-01 00:00")
    decision = decided(client(), invoice(issued=None, paid=old), payment(at=old), schedule=schedule)
    assert decision.action == "archive"
    (reason,) = [one for one in decision.reasons if one.code == "floor"]
    assert (reason.until, reason.refs) == (None, ("invoice:30",))


def test_a_floor_keeps_the_paid_invoice_and_lets_the_cancelled_one_go() -> None:
    """D3, the other way round: what the law does not keep follows its own rule."""
    schedule = replace(SCHEDULE, floors=MARCH)
    due = day("2020-01-01")
    cancelled = invoice(31, State.CANCELLED, issued=due, due=due)
    decision = decided(cancelled, client(), invoice(issued=due, paid=due), payment(at=due), schedule=schedule)
    assert (decision.action, codes(decision)) == ("delete", set())
    part_paid = decided(cancelled, client(), payment(on=31, at=at("2024-01-01 00:00")), schedule=schedule)
    assert (part_paid.action, codes(part_paid)) == ("keep", {"paid-invoice", "floor"})


def test_a_floor_is_over_at_its_first_instant_and_never_keeps_from_archiving() -> None:
    """A15, B1"""
    schedule = replace(SCHEDULE, floors=MARCH)
    paid = at("2012-05-15 09:00")
    things = (client(), invoice(issued=paid, paid=paid), payment(at=paid))
    over = MARCH.end(day("2012-05-15"), ZONE)
    assert over == at("2020-06-01 00:00")
    eve = over - dt.timedelta(microseconds=1)
    late = replace(schedule, rules=tuple(r for r in schedule.rules if r.id != "client.archive-inactive"))
    assert decided(*things, now=eve, schedule=schedule).action == "archive"
    assert {"floor", "not-due"} <= codes(decided(*things, now=eve, schedule=late))
    assert "floor" not in codes(decided(*things, now=over, schedule=late))


def test_another_clients_payment_is_no_document_of_this_one_unless_on_its_invoice() -> None:
    elsewhere = payment(41, on=99, client=OTHER, at=JANUARY)
    on_mine = payment(42, on=30, client=OTHER, at=JANUARY)
    found = {one.ref for one in _papers(facts(invoice(issued=JANUARY), elsewhere, on_mine))}
    assert found == {(Kind.INVOICE, 30), (Kind.PAYMENT, 42)}


def test_what_is_not_there_destroys_no_document() -> None:
    known = facts(order(), invoice(issued=JANUARY, paid=JANUARY))
    for kind in (Kind.ORDER, Kind.INVOICE, Kind.SERVICE, Kind.DOMAIN):
        assert record_documents(Record(kind, 99, 3, State.CANCELLED, "", {}), known, ZONE) == []
    mine = record_documents(Record(Kind.INVOICE, 30, 3, State.PAID, "", {}), known, ZONE)
    assert mine == [Document((Kind.INVOICE, 30), day("2019-01-10"))]


def _papers(known: Facts) -> list:
    return list(documents(known, ZONE))
