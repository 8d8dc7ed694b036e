"""A run's work in pieces by client: what each piece is, and how it went for whoever did it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, text, update

from kigen.ledger.tables import ranges

AGAIN = 1_000_000


@dataclass(frozen=True, slots=True)
class Range:
    """Clients from `lowest` to `highest`; `planned` records of theirs act in the run."""

    run: int
    number: int
    lowest: int
    highest: int
    planned: int


def publish(connection: Connection, pieces: Sequence[Range]) -> None:
    """Lay out a run's pieces; those of earlier runs are told in their run records and go.

    From here on the connection leads the run, until it ends.
    """
    connection.execute(delete(ranges))
    if pieces:
        if connection.dialect.name != "sqlite":
            connection.execute(text(f"SELECT GET_LOCK({_LED}, 0)"), {"run": pieces[0].run})
        connection.execute(insert(ranges), [asdict(one) for one in pieces])


_LED = "LEFT(CONCAT('kigen.led.', :run, '.', DATABASE()), 64)"


def is_led(connection: Connection, run: int) -> bool:
    """Whether the process that laid out this run's pieces is still connected. Not for SQLite.

    A run that died has pieces too and is told as running, until the next one begins; nobody may work on those.
    """
    return connection.scalar(text(f"SELECT IS_USED_LOCK({_LED})"), {"run": run}) is not None


def undone(connection: Connection, run: int) -> list[Range]:
    """Pieces of a run that nobody has finished, whether somebody is at them or not."""
    query = select(ranges).where(ranges.c.run == run, ranges.c.told.is_(None)).order_by(ranges.c.number)
    return [Range(row.run, row.number, row.lowest, row.highest, row.planned) for row in connection.execute(query)]


def is_undone(connection: Connection, piece: Range) -> bool:
    """Whether this piece is still laid out and unfinished."""
    return connection.scalar(select(func.count()).select_from(ranges).where(_this(piece), ranges.c.told.is_(None))) == 1


def finish(connection: Connection, piece: Range, told: dict[str, Any]) -> bool:
    """Write down how a piece went; False where it was never laid out."""
    done = connection.execute(update(ranges).where(_this(piece)).values(told=json.dumps(told)))
    return done.rowcount > 0


def lay_out_again(connection: Connection, piece: Range, done: int) -> None:
    """Lay out what is left of a piece that its process had to stop at, for the others of the run."""
    # Only who holds the piece can make this number, so that two processes never take the same.
    rest = replace(piece, number=piece.number + AGAIN, planned=max(0, piece.planned - done))
    connection.execute(insert(ranges).values(asdict(rest)))


def withdraw(connection: Connection, piece: Range) -> None:
    """Take back a piece that this run will not do."""
    connection.execute(delete(ranges).where(_this(piece)))


def told(connection: Connection, run: int) -> dict[int, dict[str, Any]]:
    """How the finished pieces of a run went, by number."""
    query = select(ranges.c.number, ranges.c.told).where(ranges.c.run == run, ranges.c.told.is_not(None))
    return {number: json.loads(part) for number, part in connection.execute(query)}


def latest_run(connection: Connection) -> int | None:
    """The run whose pieces are laid out; None where none are."""
    run: int | None = connection.scalar(select(func.max(ranges.c.run)))
    return run


def _this(piece: Range) -> Any:
    return and_(ranges.c.run == piece.run, ranges.c.number == piece.number)
