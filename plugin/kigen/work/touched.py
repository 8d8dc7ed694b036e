"""Which clients something happened to since the last reconcile, as far as that is known without reading all of them."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from kigen.ledger import inbox, lifecycle, settings
from kigen.ledger.marks import Marked, marked, unmark
from kigen.ledger.quick import by_ids
from kigen.ledger.tables import events, records
from kigen.policy.records import RECORDS, Kind, Ref
from kigen.policy.schedule import Schedule
from kigen.work.basis import what_was_decided_by
from kigen.work.site import Site

LAST_READ, WATERMARKS, DECIDED_BY = "reconciled at", "reconciled up to", "decided by"
ROWS_AT = "changed rows looked for at"
RANGE = 10_000
"""Ids that are counted together to find rows that vanished."""

SCAN_EVERY = dt.timedelta(hours=20)
"""How often the host's change columns are scanned and its ids counted: once a night, however often kigen runs."""

MARGIN = dt.timedelta(days=2)
"""How far before the last scan changes count again: a host's clock and zone are not kigen's."""


@dataclass
class Touched:
    """Clients to read again; `is_everything` where all stored decisions are doubtful. `done` notes how far it came."""

    clients: set[int] = field(default_factory=set)
    is_everything: bool = False
    marks: Marked = field(default_factory=Marked)
    notes: dict[str, str] = field(default_factory=dict)

    def done(self, connection: Connection) -> None:
        """Everything found here has been read: the next search begins after it."""
        unmark(connection, self.marks)
        for name, value in self.notes.items():
            settings.write_note(connection, name, value)


def touched(connection: Connection, site: Site, schedule: Schedule) -> Touched:
    """What kigen itself knows of: marks, events that were heard, rules that changed."""
    found = Touched(marks=marked(connection))
    basis = what_was_decided_by(site, connection, schedule)
    found.is_everything = found.marks.is_everything or settings.note(connection, DECIDED_BY) != basis
    heard = events.c.id > read_up_to(connection)
    read = instant_note(connection, LAST_READ)
    # What was decided at a later instant says when to look again after that one.
    found.is_everything |= read is not None and read > site.now
    last = inbox.last_heard(connection)
    # What an event tells of an instant after this one is no fact yet: it is looked at again.
    early = connection.scalar(select(func.min(events.c.id)).where(heard, events.c.at > site.now))
    last = early - 1 if early else last
    found.notes = {
        DECIDED_BY: basis,
        WATERMARKS: json.dumps({"events": last, "rows": site.host.highest(connection)}),
    }
    about = select(events.c.client).where(heard, events.c.client.is_not(None)).distinct()
    found.clients = {*found.marks.clients, *connection.scalars(about)}
    named = connection.execute(select(events.c.kind, events.c.record).where(heard, events.c.record.is_not(None)))
    refs = {(Kind(kind), number) for kind, number in named if kind in RECORDS}
    found.clients |= _owners(connection, site, refs | found.marks.refs)
    return found


def look_for_changed_rows(connection: Connection, site: Site, found: Touched, scan: bool) -> None:
    """Add what the host's tables show cheaply: new ids at every reconcile, changed and vanished rows once a night."""
    found.clients |= site.host.newer(connection, _watermarks(connection).get("rows", {}))
    last = instant_note(connection, ROWS_AT)
    if not scan and last is not None and last <= site.now < last + SCAN_EVERY:
        return
    found.notes[ROWS_AT] = site.now.isoformat()
    if last is not None:
        found.clients |= site.host.changed_since(connection, min(last, site.now) - MARGIN)
    for kind in RECORDS:
        found.clients |= _owners_of_vanished(connection, site, kind)


def instant_note(connection: Connection, name: str) -> dt.datetime | None:
    """An instant that kigen noted about itself."""
    text = settings.note(connection, name)
    return dt.datetime.fromisoformat(text) if text else None


def read_up_to(connection: Connection) -> int:
    """The last event in the history that a reconcile has looked at, 0 before the first."""
    return int(_watermarks(connection).get("events", 0))


def _watermarks(connection: Connection) -> dict[str, Any]:
    return dict(json.loads(settings.note(connection, WATERMARKS) or "{}"))


def _owners(connection: Connection, site: Site, refs: set[Ref]) -> set[int]:
    """The clients that these records belong to now, and those that kigen last saw them with."""
    found: set[int] = set()
    for kind, numbers in lifecycle.by_kind(refs).items():
        found.update(site.host.owners(connection, kind, numbers).values())
        known = by_ids(connection, records, "client, id", "id", numbers, kind.value)
        found.update(client for client, _ in known if client is not None)
    return found


def _owners_of_vanished(connection: Connection, site: Site, kind: Kind) -> set[int]:
    """Clients of records that the host no longer has: found by counting both sides, range by range of ids."""
    met = records.c.first_seen.is_not(None)
    place = func.floor(records.c.id / RANGE)
    query = select(place, func.count()).where(records.c.kind == kind, met).group_by(place)
    known = {int(number): count for number, count in connection.execute(query)}
    there = site.host.ranges(connection, kind, RANGE)
    gone: set[Ref] = set()
    for number, count in known.items():
        if there.get(number, 0) == count:
            continue
        first, last = number * RANGE, number * RANGE + RANGE - 1
        mine = select(records.c.id).where(records.c.kind == kind, records.c.id.between(first, last), met)
        gone |= {(kind, id_) for id_ in {*connection.scalars(mine)} - site.host.ids(connection, kind, first, last)}
    return _owners(connection, site, gone)
