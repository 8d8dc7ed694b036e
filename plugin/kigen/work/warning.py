"""Who is warned that the schedule will archive or delete the account: whom nothing else keeps, and nobody else.

The message is written where the client is looked at, in the same transaction; the guard `unwarned` keeps the client
until it has left, and then as long as it was promised.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from kigen.ledger import lifecycle, marks, outbox
from kigen.ledger import settings as ledger_settings
from kigen.policy import settings
from kigen.policy.decide import Considered, Decision
from kigen.policy.mail_settings import WARNING, WAY
from kigen.policy.periods import Term, add
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import STRENGTH, Effect
from kigen.policy.warning import CODE, promised_of, warned_of
from kigen.work.readings import Reading, read_records
from kigen.work.site import Site


def term_of(site: Site, connection: Connection) -> Term | None:
    """How long before its date a client is warned; None where mail is not set up, or nobody is to be warned."""
    stored = ledger_settings.stored(connection)
    term = settings.read(stored, WARNING)
    return term if isinstance(term, Term) and settings.read(stored, WAY) else None


def write(connection: Connection, site: Site, readings: Sequence[Reading], term: Term) -> int:
    """Write what is to be told to the clients of these readings; how many are new. The same is written once."""
    told = []
    for reading in readings:
        client = reading.account.id
        one = wanted(reading.decisions.get((Kind.CLIENT, client)))
        if one is not None and one.clock.due is not None:
            earlier = reading.facts.memory((Kind.CLIENT, client)).observed.get(warned_of(one.rule.id))
            data = {
                "rule": one.rule.id, "is_archived": one.rule.effect is Effect.ARCHIVE,
                "date": max(one.clock.due, add(site.now, term, site.zone)).isoformat(),
            }  # fmt: skip
            told.append((client, data, f"{one.rule.id} {one.clock.anchor.at} {earlier}"))
    return outbox.put_many(connection, outbox.WARNING, told, site.now)


def wanted(decision: Decision | None) -> Considered | None:
    """The rule of which a client is to be warned now: that which would act if only it had been; None: of nothing."""
    found = [one for one in decision.considered if _is_all(one)] if decision else []
    return min(found, key=lambda one: (-STRENGTH[one.rule.effect], str(one.clock.due)), default=None)


def is_wanted(connection: Connection, site: Site, client: int, rule: str) -> bool:
    """Whether a warning that was written is still to be sent, asked of the platform at this moment."""
    schedule = site.schedule(connection).without(site.drift(connection).refused)
    for reading in read_records(connection, site.host, schedule, Kind.CLIENT, [client], site.now):
        one = wanted(reading.decisions.get((Kind.CLIENT, client)))
        return one is not None and one.rule.id == rule
    return False


def promised(connection: Connection, site: Site, data: Mapping[str, Any]) -> dt.datetime:
    """The date that a warning names when it is sent now: the time is counted from now on, and not from when it was
    written."""
    date, term = dt.datetime.fromisoformat(str(data["date"])), term_of(site, connection)
    return date if term is None else max(date, add(site.now, term, site.zone))


def note(connection: Connection, site: Site, client: int, data: Mapping[str, Any]) -> None:
    """From now on the client counts as warned; its next look follows from that."""
    ref: Ref = (Kind.CLIENT, client)
    rule = str(data["rule"])
    told = {warned_of(rule): site.now, promised_of(rule): promised(connection, site, data)}
    lifecycle.write_observed(connection, {ref: told})
    look_again(connection, [client])


def look_again(connection: Connection, clients: Sequence[int]) -> None:
    """These clients' warnings are gone, or have left: what follows is not in any row of the platform."""
    marks.mark(connection, refs=[(Kind.CLIENT, client) for client in clients])


def _is_all(one: Considered) -> bool:
    """Whether the missing warning is all that stands against a rule, its own term and what only keeps parts aside."""
    if not any(reason.code == CODE and "warned" not in reason.values for reason in one.reasons):
        return False
    rest: Iterator[str] = (code for code in one.codes if code not in (CODE, "not-due"))
    standing = tuple(rest)
    return not standing or one.parting.is_for(standing)
