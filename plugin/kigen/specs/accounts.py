"""Accounts and their contacts: what a plugin can hear of clients, from registration to removal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kigen.specs.book import Book, hookspec

if TYPE_CHECKING:
    from kigen.policy.events import Event


@hookspec
def kigen_client_registered(event: Event, book: Book) -> None:
    """A client account came to be. `event` has client; the `book` notes the clock 'registered'.

    Example:
        @hookimpl
        def kigen_client_registered(event, book):
            if event.data.get("trial"):
                book.observe(event.ref, "acme.trial", event.at)
    """


@hookspec
def kigen_client_changed(event: Event, book: Book) -> None:
    """Details of a client changed. `event` has client, data.fields; nothing for the `book`: no clock runs from it.

    Example:
        @hookimpl
        def kigen_client_changed(event, book):
            if "email" in event.data.get("fields", ()):
                book.observe(event.ref, "acme.address changed", event.at)
    """


@hookspec
def kigen_client_signed_in(event: Event, book: Book) -> None:
    """Somebody signed in to a client's account. `event` has client, data.by, data.masquerading, data.sso.

    The `book` notes 'final login' unless those say that it was staff (`by`: staff, admin), API use (api) or SSO.

    Example:
        @hookimpl
        def kigen_client_signed_in(event, book):
            if event.data.get("app"):
                book.observe(event.ref, "acme.app used", event.at)
    """


@hookspec
def kigen_client_archived(event: Event, book: Book) -> None:
    """A client was archived on the platform. `event` has client; in the `book` it enters CLOSED.

    Example:
        @hookimpl
        def kigen_client_archived(event, book):
            book.observe(event.ref, "acme.farewell", event.at)
    """


@hookspec
def kigen_client_unarchived(event: Event, book: Book) -> None:
    """Staff opened a client's account again. `event` has client; the `book` enters ACTIVE and ends the archive.

    Example:
        @hookimpl
        def kigen_client_unarchived(event, book):
            book.observe(event.ref, "acme.welcome back", event.at)
    """


@hookspec
def kigen_client_closed(event: Event, book: Book) -> None:
    """A client was closed on the platform. `event` has client; in the `book` it enters CLOSED.

    Example:
        @hookimpl
        def kigen_client_closed(event, book):
            book.observe(event.ref, "acme.farewell", event.at)
    """


@hookspec
def kigen_client_deleted(event: Event, book: Book) -> None:
    """The platform removed a client. `event` has client; the `book` forgets it when the tables agree.

    Example:
        @hookimpl
        def kigen_client_deleted(event, book):
            book.observe(event.ref, "acme.left", event.at)
    """


@hookspec
def kigen_client_merged(event: Event, book: Book) -> None:
    """A client became part of another. `event` has client and into; the `book` hands over holds, requests, sign-ins.

    Example:
        @hookimpl
        def kigen_client_merged(event, book):
            book.observe((Kind.CLIENT, event.into), "acme.merged", event.at)
    """


@hookspec
def kigen_contact_added(event: Event, book: Book) -> None:
    """A contact person was added. `event` has client and id; nothing for the `book`: contacts go with the client.

    Example:
        @hookimpl
        def kigen_contact_added(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.contacts", event.at)
    """


@hookspec
def kigen_contact_changed(event: Event, book: Book) -> None:
    """A contact person changed. `event` has client and id; nothing for the `book`: contacts go with the client.

    Example:
        @hookimpl
        def kigen_contact_changed(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.contacts", event.at)
    """


@hookspec
def kigen_contact_deleted(event: Event, book: Book) -> None:
    """A contact person was removed. `event` has client and id; nothing for the `book`: contacts go with the client.

    Example:
        @hookimpl
        def kigen_contact_deleted(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.contacts", event.at)
    """
