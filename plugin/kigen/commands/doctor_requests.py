"""What `doctor` says about rights requests: answers that are due, deletions that a person must prepare or decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import Connection

from kigen.commands.dates import written
from kigen.commands.findings import ERROR, NOTE, WARNING, Finding
from kigen.commands.request_told import further_users
from kigen.ledger import requests
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
        for one in desk.entries(site, connection):
            if one.is_open and one.linked is None:
                yield from _deadline(site, one)
                if authority.is_missing(connection, one):
                    text = f"Request {one.number} was made in client {one.client}'s place, and no document says by what"
                    text = f"{text} right: 'kigen request authority {one.number}' notes one."
                    yield Finding(WARNING, "request-authority", text)
        yield from _deletions(site, connection)


def _deadline(site: Site, one: desk.Entry) -> Iterator[Finding]:
    whose = f"contact {one.contact} of client {one.client}" if one.contact else f"client {one.client}"
    named = f"Request {one.number} of {whose} ({one.right})"
    due = written(one.deadline.due, site.zone)
    if site.now >= one.deadline.due:
        yield Finding(ERROR, "request-overdue", f"{named} had to be answered before {due}.")
    elif one.deadline.due - site.now <= SOON:
        yield Finding(WARNING, "request-soon", f"{named} must be answered before {due}.")
    elif one.is_erasure_of_contact:
        text = f"{named} is done by hand before {due}; 'kigen request show {one.number}' says how."
        yield Finding(NOTE, "request-by-hand", text)
    if not one.deadline.is_sure:
        text = f"{named}: no table of holidays reaches its last day, which was not moved."
        yield Finding(NOTE, "request-holidays", text)


def _deletions(site: Site, connection: Connection) -> Iterator[Finding]:
    asking = sorted(requests.asking(connection, desk.ERASURE, site.now))
    if not asking:
        return
    for client, number in sorted(site.host.further_users(connection, asking).items()):
        text = f"Client {client} asked to be deleted, and {further_users(number)}"
        yield Finding(WARNING, "deletion-further-users", text)
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
    told = f"Client {reading.account.id} asked to be deleted, planned for {written(due, site.zone) or 'no known date'}"
    live = [reason.text(site.zone, site.language) for reason in reasons if reason.code in LIVE]
    if live:
        text = f"{told}: {' '.join(live)} Cancel first what is live, or decide what is to become of it."
        yield Finding(WARNING, "deletion-live", text)
    others = sorted({reason.code for reason in reasons} - LIVE)
    if others and one.is_due(site.now):
        yield Finding(WARNING, "deletion-kept", f"{told}, and is kept by {', '.join(others)}.")
