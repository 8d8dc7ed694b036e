"""What `doctor` says about erasures that are not over: clients begun in steps, files that could not be removed yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from kigen.commands.findings import NOTE, WARNING, Finding
from kigen.ledger import going_files, intents
from kigen.work.files import folder_of
from kigen.work.site import Site

LONG = dt.timedelta(days=2)
"""A client that was begun is finished by the next run, unless something keeps the rest."""


def look_at_erasures(site: Site) -> Iterator[Finding]:
    """Begun erasures that nobody finished, files that wait, and a store of files that nobody named."""
    with site.reading() as connection:
        begun = [row.client for row in intents.begun(connection) if row.at < site.now - LONG]
        waiting, folder = going_files.count(connection), folder_of(site, connection)
    if begun:
        text = f"Clients whose erasure was begun in steps and is not over: {len(begun):,}, the first is {begun[0]}."
        yield Finding(WARNING, "erasure-begun", f"{text} 'kigen explain client {begun[0]}' says what keeps the rest.")
    if waiting:
        why = f"look whether the folder {folder} is there" if folder else "host.attachments names no folder"
        text = f"Files of {waiting:,} erasures could not be removed yet: {why}."
        yield Finding(WARNING, "files-waiting", text)
    if folder is None and site.host.has_files:
        text = "host.attachments is not set, so files stay when the rows that name them go."
        yield Finding(NOTE, "attachments", f"{text} Name the folder with 'kigen settings set host.attachments FOLDER'.")
