"""Some records of a large client that goes in part, in one step: they go, or are frozen and masked, with evidence.

The client's own row and all that is no record come last, with `anonymise` (work/parts.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from kigen.hosts.anonymised import CannotAnonymise
from kigen.ledger import datamap, lifecycle, maskings, runs
from kigen.policy.decide import Decision
from kigen.policy.facts import Account, ref_of
from kigen.policy.keeping import Keeping
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import Effect, Schedule
from kigen.work import files, freezing
from kigen.work.acts import Done, delete_some, written
from kigen.work.gate import Gate
from kigen.work.parts import begun_at, going, log, masked_before, staying
from kigen.work.proved import Proof, proof_of
from kigen.work.readings import Reading
from kigen.work.traces import keys_of

RECORDS = 200
"""Records of a large client that one step deletes or masks at most."""

GOING = (Kind.TICKET, Kind.ORDER, Kind.SERVICE, Kind.DOMAIN)
"""Kinds of record that go in steps, in this order: no rule asks for them once nothing of the client is live."""


def part_of(gate: Gate, schedule: Schedule, decision: Decision, reading: Reading, kept: Keeping) -> Proof | None:
    """Some more records of a large client, in the caller's transaction: they go, or are frozen and masked.

    None where only what `anonymise` does is left. To be called once the client is closed and its erasure noted as
    begun. Raises what `anonymise` raises.
    """
    account = reading.account
    if begun_at(gate, account.id) is None:  # the host cannot tell who it is, and then there are no steps
        return None
    going_now = set(going(gate, account, kept))
    for kind in GOING:
        if some := sorted(ref for ref in going_now if ref[0] is kind)[:RECORDS]:
            along = {ref_of(thing) for ref in some for thing in account.along(*ref)}
            return _delete_some(gate, decision, account, some, sorted({*some, *(along & going_now)}))
    told = masked_before(gate, account)
    if some := [ref for ref in staying(account, kept)[1:] if ref not in told][:RECORDS]:
        return _mask_some(gate, schedule, decision, reading, kept, some)
    return None


def _delete_some(gate: Gate, decision: Decision, account: Account, some: Sequence[Ref], gone: Sequence[Ref]) -> Proof:
    """Records of one kind; `gone` are they with what goes along. Raises CannotAnonymise where the host leaves them."""
    connection, site = gate.connection, gate.site
    proof = proof_of(connection, site, Effect.DELETE, written(_all_by(decision, gone)), [decision])
    names = site.host.file_names(connection, [account])
    gate.erase_at_plugins(gone)
    if not delete_some(
        gate, some[0][0], [number for _, number in some], account
    ):  # else the next step would meet the same records, for ever
        raise CannotAnonymise(f"{site.host.name} deletes no {some[0][0].value} by itself")
    files.put(connection, site, names)  # those that a row still names stay
    lifecycle.forget(connection, gone, site.now)
    maskings.forget(connection, site.host.name, lifecycle.by_kind(gone))
    runs.write_chunk(connection, gate.run, proof.action, site.now, proof.done)
    return proof


def _mask_some(
    gate: Gate, schedule: Schedule, decision: Decision, reading: Reading, kept: Keeping, some: Sequence[Ref]
) -> Proof:
    connection, site, account = gate.connection, gate.site, reading.account
    keys, wanted = keys_of(site), frozenset(some)
    proof = proof_of(connection, site, Effect.ANONYMISE, written(_all_by(decision, some)), [decision])
    people = gate.traces.known(connection, site, [account])
    part = replace(kept, documents=tuple(one for one in kept.documents if one[0] in wanted))
    freezing.freeze(connection, site, schedule, keys, reading.facts, part)
    own = site.host.anonymise(
        connection, account, kept, keys.masks, datamap.answers(connection), people[0] if people else None, wanted
    )
    gate.count(own)
    log(gate, account.id, kept, own, keys)
    lifecycle.forget_bought(connection, own.bought)
    runs.write_chunk(connection, gate.run, proof.action, site.now, proof.done)
    return proof


def _all_by(decision: Decision, refs: Sequence[Ref]) -> Done:
    done: Done = defaultdict(dict)
    for kind, number in refs:
        done[kind, decision.rule or ""][number] = decision.due
    return done
