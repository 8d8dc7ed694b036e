"""Orders: what a plugin can hear of them, from draft to removal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kigen.specs.book import Book, hookspec

if TYPE_CHECKING:
    from kigen.policy.events import Event


@hookspec
def kigen_order_drafted(event: Event, book: Book) -> None:
    """An order was saved as a draft. `event` has client and id; the `book` notes 'created' and enters DRAFT.

    Example:
        @hookimpl
        def kigen_order_drafted(event, book):
            book.observe(event.ref, "acme.quoted", event.at)
    """


@hookspec
def kigen_order_created(event: Event, book: Book) -> None:
    """An order was placed. `event` has client and id; the `book` notes 'created' and enters PENDING.

    Example:
        @hookimpl
        def kigen_order_created(event, book):
            if event.data.get("campaign"):
                book.observe(event.ref, "acme.campaign", event.at)
    """


@hookspec
def kigen_order_accepted(event: Event, book: Book) -> None:
    """An order was accepted. `event` has client and id; in the `book` it enters ACTIVE.

    Example:
        @hookimpl
        def kigen_order_accepted(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.last order", event.at)
    """


@hookspec
def kigen_order_set_pending(event: Event, book: Book) -> None:
    """An order went back to pending. `event` has client and id; in the `book` it enters PENDING.

    Example:
        @hookimpl
        def kigen_order_set_pending(event, book):
            book.observe(event.ref, "acme.asked again", event.at)
    """


@hookspec
def kigen_order_cancelled(event: Event, book: Book) -> None:
    """An order was cancelled. `event` has client and id; in the `book` it enters CANCELLED.

    Example:
        @hookimpl
        def kigen_order_cancelled(event, book):
            if event.data.get("by") == "client":
                book.observe(event.ref, "acme.changed mind", event.at)
    """


@hookspec
def kigen_order_marked_fraud(event: Event, book: Book) -> None:
    """An order was marked as fraud. `event` has client and id; in the `book` it enters FRAUD.

    Example:
        @hookimpl
        def kigen_order_marked_fraud(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.suspected", event.at)
    """


@hookspec
def kigen_order_deleted(event: Event, book: Book) -> None:
    """The platform removed an order. `event` has client and id; the `book` forgets it when the tables agree.

    Example:
        @hookimpl
        def kigen_order_deleted(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.order removed", event.at)
    """
