"""How the ledger is brought in line with the host's tables: read, compare, and tell what differed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import Connection

from kigen.ledger import settings
from kigen.work.comparison import Reconciled, compare, drop_what_is_gone
from kigen.work.readings import read, walk_clients
from kigen.work.site import Site

__all__ = ["LAST_READ", "Reconciled", "instant_note", "reconcile"]

LAST_READ = "reconciled at"


def reconcile(site: Site, dry_run: bool = False, progress: Callable[[int], None] = lambda n: None) -> Reconciled:
    """Read every client and rebuild what is remembered; with `dry_run` only tell what would change.

    Each piece of clients commits by itself, so a reconcile that dies is finished by the next.
    """
    found = Reconciled()
    with site.reading() as connection:
        drift = site.drift(connection)
        schedule = site.schedule(connection).without(drift.refused)
        last_read = instant_note(connection, LAST_READ)
        pieces = list(walk_clients(connection, site.host))
    done: int | None = None
    found.unclassified, found.refused = list(drift.unclassified), dict(drift.refused)
    for clients in pieces:
        with site.reading() if dry_run else site.transaction() as connection:
            readings = read(connection, site.host, schedule, clients, site.now, last_read)
            compare(connection, site, readings, found, dry_run)
            drop_what_is_gone(connection, site, (done, clients[-1]), readings, found, dry_run)
        done = clients[-1]
        progress(len(clients))
    with site.reading() if dry_run else site.transaction() as connection:
        drop_what_is_gone(connection, site, (done, None), [], found, dry_run)
    if not dry_run:
        with site.transaction() as connection:
            settings.write_note(connection, LAST_READ, site.now.isoformat())
    return found


def instant_note(connection: Connection, name: str) -> dt.datetime | None:
    """An instant that kigen noted about itself."""
    text = settings.note(connection, name)
    return dt.datetime.fromisoformat(text) if text else None
