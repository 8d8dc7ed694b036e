"""Decides what a life is played on: one real installation, a clock, and what is told to kigen of what happens there."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis
from sqlalchemy import text

from kigen.ledger import inbox
from kigen.work.intake import parse_event
from kigen.work.site import Site
from tests.oracle.world import World
from tests.proof.knowledge import Event, Knowledge
from tests.proof.sightings import Sightings
from tests.work.worlds import ZONE, read_tables

START = dt.datetime(2026, 1, 31, 1, 0, tzinfo=dt.UTC)  # ten in the morning in Japan, on a month's last day
END = dt.datetime(2080, 1, 1, tzinfo=dt.UTC)  # some way before the last year that a host's date may have
Row = dict[str, Any]
TOLD = ("at once", "at once", "at once", "late", "twice", "never")


class Life:
    """The installation at `now`, and all that has happened in it, as sentences."""

    def __init__(self, site: Site) -> None:
        self.site = dataclasses.replace(site, now=START, machine_now=START)
        self.knowledge, self.sightings = Knowledge(), Sightings()
        self.is_over = False
        self.held_back: list[Event] = []
        self.story: list[str] = []
        self.numbers: Counter[str] = Counter()

    @property
    def now(self) -> dt.datetime:
        return self.site.now

    def pass_time(self, until: dt.datetime) -> None:
        """The clock goes on; never back, and not beyond what dates can hold."""
        now = min(max(until, self.now), END)
        self.site = dataclasses.replace(self.site, now=now, machine_now=now)

    def say(self, sentence: str) -> None:
        """One more line of the story, shown when something fails."""
        line = f"{self.now.astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M:%S}  {sentence}"
        self.story.append(line)
        hypothesis.note(line)

    # The host's rows.

    def tables(self) -> dict[str, list[Row]]:
        with self.site.reading() as connection:
            return read_tables(connection, World().tables)

    def rows(self, table: str) -> list[Row]:
        with self.site.reading() as connection:
            return read_tables(connection, (*STATUSES, table))[table]

    def row(self, table: str, nth: int) -> Row | None:
        """The nth row that there is, counted round; None where there is none."""
        rows = sorted(self.rows(table), key=lambda row: int(row["id"]))
        return rows[nth % len(rows)] if rows else None

    def add(self, table: str, **values: Any) -> int:
        self.numbers[table] += 1
        row = World().add(table, **{**values, "id": self.numbers[table]})
        names = ", ".join(self._quoted(name) for name in row)
        marks = ", ".join(f":{name}" for name in row)
        with self.site.transaction() as connection:
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)
        return self.numbers[table]

    def set(self, table: str, number: int, **values: Any) -> None:
        """What the host, its staff or a module writes into one row, without a word to anybody."""
        self.set_where(table, "id", number, **values)

    def set_where(self, table: str, column: str, value: int, **values: Any) -> None:
        changes = ", ".join(f"{self._quoted(name)} = :{name}" for name in values)
        with self.site.transaction() as connection:
            connection.execute(text(f"UPDATE {table} SET {changes} WHERE {column} = :key"), {**values, "key": value})

    def remove(self, table: str, number: int) -> None:
        with self.site.transaction() as connection:
            connection.execute(text(f"DELETE FROM {table} WHERE id = :key"), {"key": number})

    def _quoted(self, name: str) -> str:
        return self.site.engine.dialect.identifier_preparer.quote(name)

    def stamp(self) -> str:
        return self.now.astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S")

    def today(self, days: int = 0) -> str:
        return (self.now.astimezone(ZoneInfo(ZONE)).date() + dt.timedelta(days=days)).isoformat()

    # What is told.

    def tell(self, told: str, name: str, client: int, number: int | None = None, **fields: Any) -> None:
        """An event of this instant: put into the inbox at once, twice, later, or never."""
        into = {"into": fields.pop("into")} if "into" in fields else {}
        event = {"event": name, "at": self.now, "client": client, "data": fields, **into}
        event |= {} if number is None else {"id": number}
        # No two things happen at one instant: which of two came later must not be a matter of taste.
        self.pass_time(self.now + dt.timedelta(seconds=1))
        if told == "late":
            self.held_back.append(event)
        elif told != "never":
            self.arrive([event] * (2 if told == "twice" else 1))

    def arrive(self, events: Sequence[Event]) -> None:
        """Events reach the inbox, in this order."""
        for event in events:
            sent = {**event, "at": event["at"].isoformat()}
            with self.site.transaction() as connection:
                inbox.append(connection, [parse_event(sent, ZONE)], self.now)
            if event not in self.knowledge.waiting:
                self.knowledge.waiting.append(event)


STATUSES = ("tblorderstatuses", "tblticketstatuses")
