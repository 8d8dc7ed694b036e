"""What the gate does to records that it decided about, and how it is written down: as acts of the run, for evidence."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection

from kigen.hosts.around import Member
from kigen.ledger import lifecycle, requests, runs
from kigen.policy.decide import Decision
from kigen.policy.facts import Account, ref_of
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import Effect
from kigen.work import erasers
from kigen.work.alike import Followers
from kigen.work.proved import Proof, Written, proof_of
from kigen.work.readings import Reading, entities
from kigen.work.site import Site

Done = dict[tuple[Kind, str], dict[int, dt.datetime | None]]
"""What was done, by kind and rule: each id with the date by which the rule acted on it."""


def archive(
    connection: Connection, site: Site, run: int, decisions: Sequence[Decision], readings: Sequence[Reading],
    followers: Sequence[Followers], rows: Counter[str],
) -> Proof:  # fmt: skip
    """A client that staff had closed before a payment came is archived by noting it: its status is what it was."""
    done = _done(((decision.record.ref, decision) for decision in decisions), followers)
    proof = proof_of(connection, site, Effect.ARCHIVE, written(done), decisions)
    former = {decision.record.id: decision.record.status for decision in decisions}
    former.update(site.host.archive(connection, list(former)))
    lifecycle.write_archives(connection, former, run, site.now)
    runs.write_chunk(connection, run, proof.action, site.now, proof.done)
    return proof


def delete(
    connection: Connection, site: Site, run: int, decisions: Sequence[Decision], readings: Sequence[Reading],
    followers: Sequence[Followers], rows: Counter[str],
) -> Proof:  # fmt: skip
    """Delete these records with all that goes along, what plugins hold of it and what is remembered.

    Counts the rows that went, by table. What went along is told with the rule that took it.
    """
    kind = decisions[0].record.kind
    ids = [decision.record.id for decision in decisions]
    accounts = [reading.account for reading in readings]
    members = [member for several in followers for member in several.members]
    gone = list(_going(decisions, accounts))
    refs = dict.fromkeys([ref for ref, _ in gone] + [ref for member in members for ref in all_of(kind, member)])
    proof = proof_of(connection, site, Effect.DELETE, written(_done(gone, followers)), decisions)
    erase_at_plugins(connection, site, refs, rows)
    rows.update(site.host.delete(connection, kind, ids, accounts, members))
    lifecycle.forget(connection, refs)
    if kind is Kind.CLIENT:
        mine = [one for reading in readings if reading.account.id in ids for one in reading.facts.requests]
        requests.carried_out(connection, [one.id for one in mine if one.right == "erasure"], site.now)
    runs.write_chunk(connection, run, proof.action, site.now, proof.done)
    return proof


def erase_at_plugins(connection: Connection, site: Site, refs: Iterable[Ref], rows: Counter[str]) -> None:
    """What plugins hold of these records goes in the same transaction; rows are counted. Raises EraserFailed."""
    plugins = site.plugins.erasers()
    seconds = int(str(site.setting(connection, "plugins.seconds"))) if plugins else 0
    for eraser in plugins:
        for kind, numbers in lifecycle.by_kind(refs).items():
            if kind in eraser.kinds:
                rows[f"plugin {eraser.name}"] += erasers.erase(eraser, connection, kind, numbers, seconds)


def _going(decisions: Sequence[Decision], accounts: Sequence[Account]) -> Iterator[tuple[Ref, Decision]]:
    """Each of these records with what deleting it takes along, itself first."""
    by_ref = {decision.record.ref: decision for decision in decisions}
    for account in accounts:
        for own, _ in entities(account):
            if decision := by_ref.get(own):
                yield own, decision
                yield from ((ref_of(thing), decision) for thing in account.along(*own))


def all_of(kind: Kind, member: Member) -> Iterator[Ref]:
    """A record that follows another, and what goes along with it."""
    yield kind, member.id
    yield from member.along


def _done(gone: Iterable[tuple[Ref, Decision]], followers: Sequence[Followers]) -> Done:
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
