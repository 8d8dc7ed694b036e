"""What a client sees of itself: every record with its date and reasons, and what asking to be deleted would come to.

The decisions are those of `plan` and `explain`; a hold that the law forbids to tell of stays untold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from kigen.policy.decide import KEEP, Considered, Decision, decide
from kigen.policy.facts import Request
from kigen.policy.progress import Progress
from kigen.policy.reasons import NEEDS_BACKUP, Reason
from kigen.policy.records import Kind
from kigen.policy.schedule import ON_REQUEST
from kigen.work import desk
from kigen.work.asked import open_ones, standing
from kigen.work.plan import as_a_sweep_sees_it, decisions, permitted
from kigen.work.progress import progress_of
from kigen.work.readings import read_records
from kigen.work.site import Site

SHOWN = 25
"""Records of one kind on a page; the bundle has all of them."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One record: `due` None where no date is known, `goes` what the next run does to it (None: nothing)."""

    kind: Kind
    id: int
    due: dt.datetime | None
    goes: str | None
    reasons: tuple[Reason, ...]

    @property
    def is_with_its_client(self) -> bool:
        """Whether no rule speaks of it, so that it goes when its client does."""
        return self.kind is not Kind.CLIENT and {one.code for one in self.reasons} == {"no-rule"}


@dataclass
class Records:
    """The records of one kind: how many, and the first of them."""

    count: int = 0
    first: list[Kept] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asked:
    """A deletion as it is planned, or as it would be: `asked` None where nobody asked.

    `effect` is what would happen at `date` as things stand, `keep` where something keeps the client whole. `question`
    is when the client signed in since without having said whether the deletion stays planned.
    """

    asked: desk.Entry | None
    date: dt.datetime | None
    effect: str
    reasons: tuple[Reason, ...]
    further_users: int
    progress: Progress | None
    question: dt.datetime | None


def held(site: Site, client: int) -> dict[Kind, Records]:
    """What is held of a client, by kind in the order of a sweep; nothing where nobody is there."""
    found: dict[Kind, Records] = {}
    for decision in decisions(site, client):
        record = decision.record
        if record.client != client and record.ref != (Kind.CLIENT, client):
            continue
        mine = found.setdefault(record.kind, Records())
        mine.count += 1
        if len(mine.first) < SHOWN:
            goes = None if decision.action == KEEP else decision.action
            mine.first.append(Kept(record.kind, record.id, _date(decision, site.now), goes,
                                   told(decision.reasons, client)))  # fmt: skip
    return found


def told(reasons: Sequence[Reason], client: int) -> tuple[Reason, ...]:
    """Reasons as the client may hear them: what staff are to do for one is nothing for the client."""
    return tuple(
        replace(one, words=None) if one.words is NEEDS_BACKUP else one for one in open_ones(reasons, client)
    )  # fmt: skip


def deletion(site: Site, client: int) -> Asked | None:
    """The deletion that a client asked for, else what would come of asking now; None where nobody is there."""
    with as_a_sweep_sees_it(site) as connection:
        schedule = permitted(site, connection, site.schedule(connection))
        readings = read_records(connection, site.host, schedule, Kind.CLIENT, [client], site.now)
        reading = next((one for one in readings if (Kind.CLIENT, client) in one.decisions), None)
        asked = _asked(site, connection, client)
        if reading is None:
            return None
        decision = reading.decisions[Kind.CLIENT, client]
        if asked is None:  # the same decision, with a request of this moment
            request = Request(0, client, desk.ERASURE, site.now)
            facts = replace(reading.facts, requests=(*reading.facts.requests, request))
            decision = decide(decision.record, facts, schedule, site.now)
        one = next((one for one in decision.considered if one.rule.id == ON_REQUEST), None)
        return Asked(
            asked, one.clock.due if one else None, _effect(one), told(standing(one), client) if one else (),
            site.host.further_users(connection, [client]).get(client, 0),
            progress_of(site, connection, asked) if asked else None,
            desk.question(connection, asked) if asked else None,
        )  # fmt: skip


def _asked(site: Site, connection: Connection, client: int) -> desk.Entry | None:
    """The open request of the client itself, the first where there are several."""
    for one in desk.entries(site, connection, [client]):
        if one.is_open and one.right == desk.ERASURE and not one.contact:
            return one
    return None


def answered(site: Site, client: int) -> list[tuple[desk.Entry, Progress]]:
    """The client's own requests, the latest first, each with how far it has come."""
    with site.reading() as connection:
        mine = [one for one in desk.entries(site, connection, [client]) if not one.contact]
        return [(one, progress_of(site, connection, one)) for one in reversed(mine)]


def _effect(one: Considered | None) -> str:
    return one.effect.value if one and one.effect else KEEP


def _date(decision: Decision, now: dt.datetime) -> dt.datetime | None:
    """A date that has passed says nothing about what is kept all the same."""
    return decision.due if decision.due and decision.due > now else None
