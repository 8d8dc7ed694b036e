"""Accounts and their contacts: registration, the client's own sign-ins, closing, opening again, merging."""

from __future__ import annotations

from kigen.policy.events import Event
from kigen.policy.records import ADDRESS_CHANGED, FINAL_LOGIN, REGISTERED, State
from kigen.specs import Book, hookimpl

from . import STAFF, client_of, is_by, is_set, ref_of

NOT_THE_CLIENT = STAFF | {"api"}
"""Values of data.by with which a sign-in is not the client's own."""


@hookimpl
def kigen_client_registered(event: Event, book: Book) -> None:
    book.observe(ref_of(event), REGISTERED, event.at)


@hookimpl
def kigen_client_signed_in(event: Event, book: Book) -> None:
    # Staff acting as the client, an SSO refresh and API use are no sign-in of the client (retention.md, Anchors).
    if not (is_by(event, NOT_THE_CLIENT) or is_set(event, "masquerading") or is_set(event, "sso")):
        book.observe(ref_of(event), FINAL_LOGIN, event.at)


@hookimpl
def kigen_client_closed(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.CLOSED, event.at)


@hookimpl
def kigen_client_archived(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.CLOSED, event.at)


@hookimpl
def kigen_client_unarchived(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.ACTIVE, event.at)
    book.end_archive(client_of(event), event.at)


@hookimpl
def kigen_client_deleted(event: Event, book: Book) -> None:
    book.forget(ref_of(event), event.at)


@hookimpl
def kigen_client_merged(event: Event, book: Book) -> None:
    if event.into is None:
        raise ValueError("client_merged has no into; expected the number of the client that it became")
    book.merge(client_of(event), event.into, event.at)


@hookimpl
def kigen_client_changed(event: Event, book: Book) -> None:
    # No clock starts from a name, and the tables tell the state. An address that changes shortly before a deletion is
    # asked for may be a thief's: then the grace is longer (cases.md I7).
    fields = event.data.get("fields")
    if isinstance(fields, (list, tuple)) and any(str(one).strip().lower() == "email" for one in fields):
        book.observe(ref_of(event), ADDRESS_CHANGED, event.at)


# A contact has no rule and no clock of its own: it goes with its client, whose tables tell which there are.


@hookimpl
def kigen_contact_added(event: Event, book: Book) -> None:
    """Nothing, see above."""


@hookimpl
def kigen_contact_changed(event: Event, book: Book) -> None:
    """Nothing, see above."""


@hookimpl
def kigen_contact_deleted(event: Event, book: Book) -> None:
    """Nothing, see above."""
