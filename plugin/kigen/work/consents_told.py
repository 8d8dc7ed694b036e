"""What follows once a consent was told: addresses hear nothing more or again, and the platform's mark says the same."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from kigen.ledger import holds
from kigen.policy.events import Event
from kigen.policy.purposes import PURPOSES
from kigen.work import consents, flags
from kigen.work.consents import suppress_or_lift
from kigen.work.site import Site


def hear(site: Site, connection: Connection, events: Iterable[Event]) -> None:
    """After events: what those of consent mean, once what was changed at the platform before them is taken over."""
    known = list(events)
    flags.hear(site, connection, known)
    told = [one for one in known if one.client is not None and one.name.startswith("consent_")]
    for client, purpose in sorted({(one.client or 0, str(one.data.get("purpose") or "").strip()) for one in told}):
        settle(site, connection, client, purpose)


def settle(site: Site, connection: Connection, client: int, purpose: str) -> None:
    """Carry out what a client's latest word on a purpose means. In the transaction in which that was written."""
    suppress_or_lift(site, connection, client, purpose)
    if purpose == flags.MARKETING:
        flags.tell(site, connection, client)
    _let_go(site, connection, client)


def _let_go(site: Site, connection: Connection, client: int) -> None:
    """Empty what rested on consents alone once none by mail is left (Article 6, GDPR Art. 17(1)(b)).

    What another purpose needs stays, and so does everything while a hold keeps the client. That there was a consent,
    and when it ended, kigen keeps for the term of proof (GDPR Art. 7(1)).
    """
    now = consents.standings(site, connection, client, site.now)
    mine = [now[key] for key, purpose in PURPOSES.items() if purpose.by_mail]
    is_over = any(one.event is not None and one.event.act in consents.ENDING for one in mine)
    if not is_over or any(one.allows for one in mine):
        return
    if not holds.in_force(connection, [client], [], site.now):
        site.host.empty_consented(connection, client, consents.only_for_consent(site.host.datamap))
