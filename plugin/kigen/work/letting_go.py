"""What rested on consents that have ended: the gate empties it in every run, and what keeps a client keeps it too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection

from kigen.ledger import letting_go
from kigen.policy.consents import Standing
from kigen.policy.letting_go import EMPTY, decide_letting_go
from kigen.policy.purposes import PURPOSES
from kigen.policy.records import Kind
from kigen.policy.schedule import Schedule
from kigen.work import brakes
from kigen.work.alike import Followers
from kigen.work.attempt import Attempts
from kigen.work.consents import standings
from kigen.work.readings import Reading, decided, read_around
from kigen.work.share import Share
from kigen.work.site import Site
from kigen.work.swept import Swept

AT_ONCE = 500


class Withdrawn:
    """The word of clients who agree to nothing any more, by which their rows are read and decided about."""

    def read(
        self, connection: Connection, site: Site, schedule: Schedule, kind: Kind, planned: Mapping[int, str]
    ) -> tuple[list[Reading], list[Followers]]:
        """Lock and read these clients; who agreed again meanwhile, or is kept, stays as it is."""
        around = read_around(connection, site.host, schedule, kind, sorted(planned), lock=True)
        readings = decided(connection, schedule, around, kind, planned.keys(), site.now, lock=True)
        ended = letting_go.waiting(connection, planned)
        return [self._about(connection, site, schedule, one, ended) for one in readings], []

    def _about(
        self, connection: Connection, site: Site, schedule: Schedule, one: Reading, ended: Mapping[int, dt.datetime]
    ) -> Reading:
        own = (Kind.CLIENT, one.account.id)
        at = ended.get(one.account.id)
        if at is None or own not in one.decisions:
            return replace(one, decisions={})
        agreed = _agreed_since(standings(site, connection, one.account.id, site.now), at)
        found = decide_letting_go(one.decisions[own].record, one.facts, schedule, at, agreed, site.now)
        return replace(one, decisions={own: found})


def empty(share: Share) -> None:
    """Do it for all who wait, in chunks; nothing by rules that nobody has confirmed. Who is kept waits on."""
    connection, site = share.connection, share.site
    with connection.begin():
        waiting = list(letting_go.waiting(connection))
        if not waiting or brakes.unconfirmed(site, connection):
            return
        there = site.host.owners(connection, Kind.CLIENT, waiting)
        letting_go.forget(connection, [client for client in waiting if client not in there])
    mine = Swept()
    attempts = Attempts(connection, site, share.schedule, share.run, mine.failures, mine.warnings, Withdrawn())
    for start in range(0, len(waiting), AT_ONCE):
        share.swept.stop = share.swept.stop or share.is_told_to_stop()
        if share.swept.stop is not None:
            break
        chunk = {client: EMPTY for client in waiting[start : start + AT_ONCE] if client in there}
        outcome, _ = attempts.carry_out(Kind.CLIENT, chunk)
        mine.rows.update(outcome.rows)
        mine.entries += len(outcome.told)
        share.swept.stop = attempts.stop
    share.swept.add(mine)


def _agreed_since(now: Mapping[str, Standing], ended: dt.datetime) -> bool:
    """Only what was given later counts: a database that was put back may have lost the withdrawal itself."""
    mine = [now[key] for key, purpose in PURPOSES.items() if purpose.by_mail]
    return any(one.allows and one.event is not None and one.event.at > ended for one in mine)
