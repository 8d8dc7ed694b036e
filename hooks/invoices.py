"""Invoices: when they are due, which state they entered when, and that a paid one ends an archive."""

from __future__ import annotations

import datetime as dt

from kigen.policy.events import Event
from kigen.policy.records import DUE, RECEIVED, State
from kigen.specs import Book, hookimpl

from . import amount_of, ref_of

LAST_ZONE = dt.timezone(dt.timedelta(hours=-12))
"""Where a day ends last on earth: a date without a zone is over there when it is over everywhere."""

YEARS = range(1995, 2101)
"""Other years are defaults and sentinels, no dates (retention.md, Anchors)."""

LONGEST_DATE = len("2026-01-31")


@hookimpl
def kigen_invoice_created(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.UNPAID, event.at)
    _observe_due(event, book)


@hookimpl
def kigen_invoice_due_changed(event: Event, book: Book) -> None:
    _observe_due(event, book)


@hookimpl
def kigen_invoice_paid(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.PAID, event.at)
    gross = amount_of(event, "gross")
    if gross is not None and gross <= 0:
        return  # a bill over nothing is settled without a payment
    book.observe(ref_of(event), RECEIVED, event.at)
    # Where the event does not know the client, the tables show the payment, and that ends the archive too.
    if event.client is not None:
        book.end_archive(event.client, event.at)


@hookimpl
def kigen_invoice_refunded(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.REFUNDED, event.at)


@hookimpl
def kigen_invoice_cancelled(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.CANCELLED, event.at)


@hookimpl
def kigen_invoice_deleted(event: Event, book: Book) -> None:
    book.forget(ref_of(event), event.at)


def _observe_due(event: Event, book: Book) -> None:
    # The instant observed is the due date itself, not that of the edit. The book keeps the latest, so a date moved
    # forward changes nothing: two edits may arrive in either order, and the longer term is the careful side. It is
    # asked only where the host's own column cannot be read; elsewhere the column follows the edit both ways.
    due = read_due(event)
    if due is not None:
        book.observe(ref_of(event), DUE, due)


def read_due(event: Event) -> dt.datetime | None:
    """data.due as an instant: of a date the end of the day, without an offset where it is latest; None for no date."""
    written = str(event.data.get("due") or "").strip()
    if not written or written.startswith("0000"):
        return None
    try:
        due = dt.datetime.fromisoformat(written)
    except ValueError:
        expected = "expected a date such as 2026-01-31 or a date-time with its offset"
        raise ValueError(f"{event.name} has another data.due; {expected}") from None
    if due.year not in YEARS:
        return None
    if len(written) <= LONGEST_DATE:
        due += dt.timedelta(days=1)
    return (due if due.tzinfo else due.replace(tzinfo=LAST_ZONE)).astimezone(dt.UTC)
