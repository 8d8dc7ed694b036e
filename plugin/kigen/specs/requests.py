"""What clients ask for, and the day's turn.

What staff click while acting as the client (data.masquerading) is not the client's word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kigen.specs.book import Book, hookspec

if TYPE_CHECKING:
    from kigen.policy.events import Event


@hookspec
def kigen_deletion_requested(event: Event, book: Book) -> None:
    """A client asked to be deleted. `event` has client; the `book` opens a request of the right 'erasure'.

    data.actor, data.reauthenticated and data.source (codes of kigen.policy.desk) go into its history. With
    data.keep_planned it is the answer to the question that an own sign-in asks, and opens nothing. With data.contact
    one contact of the client asks to be erased, and not its client.

    Example:
        @hookimpl
        def kigen_deletion_requested(event, book):
            book.observe(event.ref, "acme.call them", event.at)
    """


@hookspec
def kigen_deletion_withdrawn(event: Event, book: Book) -> None:
    """A client wants to stay after all. `event` has client; the `book` closes earlier requests for 'erasure'.

    Example:
        @hookimpl
        def kigen_deletion_withdrawn(event, book):
            book.observe(event.ref, "acme.stayed", event.at)
    """


@hookspec
def kigen_cancellation_requested(event: Event, book: Book) -> None:
    """A client asked to end a service. `event` has client, id; nothing for the `book`: the tables tell.

    Example:
        @hookimpl
        def kigen_cancellation_requested(event, book):
            book.observe((Kind.SERVICE, event.id), "acme.notice given", event.at)
    """


@hookspec
def kigen_export_requested(event: Event, book: Book) -> None:
    """A client asked for its data. `event` has client; the `book` opens a request of the right 'access'.

    Example:
        @hookimpl
        def kigen_export_requested(event, book):
            book.observe(event.ref, "acme.export asked", event.at)
    """


@hookspec
def kigen_rights_requested(event: Event, book: Book) -> None:
    """A client made use of a right. `event` has client, data.right (RIGHT of contract.md; missing: access).

    The `book` opens a request of that right; while it is open it keeps what the answer may need.

    Example:
        @hookimpl
        def kigen_rights_requested(event, book):
            if event.data.get("right") == "complaint":
                book.observe(event.ref, "acme.escalated", event.at)
    """


@hookspec
def kigen_day_started(event: Event, book: Book) -> None:
    """A day began in the operator's zone. `event` has nothing but its instant; nothing for the `book`.

    Example:
        @hookimpl
        def kigen_day_started(event, book):
            book.observe((Kind.CLIENT, 1), "acme.house account", event.at)
    """
