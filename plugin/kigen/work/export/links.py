"""How a client gets at its bundle: a link for its own account, a few uses, a while; every try is noted."""

from __future__ import annotations

from pathlib import Path

from kigen.ledger import bundle_links, bundles
from kigen.policy import exports
from kigen.policy.periods import Term, add
from kigen.work.export.keep import files_of
from kigen.work.site import Site


def make_link(site: Site, number: int, uses: int = 1) -> str:
    """The token of a new link to a bundle, told this once. ValueError, with a sentence, where there is no file."""
    with site.transaction() as connection:
        row = bundles.get(connection, number)
        if row is None or not files_of(row) or row.state not in (bundles.WHOLE, bundles.INCOMPLETE):
            raise ValueError(f"there is no file of bundle {number}; 'kigen bundle list' shows those that are there")
        if row.contact:
            raise ValueError(
                f"bundle {number} is of contact {row.contact}, whom the client's account is not; hand it over"
            )
        term = site.setting(connection, exports.LINKS)
        ends = [add(site.now, term, site.zone)] if isinstance(term, Term) else []
        ends += [row.expires_at] if row.expires_at else []
        expires = min(ends, default=None)
        return bundle_links.make(connection, number, row.client, site.now, site.actor, expires, uses)


def open_link(site: Site, token: str, client: int) -> list[Path] | None:
    """The files that a link opens for the account that is signed in; None, whatever the reason, where it opens none."""
    with site.transaction() as connection:
        most = int(str(site.setting(connection, exports.TRIES)))
        row = bundle_links.use(connection, token, client, site.now, most)
    return files_of(row) if row is not None else None
