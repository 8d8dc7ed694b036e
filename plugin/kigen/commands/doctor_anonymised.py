"""What `doctor` says of anonymised clients: whom the rest of their rows still tells apart, by what somebody may know.

A name is gone from a kept invoice, and its date and amount are not: who knows these finds the row. Such rows stay
personal data until their floor ends.
"""

from __future__ import annotations

from collections.abc import Iterator

from kigen.commands.findings import NOTE, Finding
from kigen.commands.findings import found as told
from kigen.ledger import anonymised
from kigen.policy.telling import LEAST_ALIKE
from kigen.work.site import Site

FEW = 5
"""Clients that the finding names."""


def look_at_anonymised(site: Site) -> Iterator[Finding]:
    """One pass over all documents, where anybody was anonymised and the setting is not 0."""
    with site.reading() as connection:
        least = int(str(site.setting(connection, LEAST_ALIKE)))
        clients = anonymised.everyone(connection)
        found = site.host.rare(connection, clients, least) if least and clients else {}
    if found:
        first = ", ".join(map(str, sorted(found, key=lambda client: (found[client], client))[:FEW]))
        counts = {"all": len(clients), "number": len(found), "least": least, "fewest": min(found.values())}
        yield told(NOTE, "told-apart", first=first, **counts)
