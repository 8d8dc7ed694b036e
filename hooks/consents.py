"""Consents: what a client agreed to, refused or withdrew, and which policy it accepted, each with its last instant."""

from __future__ import annotations

from kigen.policy.events import Event
from kigen.specs import Book, hookimpl

from . import is_by_staff, ref_of

SHOWN, ACCEPTED = "shown", "accepted"

LANGUAGES = {"english": "en", "japanese": "ja"}
"""Languages by the names that platforms have for them."""

LONGEST = 60
"""Characters of a purpose or notice; they are names that the operator chose, never free text."""


@hookimpl
def kigen_consent_given(event: Event, book: Book) -> None:
    # Consent is a person's own act (GDPR Art. 4(11)): a tick that staff set proves nothing.
    if not is_by_staff(event):
        book.observe(ref_of(event), f"consent {_name(event, 'purpose')} given", event.at)
        _view(event, book, SHOWN)


@hookimpl
def kigen_consent_refused(event: Event, book: Book) -> None:
    book.observe(ref_of(event), f"consent {_name(event, 'purpose')} refused", event.at)
    _view(event, book, SHOWN)


@hookimpl
def kigen_consent_withdrawn(event: Event, book: Book) -> None:
    # Whoever enters it: withdrawing must be as easy as giving (GDPR Art. 7(3)), by letter or by telephone too.
    book.observe(ref_of(event), f"consent {_name(event, 'purpose')} withdrawn", event.at)


@hookimpl
def kigen_policy_accepted(event: Event, book: Book) -> None:
    if not is_by_staff(event):
        book.observe(ref_of(event), f"policy {_name(event, 'notice')} accepted", event.at)
        _view(event, book, ACCEPTED)


def _view(event: Event, book: Book, act: str) -> None:
    # Who withdraws by letter read no notice; who chose or accepted something had it before the eyes.
    if event.client is not None and event.data.get("notice") and not is_by_staff(event):
        book.view_notice(event.client, _name(event, "notice"), _language(event), act, event.at)


def _language(event: Event) -> str:
    """The language of what was shown, as its code; blank where the event does not tell."""
    told = str(event.data.get("language") or "").strip().lower()
    return LANGUAGES.get(told, told[:2] if told[:2] in ("en", "ja") else "")


def _name(event: Event, key: str) -> str:
    name = str(event.data.get(key) or "").strip()
    if not 0 < len(name) <= LONGEST:
        raise ValueError(f"{event.name} has no such data.{key}; expected a name of 1 to {LONGEST} characters")
    return name
