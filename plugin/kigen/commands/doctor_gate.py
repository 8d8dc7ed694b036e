"""What `doctor` says about erasures that are not over: clients begun in steps, files that wait, sealed copies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from kigen.commands.dates import iso, short
from kigen.commands.findings import ERROR, NOTE, WARNING, Finding
from kigen.ledger import going_files, intents, keys_store, quarantine, runs
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
        number, why = refused
        text = f"Erasures that were begun in steps wait: {len(every):,}, the first is of client {every[0].client}."
        rest = f"Run {number} was refused ({why}), and so will the next be: look at 'kigen plan', then run"
        yield Finding(WARNING, "erasure-refused", f"{text} {rest} 'kigen sweep --confirm', which goes on with them.")
    elif begun:
        text = f"Clients whose erasure was begun in steps and is not over: {len(begun):,}, the first is {begun[0]}."
        yield Finding(WARNING, "erasure-begun", f"{text} 'kigen explain client {begun[0]}' says what keeps the rest.")
    if shut:
        text = f"Clients whose erasure was begun or let go under another store.key: {len(shut):,}, the first is client"
        text = f"{text} {shut[0]}. Each stays as it is, for its traces cannot be found: bring that key back with"
        yield Finding(ERROR, "erasure-key", f"{text} 'kigen keys restore'.")
    if waiting:
        why = f"look whether the folder {folder} is there" if folder else "host.attachments names no folder"
        text = f"Files of {waiting:,} erasures could not be removed yet: {why}."
        yield Finding(WARNING, "files-waiting", text)
    yield from _look_at_quarantine(site, kept, late)
    if stays:
        text = f"Sealed copies that were to be destroyed and that a legal hold keeps: {len(stays):,}, the first of"
        text = f"{text} {stays[0].kind} {stays[0].record}. They go with the run after it ends ('kigen hold list')."
        yield Finding(NOTE, "quarantine-held", text)
    if folder is None and site.host.has_files:
        text = "host.attachments is not set, so files stay when the rows that name them go."
        yield Finding(NOTE, "attachments", f"{text} Name the folder with 'kigen settings set host.attachments FOLDER'.")


def _look_at_quarantine(site: Site, kept: Mapping[str, int], late: dt.datetime | None) -> Iterator[Finding]:
    """What could still be brought back is personal data that is held, until its term is over."""
    if not kept:
        return
    text = f"Sealed copies of what the schedule deleted: {sum(kept.values()):,}; 'kigen undo --list' shows them."
    yield Finding(NOTE, "quarantine", text)
    if late is not None:
        text = f"Sealed copies were to be destroyed on {short(iso(late, site.zone))}; the next run does it."
        yield Finding(WARNING, "quarantine-overdue", text)
    try:
        name = keys_store.read(site.state_dir).names[keys_store.STORE]
    except ValueError:  # the keys' own finding
        return
    if others := {key: number for key, number in kept.items() if key != name}:
        told = ", ".join(f"{number:,} with {key}" for key, number in sorted(others.items()))
        text = (
            f"Sealed copies have another key than {name}: {told}. 'kigen keys restore' brings that one back; until then"
            " nobody can tell whom they name, and the next erasure on request destroys them."
        )
        yield Finding(WARNING, "quarantine-key", text)


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
