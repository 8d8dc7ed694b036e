"""A second process in a run: it takes pieces that nobody is at, until the run that laid them out has ended.

It hears, locks and decides as the run itself does, at the run's instant, through the same gate.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from kigen.ledger import ranges, runs
from kigen.work import brakes
from kigen.work.plan import permitted
from kigen.work.set_aside import waiting
from kigen.work.share import Share
from kigen.work.sharing import give_back, take
from kigen.work.site import Site
from kigen.work.stops import COORDINATOR_GONE, RULES_CHANGED, Stop, stop
from kigen.work.swept import Swept
from kigen.work.throttle import Throttle, limits_of

POLL_SECONDS = 0.2


@dataclass
class Helped:
    """What a worker did: the run it helped (None: none came), how many pieces, and the part of the run record."""

    run: int | None = None
    pieces: int = 0
    swept: Swept | None = None

    def as_json(self) -> dict[str, object]:
        """The counts in the words of a run record."""
        told = (self.swept or Swept()).as_json()
        names = ("archived", "deleted", "anonymised", "kept", "failures", "warnings", "stopped",
                 "stopped_because", "gauges")  # fmt: skip
        return {"run": self.run, "pieces": self.pieces, **{name: told[name] for name in names}}


def work(site: Site, patience: float, progress: Callable[[int], None] = lambda done: None) -> Helped:
    """Help one run to its end. `patience` is how many seconds to wait for one to begin."""
    until = time.monotonic() + patience
    with site.engine.connect() as connection:
        try:
            while True:
                run = _in_progress(connection)
                if run is not None:
                    return _help(connection, site, run, progress)
                if time.monotonic() >= until:
                    return Helped()
                time.sleep(POLL_SECONDS)
        finally:
            connection.invalidate()  # with it go the leases of pieces that were not finished


def _in_progress(connection: Connection) -> int | None:
    with connection.begin():
        run = ranges.latest_run(connection)
        if run is None or not ranges.undone(connection, run) or runs.is_stopping(connection, run):
            return None
        return run if ranges.is_led(connection, run) else None


def _help(connection: Connection, site: Site, run: int, progress: Callable[[int], None]) -> Helped:
    with connection.begin():
        brake = brakes.other_database(site, connection)
    if brake:
        return Helped(run, 0, Swept(brakes=[brake], stop=brake.as_stop()))
    with connection.begin():
        site = replace(site, now=runs.decided_at(connection, run))
        schedule = permitted(site, connection, site.schedule(connection))
        limits = limits_of(site, connection)
        today, last = waiting(connection, site)
        is_confirmed = brakes.unconfirmed(site, connection) is None  # of the settings by which the schedule was read
    helped = Helped(run, 0, Swept(stop=None if is_confirmed else stop(RULES_CHANGED)))

    def is_over() -> Stop | None:
        with connection.begin():
            is_on = ranges.is_led(connection, run) and not runs.is_stopping(connection, run)
            return None if is_on else stop(COORDINATOR_GONE)

    share = Share(
        connection, site, schedule, run, helped.swept or Swept(), Throttle(limits), today=today, last=last,
        is_over=is_over, progress=progress,
    )  # fmt: skip
    try:
        while share.swept.stop is None:
            piece = take(connection, site, run)
            if piece is None:
                break
            share.do(piece)
            helped.pieces += share.swept.stop is None
            give_back(connection, site, piece)
    finally:
        share.throttle.close()
    return helped
