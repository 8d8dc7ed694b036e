"""Decides which documents the law keeps: ten years, counted from fifteen months after the document's date.

That is the floor while `floors.fiscal_year_end` is unanswered, the only case judged here. A date that cannot be read
keeps its document.
"""

from datetime import date

from .anchors import rows_of
from .books import Books, fold, money
from .clock import add_months, day_of, end_of, is_unset, read
from .items import paid_invoices
from .states import is_paid


def runs(books: Books, day: date | None) -> bool:
    if books.settings["floors.fiscal_year_end"]:
        raise ValueError("floors.fiscal_year_end is answered; the oracle judges floors only while it is not")
    return day is None or books.now < end_of(add_months(add_months(day, 15), 120))


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
    if fold(invoice["status"]) in {"paid", "refunded"} and (later_day([invoice["datepaid"]]) or not rows):
        texts.append(invoice["datepaid"])
    paid = later_day(texts)
    return max(issued, paid) if issued and paid else None


def order_days(books: Books, order: dict) -> list[date | None]:
    """An order with a paid invoice is a document of its own day and of that invoice's."""
    invoices = paid_invoices(books, order)
    days = [day for invoice in invoices for day in invoice_days(books, invoice)]
    return [row_day(order), *days] if invoices else []


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
