"""Sealed copies that go because nothing of somebody may be left: each with evidence in the same transaction.

By it a replay destroys again what a restored backup has still, and an undo knows what must not come back. A record does
not come back in part: where one part of it goes, all do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Row

from kigen.ledger import absorbed, evidence, ledger_standing, quarantine, requests, runs
from kigen.ledger.chain import DESTROYED, Told
from kigen.ledger.evidence_verify import Bad
from kigen.policy.identifiers import Person
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import ON_REQUEST, ORDERED
from kigen.work import proof
from kigen.work.copies import look_in_copies
from kigen.work.gate import Gate
from kigen.work.proved import Proof
from kigen.work.site import Site
from kigen.work.traces import keys_of

UNREADABLE = "unreadable"
"""The code of a copy that no key here opens: nobody can tell whom it names, nor bring it back knowing what it is."""

IN_CLOSED = "quarantine, unreadable"
"""Under which a run counts these."""


def everyone(connection: Connection, site: Site, clients: Iterable[int]) -> set[int]:
    """These clients and all that became part of them, but for those that the platform has still: a merger that never
    came true is none."""
    own = set(clients)
    others = sorted(absorbed.whole(connection, own) - own)
    there = site.host.owners(connection, Kind.CLIENT, others) if others else {}
    return own | (set(others) - there.keys())


def parts_of(connection: Connection, site: Site, clients: Iterable[int]) -> list[Row[Any]]:
    """What is kept of these clients; and where they are gone themselves, what of others names them.

    Of who is there still the latter goes when the client does: until then it is others' to have back.
    """
    all_of_them = everyone(connection, site, clients)
    gone = all_of_them - site.host.owners(connection, Kind.CLIENT, sorted(all_of_them)).keys()
    return [*quarantine.of_clients(connection, all_of_them), *quarantine.naming(connection, gone)]


def copies_of(connection: Connection, site: Site, clients: Collection[int]) -> list[Ref]:
    """The records of which that is kept."""
    return _records(parts_of(connection, site, clients)) if clients else []


def asking(connection: Connection, site: Site, clients: Iterable[int] | None = None) -> set[int]:
    """Who has asked to be erased and was not answered: of all, or of these and those that they became part of."""
    of = None if clients is None else absorbed.heirs(connection, clients)
    return requests.asking_for_erasure(connection, of, lambda ids: site.host.owners(connection, Kind.CLIENT, ids))


def destroy(connection: Connection, site: Site, refs: Collection[Ref]) -> list[Told]:
    """Destroy what is kept of these records because somebody asked, outside of any run: the last thing before the
    commit. Nothing is written where nothing is kept.

    In a database that was put back and waits for its replay no evidence is written, for it would not follow from what
    the ledger file knows.
    """
    if not refs:
        return []
    quarantine.destroy_records(connection, site.host.name, refs)
    if not ledger_standing.leads_on(site.state_dir, connection):
        return []
    done = _done(refs, ON_REQUEST)
    return evidence.append(connection, site.host.name, None, site.actor, DESTROYED, site.now, done)


def destroy_where_asked(connection: Connection, site: Site) -> None:
    """Destroy what is kept of anybody who has asked, whichever way that became known. In no transaction."""
    with connection.begin():
        told = destroy(connection, site, copies_of(connection, site, asking(connection, site)))
    if told:
        tell_file(connection, site, told)


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

    A run of its own with its evidence; nothing is written where nothing is kept.
    """
    with connection.begin():
        parts = parts_of(connection, site, [client])
        if not parts:
            return 0
        run = runs.begin(connection, site.machine_now, site.now, site.is_machine_clock, True, site.actor)
        refs = _records(parts)
        gone = quarantine.destroy_records(connection, site.host.name, refs)
        runs.finish(connection, run, runs.DONE, {"rows": {"quarantine": gone}, "acted": 0}, None, site.machine_now)
        told = evidence.append(
            connection, site.host.name, run, site.actor, DESTROYED, site.now, _done(refs, ORDERED)
        )  # fmt: skip
    warnings += filter(None, [proof.write(site, connection, told), proof.sign(site, connection, site.machine_now)])
    return gone


def destroy_what_names(
    gate: Gate, clients: Sequence[int], people: Sequence[Person], rule: str, is_asked: bool
) -> None:  # fmt: skip
    """Destroy all that is kept of these clients or names them, as nothing of them is to be left.

    Where that was asked for, what does not open goes too. What was destroyed is the gate's to write down. The schedule
    by itself asks nothing of the database where nothing is kept.
    """
    if not is_asked and not _is_in_use(gate):
        return
    going = everyone(gate.connection, gate.site, clients)
    parts = [*quarantine.of_clients(gate.connection, going), *quarantine.naming(gate.connection, going)]
    found, closed = _found(gate, clients, people)
    refs = _records(parts) + _of(gate, found)
    closed_refs = [ref for ref in _of(gate, closed) if ref not in refs] if is_asked else []
    for counted, records, code in (("quarantine", refs, ""), (IN_CLOSED, closed_refs, UNREADABLE)):
        if gone := quarantine.destroy_records(gate.connection, gate.site.host.name, records):
            gate.rows.update({counted: gone})
            gate.destroyed.setdefault((rule, code), set()).update(records)


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
    return gate.until is not None or gate.traces.copies.seen > 0


def _found(gate: Gate, clients: Sequence[int], people: Sequence[Person]) -> tuple[set[int], set[int]]:
    """The parts in which these people are named, and those that do not open."""
    copies = gate.traces.copies
    found = {part for client in clients for part in copies.of(client)}
    closed = set(copies.closed)
    since = set(quarantine.numbers_after(gate.connection, copies.seen)) - copies.own if _is_in_use(gate) else set()
    if since:  # another process of this run has put them
        newer = look_in_copies(gate.connection, keys_of(gate.site), people, copies.seen)
        found |= newer.found.keys() & since
        closed |= newer.closed & since
    return found, closed


def _of(gate: Gate, parts: Iterable[int]) -> list[Ref]:
    return _records(quarantine.by_number(gate.connection, sorted(parts)))


def _records(parts: Iterable[Row[Any]]) -> list[Ref]:
    return sorted({(Kind(part.kind), int(part.record)) for part in parts})


def _done(refs: Iterable[Ref], rule: str) -> dict[tuple[Kind, str], runs.Done]:
    done: dict[tuple[Kind, str], runs.Done] = {}
    for kind, number in sorted(refs):
        done.setdefault((kind, rule), []).append((number, None))
    return done
