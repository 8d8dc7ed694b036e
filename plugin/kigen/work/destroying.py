"""Sealed copies that go because nothing of somebody may be left: each with evidence in the same transaction.

By it a replay destroys again what a restored backup has still, and an undo knows what must not come back. A record does
not come back in part: where one part of it goes, all do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Row

from kigen.ledger import evidence, ledger_standing, owed, quarantine, runs
from kigen.ledger.chain import DESTROYED, Told
from kigen.ledger.evidence_verify import Bad
from kigen.policy.identifiers import Person
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import ON_REQUEST, ORDERED
from kigen.work import proof
from kigen.work.copies import look_in_copies
from kigen.work.gate import Gate
from kigen.work.held_copies import records_of, ref_of, take
from kigen.work.proved import Proof
from kigen.work.site import Site
from kigen.work.traces import keys_of
from kigen.work.whose_copies import asking, everyone, parts_of

UNREADABLE = "unreadable"
"""The code of a copy that no key here opens: nobody can tell whom it names, nor bring it back knowing what it is."""

IN_CLOSED = "quarantine, unreadable"
"""Under which a run counts these."""


def destroy(connection: Connection, site: Site, parts: Collection[Row[Any]], rule: str | None = None) -> list[Told]:
    """Destroy what is kept of these records because somebody asked, outside of any run: the last thing before the
    commit. Nothing is written where nothing goes. `rule` as in `take`.

    In a database that was put back and waits for its replay no evidence is written, for it would not follow from what
    the ledger file knows; what is owed is noted beside that file, and the replay writes it.
    """
    _, refs = take(connection, site, parts, rule)
    return _tell(connection, site, refs, rule or ON_REQUEST)


def _tell(connection: Connection, site: Site, refs: Collection[Ref], rule: str) -> list[Told]:
    if not refs:
        return []
    if not ledger_standing.leads_on(site.state_dir, connection):
        with suppress(OSError):  # then no ledger file could be written there either
            owed.note(site.state_dir, refs, rule, site.now)
        return []
    return evidence.append(connection, site.host.name, None, site.actor, DESTROYED, site.now, _done(refs, rule))


def destroy_where_due(connection: Connection, site: Site) -> None:
    """Destroy what is kept of anybody who has asked, whichever way that became known, and what a hold kept that has
    ended since. In no transaction.
    """
    with connection.begin():
        told = destroy(connection, site, parts_of(connection, site, asking(connection, site)))
        by_rule: dict[str, list[Row[Any]]] = {}
        for part in quarantine.put_off(connection, site.host.name):
            by_rule.setdefault(part.ends_by, []).append(part)
        for rule, parts in sorted(by_rule.items()):
            told += destroy(connection, site, parts, rule)
    if told:
        tell_file(connection, site, told)


def pay(connection: Connection, site: Site) -> int:
    """Write into evidence what was destroyed while none could be written, and destroy what a backup brought back of it;
    how many parts went. In no transaction; nothing where the chain does not lead on, or the notes cannot be read: the
    schedule does not wait for them, and doctor tells of it."""
    try:
        due = owed.noted(site.state_dir)
    except OSError:
        return 0
    if not due:
        return 0
    gone = 0
    with connection.begin():
        if not ledger_standing.leads_on(site.state_dir, connection):
            return 0
        told: list[Told] = []
        for rule in sorted({one.rule for one in due}):
            until = {one.ref: one.at for one in due if one.rule == rule}
            there = quarantine.of_records(connection, site.host.name, until)
            older = [part for part in there if part.at <= until[ref_of(part)]]
            number, refs = take(connection, site, older, rule, until)
            gone += number
            stays = {ref_of(part) for part in older} - set(refs)  # for a hold of later: its end is noted with it
            done = _done(until.keys() - stays, rule)
            told += evidence.append(connection, site.host.name, None, site.actor, DESTROYED, site.now, done)
    with suppress(Bad, OSError):  # they stay noted, and are told once more
        if proof.write(site, connection, told) is None:
            owed.paid(site.state_dir, due)
    return gone


def tell_file(connection: Connection, site: Site, told: Sequence[Told] = ()) -> None:
    """Bring what was committed into the ledger file. A file that does not take it is the next run's to tell of."""
    with suppress(Bad):
        proof.write(site, connection, told)


def bring_up_file(site: Site) -> None:
    """The same with whatever the file lacks."""
    with site.engine.connect() as connection:
        tell_file(connection, site)


def destroy_copies(connection: Connection, site: Site, client: int, warnings: list[str]) -> int:
    """Destroy the sealed copies of a client that is gone, on an officer's word; how many. In no transaction.

    A run of its own with its evidence; nothing is written where nothing goes.
    """
    with connection.begin():
        gone, refs = take(connection, site, parts_of(connection, site, [client]), ORDERED)
        if not refs:
            return 0
        run = runs.begin(connection, site.machine_now, site.now, site.is_machine_clock, True, site.actor)
        runs.finish(connection, run, runs.DONE, {"rows": {"quarantine": gone}, "acted": 0}, None, site.machine_now)
        told = evidence.append(
            connection, site.host.name, run, site.actor, DESTROYED, site.now, _done(refs, ORDERED)
        )  # fmt: skip
    warnings += filter(None, [proof.write(site, connection, told), proof.sign(site, connection, site.machine_now)])
    return gone


def destroy_what_names(
    gate: Gate, clients: Sequence[int], people: Sequence[Person], rule: str, is_asked: bool
) -> None:  # fmt: skip
    """Destroy all that is kept of these clients or names them, as nothing of them is to be left but what a hold keeps.

    Where that was asked for, what does not open goes too. What was destroyed is the gate's to write down. The schedule
    by itself asks nothing of the database where nothing is kept.
    """
    if not is_asked and not _is_in_use(gate):
        return
    going = everyone(gate.connection, gate.site, clients)
    parts = [*quarantine.of_clients(gate.connection, going), *quarantine.naming(gate.connection, going)]
    found, closed = _found(gate, clients, people)
    parts += quarantine.by_number(gate.connection, sorted(found))
    open_refs = set(records_of(parts))
    shut = [part for part in quarantine.by_number(gate.connection, sorted(closed)) if ref_of(part) not in open_refs]
    for counted, mine, code in (("quarantine", parts, ""), (IN_CLOSED, shut if is_asked else [], UNREADABLE)):
        gone, refs = take(gate.connection, gate.site, mine, rule)
        if gone:
            gate.rows.update({counted: gone})
            gate.destroyed.setdefault((rule, code), set()).update(refs)


def note_named(gate: Gate, client: int, people: Sequence[Person]) -> None:
    """A client goes and is kept: copies that name it do not come back without it from here on."""
    if _is_in_use(gate):
        found, _ = _found(gate, [client], people)
        quarantine.note_named(gate.connection, {part: [client] for part in found})


def proofs(gate: Gate) -> list[Proof]:
    """What evidence says of the copies that a transaction of the gate destroyed."""
    return [
        Proof(DESTROYED, _done(refs, rule), {rule: [code] if code else []}, {})
        for (rule, code), refs in sorted(gate.destroyed.items())
    ]  # fmt: skip


def _is_in_use(gate: Gate) -> bool:
    return gate.until is not None or bool(gate.traces.copies.seen)


def _found(gate: Gate, clients: Sequence[int], people: Sequence[Person]) -> tuple[set[int], set[int]]:
    """The parts in which these people are named, and those that do not open."""
    copies = gate.traces.copies
    found = {part for client in clients for part in copies.of(client)}
    closed = set(copies.closed)
    since = set(quarantine.numbers(gate.connection)) - copies.seen - copies.own if _is_in_use(gate) else set()
    if since:  # another process of this run has put them
        newer = look_in_copies(gate.connection, keys_of(gate.site), people, copies.seen | copies.own)
        found |= newer.found.keys() & since
        closed |= newer.closed & since
    return found, closed


def _done(refs: Iterable[Ref], rule: str) -> dict[tuple[Kind, str], runs.Done]:
    done: dict[tuple[Kind, str], runs.Done] = {}
    for kind, number in sorted(refs):
        done.setdefault((kind, rule), []).append((number, None))
    return done
