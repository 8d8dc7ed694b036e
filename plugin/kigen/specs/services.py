"""Services: what a plugin can hear of them.

An add-on is one too: data.kind is then 'addon' and the id is the add-on's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kigen.specs.book import Book, hookspec

if TYPE_CHECKING:
    from kigen.policy.events import Event


@hookspec
def kigen_service_activated(event: Event, book: Book) -> None:
    """A service went live. `event` has client and id; in the `book` it enters ACTIVE.

    Example:
        @hookimpl
        def kigen_service_activated(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.in use", event.at)
    """


@hookspec
def kigen_service_suspended(event: Event, book: Book) -> None:
    """A service was suspended. `event` has client and id; in the `book` it enters SUSPENDED.

    Example:
        @hookimpl
        def kigen_service_suspended(event, book):
            book.observe(event.ref, "acme.suspended", event.at)
    """


@hookspec
def kigen_service_unsuspended(event: Event, book: Book) -> None:
    """A suspension ended. `event` has client and id; in the `book` it enters ACTIVE.

    Example:
        @hookimpl
        def kigen_service_unsuspended(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.in use", event.at)
    """


@hookspec
def kigen_service_changed(event: Event, book: Book) -> None:
    """A service was edited. `event` has client, id, data.fields (names of what changed).

    The `book` notes 'bought' where a field of kigen.hooks.services.COUNTED_FIELDS is named, or no fields are told:
    then the sender says that what was bought changed. Price, usage, notes, due dates and status syncs never count.

    Example:
        @hookimpl
        def kigen_service_changed(event, book):
            if "quantity" in event.data.get("fields", ()):
                book.observe(event.ref, "acme.seats changed", event.at)
    """


@hookspec
def kigen_service_cancelled(event: Event, book: Book) -> None:
    """A service was cancelled. `event` has client and id; in the `book` it enters CANCELLED.

    Example:
        @hookimpl
        def kigen_service_cancelled(event, book):
            book.observe(event.ref, "acme.asked why", event.at)
    """


@hookspec
def kigen_service_terminated(event: Event, book: Book) -> None:
    """A service was terminated: its data is gone. `event` has client and id; in the `book` it enters TERMINATED.

    Example:
        @hookimpl
        def kigen_service_terminated(event, book):
            book.observe(event.ref, "acme.backup kept", event.at)
    """


@hookspec
def kigen_service_deleted(event: Event, book: Book) -> None:
    """The platform removed a service. `event` has client and id; the `book` forgets it when the tables agree.

    Example:
        @hookimpl
        def kigen_service_deleted(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.service removed", event.at)
    """
