"""What `doctor` says about evidence: the key that signs it, the head that covers it, and the ledger file beside it.

The chain itself is walked by `kigen evidence verify`; here is only what can be seen at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from kigen.commands.dates import said
from kigen.commands.findings import ERROR, WARNING, Finding, as_sentence
from kigen.hosts.counters import statement
from kigen.ledger import evidence, evidence_read, keys
from kigen.ledger.chain import Head
from kigen.ledger.key_files import EXPOSED
from kigen.ledger.ledger_standing import State, standing
from kigen.policy.records import ref_text
from kigen.work.counting import behind
from kigen.work.restored import lost, pending
from kigen.work.returned import what_came_back
from kigen.work.site import Site

UNSIGNED = dt.timedelta(hours=36)
"""How long entries may wait for a head: every run signs one at its end."""

FEW = 5
"""Records that a finding names."""

SEVERE = (State.FILE_AHEAD, State.APART, State.DAMAGED)


def look_at_evidence(site: Site) -> Iterator[Finding]:
    """Whether what was done can be proved, and whether this is the database in which it was done."""
    with site.reading() as connection:
        stands = standing(site.state_dir, connection)
        entries, _ = evidence.end(connection)
        head = evidence_read.last_head(connection)
        first = evidence_read.one(connection, head.entries + 1 if head else 1)
        low = behind(connection, site)
        begun, missing = pending(connection), lost(site, connection, stands)
    yield from _key(site, head)
    if begun is not None:
        yield Finding(ERROR, "replay-pending", "A replay has begun and not ended: run 'kigen replay' again.")
    if low:
        statements = "; ".join(statement(name, number) for name, number in sorted(low.items()))
        text = f"New records would get the numbers of erased ones; an administrator may run {statements}."
        yield Finding(ERROR, "counters", text)
    if site.fingerprint_key is None:
        text = (
            f"{site.state_dir} has no digest.key: what goes leaves no fingerprint, and no replay could erase it again."
        )
        yield Finding(ERROR, "fingerprint-key", f"{text} Expected the key of this installation: 'kigen keys restore'.")
    if missing:
        yield Finding(ERROR, "evidence-lost", f"{missing}.")
    if stands.state in SEVERE:
        yield Finding(ERROR, f"ledger-{stands.state.value}", stands.advised)
    elif entries and not stands.file:
        where = f"The ledger file is not in {site.state_dir}"
        text = f"{where}: the next run writes it anew, but until then a restored backup would go unseen."
        yield Finding(WARNING, "ledger-missing", text)
    if first is not None and site.now - dt.datetime.fromisoformat(first.entry.at) > UNSIGNED:
        count, since = entries - first.entry.seq + 1, said(first.entry.at, site.zone)
        text = f"{count:,} entries of evidence, from {since} on, are not signed; 'kigen evidence head --sign'."
        yield Finding(WARNING, "evidence-unsigned", text)


def look_for_the_erased(site: Site) -> Iterator[Finding]:
    """Whether anything that was erased is there again: an import, a table that was put back, a synchronisation."""
    if site.fingerprint_key is None:
        return
    with site.reading() as connection:
        entries, _ = evidence.end(connection)
        found = what_came_back(connection, site, evidence_read.told(connection), (entries, entries))
    if found.acts:
        first = ", ".join(ref_text(ref) for ref in sorted(found.acts)[:FEW])
        text = f"{len(found.acts):,} records that were erased are there again ({first} …); 'kigen replay' erases them."
        yield Finding(ERROR, "erased-returned", text)


def _key(site: Site, head: Head | None) -> Iterator[Finding]:
    try:
        key = keys.private(site.state_dir).public_key()
    except ValueError as error:
        yield Finding(ERROR, "evidence-key", f"{error}.")
        return
    if head is not None and head.key != keys.name(key):
        text = f"Evidence was signed by the key {head.key}, and {site.state_dir} holds the key {keys.name(key)}."
        yield Finding(ERROR, "evidence-key", f"{text} Expected the same: restore it with 'kigen keys restore'.")
    if keys.is_exposed(site.state_dir):
        path = site.state_dir / keys.PRIVATE
        yield Finding(WARNING, "evidence-key-readable", as_sentence(EXPOSED.format(path=path)))
