"""What the gate does to records that it decided about, and how it is written down: as acts of the run, for evidence."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from kigen.hosts.around import Member
from kigen.ledger import anonymised, archiving, datamap, letting_go, lifecycle, maskings, outbox, requests, runs
from kigen.policy.decide import Decision
from kigen.policy.facts import Account, ref_of
from kigen.policy.letting_go import EMPTY
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import Effect
from kigen.work import leaving
from kigen.work.alike import Followers
from kigen.work.consents import only_for_consent
from kigen.work.destroying import destroy_what_names, note_named
from kigen.work.gate import Gate
from kigen.work.proved import Proof, Written, proof_of
from kigen.work.quarantine import is_asked_for, is_kept, keeping
from kigen.work.readings import Reading, entities
from kigen.work.traces import keys_of

Done = dict[tuple[Kind, str], dict[int, dt.datetime | None]]
"""What was done, by kind and rule: each id with the date by which the rule acted on it."""


def archive(
    gate: Gate, decisions: Sequence[Decision], readings: Sequence[Reading], followers: Sequence[Followers]
) -> Proof:
    """A client that staff had closed before a payment came is archived by noting it: its status is what it was."""
    done = done_by(((decision.record.ref, decision) for decision in decisions), followers)
    proof = proof_of(gate.connection, gate.site, Effect.ARCHIVE, written(done), decisions)
    former = {decision.record.id: decision.record.status for decision in decisions}
    former.update(gate.site.host.archive(gate.connection, list(former)))
    archiving.write_archives(gate.connection, former, gate.run, gate.site.now)
    runs.write_chunk(gate.connection, gate.run, proof.action, gate.site.now, proof.done)
    return proof


def delete(
    gate: Gate, decisions: Sequence[Decision], readings: Sequence[Reading], followers: Sequence[Followers]
) -> Proof:
    """Delete these records with all that goes along, what plugins hold of it and what is remembered.

    What went along is told with the rule that took it.
    """
    connection, site, kind = gate.connection, gate.site, decisions[0].record.kind
    accounts = [reading.account for reading in readings]
    members = [member for several in followers for member in several.members]
    gone = list(_going(gate, decisions, accounts))
    refs = dict.fromkeys([ref for ref, _ in gone] + [ref for member in members for ref in all_of(kind, member)])
    # All followers were read together, so that each of them knows what never changes of all.
    read = followers[0].unchanging if followers else {}
    proof = proof_of(connection, site, Effect.DELETE, written(done_by(gone, followers)), decisions, read)
    gate.erase_at_plugins(refs)
    if kind is Kind.CLIENT:
        _delete_clients(gate, decisions, readings)
    else:
        _delete_records(gate, kind, decisions, readings, members)
    lifecycle.forget(connection, refs, site.now)
    anonymised.forget(connection, (number for which, number in refs if which is Kind.CLIENT))
    maskings.forget(connection, site.host.name, lifecycle.by_kind(refs))
    runs.write_chunk(connection, gate.run, proof.action, site.now, proof.done)
    return proof


def empty(gate: Gate, decisions: Sequence[Decision]) -> Proof | None:
    """Empty what rested on consent alone in the rows of these clients; None where nothing was there to be emptied."""
    connection, site = gate.connection, gate.site
    clients = [decision.record.id for decision in decisions]
    emptied = site.host.empty_consented(connection, clients, only_for_consent(site.host.datamap))
    for counted in emptied.values():
        gate.rows.update(counted)
    letting_go.forget(connection, clients)
    acted = [decision for decision in decisions if decision.record.id in emptied]
    done = done_by(((decision.record.ref, decision) for decision in acted), [])
    return proof_of(connection, site, EMPTY, written(done), acted) if acted else None


def _delete_records(
    gate: Gate, kind: Kind, decisions: Sequence[Decision], readings: Sequence[Reading], members: Sequence[Member]
) -> None:
    """Records that are kept for a while go one by one, so that each comes back, or is destroyed, by itself."""
    delete_ = partial(gate.site.host.delete, gate.connection, kind)
    rest: list[int] = []
    for decision, reading in _each(decisions, readings):
        ref, account = decision.record.ref, reading.account
        if is_kept(gate, decision, reading.facts):
            with keeping(gate, ref, account.id, [ref, *map(ref_of, account.along(*ref))]):
                gate.rows.update(delete_([ref[1]], [account]))
        else:
            rest.append(ref[1])
    for member in members if gate.until else ():
        with keeping(gate, (kind, member.id), member.client, all_of(kind, member)):
            gate.rows.update(delete_([], [], [member]))
    together = () if gate.until else members
    if rest or together:
        gate.rows.update(delete_(rest, [reading.account for reading in readings], together))


def _delete_clients(gate: Gate, decisions: Sequence[Decision], readings: Sequence[Reading]) -> None:
    """The same with clients; of those who are not kept nothing is left that was kept before."""
    rest: list[Reading] = []
    whys: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for decision, reading in _each(decisions, readings):
        ref, account = decision.record.ref, reading.account
        if is_kept(gate, decision, reading.facts):
            with keeping(gate, ref, account.id, [ref, *map(ref_of, account.along(*ref))]):
                _erase_clients(gate, [reading])
            continue
        rest.append(reading)
        whys[decision.rule or "", is_asked_for(gate, decision, reading.facts)].append(account.id)
    if rest:
        _erase_clients(gate, rest, whys)


def _each(decisions: Sequence[Decision], readings: Sequence[Reading]) -> Iterator[tuple[Decision, Reading]]:
    reading_of = {ref: reading for reading in readings for ref in reading.decisions}
    yield from ((decision, reading_of[decision.record.ref]) for decision in decisions)


def _erase_clients(
    gate: Gate, readings: Sequence[Reading], whys: Mapping[tuple[str, bool], Sequence[int]] | None = None
) -> None:  # fmt: skip
    """Clients go with what is left of their people in everybody else's rows, and those who asked are told.

    `whys` are those of whom nothing is kept, by rule and whether somebody asked for it; None: all are kept for a while.
    """
    accounts = [reading.account for reading in readings]
    going = leaving.before(gate, accounts)
    for account in accounts if whys is None else ():
        note_named(gate, account.id, going.people)
    for (rule, is_asked), clients in (whys or {}).items():
        people = [one for one in going.people if int(one.owner) in clients]
        destroy_what_names(gate, clients, people, rule, is_asked)
    leaving.tell_last(gate, readings, outbox.DONE, {})
    answers = datamap.answers(gate.connection)
    for account in accounts:
        if any(one.client_by for one in answers) or account.paid_for_others:
            gate.count(gate.site.host.part(gate.connection, account, keys_of(gate.site).masks, answers))
    ids = [account.id for account in accounts]
    gate.rows.update(gate.site.host.delete(gate.connection, Kind.CLIENT, ids, accounts))
    leaving.after(gate, going)
    erasures = [one.id for reading in readings for one in reading.facts.requests if one.right == "erasure"]
    requests.carried_out(gate.connection, erasures, gate.site.now)
    requests.contacts_gone(gate.connection, ids, gate.site.now)


def _going(gate: Gate, decisions: Sequence[Decision], accounts: Sequence[Account]) -> Iterator[tuple[Ref, Decision]]:
    """Each of these records with what deleting it takes along, itself first."""
    by_ref = {decision.record.ref: decision for decision in decisions}
    for account in accounts:
        for own, _ in entities(account):
            if decision := by_ref.get(own):
                yield own, decision
                yield from ((ref_of(thing), decision) for thing in account.along(*own))
                if own[0] is Kind.CLIENT:
                    yield from ((ref, decision) for ref in gate.nobodys(account))


def all_of(kind: Kind, member: Member) -> Iterator[Ref]:
    """A record that follows another, and what goes along with it."""
    yield kind, member.id
    yield from member.along


def done_by(gone: Iterable[tuple[Ref, Decision]], followers: Sequence[Followers]) -> Done:
    """What is done, by kind and rule."""
    done: Done = defaultdict(dict)
    for (kind, number), decision in gone:
        done[kind, decision.rule or ""][number] = decision.due
    for several in followers:
        rule = several.example.rule or ""
        for member, due in several.due:
            for kind, number in all_of(several.example.record.kind, member):
                done[kind, rule][number] = due
    return done


def written(done: Done) -> Written:
    """What was done as it is written down."""
    return {sort: list(mine.items()) for sort, mine in done.items()}
