"""When tombstones die: at the end of a run, once a week, ids and random bytes of acts whose term is over.

They die in the database and in the ledger file. The chain stays whole and verifies; of each record its leaf's hash is
left, which says nothing without the bytes. A certificate that was handed out before stays valid.
"""

from __future__ import annotations

import datetime as dt
import json

from sqlalchemy import Connection

from kigen.ledger import evidence, evidence_read, frozen_gone, ledger_file, settings, tombstones
from kigen.ledger.chain import Told
from kigen.ledger.evidence_verify import Bad
from kigen.ledger.leaves import forgotten
from kigen.policy.periods import Term, add
from kigen.work.site import Site

TERM = "evidence.tombstone_term"
NOTE = "tombstones forgotten"
WEEK = dt.timedelta(days=7)
AT_ONCE = 32
"""Entries in one transaction."""


def forget_old(connection: Connection, site: Site) -> str | None:
    """Forget what is old enough, where it is time to look; None, or the sentence why the file still knows it.

    `connection` is in no transaction. What failed or was interrupted is done by the next look.
    """
    with connection.begin():
        term = site.setting(connection, TERM)
        noted = json.loads(settings.note(connection, NOTE) or "{}")
    looked, after = noted.get("at"), int(noted.get("entry", 0))
    if site.now > site.machine_now:  # what was forgotten for an instant that never came would be forgotten all the same
        return None
    if not isinstance(term, Term) or (looked and site.now - dt.datetime.fromisoformat(looked) < WEEK):
        return None
    last = _in_database(connection, site, term, after)
    if last > after:
        try:
            ledger_file.rewrite(site.state_dir, lambda told: _without_records(told) if told.entry.seq <= last else told)
        except OSError as error:
            return f"old tombstones are still in the ledger file in {site.state_dir}: {error.strerror}"
        except Bad as bad:
            return f"old tombstones are still in the ledger file in {site.state_dir}: {bad.problem}"
    with connection.begin():
        for one in frozen_gone.days(connection):
            if add(one, term, site.zone) <= site.now:
                frozen_gone.forget(connection, one)
        settings.write_note(connection, NOTE, json.dumps({"at": site.now.isoformat(), "entry": last}))
    return None


def _in_database(connection: Connection, site: Site, term: Term, after: int) -> int:
    """Forget entry by entry until one is too young; the number of the last that was old enough."""
    while True:
        with connection.begin():
            tombstones.keep_highest(connection)  # numbers stay taken, whoever had them
            page = list(evidence_read.told(connection, after, after + AT_ONCE))
            old = [one for one in page if add(dt.datetime.fromisoformat(one.entry.at), term, site.zone) <= site.now]
            for one in old:
                evidence.forget(connection, one)
        after = old[-1].entry.seq if old else after
        if len(old) < AT_ONCE:
            return after


def _without_records(told: Told) -> Told:
    return Told(told.entry, tuple(forgotten(told.act, part) for part in told.parts))
