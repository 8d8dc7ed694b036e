"""A client that goes in part: its documents are frozen, the rest goes or is masked, in the gate's own transaction.

Source: retention.md, "When a floor keeps documents of a client that is due" and "Deletion on request".
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kigen.hosts.anonymised import Anonymised as Changed
from kigen.ledger import anonymised, claims, datamap, frozen, intents, lifecycle, maskings, outbox, requests, runs
from kigen.ledger.keys_store import StoreKeys
from kigen.ledger.maskings import Masking
from kigen.policy.decide import Decision
from kigen.policy.desk import PARTLY_FULFILLED
from kigen.policy.facts import Account, Anonymised, ref_of
from kigen.policy.keeping import Keeping
from kigen.policy.records import Kind, Ref, ref_text
from kigen.policy.schedule import Effect, Schedule, asked_by
from kigen.work import freezing, leaving
from kigen.work.acts import Done, written
from kigen.work.asked import as_data
from kigen.work.destroying import destroy_what_names
from kigen.work.gate import Gate
from kigen.work.proved import Proof, proof_of
from kigen.work.quarantine import is_asked_for
from kigen.work.readings import Reading
from kigen.work.site import Site
from kigen.work.traces import keys_of


def staying_of(
    site: Site, schedule: Schedule, acting: Mapping[str, Sequence[Decision]], readings: Sequence[Reading]
) -> dict[int, Keeping]:
    """What stays of each client that is erased by these decisions (by action); of one that goes whole, nothing."""
    reading_of = {reading.account.id: reading for reading in readings}
    found = {}
    for action, decisions in acting.items():
        for one in decisions:
            if one.record.kind is Kind.CLIENT and action == Effect.ANONYMISE:
                found[one.record.id] = freezing.kept_by(site, schedule, reading_of[one.record.id], one)
            elif one.record.kind is Kind.CLIENT and action == Effect.DELETE:
                found[one.record.id] = Keeping(frozenset(), frozenset())
    return found


def anonymise(
    gate: Gate, schedule: Schedule, decisions: Sequence[Decision], readings: Sequence[Reading]
) -> list[Proof]:
    """Anonymise these clients; what of them goes is told as deleted, by the same rule.

    No proof is of nothing: none where an officer's word finds every row masked already, as it was for the same reasons.
    Raises CannotAnonymise, CannotFreeze, EraserFailed or SomebodyElse; then nothing of it may be committed.
    """
    keys = keys_of(gate.site)
    reading_of = {reading.account.id: reading for reading in readings}
    parted = [(decision, reading_of[decision.record.id], gate.erasing[decision.record.id]) for decision in decisions]
    masked: Done = defaultdict(dict)
    gone: Done = defaultdict(dict)
    for decision, reading, kept in parted:
        for done, refs in ((masked, staying(reading.account, kept)), (gone, going(gate, reading.account, kept))):
            for kind, number in refs:
                done[kind, decision.rule or ""][number] = decision.due
    proofs = [
        proof_of(gate.connection, gate.site, action, written(done), decisions)
        for action, done in ((Effect.ANONYMISE, masked), (Effect.DELETE, gone))
        if done
    ]
    is_changed = False
    for decision, reading, kept in parted:
        stored = freezing.freeze(gate.connection, gate.site, schedule, keys, reading.facts, kept)
        is_changed = _one(gate, decision, reading, kept, keys) or stored > 0 or is_changed
    if not is_changed:
        return []
    for proof in proofs:
        runs.write_chunk(gate.connection, gate.run, proof.action, gate.site.now, proof.done)
    return proofs


def _one(gate: Gate, decision: Decision, reading: Reading, kept: Keeping, keys: StoreKeys) -> bool:
    """One client: what is not kept goes, the rest is masked, and both is remembered; whether that changed anything."""
    connection, site, client = gate.connection, gate.site, reading.account.id
    gone, rows = going(gate, reading.account, kept), sum(gate.rows.values())
    leaves = leaving.before(gate, [reading.account])
    # What was kept before would tell who it was.
    is_asked = is_asked_for(gate, decision, reading.facts)
    destroy_what_names(gate, [client], leaves.people, decision.rule or "", is_asked)
    leaving.tell_last(gate, [reading], outbox.PARTLY_KEPT, {client: _told(decision, kept)})
    gate.erase_at_plugins([*gone, (Kind.CLIENT, client)])
    person = leaves.people[0] if leaves.people else None
    own = site.host.anonymise(connection, reading.account, kept, keys.masks, datamap.answers(connection), person)
    gate.count(own)
    leaving.after(gate, leaves, own)
    log(gate, client, kept, own, keys)
    lifecycle.forget(connection, gone, site.now)
    maskings.forget(connection, site.host.name, lifecycle.by_kind(gone))
    lifecycle.forget_words(connection, client, staying(reading.account, kept), own.bought, site.now)
    remembered = Anonymised(site.now, kept.until, kept.codes, decision.rule)
    known = reading.facts.anonymised
    claims_before = claims.remembered(reading.facts.memories)
    is_same = known is not None and remembered == _by_now(known, remembered) and claims_before == kept.claimed
    asked = any(one.right == "erasure" and not one.is_ordered for one in reading.facts.requests)
    intents.end(connection, [client])  # of one that was begun as a deletion
    if is_same and not (asked or gone or sum(gate.rows.values()) > rows):
        return False
    anonymised.write(connection, {client: remembered}, gate.run)
    anonymised.rest(connection, lifecycle.by_kind(kept.records))
    anonymised.meet(connection, client, _first_met(reading, kept))
    claims.write(connection, {*claims_before, *kept.claimed}, kept.claimed, site.now)
    erasures = [one.id for one in reading.facts.requests if one.right == "erasure"]
    requests.carried_out(connection, erasures, site.now, PARTLY_FULFILLED)
    requests.contacts_gone(connection, [client], site.now)
    return True


def _by_now(known: Anonymised, fresh: Anonymised) -> Anonymised:
    """What is remembered, as if it had been done now: an officer's word after a request is no new reason."""
    is_one_rule = asked_by(known.rule or "") == asked_by(fresh.rule or "")
    return replace(known, at=fresh.at, rule=fresh.rule if is_one_rule else known.rule)


def log(gate: Gate, client: int, kept: Keeping, own: Changed, keys: StoreKeys) -> None:
    """Every masking of a document, with the reasons that keep it."""
    connection, site = gate.connection, gate.site
    numbers = frozen.numbers(connection, site.host.name, [ref for ref, _ in own.slips])
    log = [
        Masking(ref, numbers.get(ref, ""), client, fields, tuple(sorted(kept.codes_of([ref[0]], ref[1]))))
        for ref, fields in own.slips
    ]
    maskings.write(connection, keys, site.host.name, log, site.now, site.actor, gate.run)


def _first_met(reading: Reading, kept: Keeping) -> dict[Ref, dt.datetime]:
    """What stays and was never met before this reading, as it is before the first reconcile and after a restore."""
    known = {ref for ref, one in reading.remembered.items() if one.memory.first_seen is not None}
    met = {ref: reading.facts.memory(ref).first_seen for ref in kept.records - known}
    return {ref: at for ref, at in met.items() if at is not None}


def staying(account: Account, kept: Keeping) -> list[Ref]:
    """The client and all of its records whose rows stay, masked."""
    own = {ref_of(thing) for thing in (*account.along(Kind.CLIENT, account.id), *account.paid_for_others)}
    return [(Kind.CLIENT, account.id), *sorted(own & kept.records)]


def going(gate: Gate, account: Account, kept: Keeping) -> list[Ref]:
    """What goes: all that would go along with the client, but for what is kept and what hangs on it.

    What others have in this client's orders goes with nobody but them; their add-on goes with the service under it.
    """
    along = account.along(Kind.CLIENT, account.id)
    under = {
        ref_of(one) for one in account.foreign_addons if (Kind.SERVICE, one.parent or 0) in kept.records
    }  # fmt: skip
    return sorted({*map(ref_of, along), *gate.nobodys(account)} - kept.records - under)


def _told(decision: Decision, kept: Keeping) -> dict[str, object]:
    """What stays, and for each reason why and until when; the sentences are made where the message is written."""
    until = kept.until.isoformat() if kept.until else None
    return {
        "kept": sorted(map(ref_text, kept.records)),
        "until": until,
        "reasons": as_data(decision.reasons, decision.record.id),
    }
