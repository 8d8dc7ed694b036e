"""Events taken in: kigen's appending and hearing against bare batched INSERTs of the rows that both of these write."""

from __future__ import annotations

from tests.bench import intake
from tests.bench.bench import Bench
from tests.bench.figures import Figure, faster

PEER = "batched INSERTs"
LEAST = 0.7


def measure(bench: Bench) -> list[Figure]:
    """An event for every five records, about a quarter as many clients, on an empty server with the same settings."""
    events = bench.records // 5
    with bench.worlds.empty(bench.records) as server:
        bench.say(f"{events:,} events arrive and are heard")
        found = intake.measure(server, events, events // 4)
    both, theirs = (found[f"{side}append_seconds"] + found[f"{side}intake_seconds"] for side in ("", "peer_"))
    alone, theirs_alone = found["intake_seconds"], found["peer_intake_seconds"]
    return [
        faster("intake", f"{events:,} events appended and heard", both, PEER, theirs, LEAST),
        faster("intake.alone", "hearing them, without the inbox on either side", alone, PEER, theirs_alone),
    ]
