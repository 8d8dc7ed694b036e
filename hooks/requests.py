"""What clients ask for: being deleted, staying after all, their data, their other rights; and the day's turn."""

from __future__ import annotations

from kigen.policy.events import Event
from kigen.specs import Book, hookimpl

from . import client_of, is_set

ERASURE, ACCESS = "erasure", "access"
RIGHTS = (
    ACCESS, "rectification", ERASURE, "restriction", "portability", "objection", "withdraw-consent", "human-review",
    "complaint",
)  # fmt: skip
"""RIGHT of contract.md."""


@hookimpl
def kigen_deletion_requested(event: Event, book: Book) -> None:
    _open(event, book, ERASURE)


@hookimpl
def kigen_deletion_withdrawn(event: Event, book: Book) -> None:
    # As little as staff acting as the client may ask for a deletion may they take the request back.
    if not is_set(event, "masquerading"):
        book.close_request(client_of(event), ERASURE, event.at)


@hookimpl
def kigen_rights_requested(event: Event, book: Book) -> None:
    right = str(event.data.get("right") or ACCESS).strip().lower()
    if right not in RIGHTS:
        raise ValueError(f"rights_requested has data.right {right[:40]!r}; expected one of {', '.join(RIGHTS)}")
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
    if not is_set(event, "masquerading"):
        book.open_request(client_of(event), right, event.at)
