"""What follows from a consent: whether something may be sent at this moment, and who hears nothing more for good."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from kigen.ledger import consents, keys_store, letting_go, notices
from kigen.policy.consents import Act, Consented, Standing, standing
from kigen.policy.cookies import MONTHS
from kigen.policy.datamap import DataMap
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
        versions = _published(connection, _notice(key, mine), at)
        found[key] = standing(mine, at, site.zone, term, versions, ages if isinstance(ages, Mapping) else None)
    return found


def agreeing(site: Site, connection: Connection, clients: Sequence[int], purpose: str) -> dict[int, bool]:
    """Of those of these clients that were ever asked about a purpose, whether each agrees now; read together."""
    events: dict[int, list[Consented]] = defaultdict(list)
    for one in consents.of(connection, clients, purpose) if clients else ():
        events[one.client].append(one)
    ages = site.setting(connection, "consents.guardian_ages") if events else None
    term = term_of(site, connection, purpose)
    versions: dict[str, list[Version]] = {}
    found = {}
    for client, mine in events.items():
        key = _notice(purpose, mine)
        if key not in versions:
            versions[key] = _published(connection, key, site.now)
        known = ages if isinstance(ages, Mapping) else None
        found[client] = standing(mine, site.now, site.zone, term, versions[key], known).allows
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
    return standings(site, connection, client, site.now)[purpose].allows and not is_silent(
        site, connection, client, purpose
    )


def is_silent(site: Site, connection: Connection, client: int, purpose: str) -> bool:
    """Whether nothing of a purpose may go to a client's address, whoever had it before, or it has none."""
    address = site.host.addresses(connection, [client]).get(client)
    if address is None:
        return True
    digest = consents.address_digest(keys_store.read(site.state_dir).suppressed, address[0])
    return consents.is_suppressed(connection, digest, purpose)


def follow(site: Site, connection: Connection, client: int, purpose: str) -> None:
    """What follows in kigen from a client's latest word on a purpose, whoever told it; in the same transaction."""
    _suppress_or_lift(site, connection, client, purpose)
    _let_go_or_not(site, connection, client)


def last_ended(now: Mapping[str, Standing]) -> dt.datetime | None:
    """When the last consent by mail ended, where none is left; None where one is, or nobody ever said no."""
    mine = [now[key] for key, purpose in PURPOSES.items() if purpose.by_mail]
    ends = [one.event.at for one in mine if one.event is not None and one.event.act in ENDING]
    return None if not ends or any(one.allows for one in mine) else max(ends)


def _let_go_or_not(site: Site, connection: Connection, client: int) -> None:
    """Have the gate empty what rested on consents alone, once none by mail is left (Article 6, GDPR Art. 17(1)(b))."""
    ended = last_ended(standings(site, connection, client, site.now))
    if ended is None:
        letting_go.forget(connection, [client])
    else:
        letting_go.note(connection, {client: ended})


def _suppress_or_lift(site: Site, connection: Connection, client: int, purpose: str) -> None:
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


def _notice(purpose: str, events: Iterable[Consented]) -> str:
    """The notice that was shown, else the purpose's own."""
    shown = [one.notice for one in events if one.act is Act.GIVEN and one.notice]
    return shown[-1] if shown else f"{CONSENT}{purpose}"


def _published(connection: Connection, notice: str, at: dt.datetime) -> list[Version]:
    """Its versions; what was published later is not known then."""
    return [one for one in notices.versions(connection, notice) if one.published <= at]
