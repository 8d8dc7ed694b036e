"""How a reading differs from the ledger: clocks and dates written, the gone dropped, the unknown told."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from kigen.ledger import archiving, due, holds, lifecycle, marks, seen
from kigen.ledger.book import end_archives
from kigen.ledger.due import Clocked
from kigen.ledger.lifecycle import Stored
from kigen.ledger.quick import in_text
from kigen.policy.decide import Considered, Decision
from kigen.policy.periods import Term, moment
from kigen.policy.records import LAST_PAYMENT, Client, Invoice, Item, Kind, Memory, Order, Ref, State, ref_text
from kigen.policy.schedule import is_archived, kinds_with_several
from kigen.work import warning
from kigen.work.erased import IS_BACK, is_back
from kigen.work.next_look import next_look
from kigen.work.readings import Reading, entities
from kigen.work.site import Site

SHOWN = 50  # findings listed one by one; the counts are always whole


@dataclass
class Reconciled:
    """What a reconcile read and changed. `unknown` lists records with an unknown clock or state, at most SHOWN.

    `read` counts records whose clients were decided about anew; `compared` those clients whose rows were the same.
    """

    read: int = 0
    compared: int = 0
    is_full: bool = True
    changed: int = 0
    unknown: int = 0
    gone: int = 0
    orphans: int = 0
    differences: Counter[str] = field(default_factory=Counter)
    unknown_records: list[str] = field(default_factory=list)
    unclassified: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    kept: Counter[str] = field(default_factory=Counter)  # reasons of due records that stay
    kept_more: Counter[str] = field(default_factory=Counter)  # how this reading changed these counts

    def as_json(self) -> dict[str, object]:
        return {
            "read": self.read, "compared": self.compared, "full": self.is_full, "changed": self.changed,
            "unknown": self.unknown, "unclassified": self.unclassified, "gone": self.gone, "orphans": self.orphans,
            "differences": dict(self.differences), "unknown_records": self.unknown_records,
            "violations": self.violations, "refused": self.refused,
        }  # fmt: skip

    @property
    def needs_a_person(self) -> bool:
        return bool(self.unclassified or self.violations or self.refused)


def compare(connection: Connection, site: Site, readings: Sequence[Reading], found: Reconciled, dry_run: bool) -> None:
    """Compare some clients with the ledger, all of them in one go, and write what is new unless this only tells."""
    fresh = [ref for one in readings for ref in one.decisions if ref not in one.remembered]
    for ref, stone in sorted(is_back(connection, site, fresh).items()):
        found.violations.append(IS_BACK.format(ref=ref_text(ref), at=stone.at))
    write_rows(connection, site, readings, found, dry_run)
    if not dry_run:
        for reading in readings:
            _end_broken_archive(connection, site, reading)


def write_rows(
    connection: Connection, site: Site, readings: Sequence[Reading], found: Reconciled, dry_run: bool = False
) -> None:
    """Write what was decided about the records in these readings, as far as it differs from what is stored."""
    rows: list[dict[str, Any]] = []
    further: dict[Ref, set[Clocked]] = {}
    bought: dict[Ref, dict[str, dt.datetime]] = {}
    several, now = kinds_with_several(site.plugins.rules()), in_text(site.now)
    is_about_clients = any(ref[0] is Kind.CLIENT for one in readings for ref in one.decisions)
    term = warning.term_of(site, connection) if is_about_clients else None
    for reading in readings:
        for ref, entity in entities(reading.account):
            decision = reading.decisions.get(ref)
            if decision is None:
                continue
            found.read += 1
            memory = reading.facts.memory(ref)
            clocked = _clocked(decision, site.now)
            known = reading.remembered.get(ref)
            stored = known.row if known else None
            fresh = _stored(entity, reading, memory, decision, clocked[0], site, term)
            if stored is not None and _stands(stored, fresh, now):
                fresh = stored
            if fresh != stored:
                rows.append({"kind": ref[0].value, "id": ref[1], **fresh._asdict()})
                _tell_difference(decision, fresh, stored, found)
            if ref[0] in several:
                further[ref] = set(clocked[1:])
            if memory.observed and (known is None or memory.observed != known.memory.observed):
                bought[ref] = memory.observed
    if dry_run:
        return
    due.write_rows(connection, rows)
    stored_further = due.stored_further(connection, lifecycle.by_kind(further))
    changed = {ref: list(clocks) for ref, clocks in further.items() if stored_further.get(ref, set()) != clocks}
    due.write_further(connection, changed)
    lifecycle.write_observed(connection, bought)
    if term is not None:
        warning.write(connection, site, readings, term)


def _stored(
    entity: Client | Order | Invoice | Item, reading: Reading, memory: Memory, decision: Decision, clocked: Clocked,
    site: Site, term: Term | None,
) -> Stored:  # fmt: skip
    """The record's row as the database writes it, values in the order of Stored."""
    day = clocked.anchor_day
    return Stored(
        memory.state.value if memory.state else None, entity.bought if isinstance(entity, Item) else "",
        in_text(memory.first_seen), in_text(memory.seen_at), in_text(memory.other_seen_at), reading.account.id,
        clocked.rule, _lesser_action(decision), in_text(clocked.anchor_at), day.isoformat() if day else None,
        clocked.codes, in_text(clocked.due_at), in_text(next_look(reading, decision, site, term)),
    )  # fmt: skip


def _stands(stored: Stored, fresh: Stored, now: str | None) -> bool:
    """Whether nothing differs but that the next look would be later than the one that lies ahead: that one stands.

    A client that is read every day would else have its kept records written every day, only to look at them later.
    """
    if stored.next_look is None or fresh.next_look is None or now is None:
        return False
    return now < stored.next_look < fresh.next_look and fresh[:-1] == stored[:-1]


def _clocked(decision: Decision, now: dt.datetime) -> list[Clocked]:
    """Every rule that speaks of the record; first the one that the decision names, with all that keeps the record."""
    if not decision.considered:
        codes = {reason.code for reason in decision.reasons} - {"no-rule"}
        return [Clocked(None, codes=" ".join(sorted(codes)) or None)]
    named = next(one for one in decision.considered if one.rule.id == decision.rule)
    first = _of(named, set() if decision.acts else decision.kept_now(now) or None)
    return [first, *[_of(one, None) for one in decision.considered if one.rule.id != decision.rule]]


def _lesser_action(decision: Decision) -> str | None:
    """The action where it is less than the effect of the rule that it names: a client that goes in part."""
    if not decision.acts:
        return None
    effects = [one.rule.effect for one in decision.considered if one.rule.id == decision.rule]
    return decision.action if decision.action not in effects else None


def _of(one: Considered, codes: set[str] | None) -> Clocked:
    """`codes` None: those of the rule's own reasons."""
    told = {reason.code for reason in one.reasons} - {"not-due"} if codes is None else codes
    at = one.clock.anchor.at
    instant = at if isinstance(at, dt.datetime) else None
    day = None if isinstance(at, dt.datetime) else at
    return Clocked(one.rule.id, instant, day, " ".join(sorted(told)) or None, one.clock.due)


def _tell_difference(decision: Decision, fresh: Stored, stored: Stored | None, found: Reconciled) -> None:
    """Count a clock that is new or started at another time than the ledger had it, and what is kept more and less."""
    if stored is not None and due.is_kept(stored.codes, stored.due_at, stored.next_look):
        found.kept_more.subtract((stored.codes or "").split())
    if due.is_kept(fresh.codes, fresh.due_at, fresh.next_look):
        found.kept_more.update((fresh.codes or "").split())
    if fresh.rule is None:
        return
    was = None if stored is None else (stored.rule, stored.anchor_at, stored.anchor_day)
    if was != (fresh.rule, fresh.anchor_at, fresh.anchor_day):
        (anchor,) = {one.rule.anchor for one in decision.considered if one.rule.id == fresh.rule}
        found.changed += 1
        found.differences[f"{decision.record.kind.value} {anchor}"] += 1


def _end_broken_archive(connection: Connection, site: Site, reading: Reading) -> None:
    """A payment since, or a client that staff opened again, ends kigen's archive."""
    client, archived = reading.account.client, reading.facts.archived
    if client is None or archived is None:
        return
    if client.state is not State.CLOSED:
        archiving.end_archives_of(connection, [client.id], site.now)
        return
    record = reading.decisions[Kind.CLIENT, client.id].record
    paid = record.anchors[LAST_PAYMENT].at
    if paid is not None and not is_archived(record, reading.facts, site.zone):
        site.host.unarchive(connection, end_archives(connection, {client.id: moment(paid, site.zone)}))


def drop_what_is_gone(
    connection: Connection, site: Site, readings: Sequence[Reading], digests: Mapping[int, str], found: Reconciled,
    dry_run: bool,
) -> None:  # fmt: skip
    """Forget records of these clients that the host no longer has, and note what was there; what vanished under a hold
    is told (E11). `digests` are of this reading; a client without one is compared again by the next full reconcile.
    """
    known = {reading.account.id: reading.seen for reading in readings if reading.seen}
    present = {reading.account.id: [ref for ref, _ in entities(reading.account)] for reading in readings}
    missing = {ref for client, one in known.items() for ref in one.records.difference(present[client])}
    missing &= lifecycle.memories(connection, missing).keys()  # what kigen itself deleted, it has forgotten
    gone: list[Ref] = []
    moved: set[int] = set()
    for kind, numbers in lifecycle.by_kind(missing).items():
        still = site.host.owners(connection, kind, numbers)
        moved.update(still.values())
        gone += [(kind, number) for number in numbers if number not in still]
    if gone:
        _tell_gone(connection, site, gone, found)
    if dry_run:
        return
    lifecycle.forget(connection, gone, site.now)
    marks.mark(connection, moved)  # their new clients have them from now on
    rows, same = [], []
    for reading in readings:
        client, records = reading.account.id, frozenset(present[reading.account.id])
        orphans, was = 0 if reading.account.client else len(records), known.get(client)
        if was and records and client not in digests and (was.records, was.orphans) == (records, orphans):
            same.append(client)
        elif records or client in digests:
            rows.append(seen.Seen(client, digests.get(client, ""), site.now, records, orphans))
    seen.write(connection, rows)
    seen.write_again(connection, same, site.now)
    seen.remove(connection, known.keys() - {row.client for row in rows} - {*same})


def _tell_gone(connection: Connection, site: Site, gone: Sequence[Ref], found: Reconciled) -> None:
    found.gone += len(gone)
    clients = [number for kind, number in gone if kind is Kind.CLIENT]
    for hold in holds.in_force(connection, clients, gone, site.now):
        name = ref_text(hold.record or (Kind.CLIENT, hold.client or 0))
        found.violations.append(f"{name} is gone from the host although hold {hold.id} was in force")
