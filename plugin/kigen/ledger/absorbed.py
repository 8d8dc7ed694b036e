"""Which numbers mean one client: its own and those of all that became part of it, as merges were told."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, Connection, and_, select

from kigen.ledger.bulk import batches
from kigen.ledger.tables import merges, records
from kigen.policy.records import Kind


def whole(connection: Connection, clients: Iterable[int]) -> set[int]:
    """These clients and all that became part of them, down the chain."""
    return _reached(connection, clients, merges.c.into_client, merges.c.client)


def with_gone(connection: Connection, clients: Iterable[int]) -> set[int]:
    """The same without those that are still there by the last reconcile: a merger that never came true is none.

    To be asked where something is destroyed.
    """
    own = set(clients)
    everyone = whole(connection, own)
    return everyone - _there(connection, everyone - own)


def heirs(connection: Connection, clients: Iterable[int]) -> set[int]:
    """These clients and all that they became part of, up the chain: what was theirs is found there."""
    return _reached(connection, clients, merges.c.client, merges.c.into_client)


def living_on(connection: Connection, clients: Iterable[int]) -> set[int]:
    """Those of these clients that became part of one which is still there by the last reconcile, and not of these."""
    own = set(clients)
    others = heirs(connection, own) - own
    if not others:
        return set()
    there = _there(connection, others)
    return {client for client in own if heirs(connection, [client]) & there}


def _there(connection: Connection, clients: Iterable[int]) -> set[int]:
    """Those of these clients that the last reconcile met."""
    found: set[int] = set()
    for batch in batches(sorted(clients)):
        known = and_(records.c.kind == Kind.CLIENT.value, records.c.id.in_(batch))
        found.update(connection.scalars(select(records.c.id).where(known)))
    return found


def _reached(connection: Connection, clients: Iterable[int], by: Column[int], to: Column[int]) -> set[int]:
    found = set(clients)
    waiting = sorted(found)
    while waiting:
        told = {number for batch in batches(waiting) for number in connection.scalars(select(to).where(by.in_(batch)))}
        waiting = sorted(told - found)
        found |= told
    return found
