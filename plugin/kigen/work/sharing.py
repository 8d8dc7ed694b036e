"""How a run's work is cut into pieces by client, and who does which: a piece is done by whoever holds its lease.

The lease lives with the database connection, so that the piece of a worker that died is free for the next at once.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, text

from kigen.ledger import due, intents, ranges
from kigen.ledger.ranges import Range
from kigen.policy.records import RECORDS, Kind
from kigen.policy.schedule import Schedule
from kigen.work.plan import Tally
from kigen.work.site import Site

WIDTH = 500
"""Clients that are counted together; a piece is made of such neighbours."""

RECORDS_IN_A_PIECE = 5000


def planned(connection: Connection, schedule: Schedule, now: dt.datetime) -> tuple[Tally, list[tuple[int, int, int]]]:
    """What acts now, counted; and the pieces to do it in, as lowest client, highest client, records."""
    effects = {rule.id: rule.effect.value for rule in schedule.rules}
    tally = Tally()
    by_place: Counter[int] = Counter()
    for kind, rule, action, place, number in due.counted(connection, now, WIDTH):
        if rule in effects:
            tally.acts.setdefault(action or effects[rule], Counter())[kind.value] += number
            by_place[place] += number
    pieces: list[tuple[int, int, int]] = []
    begun: int | None = None
    gathered = 0
    for place, number in sorted(by_place.items()):
        begun = place if begun is None else begun
        gathered += number
        if gathered >= RECORDS_IN_A_PIECE:
            pieces.append((begun * WIDTH, place * WIDTH + WIDTH - 1, gathered))
            begun, gathered = None, 0
    if begun is not None:
        pieces.append((begun * WIDTH, max(by_place) * WIDTH + WIDTH - 1, gathered))
    return tally, pieces


def chunks(
    connection: Connection, site: Site, schedule: Schedule, piece: Range, size: Callable[[Kind], int]
) -> Iterator[tuple[Kind, dict[int, str]]]:
    """What acts in a piece, in the order of a sweep, each by id; `size` says how many at most are the next chunk."""
    effects = {rule.id: rule.effect.value for rule in schedule.rules}
    with connection.begin():
        begun = {row.client for row in intents.begun(connection)}
    for kind in RECORDS:
        with connection.begin():
            acting = due.acting_of(connection, site.now, kind, piece.lowest, piece.highest)
        mine = [(number, action or effects[rule]) for number, rule, action in acting if rule in effects]
        if kind is Kind.CLIENT:  # what was begun is finished first
            mine.sort(key=lambda one: one[0] not in begun)
        while mine:
            next_size = size(kind)
            yield kind, dict(mine[:next_size])
            mine = mine[next_size:]


def take(connection: Connection, site: Site, run: int) -> Range | None:
    """A piece of the run that nobody is at, with its lease; None where there is none."""
    with connection.begin():
        undone = ranges.undone(connection, run)
    for piece in undone:
        if not _lock(connection, site, piece):
            continue
        with connection.begin():  # a new look: whoever was at it may just have finished
            if ranges.is_undone(connection, piece):
                return piece
        give_back(connection, site, piece)
    return None


def give_back(connection: Connection, site: Site, piece: Range) -> None:
    """End the lease of a piece, done or not."""
    if connection.dialect.name != "sqlite":
        with connection.begin():
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": _name(site, piece)})


def _lock(connection: Connection, site: Site, piece: Range) -> bool:
    if connection.dialect.name == "sqlite":
        return True  # one process writes; it is the one that runs
    with connection.begin():
        got = connection.scalar(text("SELECT GET_LOCK(:name, 0)"), {"name": _name(site, piece)})
    return bool(got == 1)


def _name(site: Site, piece: Range) -> str:
    return f"kigen.{piece.run}.{piece.number}.{site.engine.url.database}"[:64]
