"""A client that goes in part: its documents are frozen, the rest goes or is masked, in the gate's own transaction.

Source: retention.md, "When a floor keeps documents of a client that is due" and "Deletion on request".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection

from kigen.ledger import anonymised, datamap, frozen, keys_store, lifecycle, maskings, outbox, requests, runs
from kigen.ledger.keys_store import StoreKeys
from kigen.ledger.maskings import Masking
from kigen.policy.decide import Decision
from kigen.policy.facts import Anonymised, Facts
from kigen.policy.floors import documents
from kigen.policy.keeping import Keeping, keeping
from kigen.policy.parting import FLOOR
from kigen.policy.records import Kind, ref_text
from kigen.policy.schedule import Effect, Schedule
from kigen.work import acts
from kigen.work.acts import Done
from kigen.work.proved import Proof, proof_of
from kigen.work.readings import Reading
from kigen.work.site import Site


def anonymise(
    connection: Connection, site: Site, schedule: Schedule, run: int, decisions: Sequence[Decision],
    readings: Sequence[Reading], rows: Counter[str],
) -> list[Proof]:  # fmt: skip
    """Anonymise these clients; counts the rows that went or changed, by table.

    Raises CannotAnonymise, EraserFailed, or ValueError where a key is missing; then nothing of it may be committed.
    """
    keys = keys_store.read(site.state_dir)
    by_client = {reading.account.id: reading for reading in readings}
    # Where it is evidence that says what is done, no rule may stand in the way, but documents have their floors all the
    # same.
    kept_of = {
        decision.record.id: keeping(
            by_client[decision.record.id].facts, schedule, site.now, decision.standing or {FLOOR}
        )
        for decision in decisions
    }
    masked: Done = defaultdict(dict)
    gone: Done = defaultdict(dict)
    for decision in decisions:
        reading, kept = by_client[decision.record.id], kept_of[decision.record.id]
        for ref in lifecycle.refs_of(reading.account):
            (masked if ref in kept.records else gone)[ref[0], decision.rule or ""][ref[1]] = decision.due
    proofs = [
        proof_of(connection, site, action, acts.written(done), decisions)
        for action, done in ((Effect.ANONYMISE, masked), (Effect.DELETE, gone))
        if done
    ]
    for decision in decisions:
        reading, kept = by_client[decision.record.id], kept_of[decision.record.id]
        _freeze(connection, site, schedule, reading.facts, kept, keys)
        _one(connection, site, run, reading, decision, kept, keys, rows)
    for proof in proofs:
        runs.write_chunk(connection, run, proof.action, site.now, proof.done)
    return proofs


def _freeze(
    connection: Connection, site: Site, schedule: Schedule, facts: Facts, kept: Keeping, keys: StoreKeys
) -> None:
    """Store what a floor keeps as it was issued, before anything in its rows is masked."""
    papers = list(documents(facts, site.zone))
    wanted = frozen.unfrozen(connection, site.host.name, [ref for ref, _ in kept.documents])
    issued = site.host.papers(connection, facts.account, sorted(wanted))
    frozen.freeze(connection, keys, issued, papers, partial(schedule.floors.end, zone=site.zone), site.now)


def _one(
    connection: Connection, site: Site, run: int, reading: Reading, decision: Decision, kept: Keeping, keys: StoreKeys,
    rows: Counter[str],
) -> None:  # fmt: skip
    """One client: what is not kept goes, the rest is masked, and both is remembered."""
    client = reading.account.id
    going = set(lifecycle.refs_of(reading.account)) - kept.records
    erased = [one for one in reading.facts.requests if one.right == "erasure"]
    _tell(connection, site, client, kept, bool([one for one in erased if not one.is_ordered]))
    acts.erase_at_plugins(connection, site, [*sorted(going), (Kind.CLIENT, client)], rows)
    done = site.host.anonymise(connection, reading.account, kept, keys.masks, datamap.answers(connection))
    rows.update(done.deleted)
    rows.update({table: number for table, _, number in done.masked})
    codes = tuple(sorted(kept.codes))
    log = [Masking(ref, "", client, fields, codes) for ref, fields in done.slips]
    maskings.write(connection, keys, site.host.name, log, site.now, site.actor, run)
    lifecycle.forget(connection, going)
    lifecycle.forget_words(connection, client, done.bought)
    remembered = Anonymised(site.now, kept.until, kept.codes, decision.rule)
    anonymised.write(connection, {client: remembered}, run)
    requests.carried_out(connection, [one.id for one in erased], site.now, requests.PARTLY_FULFILLED)


def _tell(connection: Connection, site: Site, client: int, kept: Keeping, was_asked: bool) -> None:
    """The last message to somebody who asked, with the address that is about to go: what stays, why, until when."""
    if not was_asked:
        return
    address, language = site.host.addresses(connection, [client]).get(client, (None, None))
    data = {
        "kept": sorted(ref_text(ref) for ref in kept.records), "codes": sorted(kept.codes),
        "until": kept.until.isoformat() if kept.until else None,
    }  # fmt: skip
    outbox.put(connection, client, outbox.PARTLY_KEPT, data, site.now, address, language)
