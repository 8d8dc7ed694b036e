"""Consents: what a client agreed to, refused, withdrew or accepted, and who clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kigen.specs.book import Book, hookspec

if TYPE_CHECKING:
    from kigen.policy.events import Event


@hookspec
def kigen_consent_given(event: Event, book: Book) -> None:
    """A client consented. `event` has client, data.purpose, data.notice (what was shown), data.by, data.masquerading.

    The `book` notes the consent and what was shown, unless staff clicked: consent is a person's own. Also kept, where
    they are told: data.language, data.channel, data.age and data.country.

    Example:
        @hookimpl
        def kigen_consent_given(event, book):
            if event.data["purpose"] == "newsletter":
                book.observe(event.ref, "acme.subscribed", event.at)
    """


@hookspec
def kigen_consent_refused(event: Event, book: Book) -> None:
    """A client said no. `event` has client, data.purpose, data.notice; the `book` notes 'consent PURPOSE refused'.

    Example:
        @hookimpl
        def kigen_consent_refused(event, book):
            book.observe(event.ref, "acme.do not ask again", event.at)
    """


@hookspec
def kigen_consent_withdrawn(event: Event, book: Book) -> None:
    """A consent ended. `event` has client, data.purpose, data.notice; the `book` notes 'consent PURPOSE withdrawn'.

    Example:
        @hookimpl
        def kigen_consent_withdrawn(event, book):
            if event.data["purpose"] == "newsletter":
                book.observe(event.ref, "acme.unsubscribed", event.at)
    """


@hookspec
def kigen_policy_accepted(event: Event, book: Book) -> None:
    """A client accepted a policy. `event` has client, data.purpose, data.notice, data.by, data.masquerading.

    The `book` notes 'policy NOTICE accepted' for the client, unless staff clicked.

    Example:
        @hookimpl
        def kigen_policy_accepted(event, book):
            book.observe(event.ref, "acme.terms current", event.at)
    """
