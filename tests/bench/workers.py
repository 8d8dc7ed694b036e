"""Two workers against one on the same due orders; both share the machine's cores with the database server."""

from __future__ import annotations

import os

from tests.bench.bench import Bench
from tests.bench.delete import swept
from tests.bench.figures import Figure, faster
from tests.bench.rows_due import DUE

LEAST = 1.6


def measure(bench: Bench) -> list[Figure]:
    """The run that `delete` measures, and one of two processes on a copy of its own; both must leave the same rows."""
    one, two = bench.alone(swept, DUE, bench.records), bench.alone(swept, DUE, bench.records, workers=2)
    if one.left != two.left:
        raise RuntimeError("two workers left other rows than one")
    shared = f"{two.told['pieces_of_others']} pieces by the second"
    what = f"two processes on {bench.records // 5:,} due orders, {shared}; {os.cpu_count()} cores with the server"
    return [faster("workers", what, two.told["seconds"], "one process", one.told["seconds"], LEAST)]
