"""What was kept of clients whose own row is gone, once nothing keeps it: no rule speaks of it, so a run finishes it.

An officer ordered its erasure, or the schedule anonymised it and somebody else deleted the row since.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection

from kigen.ledger import absorbed, anonymised
from kigen.policy.orders import for_order
from kigen.policy.records import Kind
from kigen.policy.schedule import Effect, Schedule
from kigen.work.attempt import Attempts
from kigen.work.mandate import Ordered
from kigen.work.readings import read
from kigen.work.site import Site
from kigen.work.swept import Swept


def finish_orphans(connection: Connection, site: Site, schedule: Schedule, swept: Swept) -> None:
    """Delete it through the gate, by the decision that `kigen erase --orphans` would meet. In no transaction.

    Of a client that became part of another what is left stays: whose it is now, nobody can tell.
    """
    order = for_order(schedule)
    with connection.begin():
        waiting = anonymised.ended(connection, site.now)
        there = site.host.owners(connection, Kind.CLIENT, waiting) if waiting else {}
        gone = [one for one in waiting if one not in there and absorbed.heirs(connection, [one]) == {one}]
        sizes = site.host.sizes(connection, gone) if gone else {}
        anonymised.forget(connection, (one for one in gone if not sizes.get(one)))
    for client in (one for one in gone if sizes.get(one)):
        with connection.begin():
            readings = read(connection, site.host, order, [client], site.now, ordered={client})
            going = {
                number: decision.action
                for reading in readings
                for (kind, number), decision in reading.decisions.items()
                if kind is Kind.CLIENT and decision.action == Effect.DELETE
            }
        if going and swept.stop is None:
            attempts = Attempts(
                connection, site, order, swept.run or 0, swept.failures, swept.warnings, Ordered(client)
            )  # fmt: skip
            outcome, _ = attempts.carry_out(Kind.CLIENT, going)
            done = {action: Counter(ref[0].value for ref in refs) for action, refs in outcome.done.items()}
            swept.add(
                Swept(done=done, kept=outcome.kept, rows=outcome.rows, left=outcome.left, left_rows=outcome.left_rows,
                      entries=len(outcome.told))
            )  # fmt: skip
            swept.warnings += site.plugins.erased(outcome.done.get(Effect.DELETE, []), swept.run or 0)
            swept.stop = attempts.stop
