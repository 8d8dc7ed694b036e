"""A client that goes in part: its documents are frozen, the rest goes or is masked, in the gate's own transaction.

Source: retention.md, "When a floor keeps documents of a client that is due" and "Deletion on request".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection

from kigen.ledger import anonymised, datamap, frozen, keys_store, lifecycle, maskings, outbox, requests
from kigen.ledger.keys_store import StoreKeys
from kigen.ledger.maskings import Masking
from kigen.policy.decide import Decision
from kigen.policy.facts import Anonymised, Facts
from kigen.policy.floors import documents
from kigen.policy.keeping import Keeping, keeping
from kigen.policy.records import Kind, Ref, ref_text
from kigen.policy.schedule import Effect, Schedule
from kigen.work import acts
from kigen.work.acts import Done, Written
from kigen.work.readings import Reading
from kigen.work.site import Site


def anonymise(
    connection: Connection, site: Site, schedule: Schedule, run: int, decisions: Sequence[Decision],
    readings: Sequence[Reading], rows: Counter[str],
) -> dict[str, Written]:  # fmt: skip
    """Anonymise these clients; counts the rows that went or changed, by table.

    Raises CannotAnonymise, EraserFailed, or ValueError where a key is missing; then nothing of it may be committed.
    """
    keys = keys_store.read(site.state_dir)
    by_client = {reading.account.id: reading for reading in readings}
    masked: Done = defaultdict(dict)
    gone: Done = defaultdict(dict)
    for decision in decisions:
        reading = by_client[decision.record.id]
        kept = keeping(reading.facts, schedule, site.now, decision.standing)
        _freeze(connection, site, schedule, reading.facts, kept, keys)
        going = _one(connection, site, run, reading, decision, kept, keys, rows)
        for done, refs in ((masked, kept.records), (gone, going)):
            for kind, number in sorted(refs):
                done[kind, decision.rule or ""][number] = decision.due
    return {
        action: acts.write_acts(connection, site, run, action, done)
        for action, done in ((Effect.ANONYMISE, masked), (Effect.DELETE, gone))
    }


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
) -> set[Ref]:  # fmt: skip
    """One client: what is not kept goes, the rest is masked, and both is remembered; returns the records that went."""
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
    requests.carried_out(connection, [one.id for one in erased], site.now)
    return going


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
