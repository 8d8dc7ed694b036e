"""How the platform's own mark for marketing and kigen's consents stay in step, both ways, and each change once.

What differs from the mark that kigen saw or wrote last was changed at the platform, and becomes an event of consent
with channel "host". What kigen was told is written to the mark in the same transaction and noted as seen: the echo of
it differs from nothing. A mark that nobody explains is no consent; it stays, and doctor tells of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from kigen.ledger import anonymised, consents, host_flags
from kigen.policy.change_log import CLIENT, STAFF, UNTOLD, who
from kigen.policy.consents import Act, Consented
from kigen.policy.events import Event
from kigen.work.consents import agreeing, follow, is_silent, standings
from kigen.work.site import Site

MARKETING = "marketing"
"""The one purpose for which platforms have a mark of their own."""

FIELD = "consents.host_field"
CHANNEL = "host"
TELLING = frozenset({"client_registered", "client_changed"})

Told = Mapping[int, tuple[dt.datetime, str]]
"""By client when it was told that something changed, and by whom."""


def hear(site: Site, connection: Connection, events: Iterable[Event]) -> None:
    """After events that a client came or changed: whether the mark did."""
    told = {
        one.client: (one.at, who(one.data))
        for one in sorted(events, key=lambda one: one.at)
        if one.name in TELLING and one.client is not None
    }
    if told:
        listen(site, connection, told, told)


def listen(site: Site, connection: Connection, clients: Iterable[int], told: Told | None = None) -> int:
    """Take over what was changed at the platform; how many consents came of it.

    A consent that ended meanwhile, as by its term, takes the mark away. Without all marks read once nothing follows:
    what was there before says neither when nor to what somebody agreed.
    """
    field = _field(site, connection)
    flags = site.host.marketing_flags(connection, sorted(set(clients)), field)
    if not flags:
        return 0
    seen = host_flags.seen(connection, list(flags), MARKETING)
    differing = {client for client, is_set in flags.items() if is_set != (client in seen)}
    is_first = not host_flags.are_all_read(connection, field)
    taken = 0
    if differing and not is_first:
        masked = anonymised.of(connection, differing)
        for client in sorted(differing - masked.keys()):
            at, by = (told or {}).get(client, (site.now, UNTOLD))
            # An event from before it was seen last is not the one that changed it.
            since = seen.get(client)
            at = site.now if since is not None and at <= since else min(at, site.now)
            taken += _take(site, connection, client, flags[client], at, by)
    host_flags.note(connection, {client: flags[client] for client in differing}, MARKETING, site.now)
    # Of who was never asked kigen knows nothing.
    agree = agreeing(site, connection, [client for client, is_set in flags.items() if is_set], MARKETING)
    ended = [client for client, agrees in agree.items() if not agrees]
    _mark(site, connection, dict.fromkeys(ended, False), field)
    return taken


def all_read(site: Site, connection: Connection) -> None:
    """Every client was listened to once: from now on a mark that differs was changed."""
    host_flags.all_read(connection, _field(site, connection))


def read(site: Site, connection: Connection, clients: Iterable[int]) -> dict[int, bool]:
    """The marks of these clients as they are now, in the column that the setting names."""
    return site.host.marketing_flags(connection, sorted(set(clients)), _field(site, connection))


def tell(site: Site, connection: Connection, client: int) -> None:
    """Write how a client's consent stands now to the platform's mark; nothing for who was never asked."""
    field = _field(site, connection)
    flags = site.host.marketing_flags(connection, [client], field)
    now = standings(site, connection, client, site.now)[MARKETING]
    if client in flags and now.event is not None and flags[client] != now.allows:
        _mark(site, connection, {client: now.allows}, field)


def _take(site: Site, connection: Connection, client: int, is_set: bool, at: dt.datetime, by: str) -> int:
    if standings(site, connection, client, site.now)[MARKETING].allows == is_set:
        return 0
    if is_set and (by == STAFF or (by != CLIENT and _is_brought_back(site, connection, client))):
        return 0  # a tick that staff or an import set proves nothing (GDPR Art. 4(11))
    act = Act.GIVEN if is_set else Act.WITHDRAWN
    told = Consented(0, client, MARKETING, act, at, channel=CHANNEL, actor=by)
    taken = consents.write(connection, [told])
    follow(site, connection, client, MARKETING)
    return taken


def _is_brought_back(site: Site, connection: Connection, client: int) -> bool:
    """Whether somebody at this address withdrew for good, and this client itself was never asked (cases.md M7)."""
    try:
        return not consents.of(connection, [client], MARKETING) and is_silent(site, connection, client, MARKETING)
    except ValueError:
        return True  # without the keys nobody knows


def _mark(site: Site, connection: Connection, wanted: Mapping[int, bool], field: str) -> None:
    if wanted:
        site.host.mark_marketing(connection, wanted, field)
        host_flags.note(connection, wanted, MARKETING, site.now)


def _field(site: Site, connection: Connection) -> str:
    return str(site.setting(connection, FIELD) or "")
