"""Tickets: what a plugin can hear of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kigen.specs.book import Book, hookspec

if TYPE_CHECKING:
    from kigen.policy.events import Event


@hookspec
def kigen_ticket_opened(event: Event, book: Book) -> None:
    """A ticket was opened. `event` has client and id; in the `book` it enters OPEN.

    Example:
        @hookimpl
        def kigen_ticket_opened(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.asked", event.at)
    """


@hookspec
def kigen_ticket_replied(event: Event, book: Book) -> None:
    """A ticket was answered, by either side. `event` has client and id; the `book` notes 'last reply'.

    Example:
        @hookimpl
        def kigen_ticket_replied(event, book):
            if event.data.get("by") == "client":
                book.observe(event.ref, "acme.waiting", event.at)
    """


@hookspec
def kigen_ticket_closed(event: Event, book: Book) -> None:
    """A ticket was closed. `event` has client and id; in the `book` it enters CLOSED.

    Example:
        @hookimpl
        def kigen_ticket_closed(event, book):
            book.observe(event.ref, "acme.survey sent", event.at)
    """


@hookspec
def kigen_ticket_deleted(event: Event, book: Book) -> None:
    """The platform removed a ticket. `event` has client and id; the `book` forgets it when the tables agree.

    Example:
        @hookimpl
        def kigen_ticket_deleted(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.ticket removed", event.at)
    """
