"""What `doctor` says about time stamps: whether heads get them, and since when they wait."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from kigen.commands.findings import WARNING, Finding, found
from kigen.ledger import stamp_answers, stamps
from kigen.ledger.stamp_answers import Unstamped
from kigen.policy.stamps import CERTIFICATES, URL
from kigen.work.site import Site

LATE = dt.timedelta(hours=36)
"""How long a head may wait: every run asks for those before it."""


def look_at_stamps(site: Site) -> Iterator[Finding]:
    """Nothing where no authority is named; the stamps themselves are checked by `kigen evidence verify`."""
    with site.reading() as connection:
        url, path = site.setting(connection, URL), str(site.setting(connection, CERTIFICATES))
        waiting, since = stamps.waiting_since(connection)
    if not url:
        return
    try:
        stamp_answers.library()
        stamp_answers.certificates(path)
    except Unstamped as why:
        yield found(WARNING, "stamps-off", why=why)
        return
    if since is not None and site.now - dt.datetime.fromisoformat(since) > LATE:
        yield found(WARNING, "stamps-waiting", number=waiting, since=since)
