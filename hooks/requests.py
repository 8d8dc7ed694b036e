"""What clients ask for: being deleted, staying after all, their data, their other rights; and the day's turn."""

from __future__ import annotations

from kigen.policy.desk import (
    AUTHORITY,
    FOR_OTHERS,
    KEPT,
    PASS_ON,
    RECEIVED,
    RIGHTS,
    WITHDRAW,
    code_of,
    reference_of,
)
from kigen.policy.events import Event
from kigen.specs import Book, hookimpl

from . import client_of, contact_of, is_set

ERASURE, ACCESS = "erasure", "access"
CONTENT = "content"
"""data.about of a request that is about what the client stores for others."""
TOLD = {"actor": "actor", "method": "reauthenticated", "source": "source"}
"""What the history of a request keeps of an event's data: who asked, how authenticated, which way it came."""


@hookimpl
def kigen_deletion_requested(event: Event, book: Book) -> None:
    # The answer "keep it planned" is no new request: where nothing is open it must not open anything.
    if not is_set(event, "keep_planned"):
        _open(event, book, ERASURE)
    elif not is_set(event, "masquerading"):
        _check_is_the_clients(event)
        book.note_request(client_of(event), ERASURE, KEPT, event.at, _told(event))


@hookimpl
def kigen_deletion_withdrawn(event: Event, book: Book) -> None:
    # As little as staff acting as the client may ask for a deletion may they take the request back.
    if not is_set(event, "masquerading"):
        _check_is_the_clients(event)
        book.close_request(client_of(event), ERASURE, event.at)
        book.note_request(client_of(event), ERASURE, WITHDRAW, event.at, _told(event))


@hookimpl
def kigen_rights_requested(event: Event, book: Book) -> None:
    right = str(event.data.get("right") or ACCESS).strip().lower()
    if right not in RIGHTS:
        raise ValueError(f"rights_requested has another data.right; expected one of {', '.join(RIGHTS)}")
    _open(event, book, right)


@hookimpl
def kigen_export_requested(event: Event, book: Book) -> None:
    # Asking for one's data is a request for access however small the button was. Opened as one it cannot be forgotten,
    # and nothing of the client goes before the answer did; whoever answers, a person or kigen itself, closes it. The
    # other way round, data could be deleted in the night after it was asked for.
    _open(event, book, ACCESS)


@hookimpl
def kigen_cancellation_requested(event: Event, book: Book) -> None:
    """Nothing: the host keeps the request and its date, and its end is an event of the service."""


@hookimpl
def kigen_day_started(event: Event, book: Book) -> None:
    """Nothing: a day changes no anchor. What it makes due is found by its date, also where this event is missing."""


def _open(event: Event, book: Book, right: str) -> None:
    # What staff click while acting as the client is not the client's word; what arrived otherwise they enter as theirs.
    if is_set(event, "masquerading"):
        return
    client, told = client_of(event), _told(event)
    if str(event.data.get("about") or "").strip().lower() == CONTENT:
        book.pass_on_request(client, right, event.at)
        book.note_request(client, right, PASS_ON, event.at, told)
        return
    contact, reference = contact_of(event), _authority(event, right)
    book.open_request(client, right, event.at, contact)
    book.note_request(client, right, RECEIVED, event.at, told, contact)
    if reference:
        noted = {"reason": reference, "method": told["actor"]}
        book.note_request(client, right, AUTHORITY, event.at, noted, contact)


def _authority(event: Event, right: str) -> str | None:
    """The reference of the document by which somebody asks in the client's place; None where none is needed or told.

    Without one nobody has a client deleted: such an event waits for a person.
    """
    if code_of("actor", event.data.get("actor")) not in FOR_OTHERS:
        return None
    if event.data.get("authority"):
        return reference_of(event.data["authority"])
    if right == ERASURE:
        raise ValueError(f"{event.name} is by somebody else than the client; expected data.authority, or a person")
    return None


def _check_is_the_clients(event: Event) -> None:
    """A contact answers no question of its client's and takes nothing back for it; a person closes its own request."""
    if contact_of(event):
        raise ValueError(f"{event.name} is by a contact; 'kigen request withdraw' takes back what a contact asked")


def _told(event: Event) -> dict[str, str]:
    """The known codes of what the event tells; anything else may be personal and is left out."""
    found = {name: code_of(name, event.data.get(key)) for name, key in TOLD.items()}
    return {name: code for name, code in found.items() if code}
