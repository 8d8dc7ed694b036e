"""Decides which documents the law keeps, and until when. A date that cannot be read keeps its document.

While `floors.fiscal_year_end` is unanswered: ten years, counted from fifteen months after the document's date. Else:
the years of its class, counted from the day after the tax filing deadline of the fiscal year it belongs to. Readings:
a fiscal year that ends on a month's last day is filed by a month's last day; a deadline on a day on which the tax
office is closed (weekends, Japan's holidays, 29 December to 3 January) is the next day it opens.
"""

from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import cache

import holidays

from .anchors import rows_of
from .books import Books, fold, money
from .clock import add_months, day_of, end_of, is_unset, midnight, read
from .items import paid_invoices
from .states import is_paid


def runs(books: Books, day: date | None) -> bool:
    return day is None or books.now < ends(books.settings, day)


def ends(settings: dict, day: date) -> datetime:
    if not settings["floors.fiscal_year_end"]:
        return end_of(add_months(add_months(day, 15), 120))
    closing = closing_on_or_after(day, settings["floors.fiscal_year_end"])
    is_ten = settings["floors.company_books"] or closing.year in settings["floors.loss_years"]
    years = 10 if is_ten else settings["floors.years"]
    return midnight(add_months(deadline(closing, settings["floors.filing_months"]) + timedelta(days=1), 12 * years))


def closing_on_or_after(day: date, year_end: str) -> date:
    """The last day of the fiscal year that this day belongs to; 29 February is the 28th in a common year."""
    month, last = map(int, year_end.split("-"))
    candidates = [date(year, month, min(last, monthrange(year, month)[1])) for year in (day.year, day.year + 1)]
    return min(closing for closing in candidates if closing >= day)


@cache
def deadline(closing: date, months: int) -> date:
    filed = add_months(closing, months)
    if closing.day == monthrange(closing.year, closing.month)[1]:
        filed = filed.replace(day=monthrange(filed.year, filed.month)[1])
    while filed.weekday() in (5, 6) or (filed.month, filed.day) in CLOSED or filed in _holidays(filed.year):
        filed += timedelta(days=1)
    return filed


CLOSED = {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}


@cache
def _holidays(year: int) -> set:
    return set(holidays.country_holidays("JP", years=year))


def later_day(texts: list[str | None]) -> date | None:
    """The latest of the dates that are set; None where none is, or one of them cannot be read."""
    values = [read(text) for text in texts if not is_unset(text)]
    return None if not values or None in values else max(day_of(value) for value in values)


def is_transaction(row: dict) -> bool:
    return money(row["amountin"]) > 0 or money(row["amountout"]) > 0


def row_day(row: dict) -> date | None:
    return later_day([row["date"]])


def invoice_days(books: Books, invoice: dict) -> list[date | None]:
    """The days of the documents an invoice is: itself where it is paid or refunded, and each payment row on it."""
    rows = [row for row in books.where("tblaccounts", "invoiceid", invoice["id"]) if is_transaction(row)]
    days = [row_day(row) for row in rows]
    if is_paid(books, invoice):
        days.append(issue_and_payment(invoice, rows))
    return days


def issue_and_payment(invoice: dict, rows: list[dict]) -> date | None:
    issued = row_day(invoice)
    texts = [row["date"] for row in rows]
    if later_day([invoice["datepaid"]]) or not rows:
        texts.append(invoice["datepaid"])
    paid = later_day(texts)
    return max(issued, paid) if issued and paid else None


def order_days(books: Books, order: dict) -> list[date | None]:
    """An order with a paid invoice is a document of the latest of its own day and those invoices'."""
    invoices = paid_invoices(books, order)
    if not invoices:
        return []
    found = [row_day(order), *(day for invoice in invoices for day in invoice_days(books, invoice))]
    return [None if None in found else max(found)]


def client_days(books: Books, client: int) -> list[date | None]:
    days = [row_day(row) for row in rows_of(books, client) if is_transaction(row)]
    for invoice in books.where("tblinvoices", "userid", client):
        days += invoice_days(books, invoice)
    for order in books.where("tblorders", "userid", client):
        days += order_days(books, order)
    for quote in books.where("tblquotes", "userid", client):
        if fold(quote["stage"]) == "accepted":
            days.append(later_day([quote["datecreated"], quote["dateaccepted"]]))
    return days


def days(books: Books, kind: str, row: dict) -> list[date | None]:
    """The days of the documents that go when this record goes; services and domains are none."""
    if kind == "client":
        return client_days(books, row["id"])
    if kind == "order":
        return order_days(books, row)
    return invoice_days(books, row) if kind == "invoice" else []


def is_kept(books: Books, kind: str, row: dict) -> bool:
    return books.once(("floor", kind, row["id"]), lambda: any(runs(books, day) for day in days(books, kind, row)))
