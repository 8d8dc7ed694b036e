"""How a reading differs from the ledger: clocks and dates written, the gone dropped, the unknown told."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from kigen.ledger import holds, lifecycle
from kigen.ledger.book import end_archives
from kigen.policy.decide import Decision
from kigen.policy.periods import Term, add, moment
from kigen.policy.records import LAST_PAYMENT, Anchor, Client, Invoice, Item, Kind, Order, Ref, State, ref_text
from kigen.policy.schedule import is_archived
from kigen.work.readings import Reading, entities
from kigen.work.site import Site

WEEKLY = Term(0, 7)
SHOWN = 50  # findings listed one by one; the counts are always whole


@dataclass
class Reconciled:
    """What a reconcile read and changed. `unknown` lists records with an unknown clock or state, at most SHOWN."""

    read: int = 0
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

    def as_json(self) -> dict[str, object]:
        return {
            "read": self.read, "changed": self.changed, "unknown": self.unknown, "unclassified": self.unclassified,
            "gone": self.gone, "orphans": self.orphans, "differences": dict(self.differences),
            "unknown_records": self.unknown_records, "violations": self.violations, "refused": self.refused,
        }  # fmt: skip

    @property
    def needs_a_person(self) -> bool:
        return bool(self.unclassified or self.violations or self.refused)


def compare(connection: Connection, site: Site, readings: list[Reading], found: Reconciled, dry_run: bool) -> None:
    """Compare some clients with the ledger, all of them in one go, and write what is new unless this only tells."""
    clocks: dict[tuple[Ref, str], Anchor] = {}
    rows: list[dict[str, Any]] = []
    bought: dict[Ref, dict[str, dt.datetime]] = {}
    for reading in readings:
        for ref, entity in entities(reading.account):
            decision = reading.decisions[ref]
            clocks.update({(ref, name): anchor for name, anchor in decision.record.anchors.items()})
            rows.append(_row(ref, entity, reading, decision, site))
            found.kept.update(decision.kept_now(site.now))
            _report_unknown(decision, found)
            found.orphans += reading.account.client is None
        bought.update(
            {
                ref: memory.observed
                for ref, memory in reading.facts.memories.items()
                if memory.observed != reading.remembered.get(ref, memory).observed
            }
        )
    stored = lifecycle.stored_anchors(connection, [ref for ref, _ in clocks])
    changed = {key: anchor for key, anchor in clocks.items() if stored.get(key) != anchor}
    found.read += len(rows)
    found.changed += len({ref for ref, _ in changed})
    found.differences.update(f"{ref[0].value} {name}" for ref, name in changed)
    if not dry_run:
        lifecycle.write_anchors(connection, changed)
        lifecycle.write_records(connection, rows)
        lifecycle.write_observed(connection, bought)
        for reading in readings:
            _end_broken_archive(connection, site, reading)


def _row(
    ref: Ref, entity: Client | Order | Invoice | Item, reading: Reading, decision: Decision, site: Site
) -> dict[str, Any]:
    memory = reading.facts.memory(ref)
    return {
        "kind": ref[0].value, "id": ref[1], "client": reading.account.id,
        "state": memory.state.value if memory.state else None,
        "bought": entity.bought if isinstance(entity, Item) else "",
        "first_seen": memory.first_seen, "seen_at": memory.seen_at, "other_seen_at": memory.other_seen_at,
        "rule": decision.rule, "due_at": decision.due, "next_look": next_look(decision, site.now, site.zone),
    }  # fmt: skip


def next_look(decision: Decision, now: dt.datetime, zone: str) -> dt.datetime | None:
    """When this record is worth looking at again: now if it acts, at the next date that matters, weekly if blocked.

    None: no rule speaks of it, so only a change of the record itself can matter.
    """
    if decision.acts:
        return now
    if not decision.considered:
        return None
    dates = [one.clock.due for one in decision.considered if one.clock.due and one.clock.due > now]
    dates += [
        reason.until for one in decision.considered for reason in one.reasons if reason.until and reason.until > now
    ]
    if any(one.is_due(now) for one in decision.considered):
        dates.append(add(now, WEEKLY, zone))
    return min(dates, default=None)


def _report_unknown(decision: Decision, found: Reconciled) -> None:
    codes = {reason.code for one in decision.considered for reason in one.reasons if reason.code == "unknown-anchor"}
    if decision.record.state is State.UNKNOWN:
        codes.add("unknown-state")
    if codes:
        found.unknown += 1
        if len(found.unknown_records) < SHOWN:
            found.unknown_records.append(f"{ref_text(decision.record.ref)} {', '.join(sorted(codes))}")


def _end_broken_archive(connection: Connection, site: Site, reading: Reading) -> None:
    """A payment since, or a client that staff opened again, ends kigen's archive."""
    client, archived = reading.account.client, reading.facts.archived
    if client is None or archived is None:
        return
    if client.state is not State.CLOSED:
        lifecycle.end_archives_of(connection, [client.id], site.now)
        return
    record = reading.decisions[Kind.CLIENT, client.id].record
    paid = record.anchors[LAST_PAYMENT].at
    if paid is not None and not is_archived(record, reading.facts, site.zone):
        site.host.unarchive(connection, end_archives(connection, {client.id: moment(paid, site.zone)}))


def drop_what_is_gone(
    connection: Connection,
    site: Site,
    between: tuple[int | None, int | None],
    readings: list[Reading],
    found: Reconciled,
    dry_run: bool,
) -> None:
    """Forget records that the host no longer has; one that vanished under a hold is told (E11)."""
    present = {ref for reading in readings for ref, _ in entities(reading.account)}
    missing = [ref for ref in lifecycle.known_records_between(connection, *between) if ref not in present]
    gone: list[Ref] = []
    for kind, numbers in lifecycle.by_kind(missing).items():
        still = site.host.owners(connection, kind, numbers)  # moved to a client of another piece: not gone
        gone += [(kind, number) for number in numbers if number not in still]
    if not gone:
        return
    found.gone += len(gone)
    clients = [number for kind, number in gone if kind is Kind.CLIENT]
    for hold in holds.in_force(connection, clients, gone, site.now):
        name = ref_text(hold.record or (Kind.CLIENT, hold.client or 0))
        found.violations.append(f"{name} is gone from the host although hold {hold.id} was in force")
    if not dry_run:
        lifecycle.forget(connection, gone)
