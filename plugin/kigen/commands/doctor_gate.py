"""What `doctor` says about erasures that are not over: clients begun in steps, files that wait, sealed copies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from kigen.commands.dates import iso, short
from kigen.commands.findings import NOTE, WARNING, Finding
from kigen.ledger import going_files, intents, keys_store, quarantine, runs
from kigen.work.files import folder_of
from kigen.work.site import Site

LONG = dt.timedelta(days=2)
"""A client that was begun is finished by the next run, unless something keeps the rest."""


def look_at_erasures(site: Site) -> Iterator[Finding]:
    """Begun erasures that nobody finished, files that wait, and a store of files that nobody named."""
    with site.reading() as connection:
        every = intents.begun(connection)
        refused = runs.refused_since(connection, every[0].at) if every else None
        begun = [row.client for row in every if row.at < site.now - LONG]
        kept, first_end = quarantine.sealed_with(connection), quarantine.earliest_end(connection)
        waiting, folder = going_files.count(connection), folder_of(site, connection)
    if refused:
        number, why = refused
        text = f"Erasures that were begun in steps wait: {len(every):,}, the first is of client {every[0].client}."
        rest = f"Run {number} was refused ({why}), and so will the next be: look at 'kigen plan', then run"
        yield Finding(WARNING, "erasure-refused", f"{text} {rest} 'kigen sweep --confirm', which goes on with them.")
    elif begun:
        text = f"Clients whose erasure was begun in steps and is not over: {len(begun):,}, the first is {begun[0]}."
        yield Finding(WARNING, "erasure-begun", f"{text} 'kigen explain client {begun[0]}' says what keeps the rest.")
    if waiting:
        why = f"look whether the folder {folder} is there" if folder else "host.attachments names no folder"
        text = f"Files of {waiting:,} erasures could not be removed yet: {why}."
        yield Finding(WARNING, "files-waiting", text)
    yield from _look_at_quarantine(site, kept, first_end)
    if folder is None and site.host.has_files:
        text = "host.attachments is not set, so files stay when the rows that name them go."
        yield Finding(NOTE, "attachments", f"{text} Name the folder with 'kigen settings set host.attachments FOLDER'.")


def _look_at_quarantine(site: Site, kept: Mapping[str, int], first_end: dt.datetime | None) -> Iterator[Finding]:
    """What could still be brought back is personal data that is held, until its term is over."""
    if first_end is None:
        return
    text = f"Sealed copies of what the schedule deleted: {sum(kept.values()):,}; 'kigen undo --list' shows them."
    yield Finding(NOTE, "quarantine", text)
    if first_end < site.now - LONG:
        text = f"Sealed copies were to be destroyed on {short(iso(first_end, site.zone))}; the next run does it."
        yield Finding(WARNING, "quarantine-overdue", text)
    try:
        name = keys_store.read(site.state_dir).names[keys_store.STORE]
    except ValueError:  # the keys' own finding
        return
    if others := {key: number for key, number in kept.items() if key != name}:
        told = ", ".join(f"{number:,} with {key}" for key, number in sorted(others.items()))
        text = f"Sealed copies have another key than {name}: {told}. 'kigen keys restore' brings that one back."
        yield Finding(WARNING, "quarantine-key", text)
