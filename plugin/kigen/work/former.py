"""Whoever had the account until lately hears of its deletion too: its address changed shortly before it was asked.

A thief changes the address first, so that the owner hears of nothing (cases.md I7).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping

from sqlalchemy import Connection

from kigen.ledger import lifecycle, marks, outbox
from kigen.policy.periods import Term, add
from kigen.policy.records import ADDRESS_CHANGED, Kind, Ref
from kigen.policy.telling import ADDRESS_TERM
from kigen.work.site import Site


def warn(connection: Connection, site: Site, asked: Mapping[int, dt.datetime]) -> None:
    """Write to the former addresses of clients that asked at these instants, and note that their address changed.

    Each request is looked at once, when it is first told: who asked is found in the platform's own record of mails.
    """
    term = site.setting(connection, ADDRESS_TERM)
    fresh = {
        client: at
        for client, at in asked.items()
        if not outbox.is_told(connection, client, outbox.RECEIVED, at.isoformat())
    }
    if not isinstance(term, Term) or not fresh:
        return
    instants: dict[Ref, dict[str, dt.datetime]] = {}
    for client, at in sorted(fresh.items()):
        since = at - (add(at, term, site.zone) - at)
        addresses = site.host.former_addresses(connection, [client], since).get(client, {})
        _, language = site.host.addresses(connection, [client]).get(client, ("", None))
        for address in sorted(addresses):
            about = f"{at.isoformat()} {hashlib.sha256(address.encode()).hexdigest()}"
            told = {"received": at.isoformat()}
            outbox.put(connection, client, outbox.FORMER, told, site.now, address, language, about)
        if addresses:
            ref = (Kind.CLIENT, client)
            known = lifecycle.memories(connection, [ref]).get(ref)
            last = max(addresses.values())
            earlier = known.observed.get(ADDRESS_CHANGED) if known else None
            instants[ref] = {ADDRESS_CHANGED: max(last, earlier) if earlier else last}
    lifecycle.write_observed(connection, instants)
    marks.mark(connection, refs=instants)
