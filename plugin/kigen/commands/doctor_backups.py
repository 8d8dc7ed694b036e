"""What `doctor` says about backups of the database: older than was published, not told, longer than what is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import Connection

from kigen.commands.findings import NOTE, WARNING, Finding, found
from kigen.ledger import frozen_gone, settings
from kigen.policy.backups import BEYOND_USE, CYCLE, OLDEST
from kigen.policy.periods import Term, add
from kigen.work.backups import said, standing_of, today
from kigen.work.forgetting import TERM
from kigen.work.site import Site


def look_at_backups(site: Site) -> Iterator[Finding]:
    """Whether what was erased may still be in a backup, and for longer than people were told."""
    with site.reading() as connection:
        cycle, oldest = said(connection, site)
        term = site.setting(connection, TERM)
        told_at, said_at = _changed(connection, OLDEST), _changed(connection, CYCLE)
        standings = [standing_of(connection, site, at) for at in frozen_gone.days(connection)]
    if oldest is not None and oldest > today(site):
        yield found(WARNING, "backups-ahead", setting=OLDEST, oldest=oldest)
    elif cycle is not None and oldest is not None:
        yield from _overdue(cycle, oldest, (today(site) - oldest).days)
    elif cycle is not None and said_at is not None:
        silent = (site.now - max(said_at, told_at or said_at)).days
        if silent > cycle:
            yield found(WARNING, "backups-untold", silent=silent, cycle=cycle, setting=OLDEST)
    if cycle is not None and isinstance(term, Term):
        lasts = (add(site.now, term, site.zone) - site.now).days
        if lasts < cycle:
            yield found(WARNING, "backups-tombstones", cycle=cycle, lasts=lasts, setting=TERM)
    if beyond := [one for one in standings if one.state == BEYOND_USE]:
        last = max((one for one in beyond if one.until), key=lambda one: one.until or dt.date.min, default=beyond[0])
        worst = next((one for one in beyond if one.until is None), last)
        yield found(NOTE, "frozen-beyond-use", text=worst.text)


def _overdue(cycle: int, oldest: dt.date, age: int) -> Iterator[Finding]:
    if age > cycle:
        yield found(WARNING, "backups-overdue", oldest=oldest, age=age, cycle=cycle, setting=OLDEST)


def _changed(connection: Connection, name: str) -> dt.datetime | None:
    changes = settings.history(connection, name)
    at = changes[-1].at if changes else None
    return at if isinstance(at, dt.datetime) else None
