"""What a client chooses in the portal: a consent given, refused or withdrawn, with what was read at that moment."""

from __future__ import annotations

from sqlalchemy import Connection

from kigen.ledger import notices
from kigen.ledger.notices import SHOWN, Viewed
from kigen.policy.consents import Act, Consented
from kigen.policy.notices import Version, named
from kigen.policy.purposes import CONSENT, PURPOSES
from kigen.work import consents_told
from kigen.work.site import Site

CHANNEL = "portal"


def notice_of(site: Site, connection: Connection, purpose: str) -> Version | None:
    """The words of a purpose that are in force now, where any were published."""
    return named(notices.versions(connection, f"{CONSENT}{purpose}"), None, site.now)


def choose(
    site: Site, connection: Connection, client: int, purpose: str, act: Act, language: str, is_by_staff: bool = False
) -> None:
    """Note what was chosen now, in the caller's transaction.

    Raises ValueError, with a sentence, for a purpose that nobody knows, and for a consent that staff would give:
    consent is a person's own act (GDPR Art. 4(11)). Withdrawing is anybody's who is asked to (Art. 7(3)).
    """
    if purpose not in PURPOSES:
        raise ValueError(f"there is no purpose {purpose[:20]!r}; expected one of {', '.join(PURPOSES)}")
    if is_by_staff and act is not Act.WITHDRAWN:
        raise ValueError("only the client itself can agree or refuse; staff can note that a consent was withdrawn")
    meant = notice_of(site, connection, purpose)
    tongue = language if meant is None or meant.digest(language) else meant.binding
    event = Consented(
        0, client, purpose, act, site.now, f"{CONSENT}{purpose}", meant.number if meant else None,
        (meant.digest(tongue) if meant else None) or "", tongue, CHANNEL, "staff" if is_by_staff else "client",
        "signed in",
    )  # fmt: skip
    if meant and not is_by_staff:
        view = Viewed(client, meant.notice, meant.number, tongue, SHOWN, site.now)
        notices.write_views(connection, [view])
    consents_told.write(site, connection, event)
