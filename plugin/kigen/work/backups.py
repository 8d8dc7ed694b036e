"""How what was destroyed stands at the site's instant, by what the operator said of the backups."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from kigen.policy.backups import CYCLE, OLDEST, Standing, standing
from kigen.policy.periods import to_local
from kigen.work.site import Site


def said(connection: Connection, site: Site) -> tuple[int | None, dt.date | None]:
    """The cycle in days and the day of the oldest backup, each None where nobody said."""
    cycle, oldest = site.setting(connection, CYCLE), site.setting(connection, OLDEST)
    return (cycle if isinstance(cycle, int) else None), (oldest if isinstance(oldest, dt.date) else None)


def today(site: Site) -> dt.date:
    """The day of the site's instant in the operator's zone."""
    return to_local(site.now, site.zone).date()


def standing_of(connection: Connection, site: Site, gone: dt.datetime) -> Standing:
    """How what was destroyed at an instant stands now."""
    return standing(to_local(gone, site.zone).date(), today(site), *said(connection, site))
