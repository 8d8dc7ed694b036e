"""What `doctor` says of clients with the address of somebody who cheated before, also of one that was erased."""

from __future__ import annotations

from collections.abc import Iterator

from kigen.commands.findings import WARNING, Finding
from kigen.commands.findings import found as told
from kigen.ledger import blocked, keys_store
from kigen.work.site import Site

AT_ONCE = 5000
FEW = 5
"""Clients that the finding names."""


def look_for_the_blocked(site: Site) -> Iterator[Finding]:
    """One pass over the addresses of all clients, where anybody is noted; without the key nobody is recognised."""
    try:
        keys = keys_store.read(site.state_dir)
    except ValueError:  # the keys' own finding
        return
    found: dict[int, str] = {}
    with site.reading() as connection:
        after: int | None = None
        is_any = bool(blocked.listed(connection))
        while is_any and (clients := site.host.client_ids(connection, after, AT_ONCE)):
            addresses = {client: one for client, (one, _) in site.host.addresses(connection, clients).items()}
            found |= {client: row.reason for client, row in blocked.matching(connection, keys, addresses).items()}
            after = clients[-1]
    if found:
        first = ", ".join(f"{client} ({found[client]})" for client in sorted(found)[:FEW])
        yield told(WARNING, "blocked-returned", number=len(found), first=first)
