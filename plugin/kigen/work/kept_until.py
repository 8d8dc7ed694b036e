"""When the term of what a run kept is over: by the machine's clock since that run, and by the instant a person states.

A run that was told another time kept its copies from that time on, so neither clock alone says how old they are: what
counts is how long ago the run was, added to the instant that it decided by.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import Connection

from kigen.ledger import runs
from kigen.work.site import Site

NO_TIME = dt.timedelta(0)


def instants(connection: Connection, site: Site, numbers: Collection[int]) -> dict[int, dt.datetime]:
    """By run the instant that the end of its copies is compared with. One of an unknown run is over with either clock.

    A stated instant can end a term and never lengthen it.
    """
    known = runs.begun_at(connection, sorted(numbers))
    found = {}
    for number in numbers:
        if number not in known:
            found[number] = max(site.now, site.machine_now)
            continue
        started, decided = known[number]
        passed = decided + max(site.machine_now - started, NO_TIME)
        found[number] = passed if site.is_machine_clock else max(passed, site.now)
    return found
