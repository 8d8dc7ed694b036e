"""By which document somebody asks in a client's place: an agent, a guardian, an heir (Article 13(2), 20).

The document is kept where few can open it; here is only its reference, which no list shows, and who looked it up.
"""

from __future__ import annotations

from sqlalchemy import Connection

from kigen.ledger import request_acts
from kigen.policy import desk
from kigen.work.desk import ERASURE, Entry, history
from kigen.work.site import Site


def note(site: Site, connection: Connection, one: Entry, by: str, reference: str | None) -> None:
    """Note that `by` (one of FOR_OTHERS) asks, and by which document, None where there is none yet.

    ValueError for what is no reference, and for an erasure without one: nobody has a client deleted by a mere word.
    """
    if reference is None and one.right == ERASURE:
        raise ValueError(f"an erasure that {by} asks for needs a document of authority; expected its reference")
    _write(site, connection, one, desk.AUTHORITY, reference and desk.reference_of(reference), by)


def look_up(site: Site, connection: Connection, one: Entry) -> list[tuple[str, str]]:
    """Who asks by which document, the first noted first; that somebody looked is written down."""
    found = [(str(row.method or ""), str(row.reason)) for row in history(connection, one) if _is_known(row)]
    _write(site, connection, one, desk.AUTHORITY_SEEN, None, None)
    return found


def is_missing(connection: Connection, one: Entry) -> bool:
    """Whether somebody asks in the client's place and no document is noted."""
    rows = history(connection, one)
    asks = any(row.act == desk.AUTHORITY or row.actor in desk.FOR_OTHERS for row in rows)
    return asks and not any(map(_is_known, rows))


def _is_known(row: object) -> bool:
    return getattr(row, "act", None) == desk.AUTHORITY and bool(getattr(row, "reason", None))


def _write(
    site: Site, connection: Connection, one: Entry, step: str, reference: str | None, by: str | None
) -> None:  # fmt: skip
    request_acts.write(
        connection, one.client, one.right, step, site.now, actor=site.actor, reason=reference, method=by,
        contact=one.contact,
    )  # fmt: skip
