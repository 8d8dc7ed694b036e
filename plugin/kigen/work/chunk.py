"""The gate: one transaction that locks, reads and decides again, and only then acts. Nothing else deletes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from kigen.ledger import lifecycle, marks
from kigen.ledger.chain import Told
from kigen.policy.decide import Decision
from kigen.policy.facts import Account
from kigen.policy.letting_go import EMPTY
from kigen.policy.orders import as_first_asked
from kigen.policy.periods import add
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import Effect, Schedule
from kigen.work import acts, destroying, late, parts
from kigen.work.alike import read_together
from kigen.work.comparison import Reconciled, write_rows
from kigen.work.gate import Gate
from kigen.work.mandate import Mandate
from kigen.work.places import Rows, gather
from kigen.work.proved import Proof
from kigen.work.readings import Reading
from kigen.work.site import Site
from kigen.work.traces import NOT_LOOKED_FOR, Traces


@dataclass
class Outcome:
    """What a chunk did: records by action, reasons of those that stayed, rows changed by table, and its evidence.

    `masked` is the part of these rows that stays, masked. `left` counts, by column and why, the places where an erased
    person was found and nothing was changed, and `left_rows` are the keys of some of them.
    """

    done: dict[str, list[Ref]] = field(default_factory=dict)
    kept: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    left_rows: Rows = field(default_factory=dict)
    masked: Counter[str] = field(default_factory=Counter)
    told: list[Told] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Add what another chunk of the same run did."""
        for action, refs in other.done.items():
            self.done.setdefault(action, []).extend(refs)
        self.kept += other.kept
        self.rows += other.rows
        self.left += other.left
        gather(self.left_rows, other.left_rows)
        self.masked += other.masked
        self.told += other.told


def act(
    connection: Connection, site: Site, schedule: Schedule, run: int, kind: Kind, planned: Mapping[int, str],
    heard: int, traces: Traces = NOT_LOOKED_FOR, mandate: Mandate | None = None,
) -> Outcome:  # fmt: skip
    """Carry out what was planned for some records of one kind (action by id), in the caller's transaction.

    Rows of these records and of all that counts for them are locked first, before any plain read fixes what later ones
    see. A record acts only if `decide` still gives the action that was planned: looking again may keep, never more.
    Raises Overtaken where the platform told something about these clients meanwhile: `heard` is the last event that was
    heard before. `traces` are those of the clients among them. With a `mandate`
    it is that which says what is done.
    """
    outcome = Outcome()
    read = mandate.read if mandate else read_together
    readings, followers = read(connection, site, schedule, kind, planned)
    acting: dict[str, list[Decision]] = {}
    kept: list[Reading] = []
    for reading in readings:
        staying = {}
        for ref, decision in reading.decisions.items():
            if decision.acts and decision.action == planned[ref[1]]:
                told_by = decision if mandate else as_first_asked(decision, reading.facts)
                acting.setdefault(decision.action, []).append(told_by)
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
    gate = gate_of(connection, site, schedule, run, traces, outcome, mandate)
    gate = replace(gate, erasing=parts.staying_of(site, schedule, acting, readings))
    for action, decisions in acting.items():
        mine = [several for several in followers if several.example.action == action]
        if action == Effect.ANONYMISE:
            told = parts.anonymise(gate, schedule, decisions, readings)
            if not told:  # masked already, for the same reasons
                outcome.kept.update(code for one in decisions for code in one.standing)
                continue
            proofs += told
        elif action == EMPTY:
            emptied = acts.empty(gate, decisions)
            proofs += [emptied] if emptied else []
        else:
            carry_out = acts.archive if action == Effect.ARCHIVE else acts.delete
            proofs.append(carry_out(gate, decisions, readings, mine))
        outcome.done[action] = [decision.record.ref for decision in decisions]
        outcome.done[action] += [(kind, member.id) for several in mine for member in several.members]
    # What somebody else deleted the next reconcile forgets, and tells where a hold was on it.
    marks.mark(connection, refs=lifecycle.memories(connection, vanished))
    if mandate is None:
        write_rows(connection, site, kept, Reconciled())  # what stays leaves the due index until its time comes again
    else:  # what the schedule says of what stays, the next reconcile tells
        marks.mark(connection, [reading.account.id for reading in kept])
    if acting:
        members = [member for several in followers for member in several.members]
        clients = {reading.account.id for reading in readings} | {member.client for member in members}
        # What went may set other records free, of these clients and of others: the next reconcile looks.
        marks.mark(connection, clients, _around(accounts))
        further = {ref for one in members for ref in acts.all_of(kind, one)}
        late.check(connection, site, accounts, further | {(Kind.CLIENT, client) for client in clients}, heard)
    proofs += destroying.proofs(gate)
    for proof in proofs:  # last of all: from here to the commit nobody else can append
        outcome.told += proof.write(connection, site, run)
    outcome.kept += Counter()  # drops zero counts
    return outcome


def gate_of(
    connection: Connection, site: Site, schedule: Schedule, run: int, traces: Traces, outcome: Outcome,
    mandate: Mandate | None,
) -> Gate:  # fmt: skip
    """The gate of one transaction, which counts into the outcome. What no schedule says is never kept to be undone."""
    term = schedule.restorable if mandate is None and site.host.can_give_back else None
    until = add(site.now, term, schedule.zone) if term else None
    return Gate(
        connection, site, run, traces, outcome.rows, outcome.left, outcome.left_rows, until, mandate is not None,
        outcome.masked,
    )  # fmt: skip


def _around(accounts: Sequence[Account]) -> Iterator[Ref]:
    """The orders and services of others that items in these accounts are in, and invoices that they paid for others."""
    for account in accounts:
        yield from ((Kind.INVOICE, payment.invoice or 0) for payment in account.paid_for_others)
        own = {order.id for order in account.orders}
        for item in account.items:
            if item.order and item.order not in own:
                yield Kind.ORDER, item.order
            if item.kind is Kind.ADDON and item.parent:
                yield Kind.SERVICE, item.parent
