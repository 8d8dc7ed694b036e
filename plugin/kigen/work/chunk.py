"""The gate: one transaction that locks, reads and decides again, and only then acts. Nothing else deletes."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kigen.extensions import Eraser
from kigen.hosts.around import Member
from kigen.ledger import lifecycle, marks, requests, runs
from kigen.ledger.chain import Told
from kigen.policy.decide import Decision
from kigen.policy.facts import Account, ref_of
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import Effect, Schedule
from kigen.work import late
from kigen.work.again import Again
from kigen.work.alike import Followers, read_together
from kigen.work.comparison import Reconciled, write_rows
from kigen.work.proved import Proof, Written, proof_of
from kigen.work.readings import Reading, entities
from kigen.work.site import Site


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
    heard: int, again: Again | None = None,
) -> Outcome:  # fmt: skip
    """Carry out what was planned for some records of one kind (action by id), in the caller's transaction.

    Rows of these records and of all that counts for them are locked first, before any plain read fixes what later ones
    see. A record acts only if `decide` still gives the action that was planned: looking again may keep, never more.
    Raises Overtaken where the platform told something about these clients meanwhile: `heard` is the last event that was
    heard before. With `again` it is evidence that says what is done, and the schedule only what is not.
    """
    outcome = Outcome()
    readings, followers = (
        (again.read(connection, site, schedule, kind, planned), [])
        if again
        else read_together(connection, site.host, schedule, kind, planned, site.now)
    )
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
    proofs: list[Proof] = []
    for action, decisions in acting.items():
        mine = [several for several in followers if several.example.action == action]
        proof = proof_of(connection, site, action, _done(decisions, accounts, mine), decisions)
        if action == Effect.ARCHIVE:
            _archive(connection, site, run, decisions)
        elif action == Effect.DELETE:
            _delete(connection, site, kind, decisions, readings, mine, outcome)
        else:
            raise ValueError(f"nothing here can {action}")
        runs.write_chunk(connection, run, action, site.now, proof.done)
        proofs.append(proof)
        outcome.done[action] = [decision.record.ref for decision in decisions]
        outcome.done[action] += [(kind, member.id) for several in mine for member in several.members]
    # What somebody else deleted the next reconcile forgets, and tells where a hold was on it.
    marks.mark(connection, refs=lifecycle.memories(connection, vanished))
    if again is None:
        write_rows(connection, site, kept, Reconciled())  # what stays leaves the due index until its time comes again
    else:
        marks.mark(connection, [reading.account.id for reading in kept])
    if acting:
        members = [member for several in followers for member in several.members]
        clients = {reading.account.id for reading in readings} | {member.client for member in members}
        # What went may set other records free, of these clients and of others: the next reconcile looks.
        marks.mark(connection, clients, _around(accounts))
        further = {ref for one in members for ref in _all_of(kind, one)}
        late.check(connection, site, accounts, further | {(Kind.CLIENT, client) for client in clients}, heard)
    for proof in proofs:  # last of all: from here to the commit nobody else can append
        outcome.told += proof.write(connection, site, run)
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
    for eraser in site.plugins.erasers():
        for one, numbers in lifecycle.by_kind(going).items():
            if one in eraser.kinds:
                outcome.rows[f"plugin {eraser.name}"] += _erased(eraser, connection, one, numbers)
    outcome.rows.update(site.host.delete(connection, kind, ids, accounts, members))
    lifecycle.forget(connection, going)
    if kind is Kind.CLIENT:
        mine = [one for reading in readings if reading.account.id in ids for one in reading.facts.requests]
        requests.carried_out(connection, [one.id for one in mine if one.right == "erasure"], site.now)


class EraserFailed(Exception):
    """A plugin's eraser raised: nothing of this transaction stays, and the records are kept."""


def _erased(eraser: Eraser, connection: Connection, kind: Kind, ids: Sequence[int]) -> int:
    try:
        return eraser.erase(connection, kind, ids)
    except DBAPIError:
        raise
    except Exception as error:
        raise EraserFailed(f"plugin {eraser.name} could not erase its part ({type(error).__name__})") from error


def _going(kind: Kind, ids: set[int], accounts: Sequence[Account]) -> Iterator[tuple[Ref, Ref]]:
    """Each of these records with what deleting it takes along, itself first."""
    for account in accounts:
        for own, _ in entities(account):
            if own[0] is kind and own[1] in ids:
                yield own, own
                yield from ((own, ref_of(thing)) for thing in account.along(*own))


def _done(decisions: Sequence[Decision], accounts: Sequence[Account], followers: Sequence[Followers]) -> Written:
    """What is done to which record, and by which rule; what went along is told with the rule that took it."""
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
    return {sort: list(mine.items()) for sort, mine in done.items()}
