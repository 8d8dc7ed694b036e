"""How many records that are alike are decided together: one is read whole and decided, and answers for the others.

The one is the youngest. It is still `decide` that answers; where it says keep, or anything else than was planned, and
for whatever is not due by its own date, every one of the others is read and decided by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from kigen.hosts.port import Alike, Host, Member
from kigen.ledger import lifecycle
from kigen.policy.decide import Decision
from kigen.policy.periods import add, moment
from kigen.policy.records import Kind, Ref, State
from kigen.policy.schedule import Schedule
from kigen.work.readings import Reading, read_records


@dataclass(frozen=True, slots=True)
class Followers:
    """Records that act as `example` does, each with the date when the rule came due for it."""

    example: Decision
    due: tuple[tuple[Member, dt.datetime], ...]

    @property
    def members(self) -> list[Member]:
        """The records without their dates."""
        return [member for member, _ in self.due]


def read_together(
    connection: Connection, host: Host, schedule: Schedule, kind: Kind, planned: Mapping[int, str], now: dt.datetime
) -> tuple[list[Reading], list[Followers]]:
    """Lock and decide about these records: readings of those decided by themselves, and those that follow one of them.

    Plugins' rules and guards may look at anything, so with any of them every record is read by itself.
    """
    groups: list[Alike] = []
    if not schedule.is_extended and not schedule.prefer:
        groups = host.alike(connection, kind, sorted(planned), lock=True)
    members = [member for group in groups for member in group.members]
    special = lifecycle.remarkable(connection, kind, [_told(one) for one in members], now) if members else set()

    def age(member: Member) -> tuple[dt.datetime, int]:
        return moment(member.started, schedule.zone), member.id

    several = [sorted((one for one in group.members if one.id not in special), key=age) for group in groups]
    several = [group for group in several if len(group) > 1]
    others = {member.id for group in several for member in group[:-1]}
    readings = read_records(connection, host, schedule, kind, sorted(planned.keys() - others), now, lock=True)
    decided = {ref: decision for reading in readings for ref, decision in reading.decisions.items()}
    followers: list[Followers] = []
    alone: list[int] = []
    for group in several:
        example = decided.get((kind, group[-1].id))
        following: tuple[tuple[Member, dt.datetime], ...] = ()
        if example and example.acts and all(planned[one.id] == example.action for one in group):
            following = tuple((one, at) for one, at in _due(group[:-1], example, schedule) if at <= now)
            followers.append(Followers(example, following))
        alone += {member.id for member in group[:-1]} - {member.id for member, _ in following}
    if alone:
        readings += read_records(connection, host, schedule, kind, sorted(alone), now, lock=True)
    return readings, followers


def _due(members: Sequence[Member], example: Decision, schedule: Schedule) -> list[tuple[Member, dt.datetime]]:
    """When the rule of the example comes due for each of them.

    A later start is not always due later: of two days that a shorter month has not, the time of day alone is left.
    """
    term = next(rule.term for rule in schedule.rules if rule.id == example.rule)
    return [(member, add(member.started, term, schedule.zone)) for member in members] if term else []


def _told(member: Member) -> tuple[int, int, State, Sequence[Ref]]:
    return member.id, member.client, member.state, member.along
