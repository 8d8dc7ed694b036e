"""That no number of an erased record is given again: the platform's counters are kept above every tombstone."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kigen.hosts import counters
from kigen.ledger import tombstones
from kigen.work.brakes import Brake
from kigen.work.site import Site


def behind(connection: Connection, site: Site) -> dict[str, int]:
    """Tables whose next id is not above the highest one that evidence knows, with that highest id."""
    highest, tables = tombstones.highest(connection), site.host.tables_of()
    wanted: dict[str, int] = {}
    for kind, name in tables.items():
        if kind in highest:
            wanted[name] = max(highest[kind], wanted.get(name, 0))
    return {name: wanted[name] for name in counters.behind(connection, wanted)}


def raise_counters(connection: Connection, site: Site) -> Brake | None:
    """Put every counter above the tombstones; a brake with what an administrator has to run where it may not."""
    with connection.begin():
        low = behind(connection, site)
    refused = []
    for name, number in low.items():
        try:
            with connection.begin():
                counters.put_above(connection, name, number)
        except DBAPIError as error:
            if connection.invalidated:
                raise
            refused.append((counters.statement(name, number), type(error.orig).__name__))
    if not refused:
        return None
    statements = "; ".join(statement for statement, _ in refused)
    return Brake("counters", statements, "next ids above every erased one",
                 f"New records would get the numbers of erased ones, and the database user may not change that: have an"
                 f" administrator run {statements}.")  # fmt: skip
