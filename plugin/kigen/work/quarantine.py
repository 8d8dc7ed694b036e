"""What the schedule deletes is kept, sealed, in the deleting transaction, where the operator says for how long.

Only deletions are kept: of what is anonymised the former words would be the very person who was to be forgotten. Nor is
anything kept that a person or an officer asked for; then also what was kept before is destroyed (work/destroying.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kigen.hosts.anonymised import CannotAnonymise
from kigen.hosts.taken import Piece, Taken
from kigen.ledger import quarantine, remembering, requests
from kigen.policy.decide import Decision
from kigen.policy.facts import Facts
from kigen.policy.records import Kind, Ref, ref_text
from kigen.policy.schedule import ON_REQUEST
from kigen.work.gate import Gate
from kigen.work.proved import fingerprints_of
from kigen.work.traces import keys_of

LONGEST = 1_000_000
"""Characters of one part, about: what is longer goes in several."""


class CannotKeep(CannotAnonymise):
    """A sentence why something cannot be kept to be brought back: then it is not deleted."""


def is_kept(gate: Gate, decision: Decision, facts: Facts) -> bool:
    """Whether what this decision deletes can be brought back: not what was asked for, nor what is left of a client that
    was anonymised, nor a client with a contact who asked: of that nothing may be left, and it goes with its client."""
    if gate.until is None or is_asked_for(gate, decision, facts) or facts.anonymised is not None:
        return False
    is_client = decision.record.kind is Kind.CLIENT
    return not (is_client and requests.contacts_asking(gate.connection, decision.record.id))


def is_asked_for(gate: Gate, decision: Decision, facts: Facts) -> bool:
    """Whether a person or an officer wants it gone, or evidence says that it is: for these nothing is to be left."""
    is_requested = any(request.right == "erasure" for request in facts.requests)
    return gate.is_mandated or decision.rule == ON_REQUEST or is_requested


@contextmanager
def keeping(gate: Gate, ref: Ref, client: int, refs: Iterable[Ref] = ()) -> Iterator[None]:
    """Keep what is taken of one record from here to the end; `refs` are the records that go with it, itself first.

    Raises CannotKeep; then nothing of it may be committed.
    """
    connection, site, going = gate.connection, gate.site, list(refs)
    if gate.until is None:
        raise CannotKeep(f"nobody has said for how long {ref_text(ref)} is kept")
    keys = keys_of(site)
    memory = remembering.remembered(connection, going)
    owner = fingerprints_of(connection, site, {Kind.CLIENT: [client]}).get((Kind.CLIENT, client))
    has_owner = client in site.host.owners(connection, Kind.CLIENT, [client])
    with site.host.taking(connection) as taken:
        yield
    head = {
        "refs": [[kind.value, number] for kind, number in going], "memory": memory, "owner": owner,
        "has_owner": has_owner, "clients": sorted(taken.clients - {client}),
    }  # fmt: skip
    copies = gate.traces.copies
    named = (taken.clients | copies.named_in(piece.as_json() for piece in taken.pieces)) - {client}
    there = site.host.owners(connection, Kind.CLIENT, sorted(named)) if named else {}  # others are nobody to wait for
    try:
        copies.own.update(quarantine.put(
            connection, keys, site.host.name, ref, client, gate.run, site.now, gate.until, _parts(head, taken), there
        ))  # fmt: skip
    except quarantine.TooLong as error:
        raise CannotKeep(f"{error}; shorten it, or set quarantine.term to 0 days") from None


def _parts(head: Mapping[str, Any], taken: Taken) -> Iterator[str]:
    """What was taken as JSON, the head with the first part. The order of parts is the order in which it went."""
    part, length = dict(head) | {"pieces": []}, 0
    for piece in _small(taken.pieces):
        told = piece.as_json()
        more = len(json.dumps(told, ensure_ascii=False))
        if length and length + more > LONGEST:
            yield json.dumps(part, ensure_ascii=False)
            part, length = {"pieces": []}, 0
        part["pieces"].append(told)
        length += more
    if length or head["refs"]:
        yield json.dumps(part, ensure_ascii=False)


def _small(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same with few rows in each, so that many do not make one part too long."""
    for piece in pieces:
        rows: list[tuple[Any, ...]] = []
        length = 0
        for row in piece.rows:
            size = sum(len(value) for value in row if isinstance(value, (str, bytes))) + 10 * len(row)
            if rows and length + size > LONGEST // 2:
                yield Piece(piece.table, piece.columns, tuple(rows), piece.new, piece.key)
                rows, length = [], 0
            rows.append(row)
            length += size
        yield Piece(piece.table, piece.columns, tuple(rows), piece.new, piece.key)
