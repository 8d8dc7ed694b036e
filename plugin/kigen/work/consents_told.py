"""What follows once a consent was told: addresses hear nothing more or again, and the platform's mark says the same."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from kigen.ledger import consents as ledger
from kigen.policy.consents import Consented
from kigen.policy.events import Event
from kigen.work import consents, flags
from kigen.work.site import Site


def hear(site: Site, connection: Connection, events: Iterable[Event]) -> None:
    """After events: what those of consent mean, once what was changed at the platform before them is taken over."""
    known = list(events)
    flags.hear(site, connection, known)
    told = [one for one in known if one.client is not None and one.name.startswith("consent_")]
    for client, purpose in sorted({(one.client or 0, str(one.data.get("purpose") or "").strip()) for one in told}):
        settle(site, connection, client, purpose)


def write(site: Site, connection: Connection, event: Consented) -> None:
    """Write one event of consent and carry out what it means, in the caller's transaction."""
    ledger.write(connection, [event])
    settle(site, connection, event.client, event.purpose)


def settle(site: Site, connection: Connection, client: int, purpose: str) -> None:
    """Carry out what a client's latest word on a purpose means. In the transaction in which that was written."""
    consents.follow(site, connection, client, purpose)
    if purpose == flags.MARKETING:
        flags.tell(site, connection, client)
