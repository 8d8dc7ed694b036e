"""What follows from a consent: whether something may be sent at this moment, and who hears nothing more for good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from kigen.ledger import consents, keys_store, notices
from kigen.policy.consents import Act, Consented, Standing, standing
from kigen.policy.cookies import MONTHS
from kigen.policy.datamap import DataMap
from kigen.policy.events import Event
from kigen.policy.notices import Version
from kigen.policy.periods import Term
from kigen.policy.purposes import CONSENT, PURPOSES
from kigen.policy.vocabulary import BASIS, LegalBasis
from kigen.work.site import Site

ENDING = (Act.REFUSED, Act.WITHDRAWN)


def standings(site: Site, connection: Connection, client: int, at: dt.datetime) -> dict[str, Standing]:
    """Every purpose of the table, and every other that the client was asked about, as it stood at an instant."""
    events = consents.of(connection, [client])
    asked = {one.purpose for one in events}
    ages = site.setting(connection, "consents.guardian_ages")
    found = {}
    for key in (*PURPOSES, *sorted(asked - PURPOSES.keys())):
        mine = [one for one in events if one.purpose == key]
        term = term_of(site, connection, key)
        versions = _versions(connection, key, mine, at)
        found[key] = standing(mine, at, site.zone, term, versions, ages if isinstance(ages, Mapping) else None)
    return found


def term_of(site: Site, connection: Connection, purpose: str) -> Term | None:
    """How long a consent to a purpose holds; None of one that is not in the table: until it is withdrawn."""
    known = PURPOSES.get(purpose)
    if known is None or not known.in_browser:
        return known.term if known else None
    months = site.setting(connection, MONTHS)
    return Term(months) if isinstance(months, int) else known.term


def may_send(site: Site, connection: Connection, client: int, purpose: str) -> bool:
    """Whether something of a purpose may go to a client now; asked again for each at the very moment of sending (M2).

    An address that was suppressed stays so when an import brings it back under another client.
    """
    address = site.host.addresses(connection, [client]).get(client)
    if address is None or not standings(site, connection, client, site.now)[purpose].allows:
        return False
    digest = consents.address_digest(keys_store.read(site.state_dir).suppressed, address[0])
    return not consents.is_suppressed(connection, digest, purpose)


def hear(site: Site, connection: Connection, events: Iterable[Event]) -> None:
    """After events of consent: what they mean for the addresses of those clients."""
    told = [one for one in events if one.client is not None and one.name.startswith("consent_")]
    for client, purpose in sorted({(one.client or 0, str(one.data.get("purpose") or "").strip()) for one in told}):
        settle(site, connection, client, purpose)


def settle(site: Site, connection: Connection, client: int, purpose: str) -> None:
    """Suppress a client's address for a purpose that it ended last, or lift that where it agreed again since.

    Written while the client has an address, so that it still holds when the client is erased. Without the keys the
    event counts all the same: while the client is there its own state keeps mail from it.
    """
    if purpose not in PURPOSES or not PURPOSES[purpose].by_mail:
        return
    latest = max((one.at for one in consents.of(connection, [client], purpose)), default=site.now)
    last = standings(site, connection, client, latest)[purpose]
    address = site.host.addresses(connection, [client]).get(client)
    if address is None or last.event is None or (last.event.act not in ENDING and not last.allows):
        return
    try:
        key = keys_store.read(site.state_dir).suppressed
    except ValueError:
        return
    digest = consents.address_digest(key, address[0])
    if last.allows:
        consents.lift(connection, [digest], purpose, last.event.at)
    else:
        consents.suppress(connection, [digest], purpose, last.event.at)


def only_for_consent(datamap: DataMap) -> list[str]:
    """Columns that rest on consent alone: `table.column`. What another purpose needs stays when consent ends (D8)."""
    return sorted(
        f"{table.name}.{one.name}"
        for table in datamap
        for one in table.personal
        if one.purposes and all(BASIS[purpose] is LegalBasis.CONSENT for purpose in one.purposes)
    )


def _versions(connection: Connection, purpose: str, events: Iterable[Consented], at: dt.datetime) -> list[Version]:
    """Those of the notice that was shown, else of the purpose's own; what was published later is not known then."""
    shown = [one.notice for one in events if one.act is Act.GIVEN and one.notice]
    key = shown[-1] if shown else f"{CONSENT}{purpose}"
    return [one for one in notices.versions(connection, key) if one.published <= at]
