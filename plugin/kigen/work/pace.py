"""How many records go into the next transaction: as many as are done in the time that rows may be held."""

from __future__ import annotations

from dataclasses import dataclass

FIRST = 40
"""The size of the first chunk of a kind, before anything was measured."""

FEWEST = 40
"""Fewer make a chunk hardly shorter, for a transaction costs as much by itself as a hundred records: half as many
would take a sixth less time each, and the run nearly twice as long."""

FASTEST = 1.25
"""At most this many times the size before: one lucky chunk says little about the next."""

SLOWEST = 0.5
"""At least this part of the size before: one pause of a disk says as little, and many of them halve it many times."""


@dataclass
class Pace:
    """The size of chunks of one kind: at most `most` records, and `seconds` from the first lock to the commit."""

    most: int
    seconds: float
    size: int = FIRST

    def next(self) -> int:
        """The size of the next chunk, 1 at least."""
        return max(1, min(self.size, self.most))

    def took(self, records: int, seconds: float) -> None:
        """Learn from a chunk that was done whole; one that was cut short tells nothing of a longer one."""
        if records < self.next():
            return
        wanted = records * self.seconds / max(seconds, 0.001)
        self.size = max(FEWEST, int(min(max(wanted, records * SLOWEST), records * FASTEST)))
