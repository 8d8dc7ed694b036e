"""That a client had a notice before its eyes: written down the first time for each version and language (Art. 24)."""

from __future__ import annotations

from sqlalchemy import Connection

from kigen.ledger import notices
from kigen.ledger.notices import SHOWN, Viewed
from kigen.policy.notices import Version
from kigen.work.site import Site


def note_shown(site: Site, connection: Connection, client: int, version: Version, language: str) -> None:
    """Note it, unless it is known."""
    known = {(one.version, one.language, one.act) for one in notices.views(connection, version.notice, client)}
    if (version.number, language, SHOWN) not in known:
        notices.write_views(connection, [Viewed(client, version.notice, version.number, language, SHOWN, site.now)])
