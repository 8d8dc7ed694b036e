"""Orders: when they were created, and which state they entered when."""

from __future__ import annotations

from kigen.policy.events import Event
from kigen.policy.records import CREATED, State
from kigen.specs import Book, hookimpl

from . import ref_of


@hookimpl
def kigen_order_drafted(event: Event, book: Book) -> None:
    book.observe(ref_of(event), CREATED, event.at)
    book.enter(ref_of(event), State.DRAFT, event.at)


@hookimpl
def kigen_order_created(event: Event, book: Book) -> None:
    # A draft that is placed later counts from then: the book keeps the latest, and longer is the careful side.
    book.observe(ref_of(event), CREATED, event.at)
    book.enter(ref_of(event), State.PENDING, event.at)


@hookimpl
def kigen_order_accepted(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.ACTIVE, event.at)


@hookimpl
def kigen_order_set_pending(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.PENDING, event.at)


@hookimpl
def kigen_order_cancelled(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.CANCELLED, event.at)


@hookimpl
def kigen_order_marked_fraud(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.FRAUD, event.at)


@hookimpl
def kigen_order_deleted(event: Event, book: Book) -> None:
    book.forget(ref_of(event), event.at)
