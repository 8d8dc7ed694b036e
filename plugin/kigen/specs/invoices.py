"""Invoices: what a plugin can hear of them, and how a due date is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kigen.specs.book import Book, hookspec

if TYPE_CHECKING:
    from kigen.policy.events import Event


@hookspec
def kigen_invoice_created(event: Event, book: Book) -> None:
    """An invoice was made out. `event` has client, id, data.due; the `book` enters UNPAID, notes 'due' if told.

    Example:
        @hookimpl
        def kigen_invoice_created(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.billed", event.at)
    """


@hookspec
def kigen_invoice_due_changed(event: Event, book: Book) -> None:
    """An invoice has another due date. `event` has client, id, data.due: an ISO date, or a date-time with its offset.

    The `book` notes 'due'. The latest date told stays, so that moving it forward never shortens a term; the host's
    own column, where it can be read, goes first anyway. A date that is blank or zero is none.

    Example:
        @hookimpl
        def kigen_invoice_due_changed(event, book):
            book.observe(event.ref, "acme.deferred", event.at)
    """


@hookspec
def kigen_invoice_paid(event: Event, book: Book) -> None:
    """An invoice was paid in full. `event` has client, id, data.gross (subtotal and taxes, before credit).

    The `book` enters PAID, notes 'received' and ends the client's archive; of an invoice over nothing, only PAID.

    Example:
        @hookimpl
        def kigen_invoice_paid(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.thanked", event.at)
    """


@hookspec
def kigen_invoice_refunded(event: Event, book: Book) -> None:
    """An invoice was refunded. `event` has client and id; in the `book` it enters REFUNDED.

    Example:
        @hookimpl
        def kigen_invoice_refunded(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.refunded", event.at)
    """


@hookspec
def kigen_invoice_cancelled(event: Event, book: Book) -> None:
    """An invoice was cancelled. `event` has client and id; in the `book` it enters CANCELLED.

    Example:
        @hookimpl
        def kigen_invoice_cancelled(event, book):
            book.observe(event.ref, "acme.written off", event.at)
    """


@hookspec
def kigen_invoice_deleted(event: Event, book: Book) -> None:
    """The platform removed an invoice. `event` has client and id; the `book` forgets it when the tables agree.

    Example:
        @hookimpl
        def kigen_invoice_deleted(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.invoice removed", event.at)
    """
