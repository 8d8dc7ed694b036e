"""A client too large for one transaction goes in steps: rows that no decision rests on first, its own row last.

Every step locks, reads and decides as the last one does, so that a hold, a payment or an event that comes in between
keeps the rest. The first cuts access and writes down that it has begun; any run finishes such a client first.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext

from sqlalchemy import Connection

from kigen.ledger import intents
from kigen.policy.decide import Decision
from kigen.policy.orders import as_first_asked
from kigen.policy.records import Kind, State
from kigen.policy.schedule import Effect, Schedule
from kigen.work import acts, late
from kigen.work.alike import read_together
from kigen.work.chunk import Outcome, gate_of
from kigen.work.gate import Gate
from kigen.work.mandate import Mandate
from kigen.work.proved import Proof
from kigen.work.quarantine import is_kept, keeping
from kigen.work.readings import Reading
from kigen.work.site import Site
from kigen.work.traces import NOT_LOOKED_FOR, Traces, keys_of

ROWS = 1000
"""Rows that a step removes at most."""


def too_large(connection: Connection, site: Site, chunk: Mapping[int, str]) -> list[int]:
    """The clients of a chunk that are to be deleted and have more rows than one transaction should remove."""
    going = [number for number, action in chunk.items() if action == Effect.DELETE]
    most = int(str(site.setting(connection, "sweep.client_rows")))
    sizes = site.host.sizes(connection, going) if going else {}
    return sorted(client for client in going if sizes.get(client, 0) > most)


def step(
    connection: Connection, site: Site, schedule: Schedule, run: int, kind: Kind, planned: Mapping[int, str],
    heard: int, traces: Traces = NOT_LOOKED_FOR, mandate: Mandate | None = None,
) -> Outcome:  # fmt: skip
    """One step of one client, with the arguments of `act`; without rows and evidence in the outcome none is left."""
    outcome = Outcome()
    read = mandate.read if mandate else read_together
    readings, _ = read(connection, site, schedule, kind, planned)
    for reading in readings:
        client = reading.account.id
        decision = reading.decisions.get((kind, client))
        if decision is None or decision.action != planned.get(client):
            continue  # `act`, which comes next, tells why it stays
        gate = gate_of(connection, site, schedule, run, traces, outcome, mandate)
        told_by = decision if mandate else as_first_asked(decision, reading.facts)
        proof = _begin(gate, reading, decision, told_by)
        with keeping(gate, decision.record.ref, client) if is_kept(gate, decision, reading.facts) else nullcontext():
            outcome.rows.update(site.host.shed(connection, client, ROWS))
        late.check(connection, site, [reading.account], [(Kind.CLIENT, client)], heard)
        outcome.told += proof.write(connection, site, run) if proof else []
    return outcome


def _begin(gate: Gate, reading: Reading, decision: Decision, told_by: Decision) -> Proof | None:
    """Write down who goes, and close the client; None where an earlier step did, or it is archived already."""
    people = gate.traces.known(gate.connection, gate.site, [reading.account])
    if not people:  # a host that cannot tell who somebody is has no steps either
        return None
    keys, client = keys_of(gate.site), reading.account.id
    if not intents.begin(gate.connection, keys, people[0], client, gate.run, decision.rule or "", gate.site.now):
        return None
    if reading.facts.archived and decision.record.state is State.CLOSED:
        return None  # its archive has a date and a former status of its own, which stay
    return acts.archive(gate, [told_by], [reading], [])
