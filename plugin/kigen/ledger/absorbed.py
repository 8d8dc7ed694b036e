"""Which numbers mean one client: its own and those of all that became part of it, as merges were told."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, Connection, select

from kigen.ledger.bulk import batches
from kigen.ledger.tables import merges


def whole(connection: Connection, clients: Iterable[int]) -> set[int]:
    """These clients and all that became part of them, down the chain."""
    return _reached(connection, clients, merges.c.into_client, merges.c.client)


def heirs(connection: Connection, clients: Iterable[int]) -> set[int]:
    """These clients and all that they became part of, up the chain: what was theirs is found there."""
    return _reached(connection, clients, merges.c.client, merges.c.into_client)


def _reached(connection: Connection, clients: Iterable[int], by: Column[int], to: Column[int]) -> set[int]:
    found = set(clients)
    waiting = sorted(found)
    while waiting:
        told = {number for batch in batches(waiting) for number in connection.scalars(select(to).where(by.in_(batch)))}
        waiting = sorted(told - found)
        found |= told
    return found
