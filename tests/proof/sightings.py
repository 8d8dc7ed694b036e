"""Decides what kigen has seen with its own eyes by when: every reading of the host's tables, remembered from outside.

It is the oracle's memory of a life, kept without a look into kigen's tables: which record was met first when, and when
a reading met another state, or something else bought, than the reading before.
"""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.books import TABLE, Books
from tests.oracle.states import host_state
from tests.oracle.world import World

Key = tuple[str, int]
BOUGHT = {"service": ("billingcycle", "domain"), "domain": ("domain",)}


@dataclass
class Sightings:
    """What was seen so far; `state` and `bought` are those of the latest reading."""

    first_seen: dict[Key, dt.datetime] = field(default_factory=dict)
    changed: dict[Key, dt.datetime] = field(default_factory=dict)
    other_seen: dict[Key, dt.datetime] = field(default_factory=dict)
    bought_at: dict[Key, dt.datetime] = field(default_factory=dict)
    state: dict[Key, str | None] = field(default_factory=dict)
    bought: dict[Key, tuple[Any, ...]] = field(default_factory=dict)
    last_read: dt.datetime | None = None

    def look(self, world: World, now: dt.datetime) -> None:
        """Read all the tables at this instant."""
        books, present = Books(world, now), set()
        for kind, table in TABLE.items():
            for row in world.tables[table]:
                present.add((kind, row["id"]))
                self._meet((kind, row["id"]), host_state(books, kind, row) or "unknown", now)
                self._count((kind, row["id"]), tuple(row[name] for name in BOUGHT.get(kind, ())), now)
        self.forget(set(self.first_seen) - present)
        self.last_read = now

    def _meet(self, key: Key, state: str, now: dt.datetime) -> None:
        if key not in self.first_seen:
            self.first_seen[key] = now
        elif key in self.state and self.state[key] != state:
            self.changed[key], self.other_seen[key] = now, self.last_read or now
        self.state[key] = state

    def _count(self, key: Key, bought: tuple[Any, ...], now: dt.datetime) -> None:
        if self.bought.setdefault(key, bought) != bought:
            self.bought[key], self.bought_at[key] = bought, now

    def own_act(self, client: int, state: str | None) -> None:
        """kigen itself changed the state: that is no change that it saw. None: the next look is like a first one."""
        self.state.pop(("client", client), None)
        if state:
            self.state["client", client] = state

    def forget(self, keys: set[Key]) -> None:
        for known in (self.first_seen, self.changed, self.other_seen, self.bought_at, self.state, self.bought):
            for key in keys:
                known.pop(key, None)

    def after_a_look(self, world: World, now: dt.datetime) -> Sightings:
        """What would be known had one looked now: a plan sees what its sweep will see."""
        looked = copy.deepcopy(self)
        looked.look(world, now)
        return looked

    def give(self, world: World) -> None:
        """Put what was seen into a world."""
        world.first_seen, world.state_changes = dict(self.first_seen), dict(self.changed)
        world.other_seen, world.bought = dict(self.other_seen), dict(self.bought_at)
