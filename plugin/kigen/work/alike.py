"""How many records that are alike are decided together: one is read whole and decided, and answers for the others.

The one is the youngest. It is still `decide` that answers; where it says keep, or anything else than was planned, and
for whatever is not due by its own date, every one of the others is read and decided by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from kigen.hosts.around import Member
from kigen.ledger.remarkable import remarkable
from kigen.policy.decide import Decision
from kigen.policy.periods import add, moment
from kigen.policy.records import Kind, Ref, State
from kigen.policy.schedule import Schedule
from kigen.work.readings import Reading, decided, read_around
from kigen.work.site import Site


@dataclass(frozen=True, slots=True)
class Followers:
    """Records that act as `example` does, each with the date when the rule came due for it.

    `unchanging` is what never changes of these and of others that were read with them.
    """

    example: Decision
    due: tuple[tuple[Member, dt.datetime], ...]
    unchanging: Mapping[Kind, Mapping[int, str | None]]

    @property
    def members(self) -> list[Member]:
        """The records without their dates."""
        return [member for member, _ in self.due]


def read_together(
    connection: Connection, site: Site, schedule: Schedule, kind: Kind, planned: Mapping[int, str]
) -> tuple[list[Reading], list[Followers]]:
    """Lock and decide about these records: readings of those decided by themselves, and those that follow one of them.

    Plugins' rules and guards may look at anything, so with any of them every record is read by itself.
    """
    host, now = site.host, site.now
    around = read_around(connection, host, schedule, kind, sorted(planned), lock=True)
    groups = [] if schedule.is_extended or schedule.prefer else around.alike()
    members = [member for group in groups for member in group.members]
    told = [_told(one) for one in members]
    special = remarkable(connection, kind, told, now, schedule.today) if members else set()

    def age(member: Member) -> tuple[dt.datetime, int]:
        return moment(member.started, schedule.zone), member.id

    several = [sorted((one for one in group.members if one.id not in special), key=age) for group in groups]
    youngest = {group[-1].id for group in several if group}
    examples = decided(connection, schedule, around, kind, youngest, now, lock=True, is_plain=True)
    decision_on = {ref[1]: decision for reading in examples for ref, decision in reading.decisions.items()}
    unchanging = around.unchanging()
    followers: list[Followers] = []
    alone = planned.keys() - youngest
    for group in filter(None, several):
        example = decision_on[group[-1].id]
        if example.acts and all(planned[one.id] == example.action for one in group):
            following = tuple((one, at) for one, at in _due(group[:-1], example, schedule) if at <= now)
            followers.append(Followers(example, following, unchanging))
            alone -= {member.id for member, _ in following}
    return examples + decided(connection, schedule, around, kind, alone, now, lock=True), followers


def _due(members: Sequence[Member], example: Decision, schedule: Schedule) -> list[tuple[Member, dt.datetime]]:
    """When the rule of the example comes due for each of them.

    A later start is not always due later: of two days that a shorter month has not, the time of day alone is left.
    """
    term = next(rule.term for rule in schedule.rules if rule.id == example.rule)
    return [(member, add(member.started, term, schedule.zone)) for member in members] if term else []


def _told(member: Member) -> tuple[int, int, State, Sequence[Ref]]:
    return member.id, member.client, member.state, member.along
