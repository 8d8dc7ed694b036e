"""How long the law wants a document kept: class, fiscal year and years (retention.md, Floors)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from whenever import Date

from kigen.policy import records as r
from kigen.policy.facts import Account, Facts
from kigen.policy.frozen import frozen
from kigen.policy.once import once
from kigen.policy.periods import When, end_of_day, local_date, local_midnight
from kigen.policy.records import Invoice, Kind, Order, Ref

UNANSWERED_MONTHS, UNANSWERED_YEARS = 15, 10
"""While nobody has said when the fiscal year ends: ten years, counted from 15 months after the document's date."""


def every_weekday(day: dt.date) -> bool:
    """A calendar without holidays: Monday to Friday."""
    return day.weekday() < 5


@dataclass(frozen=True)
class Floors:
    """The settings `floors.*`; `is_working_day` is the calendar of the tax office (Japan)."""

    fiscal_year_end: tuple[int, int] | None = None  # month, day
    filing_months: int = 2
    years: int = 7
    loss_years: frozenset[int] = field(default_factory=frozenset)  # the calendar year in which the fiscal year ends
    company_books: bool = False
    is_working_day: Callable[[dt.date], bool] = every_weekday

    def end(self, document: dt.date, zone: str) -> dt.datetime:
        """The instant at which the floor of a document of that date is over, in UTC."""
        known = self._ends.get((document, zone))
        if known is None:
            known = self._ends[document, zone] = self._end(document, zone)
        return known

    @once
    def _ends(self) -> dict[tuple[dt.date, str], dt.datetime]:
        return {}  # grows by the days on which documents are dated, not by the documents

    def _end(self, document: dt.date, zone: str) -> dt.datetime:
        if self.fiscal_year_end is None:
            day = Date(document).add(months=UNANSWERED_MONTHS).add(years=UNANSWERED_YEARS)
            return end_of_day(day.to_stdlib(), zone)
        closing = self._closing(document)
        deadline = self._filing_deadline(closing)
        years = 10 if self.company_books or closing.year in self.loss_years else self.years
        starts = Date(deadline).add(days=1)
        return local_midnight(starts.add(years=years).to_stdlib(), zone)

    def _closing(self, document: dt.date) -> dt.date:
        month, day = self.fiscal_year_end or (12, 31)
        for year in (document.year, document.year + 1):
            closing = _day_of(year, month, day)
            if document <= closing:
                return closing
        raise AssertionError("a document belongs to this fiscal year or the next")

    def _filing_deadline(self, closing: dt.date) -> dt.date:
        """A closing on a month's last day is filed by a month's last day; then the next working day."""
        due = Date(closing).add(months=self.filing_months)
        if closing.day == Date(closing).days_in_month():
            due = due.replace(day=due.days_in_month())
        deadline = due.to_stdlib()
        while not self.is_working_day(deadline):
            deadline += dt.timedelta(days=1)
        return deadline


@frozen
class Document:
    """A paper with a floor of its own; `dated` None: nobody knows, so it is kept."""

    ref: Ref
    dated: dt.date | None


def standing(
    papers: Iterable[Document], floors: Floors, zone: str, now: dt.datetime
) -> Iterator[tuple[Document, dt.datetime | None]]:
    """Those papers whose floor is not over, each with its end; None: nobody knows how old it is."""
    for paper in papers:
        ends = floors.end(paper.dated, zone) if paper.dated else None
        if ends is None or now < ends:
            yield paper, ends


def documents(facts: Facts, zone: str) -> Iterator[Document]:
    """All papers of a client that have a floor: transactions, paid invoices, accepted quotes, orders they bill."""
    account = facts.account
    for payment in account.payments:
        if payment.client == account.id or account.invoice(payment.invoice):
            yield Document((Kind.PAYMENT, payment.id), _latest((payment.at,), zone))
    for invoice in account.invoices:
        if account.is_paid(invoice):
            yield invoice_document(account, invoice, zone)
    for quote in account.quotes:
        if quote.is_accepted:
            yield Document((Kind.QUOTE, quote.id), _latest((quote.dated,), zone))
    for order in account.orders:
        if document := order_document(account, order, zone):
            yield document


def invoice_document(account: Account, invoice: Invoice, zone: str) -> Document:
    """A paid invoice, dated by the later of issue and payment."""
    rows = account.transactions_on(invoice.id)
    paid = [invoice.paid] if invoice.paid or not rows else []
    dates = [invoice.issued, *paid, *(row.at for row in rows)]
    return Document((Kind.INVOICE, invoice.id), _latest(dates, zone))


def order_document(account: Account, order: Order, zone: str) -> Document | None:
    """An order with a paid invoice is a contract document; without one it has no floor."""
    paid = [invoice_document(account, i, zone) for i in account.invoices_of(order) if account.is_paid(i)]
    if not paid:
        return None
    dates = [_latest((order.created,), zone), *(document.dated for document in paid)]
    known = [day for day in dates if day]
    return Document((Kind.ORDER, order.id), max(known) if len(known) == len(dates) else None)


def record_documents(record: r.Record, facts: Facts, zone: str) -> list[Document]:
    """The documents that deleting this record would destroy."""
    if record.kind is Kind.CLIENT:
        return list(documents(facts, zone))
    account = facts.account
    papers: list[Document | None] = []
    if record.kind is Kind.ORDER:
        order = account.order(record.id)
        papers = [order_document(account, order, zone)] if order else []
    if record.kind is Kind.INVOICE:
        invoice = account.invoice(record.id)
        papers = [invoice_document(account, invoice, zone)] if invoice and account.is_paid(invoice) else []
        rows = account.transactions_on(record.id)
        papers += [Document((Kind.PAYMENT, row.id), _latest((row.at,), zone)) for row in rows]
    return [paper for paper in papers if paper]


def _latest(dates: tuple[When | None, ...] | list[When | None], zone: str) -> dt.date | None:
    """The latest local date; one that cannot be read makes the whole unknown."""
    days: list[dt.date] = []
    for when in dates:
        if when is None:
            return None
        days.append(local_date(when, zone) if isinstance(when, dt.datetime) else when)
    return max(days, default=None)


def _day_of(year: int, month: int, day: int) -> dt.date:
    return Date(year, month, 1).replace(day=min(day, Date(year, month, 1).days_in_month())).to_stdlib()
