"""How the ledger is brought in line with the host's tables: who is read again, and what differed.

A full reconcile compares a digest of every client's rows with the one of its last reading; an incremental one knows
from events, marks, new ids and change columns whom to read. Either way only these are decided about anew.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlalchemy import Connection

from kigen.ledger import due, seen, settings
from kigen.policy.records import ref_text
from kigen.policy.schedule import Schedule
from kigen.work import flags, freezing
from kigen.work.comparison import SHOWN, Reconciled, compare, drop_what_is_gone
from kigen.work.readings import CLIENTS_AT_ONCE, read
from kigen.work.site import Site
from kigen.work.touched import LAST_READ, ROWS_AT, Touched, instant_note, look_for_changed_rows, touched
from kigen.work.uncollected import uncollected

__all__ = ["Reconciled", "reconcile"]

LAST_FULL, FULL_SECONDS, COUNTED = "reconciled in full at", "full reconcile took", "counted"
COMPARED_AT_ONCE = 2000
Progress = Callable[[int], None]


def reconcile(
    site: Site,
    full: bool | None = None,
    dry_run: bool = False,
    progress: Progress = lambda n: None,
    scan: bool = True,
    anew: bool = False,
) -> Reconciled:
    """Bring what is remembered in line with the host; with `dry_run` only tell what would change.

    `full` None: a full one where it is time for it. With `anew` everything is decided again, also where no row differs:
    the way to repair what the ledger has wrong. Without `scan` an incremental one looks through the host's change
    columns and counts its rows only once a night, since each such look passes over all rows. Each piece of clients
    commits by itself, so a reconcile that dies is finished by the next.
    """
    began = time.monotonic()
    found = Reconciled()
    with site.reading() as connection:
        drift = site.drift(connection)
        schedule = site.schedule(connection).without(drift.refused)
        marks = touched(connection, site, schedule)
        marks.is_everything |= anew
        found.is_full = marks.is_everything or (_is_time_for_full(connection, site) if full is None else full)
        if found.is_full:
            marks.notes[ROWS_AT] = site.now.isoformat()
        else:
            look_for_changed_rows(connection, site, marks, scan)
    found.unclassified, found.refused = list(drift.unclassified), dict(drift.refused)
    if found.is_full:
        _read_all(site, schedule, marks, found, dry_run, progress)
    else:
        for piece in _pieces(sorted(marks.clients)):
            with site.reading() if dry_run else site.transaction() as connection:
                _read(connection, site, schedule, piece, {}, found, dry_run)
                if not dry_run:
                    flags.listen(site, connection, piece)
            progress(len(piece))
    with site.reading() if dry_run else site.transaction() as connection:
        _close(connection, site, marks, found, time.monotonic() - began, dry_run)
    return found


def _read_all(
    site: Site, schedule: Schedule, marks: Touched, found: Reconciled, dry_run: bool, progress: Progress
) -> None:
    """Compare every client, piece by piece, and read those that differ; at last those beyond the host's highest."""
    after: int | None = None
    while True:
        with site.reading() if dry_run else site.transaction() as connection:
            ids = site.host.client_ids(connection, after, COMPARED_AT_ONCE)
            last = ids[-1] if ids else None
            old = seen.digests(connection, after, last)
            new = site.host.digests(connection, after, last) if last is not None else {}
            differing = {client for client, digest in new.items() if old.get(client) != digest}
            wanted = (old.keys() - new.keys()) | (new.keys() if marks.is_everything else differing)
            wanted |= marks.clients & new.keys()
            for piece in _pieces(sorted(wanted)):
                _read(connection, site, schedule, piece, new, found, dry_run)
            found.compared += len(new.keys() - wanted)
            if not dry_run:
                flags.listen(site, connection, ids)
        if last is None:
            return
        progress(len(ids))
        after = last


def _read(
    connection: Connection, site: Site, schedule: Schedule, clients: Sequence[int], digests: Mapping[int, str],
    found: Reconciled, dry_run: bool,
) -> None:  # fmt: skip
    with uncollected():
        readings = read(connection, site.host, schedule, clients, site.now)
        if not dry_run and freezing.keep_longer(connection, site, schedule, [one.facts for one in readings]):
            readings = read(connection, site.host, schedule, clients, site.now)
        compare(connection, site, readings, found, dry_run)
        drop_what_is_gone(connection, site, readings, digests, found, dry_run)
        del readings  # the search that begins again after this would else look through all of them


def _close(
    connection: Connection, site: Site, marks: Touched, found: Reconciled, seconds: float, dry_run: bool
) -> None:
    """Count what only the whole ledger tells, and note how far this reconcile came.

    After an incremental one the last full count stands, with what has changed since.
    """
    if found.is_full:
        found.unknown, first = due.unknown(connection, SHOWN)
        found.unknown_records = [f"{ref_text(ref)} {codes}" for ref, codes in first]
        found.orphans = seen.orphans(connection)
        found.kept = due.kept(connection)
    else:
        told = json.loads(settings.note(connection, COUNTED) or "{}")
        found.unknown, found.orphans = told.get("unknown", 0), told.get("orphans", 0)
        found.kept = Counter(told.get("kept", {}))
        for code, change in found.kept_more.items():
            found.kept[code] = max(0, found.kept[code] + change)
        found.kept += Counter()  # drops zero counts
    if dry_run:
        return
    counted = {"unknown": found.unknown, "orphans": found.orphans, "kept": found.kept}
    settings.write_note(connection, COUNTED, json.dumps(counted))
    settings.write_note(connection, LAST_READ, site.now.isoformat())
    if found.is_full:
        flags.all_read(site, connection)
        settings.write_note(connection, LAST_FULL, site.now.isoformat())
        settings.write_note(connection, FULL_SECONDS, f"{seconds:.1f}")
    marks.done(connection)


def _is_time_for_full(connection: Connection, site: Site) -> bool:
    """Never made, a week old, made at a later instant than this, or so quick that it can be made every time."""
    last = _last_full(connection)
    if last is None or last > site.now:
        return True
    days, quick = site.setting(connection, "reconcile.full_days"), site.setting(connection, "reconcile.quick_seconds")
    took = float(settings.note(connection, FULL_SECONDS) or 0)
    return site.now - last >= dt.timedelta(days=int(str(days))) or took <= int(str(quick)) > 0


def _last_full(connection: Connection) -> dt.datetime | None:
    return instant_note(connection, LAST_FULL)


def _pieces(clients: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(clients), CLIENTS_AT_ONCE):
        yield clients[start : start + CLIENTS_AT_ONCE]
