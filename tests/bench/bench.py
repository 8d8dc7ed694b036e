"""What every measurement is given: the worlds, how large, and kigen's work that ran alone on a copy."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.bench.child import in_a_process
from tests.bench.generator import Sort, rows_of
from tests.bench.worlds import Worlds


@dataclass(frozen=True)
class Ran:
    """What a piece of work told of itself, and what it left in the tables of the platform."""

    told: dict[str, Any]
    left: dict[str, tuple[Any, ...]]


@dataclass
class Bench:
    """One run. `records` is the size of the large world; `deep` asks for larger ones as well."""

    worlds: Worlds
    records: int
    deep: bool = False
    _ran: dict[str, Ran] = field(default_factory=dict)

    def alone(self, work: Callable[..., dict[str, Any]], sort: Sort, records: int, **arguments: Any) -> Ran:
        """What `work(site, **arguments)` told on a fresh copy of a world, done once for all figures that need it."""
        key = f"{work.__module__}.{work.__name__} {sort.name} {records} {arguments}"
        if key not in self._ran:
            world = self.worlds.get(sort, records)
            with self.worlds.running(world) as server:
                said = " ".join(f"{name}={value}" for name, value in arguments.items())
                self.say(f"{work.__name__} among {records:,} records ({sort.name}) {said}".rstrip())
                told = in_a_process(work, server, **arguments)
                self._ran[key] = Ran(told, rows_of(server))
        return self._ran[key]

    def say(self, text: str) -> None:
        """Progress goes to standard error, beside the tables."""
        print(f"== {text}", file=sys.stderr, flush=True)
