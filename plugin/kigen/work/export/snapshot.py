"""The moment that a bundle shows: one consistent snapshot, given up for a new one where it would grow too old.

While a snapshot lasts the server keeps every row that is changed meanwhile, and what is deleted takes room until its
end. So none lasts longer than a setting says; the manifest states when each began.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection

from kigen.hosts.outgoing import PACKED
from kigen.work.site import Site


@dataclass
class Snapshot:
    """A connection that reads one moment; `times` are the instants at which it began, more than one: it was renewed."""

    connection: Connection
    seconds: float
    times: list[dt.datetime] = field(default_factory=list)
    began: float = 0.0

    def begin(self) -> None:
        """Begin the moment: the next reading fixes it."""
        self.began = time.monotonic()
        self.times.append(dt.datetime.now(dt.UTC))

    def between(self) -> None:
        """To be called where no reading is under way."""
        if time.monotonic() - self.began > self.seconds:
            self.connection.rollback()
            self.begin()


@contextmanager
def snapshot(site: Site, seconds: float) -> Iterator[Snapshot]:
    """A connection of its own, which goes with what was set for it; nothing is written on it."""
    with site.engine.connect().execution_options(kigen_read_only=True) as connection:
        if connection.dialect.name != "sqlite":
            connection.detach()
            connection.exec_driver_sql(f"SET SESSION group_concat_max_len = {PACKED}")
            connection.rollback()
        made = Snapshot(connection, seconds)
        made.begin()
        try:
            yield made
        finally:
            if not connection.invalidated:
                connection.rollback()
