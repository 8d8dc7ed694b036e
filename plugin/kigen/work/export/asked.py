"""Bundles that clients ask for in the portal: a request for access, answered at once by the bundle that is made for it.

The request is there before the file is begun, so that one whose process was killed is found and answered later.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row

from kigen.ledger import bundles
from kigen.work import desk
from kigen.work.export.content import Wanted
from kigen.work.export.links import make_link, open_link
from kigen.work.export.make import Made, TooMany, check_rate, export
from kigen.work.site import Site

ACCESS, PORTAL, SESSION = "access", "portal", "session"
MAKING, INCOMPLETE = bundles.MAKING, bundles.INCOMPLETE

TRIES = 3
FOLDER = "bundles"
"""In the state folder: where bundles lie that nobody named a place for."""


def ask(site: Site, client: int) -> int:
    """Open the request for a bundle; its number. Raises TooMany where the client had as many as a day allows."""
    with site.transaction() as connection:
        check_rate(site, connection, client)
        told = {"method": SESSION, "source": PORTAL}
        return desk.open_request(site, connection, client, ACCESS, site.now, None, told)


def answer(site: Site, number: int, language: str) -> Made:
    """Make the bundle that answers a request, and close it; one in which something is missing is left to a person.

    Raises what `export` raises; the request stays open then.
    """
    with site.reading() as connection:
        one = desk.entry(site, connection, number)
    folder = site.state_dir / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    made = export(site, Wanted(one.client, language=language), folder, is_own=True)
    if not made.problems:
        with site.transaction() as connection:
            desk.fulfil(site, connection, number, bundle=made.number)
    return made


def unanswered(site: Site) -> list[desk.Entry]:
    """Open requests for access that came by the portal and have no bundle, the first received first.

    One whose bundle is incomplete, or failed a few times, is left to the person whom `doctor` tells of it.
    """
    with site.reading() as connection:
        return [
            one
            for one in desk.entries(site, connection)
            if one.is_open and one.right == ACCESS and not one.contact
            and any(row.source == PORTAL for row in desk.history(connection, one))
            and _is_worth_a_try(connection, one)
        ]  # fmt: skip


def _is_worth_a_try(connection: Connection, one: desk.Entry) -> bool:
    made = [row.state for row in bundles.listed(connection, one.client) if row.made_at >= one.received]
    return made.count(bundles.FAILED) < TRIES and not {bundles.WHOLE, INCOMPLETE} & set(made)


def listed(connection: Connection, client: int) -> list[Row[Any]]:
    """The client's own bundles that can be fetched or are being made, the newest first."""
    kept = (MAKING, bundles.WHOLE, INCOMPLETE)
    mine = bundles.listed(connection, client)
    return [row for row in mine if row.state in kept and row.gone_at is None and not row.contact]


def hand_over(site: Site, client: int, number: int, part: int = 0) -> Path | None:
    """The file of a bundle of this client's, by a link that is used at once, so that the fetching is noted.

    None where there is none for it, whatever the reason.
    """
    with site.reading() as connection:
        if number not in {row.id for row in listed(connection, client)}:
            return None
    try:
        files = open_link(site, make_link(site, number), client)
    except ValueError:
        return None
    return files[part] if files and 0 <= part < len(files) and files[part].is_file() else None


__all__ = ["TooMany", "answer", "ask", "hand_over", "listed", "unanswered"]
