"""What of a replay stays: records that go along with one that is kept, for a client is not erased by halves."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from kigen.ledger import lifecycle
from kigen.policy.again import Act
from kigen.policy.records import Kind, Ref
from kigen.work.again import Again
from kigen.work.proved import fingerprints_of
from kigen.work.replayed import Replayed
from kigen.work.site import Site


def owners_of(connection: Connection, site: Site, refs: Iterable[Ref]) -> dict[Ref, int]:
    """The client of each of these records that is there."""
    found: dict[Ref, int] = {}
    with connection.begin():
        for kind, numbers in lifecycle.by_kind(refs).items():
            owners = site.host.owners(connection, kind, numbers)
            found.update({(kind, number): owner for number, owner in owners.items()})
    return found


def stays_along(kind: Kind, owner: int, act: Act, again: Again) -> bool:
    """Whether a record once went along with one that stays now: a client is not erased by halves."""
    root = act.rule.partition(".")[0]
    staying = {(ref[0].value, one.record.client) for ref, one in again.kept.items()}
    staying |= {(ref[0].value, client) for ref, client in again.failed.items()}
    return root != kind and (root, owner) in staying


def stayed(connection: Connection, site: Site, found: Replayed, again: Again) -> dict[Ref, int]:
    """Of what evidence says is anonymised, what belongs to clients that stay as they are, with the entry."""
    staying = {one.record.client for one in found.kept.values()} | set(again.failed.values())
    owners = owners_of(connection, site, found.returned.masked)
    return {ref: seq for ref, seq in found.returned.masked.items() if owners.get(ref) in staying}


def left(connection: Connection, site: Site, refs: Iterable[Ref], again: Again) -> list[Ref]:
    """Of records that no rule of their own ends, or whose rule is refused, those that are there and belong to nobody
    who stays."""
    found = []
    with connection.begin():
        for kind, numbers in lifecycle.by_kind(refs).items():
            there = fingerprints_of(connection, site, {kind: numbers})
            owners = site.host.owners(connection, kind, numbers)
            found += [
                ref for ref in there if not stays_along(kind, owners.get(ref[1], 0), again.acts[ref], again)
            ]  # fmt: skip
    return found
