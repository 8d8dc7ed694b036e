"""What a sweep would do now, and why: the same reading and the same decision, with nothing written."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.exc import DBAPIError

from kigen.ledger import inbox, quarantine, runs
from kigen.ledger.tombstones import UNDONE
from kigen.policy import held
from kigen.policy.decide import KEEP, Decision
from kigen.policy.reasons import Reason
from kigen.policy.records import Record, Ref, State, ref_text
from kigen.policy.schedule import ORDERED, Schedule
from kigen.work.held_copies import held as held_copies
from kigen.work.held_copies import held_back, ref_of
from kigen.work.intake import hear_batch
from kigen.work.readings import read, read_records, walk_clients
from kigen.work.site import Site


@dataclass
class Tally:
    """Counts of a plan: acts by action and kind, reasons of due records that stay, and records read."""

    acts: dict[str, Counter[str]] = field(default_factory=dict)
    kept: Counter[str] = field(default_factory=Counter)
    read: int = 0

    def add(self, decision: Decision, now: dt.datetime) -> None:
        self.read += 1
        if decision.acts:
            self.acts.setdefault(decision.action, Counter())[decision.record.kind.value] += 1
        self.kept.update(decision.kept_now(now))


def decisions(site: Site, client: int | None = None, schedule: Schedule | None = None) -> Iterator[Decision]:
    """Every decision at the site's instant, by client in ascending order, each client's records as a sweep goes.

    `schedule` None: as the settings are now, without the rules that are refused.
    """
    with as_a_sweep_sees_it(site) as connection:
        schedule = schedule or permitted(site, connection, site.schedule(connection))
        pieces = [[client]] if client is not None else walk_clients(connection, site.host)
        for clients in pieces:
            for reading in read(connection, site.host, schedule, clients, site.now):
                yield from reading.decisions.values()
        yield from _kept_copies(connection, site, client)


def _kept_copies(connection: Connection, site: Site, client: int | None) -> Iterator[Decision]:
    """Sealed copies whose end has come and that a hold keeps: what would go with the next run, but for that."""
    for part, standing in held_back(connection, site):
        if client in (None, part.client):
            ref = ref_of(part)
            record = Record(ref[0], ref[1], part.client, State.UNKNOWN, "", {})
            yield Decision(record, KEEP, part.ends_by, None, held.on_copy(ref, standing), ())


@contextmanager
def as_a_sweep_sees_it(site: Site) -> Iterator[Connection]:
    """A connection on which what waits in the inbox has been heard, as a sweep hears it first; all of it is taken back.

    Where this user may not write, what waits is left out: the caller can count it and say so.
    """
    with site.reading() as connection:
        if not inbox.count(connection, inbox.PENDING, max(site.now, site.machine_now)):
            yield connection
            return
    with site.engine.connect() as connection:
        try:
            while hear_batch(site, connection, is_preview=True):
                pass
        except DBAPIError:
            connection.rollback()
        try:
            yield connection
        finally:
            connection.rollback()


def permitted(site: Site, connection: Connection, schedule: Schedule) -> Schedule:
    """The schedule without the rules that the live schema does not allow, because of a column or an engine."""
    return schedule.without(site.drift(connection).refused)


RESTORABLE = (
    "A sealed copy of {ref} is kept until {until}: 'kigen undo {run}' brings it back.",
    "{ref} の封印した写しを {until} まで保管しています。'kigen undo {run}' で復元できます。",
)


GONE = (
    "{ref} is no longer there: run {run} deleted it on {at} by {rule}.",
    "{ref} はすでに存在しません。実行 {run} が {at} に規則 {rule} により削除しました。",
)
GONE_BY_ORDER = (
    "{ref} is no longer there: run {run} deleted it on {at} by an officer's order.",
    "{ref} はすでに存在しません。実行 {run} が {at} に担当者の指示により削除しました。",
)


def explain(site: Site, ref: Ref) -> Decision | None:
    """The decision on one record; of one that kigen deleted, that it is gone; None where nobody ever knew it."""
    with as_a_sweep_sees_it(site) as connection:
        kind, number = ref
        schedule = permitted(site, connection, site.schedule(connection))
        for reading in read_records(connection, site.host, schedule, kind, [number], site.now):
            if ref in reading.decisions:
                return reading.decisions[ref]
        act = runs.last_act(connection, kind, number)
        if act is None or act.action == UNDONE:  # it came back, and was not kigen's to go
            return None
        kept = quarantine.of_records(connection, site.host.name, [ref])
        copies = [*_restorable(ref, kept), *held.told(held_copies(connection, site, kept).get(ref, ()))]
        for part, standing in held_back(connection, site) if kept else ():
            copies = [*held.on_copy(ref, standing)] if ref_of(part) == ref else copies
        return _gone(ref, act, copies)


def _restorable(ref: Ref, kept: Sequence[Row[Any]]) -> Iterator[Reason]:
    for run, until in {part.run: part.until for part in kept}.items():
        yield Reason("restorable", {"run": run}, until, (ref_text(ref),), RESTORABLE)


def _gone(ref: Ref, act: runs.Act, copies: Sequence[Reason]) -> Decision:
    record = Record(ref[0], ref[1], None, State.UNKNOWN, "", {})
    words = GONE_BY_ORDER if act.rule == ORDERED else GONE
    values = {"run": act.run, "at": act.at, "rule": act.rule}
    reason = Reason("already-gone", values, None, (ref_text(ref),), words)
    return Decision(record, KEEP, act.rule, act.due_at, (reason, *copies), ())
