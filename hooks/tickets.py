"""Tickets: whether they are open, and the last reply, from which an operator may let them go before their client."""

from __future__ import annotations

from kigen.policy.events import Event
from kigen.policy.records import State
from kigen.specs import Book, hookimpl

from . import ref_of

LAST_REPLY = "last reply"
"""The clock of the optional rule ticket.delete-closed (retention.md, Rules)."""


@hookimpl
def kigen_ticket_opened(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.OPEN, event.at)


@hookimpl
def kigen_ticket_replied(event: Event, book: Book) -> None:
    # No state: a reply may open a ticket again or come with its closing; the host's status tells.
    book.observe(ref_of(event), LAST_REPLY, event.at)


@hookimpl
def kigen_ticket_closed(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.CLOSED, event.at)


@hookimpl
def kigen_ticket_deleted(event: Event, book: Book) -> None:
    book.forget(ref_of(event), event.at)
