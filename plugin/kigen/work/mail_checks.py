"""What is asked once more at the moment of sending, and what follows from a message that left, or cannot leave at all.

Between writing and sending a consent is withdrawn, an address changes, a person is erased or comes back (cases.md M2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from sqlalchemy import Connection, Row

from kigen.hosts.people import is_mask
from kigen.ledger import outbox, requests
from kigen.ledger.outbox import DEAD, DROPPED
from kigen.ledger.outbox_sending import data_of
from kigen.policy import mail
from kigen.policy.mail_settings import OLDEST
from kigen.policy.notices import spoken
from kigen.policy.periods import Term, add
from kigen.work import consents, desk, warning
from kigen.work.site import Site

NO_ADDRESS = "no-address"


@dataclass(frozen=True)
class Going:
    """A mail that is claimed. It lives as long as the sending, for it holds the address."""

    message: EmailMessage
    bounces_to: str
    address: str


@dataclass(frozen=True, slots=True)
class Stays:
    """Why a message does not go. `is_dropped`: it is deleted, so that it may be written again when it is true again."""

    state: str
    why: str
    is_dropped: bool = False


def before_sending(site: Site, connection: Connection, row: Row[Any]) -> tuple[Address, str] | Stays:
    """Address and language of now, or why the message does not go. ValueError where the keys are missing."""
    oldest = site.setting(connection, OLDEST)
    if isinstance(oldest, Term) and add(row.created_at, oldest, site.zone) < site.now:
        # A warning that never left is written anew, so that the date does not pass without one.
        return Stays(DROPPED if row.notice == outbox.WARNING else DEAD, "too-old", row.notice == outbox.WARNING)
    if row.purpose and not consents.may_send(site, connection, row.client, row.purpose):
        return Stays(DROPPED, "no-consent")
    if (is_true := STILL_TRUE.get(row.notice)) and not is_true(site, connection, row):
        return Stays(DROPPED, "not-true-any-more", is_dropped=True)
    stored, language = _address(site, connection, row)
    if not stored or is_mask(stored):
        return Stays(DEAD, NO_ADDRESS)
    address = mail.address(stored)
    return Stays(DEAD, NO_ADDRESS) if address is None else (address, spoken(language) or _binding(site, connection))


def left(site: Site, connection: Connection, row: Row[Any]) -> None:
    """What follows once a message was taken: a warning counts, a request that it answers is answered."""
    if row.notice == outbox.WARNING:
        warning.note(connection, site, row.client, data_of(row))
    if row.notice == outbox.EXPORT_READY and (number := data_of(row).get("request")):
        desk.answered_by_mail(site, connection, int(number))


def way_gone(site: Site, connection: Connection, row: Row[Any]) -> None:
    """What follows where there is no way to a person: a warning counts as given.

    Who can be reached by no means would else be kept for ever. Nothing counts as answered by that. What is too old was
    not tried, and is no such message.
    """
    if row.notice == outbox.WARNING:
        warning.note(connection, site, row.client, data_of(row))


def _address(site: Site, connection: Connection, row: Row[Any]) -> tuple[str, str]:
    if row.address is not None:
        return row.address, row.language or ""
    if row.notice in outbox.LAST:
        return "", ""
    return site.host.addresses(connection, [row.client]).get(row.client, ("", ""))


def _binding(site: Site, connection: Connection) -> str:
    return str(site.setting(connection, "notices.binding"))


def _is_warned_of(site: Site, connection: Connection, row: Row[Any]) -> bool:
    return warning.is_wanted(connection, site, row.client, data_of(row)["rule"])


def _is_asking(site: Site, connection: Connection, row: Row[Any]) -> bool:
    return row.client in requests.asking(connection, desk.ERASURE, site.now)


STILL_TRUE: dict[str, Callable[[Site, Connection, Row[Any]], bool]] = {
    outbox.WARNING: _is_warned_of,
    outbox.REMINDER: _is_asking,
    outbox.SIGNED_IN: _is_asking,
    outbox.BLOCKED: _is_asking,
}
"""Messages that would be wrong if what they tell had passed meanwhile."""
