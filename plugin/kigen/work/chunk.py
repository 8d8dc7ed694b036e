"""The gate: one transaction that locks, reads and decides again, and only then acts. Nothing else deletes."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from kigen.hosts.around import Member
from kigen.ledger import evidence, lifecycle, marks, requests, runs
from kigen.ledger.chain import Told
from kigen.policy.decide import Decision
from kigen.policy.facts import Account, ref_of
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import Effect, Schedule
from kigen.work import erasers, late
from kigen.work.alike import Followers, read_together
from kigen.work.comparison import Reconciled, write_rows
from kigen.work.readings import Reading, entities
from kigen.work.site import Site

Written = dict[tuple[Kind, str], runs.Done]
"""What was written down as done, by kind and rule."""


@dataclass
class Outcome:
    """What a chunk did: records by action, reasons of those that stayed, rows deleted by table, and its evidence."""

    done: dict[str, list[Ref]] = field(default_factory=dict)
    kept: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    told: list[Told] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Add what another chunk of the same run did."""
        for action, refs in other.done.items():
            self.done.setdefault(action, []).extend(refs)
        self.kept += other.kept
        self.rows += other.rows
        self.told += other.told


def act(
    connection: Connection, site: Site, schedule: Schedule, run: int, kind: Kind, planned: Mapping[int, str],
    heard: int, ordered: Collection[int] = (),
) -> Outcome:  # fmt: skip
    """Carry out what was planned for some records of one kind (action by id), in the caller's transaction.

    Rows of these records and of all that counts for them are locked first, before any plain read fixes what later ones
    see. A record acts only if `decide` still gives the action that was planned: looking again may keep, never more.
    Raises Overtaken where the platform told something about these clients meanwhile: `heard` is the last event that was
    heard before.
    """
    outcome = Outcome()
    readings, followers = read_together(connection, site.host, schedule, kind, planned, site.now, ordered)
    acting: dict[str, list[Decision]] = {}
    kept: list[Reading] = []
    for reading in readings:
        staying = {}
        for ref, decision in reading.decisions.items():
            if decision.acts and decision.action == planned[ref[1]]:
                acting.setdefault(decision.action, []).append(decision)
            else:
                staying[ref] = decision
                outcome.kept.update({reason.code for reason in decision.reasons} or {"not-due"})
        if staying:
            kept.append(replace(reading, decisions=staying))
    found = {ref for one in readings for ref in one.decisions}
    found |= {(kind, member.id) for several in followers for member in several.members}
    vanished = {(kind, number) for number in planned} - found
    outcome.kept["already-gone"] += len(vanished)
    accounts = [reading.account for reading in readings]
    proofs: list[tuple[str, list[Decision], Written]] = []
    for action, decisions in acting.items():
        mine = [several for several in followers if several.example.action == action]
        if action == Effect.ARCHIVE:
            _archive(connection, site, run, decisions)
        elif action == Effect.DELETE:
            _delete(connection, site, kind, decisions, readings, mine, outcome)
        else:
            raise ValueError(f"{action!r} is no act of this gate; expected to archive or to delete")
        proofs.append((action, decisions, _write_down(connection, site, run, decisions, accounts, mine)))
        outcome.done[action] = [decision.record.ref for decision in decisions]
        outcome.done[action] += [(kind, member.id) for several in mine for member in several.members]
    # What somebody else deleted the next reconcile forgets, and tells where a hold was on it.
    marks.mark(connection, refs=lifecycle.memories(connection, vanished))
    write_rows(connection, site, kept, Reconciled())  # what stays leaves the due index until its time comes again
    if acting:
        members = [member for several in followers for member in several.members]
        clients = {reading.account.id for reading in readings} | {member.client for member in members}
        # What went may set other records free, of these clients and of others: the next reconcile looks.
        marks.mark(connection, clients, _around(accounts))
        further = {ref for one in members for ref in _all_of(kind, one)}
        late.check(connection, site, accounts, further | {(Kind.CLIENT, client) for client in clients}, heard)
    for action, decisions, written in proofs:  # last of all: from here to the commit nobody else can append
        outcome.told += evidence.append(
            connection, site.host.name, run, site.actor, action, site.now, written, _reasons(decisions)
        )
    outcome.kept += Counter()  # drops zero counts
    return outcome


def _all_of(kind: Kind, member: Member) -> Iterator[Ref]:
    """A record that follows another, and what goes along with it."""
    yield kind, member.id
    yield from member.along


def _around(accounts: Sequence[Account]) -> Iterator[Ref]:
    """The orders and services of others that items in these accounts are in."""
    for account in accounts:
        own = {order.id for order in account.orders}
        for item in account.items:
            if item.order and item.order not in own:
                yield Kind.ORDER, item.order
            if item.kind is Kind.ADDON and item.parent:
                yield Kind.SERVICE, item.parent


def _archive(connection: Connection, site: Site, run: int, decisions: Sequence[Decision]) -> None:
    """A client that staff had closed before a payment came is archived by noting it: its status is what it was."""
    former = {decision.record.id: decision.record.status for decision in decisions}
    former.update(site.host.archive(connection, list(former)))
    lifecycle.write_archives(connection, former, run, site.now)


def _delete(
    connection: Connection, site: Site, kind: Kind, decisions: Sequence[Decision], readings: Sequence[Reading],
    followers: Sequence[Followers], outcome: Outcome,
) -> None:  # fmt: skip
    ids = [decision.record.id for decision in decisions]
    accounts = [reading.account for reading in readings]
    members = [member for several in followers for member in several.members]
    going = dict.fromkeys(ref for _, ref in _going(kind, set(ids), accounts))
    going.update(dict.fromkeys(ref for member in members for ref in _all_of(kind, member)))
    plugins = site.plugins.erasers()
    seconds = int(str(site.setting(connection, "plugins.seconds"))) if plugins else 0
    for eraser in plugins:
        for one, numbers in lifecycle.by_kind(going).items():
            if one in eraser.kinds:
                outcome.rows[f"plugin {eraser.name}"] += erasers.erase(eraser, connection, one, numbers, seconds)
    outcome.rows.update(site.host.delete(connection, kind, ids, accounts, members))
    lifecycle.forget(connection, going)
    if kind is Kind.CLIENT:
        mine = [one for reading in readings if reading.account.id in ids for one in reading.facts.requests]
        requests.carried_out(connection, [one.id for one in mine if one.right == "erasure"], site.now)


def _going(kind: Kind, ids: set[int], accounts: Sequence[Account]) -> Iterator[tuple[Ref, Ref]]:
    """Each of these records with what deleting it takes along, itself first."""
    for account in accounts:
        for own, _ in entities(account):
            if own[0] is kind and own[1] in ids:
                yield own, own
                yield from ((own, ref_of(thing)) for thing in account.along(*own))


def _write_down(
    connection: Connection, site: Site, run: int, decisions: Sequence[Decision], accounts: Sequence[Account],
    followers: Sequence[Followers],
) -> Written:  # fmt: skip
    """What was done to which record, and by which rule; what went along is told with the rule that took it."""
    by_ref = {decision.record.ref: decision for decision in decisions}
    kind, action = decisions[0].record.kind, decisions[0].action
    pairs: Iterable[tuple[Ref, Ref]] = ((ref, ref) for ref in by_ref)
    if action == Effect.DELETE:
        pairs = _going(kind, {number for _, number in by_ref}, accounts)
    done: dict[tuple[Kind, str], dict[int, dt.datetime | None]] = defaultdict(dict)
    for own, (one, number) in pairs:
        done[one, by_ref[own].rule or ""][number] = by_ref[own].due
    for several in followers:
        rule = several.example.rule or ""
        for member, due in several.due:
            for one, number in _all_of(kind, member):
                done[one, rule][number] = due
    written = {sort: list(mine.items()) for sort, mine in done.items()}
    runs.write_chunk(connection, run, action, site.now, written)
    return written


def _reasons(decisions: Sequence[Decision]) -> dict[str, list[str]]:
    """By the rule that acted, the codes of the reasons why a stronger one did not."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for decision in decisions:
        found[decision.rule or ""].update(dict.fromkeys(reason.code for reason in decision.reasons))
    return {rule: list(codes) for rule, codes in found.items()}
