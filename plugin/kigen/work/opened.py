"""How clients that kigen archived are opened again: their former status comes back, and the archive is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from kigen.ledger import evidence, marks, runs
from kigen.ledger.book import end_archives
from kigen.ledger.chain import Told
from kigen.policy.records import Kind
from kigen.work.site import Site

UNARCHIVE = "unarchive"
TICK = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Opened:
    """How many of the clients are there, how many of these were closed until now, and the evidence."""

    there: int = 0
    opened: int = 0
    told: Sequence[Told] = ()


def open_again(connection: Connection, site: Site, run: int, archived: Mapping[int, tuple[dt.datetime, str]]) -> Opened:
    """Open these clients, each with when it was archived and by which rule, in the caller's transaction.

    Those that staff opened meanwhile keep the status that they have.
    """
    if not archived:
        return Opened()
    there = site.host.owners(connection, Kind.CLIENT, sorted(archived))
    # An archive ends after it began, also where both are done at one stated instant.
    former = end_archives(connection, {client: max(site.now, at + TICK) for client, (at, _) in archived.items()})
    opened = site.host.unarchive(connection, {client: former[client] for client in there})
    marks.mark(connection, archived)  # whether they are to be archived again the next reconcile decides
    done: dict[tuple[Kind, str], runs.Done] = {}
    for client in there:
        done.setdefault((Kind.CLIENT, archived[client][1]), []).append((client, None))
    runs.write_chunk(connection, run, UNARCHIVE, site.now, done)
    told = evidence.append(connection, site.host.name, run, site.actor, UNARCHIVE, site.now, done)
    return Opened(len(there), opened, told)
