"""What `doctor` says about evidence: the key that signs it, the head that covers it, and the ledger file beside it.

The chain itself is walked by `kigen evidence verify`; here is only what can be seen at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from kigen.commands.dates import said
from kigen.commands.findings import ERROR, WARNING, Finding, as_sentence, found
from kigen.hosts.counters import statement
from kigen.ledger import evidence, evidence_read, keys
from kigen.ledger.chain import Head
from kigen.ledger.key_files import EXPOSED
from kigen.ledger.ledger_glance import PIECE, glance
from kigen.ledger.ledger_standing import State, standing
from kigen.policy.periods import local_date
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


def look_at_evidence(site: Site, is_quick: bool = False) -> Iterator[Finding]:
    """Whether what was done can be proved, and whether this is the database in which it was done.

    The ledger file is read whole, a million records in about 4 s; `is_quick` another 4 MB of it each day, in 0.1 s.
    """
    with site.reading() as connection:
        stands = standing(site.state_dir, connection)
        entries, _ = evidence.end(connection)
        head = evidence_read.last_head(connection)
        first = evidence_read.one(connection, head.entries + 1 if head else 1)
        low = behind(connection, site)
        begun, missing = pending(connection), lost(site, connection, stands)
    yield from _key(site, head)
    if begun is not None:
        yield found(ERROR, "replay-pending")
    if low:
        statements = "; ".join(statement(name, number) for name, number in sorted(low.items()))
        yield found(ERROR, "counters", statements=statements)
    if site.fingerprint_key is None:
        yield found(ERROR, "fingerprint-key", folder=site.state_dir)
    if missing:
        yield found(ERROR, "evidence-lost", text=missing)
    if stands.state in SEVERE:
        yield found(ERROR, f"ledger-{stands.state.value}", text=stands.advised)
    elif entries and not stands.file:
        yield found(WARNING, "ledger-missing", folder=site.state_dir)
    elif bad := glance(site.state_dir, local_date(site.now, site.zone), PIECE if is_quick else None):
        yield found(ERROR, "ledger-damaged-inside", problem=bad.problem)
    if first is not None and site.now - dt.datetime.fromisoformat(first.entry.at) > UNSIGNED:
        count, since = entries - first.entry.seq + 1, said(first.entry.at, site.zone)
        yield found(WARNING, "evidence-unsigned", number=count, since=since)


def look_for_the_erased(site: Site) -> Iterator[Finding]:
    """Whether anything that was erased is there again: an import, a table that was put back, a synchronisation."""
    if site.fingerprint_key is None:
        return
    with site.reading() as connection:
        entries, _ = evidence.end(connection)
        back = what_came_back(connection, site, evidence_read.told(connection), (entries, entries))
    if back.acts:
        first = ", ".join(ref_text(ref) for ref in sorted(back.acts)[:FEW])
        yield found(ERROR, "erased-returned", number=len(back.acts), first=first)


def _key(site: Site, head: Head | None) -> Iterator[Finding]:
    try:
        key = keys.private(site.state_dir).public_key()
    except ValueError as error:
        yield found(ERROR, "evidence-key", error=error)
        return
    if head is not None and head.key != keys.name(key):
        names = {"signed": head.key, "name": keys.name(key)}
        yield found(ERROR, "evidence-key", "evidence other key", folder=site.state_dir, **names)
    if keys.is_exposed(site.state_dir):
        path = site.state_dir / keys.PRIVATE
        text = as_sentence(EXPOSED.format(path=path))
        yield found(WARNING, "evidence-key-readable", "key-readable", text=text, path=path)
