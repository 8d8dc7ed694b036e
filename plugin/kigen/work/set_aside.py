"""What could not be handled lately: noted with the instant from which it is tried again, and tried after the others."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

from sqlalchemy import Connection

from kigen.ledger import due, lifecycle, settings
from kigen.policy.records import Kind, Ref, ref_text
from kigen.work.site import Site

FAILED = "failed"
"""Under which the ledger notes what could not be handled, and from when on it is tried again."""


def waiting(connection: Connection, site: Site) -> tuple[frozenset[Ref], frozenset[Ref]]:
    """Records that act now but could not be handled lately: those that wait for another day, and those to try last."""
    noted = failed(connection)
    acting = due.are_acting(connection, lifecycle.by_kind(noted), site.now)
    still = {ref: until for ref, until in noted.items() if ref in acting}
    if still != noted:
        write_failed(connection, still)
    today = frozenset(ref for ref, until in still.items() if until > site.now)
    return today, frozenset(still) - today


def failed(connection: Connection) -> dict[Ref, dt.datetime]:
    """Records that earlier runs could not handle, with the instant from which they are tried again."""
    noted = json.loads(settings.note(connection, FAILED) or "{}")
    found = {}
    for name, until in noted.items():
        kind, _, number = name.partition(":")
        found[Kind(kind), int(number)] = dt.datetime.fromisoformat(until)
    return found


def write_failed(connection: Connection, noted: Mapping[Ref, dt.datetime]) -> None:
    """Overwrite what is noted of them."""
    told = {ref_text(ref): until.isoformat() for ref, until in sorted(noted.items())}
    settings.write_note(connection, FAILED, json.dumps(told))
