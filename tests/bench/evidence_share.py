"""What evidence costs a sweep: its share of the time and of kigen's own CPU time, taken within one and the same run.

To evidence belong the fingerprints, read and made, the entries with their leaves, the ledger file, which is on the disk
before the next chunk, and the signed head.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from types import ModuleType
from typing import Any

from kigen.hosts.whmcs.orders import Orders
from kigen.work import proof, proved
from kigen.work.site import Site
from kigen.work.sweep import sweep
from tests.bench.bench import Bench
from tests.bench.figures import Figure, dearer
from tests.bench.rows_due import DUE

MOST = 0.15
MOST_RECORDS = 100_000
PARTS: tuple[tuple[str, ModuleType | type, str], ...] = (
    ("fingerprints", proved, "known_by"), ("fingerprints", Orders, "unchanging"),
    ("entries", proved.Proof, "write"), ("file", proof, "write"), ("head", proof, "sign"),
)  # fmt: skip


def measure(bench: Bench) -> list[Figure]:
    """In a world a tenth as large as the large one, at most: what a record costs is the same there."""
    records = min(bench.records // 10, MOST_RECORDS)
    told = bench.alone(swept, DUE, records).told
    wall, cpu = told["wall"], told["cpu"]
    bench.say("; ".join(f"{name} {wall[name]:.3f} s ({cpu[name]:.3f} s of CPU)" for name in wall))
    of = f"{told['deleted']:,} due orders of {records:,} records"
    whole, busy = wall.pop("all"), cpu.pop("all")
    return [
        dearer("evidence", f"evidence in a sweep of {of}", sum(wall.values()), "the sweep", whole, MOST),
        dearer("evidence.cpu", "the same in CPU time of the process", sum(cpu.values()), "all of it", busy),
    ]


def swept(site: Site) -> dict[str, Any]:
    """One confirmed sweep; by part its seconds on the wall and on the CPU."""
    spent = Spent()
    for name, place, function in PARTS:
        setattr(place, function, spent.timed(name, getattr(place, function)))
    found = spent.timed("all", sweep)(site, confirmed=True)
    return {"deleted": found.done["delete"]["order"], "wall": spent.wall, "cpu": spent.cpu}


class Spent:
    """Seconds by part; what a part does within another one counts for the outer one."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = defaultdict(float)
        self.cpu: dict[str, float] = defaultdict(float)
        self._within = ""

    def timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, which counts its time."""

        def timed(*values: Any, **named: Any) -> Any:
            if self._within and self._within != "all":
                return work(*values, **named)
            outer, self._within = self._within, name
            wall, cpu = time.perf_counter(), time.process_time()
            try:
                return work(*values, **named)
            finally:
                self.wall[name] += time.perf_counter() - wall
                self.cpu[name] += time.process_time() - cpu
                self._within = outer

        return timed
