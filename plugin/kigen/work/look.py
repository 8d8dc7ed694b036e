"""What is looked at before a run acts: records whose time has come and whose stored decision does not act by itself."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from kigen.ledger import due, marks
from kigen.policy.records import RECORDS, Kind
from kigen.policy.schedule import Schedule, kinds_with_several
from kigen.work.comparison import Reconciled, write_rows
from kigen.work.readings import CLIENTS_AT_ONCE, read_records
from kigen.work.site import Site


def look_at_what_came_due(connection: Connection, site: Site, schedule: Schedule, found: Reconciled) -> None:
    """Decide anew about these records and write it down; what then acts, does so in this run.

    A row with one rule that came due and nothing against it acts without another look: the gate decides again before
    the commit in any case. Where several rules speak of a record, which of them acts is decided here.
    """
    several = kinds_with_several(schedule.rules)
    for kind in RECORDS:
        with connection.begin():
            ids = due.to_look_at(connection, kind, site.now, also_acting=kind in several)
        for start in range(0, len(ids), CLIENTS_AT_ONCE):
            with connection.begin():
                _look(connection, site, schedule, kind, ids[start : start + CLIENTS_AT_ONCE].tolist(), found)


def _look(
    connection: Connection, site: Site, schedule: Schedule, kind: Kind, ids: Sequence[int], found: Reconciled
) -> None:
    readings = read_records(connection, site.host, schedule, kind, ids, site.now)
    write_rows(connection, site, readings, found)
    there = {number for reading in readings for _, number in reading.decisions}
    # What is gone the next reconcile forgets, and tells where a hold was on it.
    marks.mark(connection, refs=[(kind, number) for number in ids if number not in there])
