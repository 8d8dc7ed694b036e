"""What can be done about a rights request in which state, and what each step needs: the state machine as a table."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

RIGHTS = (
    "access", "rectification", "erasure", "restriction", "portability", "objection", "withdraw-consent", "human-review",
    "complaint",
)  # fmt: skip
"""RIGHT of contract.md."""

OPEN, EXTENDED = "open", "extended"
WITHDRAWN, FULFILLED, PARTLY_FULFILLED, REFUSED = "withdrawn", "fulfilled", "partly-fulfilled", "refused"
PASSED_ON = "passed-on"
"""It is about what the client stores for others: the client is its controller, and answers it (Article 3)."""
STATES = (OPEN, EXTENDED, WITHDRAWN, FULFILLED, PARTLY_FULFILLED, REFUSED, PASSED_ON)

EXTEND, REFUSE, FULFIL, FULFIL_IN_PART, WITHDRAW = "extend", "refuse", "fulfil", "fulfil-in-part", "withdraw"
PASS_ON = "pass-on"  # noqa: S105 - a step, no password

STEPS: Mapping[tuple[str, str], str] = {
    (OPEN, EXTEND): EXTENDED,
    (OPEN, REFUSE): REFUSED,
    (OPEN, FULFIL): FULFILLED,
    (OPEN, FULFIL_IN_PART): PARTLY_FULFILLED,
    (OPEN, WITHDRAW): WITHDRAWN,
    (OPEN, PASS_ON): PASSED_ON,
    (EXTENDED, REFUSE): REFUSED,
    (EXTENDED, FULFIL): FULFILLED,
    (EXTENDED, FULFIL_IN_PART): PARTLY_FULFILLED,
    (EXTENDED, WITHDRAW): WITHDRAWN,
    (EXTENDED, PASS_ON): PASSED_ON,
}
"""State and step to the next state. What is not here is refused: an answer is extended once, and closed is closed."""

FOR_OTHERS = ("agent", "guardian", "heir")
"""Who asks in a client's place, and needs a document that says so (Article 13(2), 20)."""
ACTORS = frozenset({"client", "contact", "staff", *FOR_OTHERS})
METHODS = frozenset({"none", "session", "password", "second-factor", "mail-link", "call-back", "document"})
SOURCES = frozenset({"portal", "mail", "ticket", "form", "telephone", "letter"})
"""Who asked, how that person was authenticated anew, and which way it came: codes, of which nothing else is kept."""

CODES: Mapping[str, frozenset[str]] = {"actor": ACTORS, "method": METHODS, "source": SOURCES}

RECEIVED, KEPT = "received", "kept-planned"
"""Steps of the history that change no state: it was asked, and an own sign-in was answered with "keep it planned"."""

IDENTITY_ASKED, MAILED = "identity-asked", "answer-mailed"
"""Neither do these: the person was asked to show who it is, and the answer was given to the mail."""

AUTHORITY, AUTHORITY_SEEN = "authority", "authority-seen"
"""A document of authority was noted, by its reference alone; and somebody looked up which one it is."""

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,79}")


def after(state: str, step: str) -> str:
    """The state after a step; ValueError with a sentence where the step cannot be taken."""
    if (state, step) in STEPS:
        return STEPS[state, step]
    possible = sorted(one for known, one in STEPS if known == state)
    expected = f"possible: {', '.join(possible)}" if possible else "it is closed"
    raise ValueError(f"it is {state} and cannot be taken further by '{step}'; {expected}")


def check_extension(now: dt.datetime, due: dt.datetime, is_extendable: bool, reason: str) -> None:
    """GDPR Art. 12(3): by a reasoned notice inside the first month, once; ValueError with a sentence otherwise.

    `due` is the deadline without an extension.
    """
    if not is_extendable:
        raise ValueError("its law names no last day, so that there is nothing to extend")
    if not reason.strip():
        raise ValueError("--reason is blank; expected why, for the person must be told (GDPR Art. 12(3))")
    if now >= due:
        raise ValueError("its first term is over; an extension must be told within it (GDPR Art. 12(3))")


def check_refusal(reason: str, route: str) -> None:
    """GDPR Art. 12(4): a refusal says why, and where to complain; ValueError with a sentence otherwise."""
    if not reason.strip():
        raise ValueError("--reason is blank; expected why, for the person must be told (GDPR Art. 12(4))")
    if not route.strip():
        raise ValueError("--route is blank; expected where the person can complain (GDPR Art. 12(4))")


def code_of(kind: str, value: object) -> str | None:
    """A value as one of the codes of its kind; None for anything else, which may be personal and is not kept."""
    written = value.strip().lower() if isinstance(value, str) else ""
    return written if written in CODES[kind] else None


def reference_of(value: object) -> str:
    """Where a document of authority is kept, such as DMS-2026/17: ValueError for what may be more than a reference.

    The document itself stays where few can open it, and nothing that names a person is kept here.
    """
    written = str(value or "").strip()
    if not _REFERENCE.fullmatch(written):
        raise ValueError(
            "the authority is no reference; expected where the document is kept, such as DMS-2026/17: letters, digits,"
            " dots, dashes and slashes, at most 80"
        )
    return written
