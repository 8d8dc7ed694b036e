"""What `doctor` says about rights requests: answers that are due, deletions that a person must prepare or decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import Connection

from kigen.commands.dates import written
from kigen.commands.findings import ERROR, NOTE, WARNING, Finding, found, words
from kigen.commands.request_told import further_users
from kigen.ledger import requests
from kigen.policy.deadlines import has_last_day
from kigen.policy.decide import Considered
from kigen.policy.parting import LIVE
from kigen.policy.records import Kind
from kigen.policy.schedule import ON_REQUEST
from kigen.work import authority, desk
from kigen.work.asked import standing
from kigen.work.readings import Reading, read_records
from kigen.work.site import Site

SOON = dt.timedelta(days=7)


def look_at_requests(site: Site) -> Iterator[Finding]:
    """Deadlines of open requests, then every open deletion."""
    with site.reading() as connection:
        planned = _planned(site, connection)
        for one in desk.entries(site, connection):
            if one.is_open and one.linked is None:
                yield from _deadline(site, one, planned.get(one.client))
                if authority.is_missing(connection, one):
                    yield found(WARNING, "request-authority", request=one.number, client=one.client)
        yield from _deletions(site, connection)


def _deadline(site: Site, one: desk.Entry, planned: dt.datetime | None) -> Iterator[Finding]:
    whose = words("of contact" if one.contact else "of client", contact=one.contact, client=one.client)
    named = words("request", request=one.number, whose=whose, right=one.right)
    last = one.deadline.due
    if one.right == desk.ERASURE and not one.is_erasure_of_contact and not has_last_day(one.regime) and planned:
        last = max(last, planned)  # the law names no day, and the receipt told this one: until then nothing is late
    told = {"named": named, "due": written(last, site.zone), "request": one.number}
    if site.now >= last:
        yield found(ERROR, "request-overdue", **told)
    elif last - site.now <= SOON and last == one.deadline.due:
        yield found(WARNING, "request-soon", **told)
    elif one.is_erasure_of_contact:
        yield found(NOTE, "request-by-hand", **told)
    if not one.deadline.is_sure:
        yield found(NOTE, "request-holidays", **told)


def _planned(site: Site, connection: Connection) -> dict[int, dt.datetime]:
    """By client the date of its deletion on request, as the client was told it."""
    asking = sorted(requests.asking(connection, desk.ERASURE, site.now))
    if not asking:
        return {}
    schedule = site.schedule(connection).without(site.drift(connection).refused)
    return {
        reading.account.id: one.clock.due
        for reading in read_records(connection, site.host, schedule, Kind.CLIENT, asking, site.now)
        for one in _considered(reading)
        if one.rule.id == ON_REQUEST and one.clock.due is not None
    }


def _considered(reading: Reading) -> tuple[Considered, ...]:
    decision = reading.decisions.get((Kind.CLIENT, reading.account.id))
    return decision.considered if decision else ()


def _deletions(site: Site, connection: Connection) -> Iterator[Finding]:
    asking = sorted(requests.asking(connection, desk.ERASURE, site.now))
    if not asking:
        return
    for client, number in sorted(site.host.further_users(connection, asking).items()):
        yield found(WARNING, "deletion-further-users", client=client, further=further_users(number))
    schedule = site.schedule(connection).without(site.drift(connection).refused)
    for reading in read_records(connection, site.host, schedule, Kind.CLIENT, asking, site.now):
        decision = reading.decisions.get((Kind.CLIENT, reading.account.id))
        for one in decision.considered if decision else ():
            if one.rule.id == ON_REQUEST and decision and not decision.acts:
                yield from _of_deletion(site, reading, one)


def _of_deletion(site: Site, reading: Reading, one: Considered) -> Iterator[Finding]:
    """Live services were to be cancelled first; whatever else keeps a client at its date is told too."""
    due = one.clock.due
    reasons = standing(one)
    if not reasons or one.effect is not None or (due is not None and due - site.now > SOON):
        return
    client = reading.account.id
    planned = words("deletion planned", client=client, due=written(due, site.zone) or words("no known date"))
    live = [reason for reason in reasons if reason.code in LIVE]
    if live:
        english, japanese = (" ".join(one.text(site.zone, language) for one in live) for language in ("en", "ja"))
        yield found(WARNING, "deletion-live", planned=planned, live=(english, japanese))
    others = sorted({reason.code for reason in reasons} - LIVE)
    if others and one.is_due(site.now):
        yield found(WARNING, "deletion-kept", planned=planned, codes=", ".join(others), client=client)
