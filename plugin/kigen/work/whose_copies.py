"""Whose sealed copies are to go: of whom nothing may be left, whatever numbers that one had, and who asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row

from kigen.ledger import absorbed, quarantine, requests
from kigen.policy.records import Kind
from kigen.work.site import Site


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


def asking(connection: Connection, site: Site, clients: Iterable[int] | None = None) -> set[int]:
    """Who has asked to be erased and was not answered: of all, or of these and those that they became part of."""
    of = None if clients is None else absorbed.heirs(connection, clients)
    return requests.asking_for_erasure(connection, of, lambda ids: site.host.owners(connection, Kind.CLIENT, ids))
