"""What `doctor` says about erasures that are not over: clients begun in steps, files that wait, sealed copies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from kigen.commands.dates import iso, short
from kigen.commands.doctor_keys import by_key
from kigen.commands.findings import ERROR, NOTE, WARNING, Finding, found, words
from kigen.ledger import going_files, intents, keys_store, owed, quarantine, runs
from kigen.work.files import folder_of
from kigen.work.held_copies import held, held_back, ref_of
from kigen.work.kept_until import instants
from kigen.work.site import Site

LONG = dt.timedelta(days=2)
"""A client that was begun is finished by the next run, unless something keeps the rest."""


def look_at_erasures(site: Site) -> Iterator[Finding]:
    """Begun erasures that nobody finished, files that wait, and a store of files that nobody named."""
    with site.reading() as connection:
        every = intents.begun(connection)
        refused = runs.refused_since(connection, every[0].at) if every else None
        begun = [row.client for row in every if row.at < site.now - LONG]
        kept, late = quarantine.sealed_with(connection), _overdue(connection, site)
        stays, shut = [part for part, _ in held_back(connection, site)], _shut(connection, site)
        waiting, folder = going_files.count(connection), folder_of(site, connection)
    if refused:
        run, why = refused
        told = {"number": len(every), "client": every[0].client}
        yield found(WARNING, "erasure-refused", **told, run=run, why=why)
    elif begun:
        yield found(WARNING, "erasure-begun", number=len(begun), client=begun[0])
    if shut:
        yield found(ERROR, "erasure-key", number=len(shut), client=shut[0])
    if waiting:
        cause = words("files lost folder", folder=folder) if folder else words("files no folder")
        yield found(WARNING, "files-waiting", number=waiting, why=cause)
    yield from _look_at_quarantine(site, kept, late)
    if stays:
        yield found(NOTE, "quarantine-held", number=len(stays), record=f"{stays[0].kind} {stays[0].record}")
    yield from _look_at_what_is_owed(site)
    if folder is None and site.host.has_files:
        yield found(NOTE, "attachments")


def _look_at_what_is_owed(site: Site) -> Iterator[Finding]:
    name = site.state_dir / owed.NAME
    try:
        due, unread = len(owed.noted(site.state_dir)), owed.unread(site.state_dir)
    except OSError as error:
        yield found(ERROR, "evidence-owed-closed", name=name, error=type(error).__name__)
        return
    if due:
        yield found(NOTE, "evidence-owed", number=due)
    if unread:
        yield found(WARNING, "evidence-owed-unread", number=unread, name=name)


def _look_at_quarantine(site: Site, kept: Mapping[str, int], late: dt.datetime | None) -> Iterator[Finding]:
    """What could still be brought back is personal data that is held, until its term is over."""
    if not kept:
        return
    yield found(NOTE, "quarantine", number=sum(kept.values()))
    if late is not None:
        yield found(WARNING, "quarantine-overdue", until=short(iso(late, site.zone)))
    try:
        name = keys_store.read(site.state_dir).names[keys_store.STORE]
    except ValueError:  # the keys' own finding
        return
    if others := {key: number for key, number in kept.items() if key != name}:
        yield found(WARNING, "quarantine-key", name=name, told=by_key(others))


def _overdue(connection: Connection, site: Site) -> dt.datetime | None:
    """When the first of the copies whose term has long been over was to go; None: none has."""
    ends = instants(connection, site, quarantine.first_ends(connection))
    over = quarantine.ended(connection, {run: at - LONG for run, at in ends.items()})
    kept = held(connection, site, over)
    return min((part.until for part in over if ref_of(part) not in kept), default=None)


def _shut(connection: Connection, site: Site) -> list[int]:
    """Clients of whom nobody here can tell who they were when their erasure was begun."""
    try:
        return intents.closed(connection, keys_store.read(site.state_dir)) if intents.is_any(connection) else []
    except ValueError:  # the keys' own finding
        return []
