"""Consents: what a client agreed to, refused or withdrew, which policy it accepted, and what it had read."""

from __future__ import annotations

import re

from kigen.policy.consents import Act
from kigen.policy.events import Event
from kigen.specs import Book, hookimpl

from . import client_of, is_by, is_by_staff, ref_of

LANGUAGES = {"english": "en", "japanese": "ja"}
"""Languages by the names that platforms have for them."""

LONGEST = 60
"""Characters of a purpose or notice; they are names that the operator chose, never free text."""

GUARDIANS = frozenset({"guardian", "parent"})
"""Values of data.by that are whoever consents for a minor."""


@hookimpl
def kigen_consent_given(event: Event, book: Book) -> None:
    # Consent is a person's own act (GDPR Art. 4(11)): a tick that staff set proves nothing.
    if not is_by_staff(event):
        _note(event, book, Act.GIVEN)


@hookimpl
def kigen_consent_refused(event: Event, book: Book) -> None:
    _note(event, book, Act.REFUSED)


@hookimpl
def kigen_consent_withdrawn(event: Event, book: Book) -> None:
    # Whoever enters it: withdrawing must be as easy as giving (GDPR Art. 7(3)), by letter or by telephone too.
    _note(event, book, Act.WITHDRAWN)


@hookimpl
def kigen_policy_accepted(event: Event, book: Book) -> None:
    if not is_by_staff(event):
        book.observe(ref_of(event), f"policy {_name(event, 'notice')} accepted", event.at)
        book.view_notice(client_of(event), _name(event, "notice"), _language(event), "accepted", event.at)


def _note(event: Event, book: Book, act: Act) -> None:
    purpose = _name(event, "purpose")
    book.observe(ref_of(event), f"consent {purpose} {act.value}", event.at)
    told: dict[str, str | int | bool] = {
        "language": _language(event), "channel": _code(event, "channel"),
        "actor": "staff" if is_by_staff(event) else _code(event, "by") or "client",
        "by_guardian": is_by(event, GUARDIANS), "country": _code(event, "country").upper()[:2],
    }  # fmt: skip
    if event.data.get("notice"):
        told["notice"] = _name(event, "notice")
    if (age := _age(event)) is not None:
        told["age"] = age
    book.note_consent(client_of(event), purpose, act.value, event.at, told)
    # Who withdraws by letter read no notice; who chose something had it before the eyes.
    if act is not Act.WITHDRAWN and "notice" in told and not is_by_staff(event):
        book.view_notice(client_of(event), str(told["notice"]), str(told["language"]), "shown", event.at)


def _age(event: Event) -> int | None:
    told = str(event.data.get("age") or "").strip()
    return int(told) if re.fullmatch(r"[0-9]{1,3}", told) else None


def _code(event: Event, key: str) -> str:
    """A bridge's own word for a way or a person; what is no such word is left out, since it could be anything."""
    told = str(event.data.get(key) or "").strip().lower()
    return told if re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", told) else ""


def _language(event: Event) -> str:
    """The language of what was shown, as its code; blank where the event does not tell."""
    told = str(event.data.get("language") or "").strip().lower()
    return LANGUAGES.get(told, told[:2] if told[:2] in ("en", "ja") else "")


def _name(event: Event, key: str) -> str:
    name = str(event.data.get(key) or "").strip()
    if not 0 < len(name) <= LONGEST:
        raise ValueError(f"{event.name} has no such data.{key}; expected a name of 1 to {LONGEST} characters")
    return name
