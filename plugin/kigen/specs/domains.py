"""Domains: what a plugin can hear of them; when they expire is the registry's word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kigen.specs.book import Book, hookspec

if TYPE_CHECKING:
    from kigen.policy.events import Event


@hookspec
def kigen_domain_registered(event: Event, book: Book) -> None:
    """A domain was registered. `event` has client and id; in the `book` it enters ACTIVE.

    Example:
        @hookimpl
        def kigen_domain_registered(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.in use", event.at)
    """


@hookspec
def kigen_domain_renewed(event: Event, book: Book) -> None:
    """A domain was renewed. `event` has client and id; in the `book` it enters ACTIVE.

    Example:
        @hookimpl
        def kigen_domain_renewed(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.in use", event.at)
    """


@hookspec
def kigen_domain_changed(event: Event, book: Book) -> None:
    """A domain was edited. `event` has client, id, data.fields (names of what changed).

    The `book` notes 'bought' as for services, by kigen.hooks.domains.COUNTED_FIELDS; name servers never count.

    Example:
        @hookimpl
        def kigen_domain_changed(event, book):
            if "registrationperiod" in event.data.get("fields", ()):
                book.observe(event.ref, "acme.longer", event.at)
    """


@hookspec
def kigen_domain_transferred(event: Event, book: Book) -> None:
    """A transfer ended. `event` has client, id, data.away; the `book` enters TRANSFERRED if away, else ACTIVE.

    Example:
        @hookimpl
        def kigen_domain_transferred(event, book):
            if event.data.get("away"):
                book.observe(event.ref, "acme.left us", event.at)
    """


@hookspec
def kigen_domain_cancelled(event: Event, book: Book) -> None:
    """A domain was cancelled. `event` has client and id; in the `book` it enters CANCELLED.

    Example:
        @hookimpl
        def kigen_domain_cancelled(event, book):
            book.observe(event.ref, "acme.asked why", event.at)
    """


@hookspec
def kigen_domain_expired(event: Event, book: Book) -> None:
    """A domain expired. `event` has client and id; in the `book` it enters EXPIRED. The registry's date is the clock.

    Example:
        @hookimpl
        def kigen_domain_expired(event, book):
            book.observe(event.ref, "acme.last call", event.at)
    """


@hookspec
def kigen_domain_deleted(event: Event, book: Book) -> None:
    """The platform removed a domain. `event` has client and id; the `book` forgets it when the tables agree.

    Example:
        @hookimpl
        def kigen_domain_deleted(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.domain removed", event.at)
    """
