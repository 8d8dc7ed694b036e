"""How many records go into the next transaction: as many as are done in the time that rows may be held."""

from __future__ import annotations

from dataclasses import dataclass

from kigen.policy.records import Kind

FEWEST = 100
"""Fewer make a chunk hardly shorter, for a transaction costs as much by itself as a hundred records: at forty, rows
were held as long on a busy machine, and the run took half as long again to twice as long."""

FEWEST_CLIENTS = 10
"""A client has many rows; a few already cost more than the transaction does by itself."""

FASTEST = 1.25
"""At most this many times the size before: one lucky chunk says little about the next."""

SLOWEST = 0.5
"""At least this part of the size before: one pause of a disk says as little, and many of them halve it many times."""


@dataclass
class Pace:
    """The size of chunks: at most `most` records, and `seconds` from the first lock to the commit; it begins with the
    fewest, as nothing was measured."""

    most: int
    seconds: float
    fewest: int = FEWEST
    size: int = 0

    def next(self) -> int:
        """The size of the next chunk, 1 at least."""
        return max(1, min(max(self.size, self.fewest), self.most))

    def took(self, records: int, seconds: float) -> None:
        """Learn from a chunk that was done whole; one that was cut short tells nothing of a longer one."""
        if records < self.next():
            return
        wanted = records * self.seconds / max(seconds, 0.001)
        self.size = int(min(max(wanted, records * SLOWEST), records * FASTEST))


def pace_of(kind: Kind, most: int, held_ms: int) -> Pace:
    """The pace of one kind of record: `most` of `sweep.chunk`, milliseconds of `sweep.hold_ms`."""
    return Pace(most, held_ms / 1000, FEWEST_CLIENTS if kind is Kind.CLIENT else FEWEST)
