"""What a client's consent to a purpose is at an instant, past or present, from the events of its life alone.

The later event counts, whenever it was received; of two at one instant the one received last. Silence is no consent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kigen.policy.guardians import is_needed
from kigen.policy.notices import Version, is_carried, named
from kigen.policy.periods import Term, add


class Act(StrEnum):
    """What happened to a consent (event_type and event_state of ISO/IEC TS 27560)."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ASKED = "asked"  # again: what was given before no longer holds


class State(StrEnum):
    """What a consent is; only GIVEN allows anything."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ASKED = "asked"
    NEVER = "never-asked"
    CHANGED = "notice-changed"  # the text changed materially since
    GUARDIAN = "guardian-missing"


@dataclass(frozen=True, slots=True)
class Consented:
    """One event. `number` is the order of receipt; `version` None: the notice named none. Blank is not told."""

    number: int
    client: int
    purpose: str
    act: Act
    at: dt.datetime
    notice: str = ""
    version: int | None = None
    digest: str = ""
    language: str = ""
    channel: str = ""
    actor: str = ""
    evidence: str = ""
    by_guardian: bool = False
    age: int | None = None
    country: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A consent at an instant, with the event that made it so; None where there was none."""

    state: State
    event: Consented | None = None
    until: dt.datetime | None = None

    @property
    def allows(self) -> bool:
        """Whether the purpose may be pursued on it."""
        return self.state is State.GIVEN


def standing(
    events: Iterable[Consented], at: dt.datetime, zone: str, term: Term | None, versions: Iterable[Version] = (),
    guardian_ages: Mapping[str, int] | None = None,
) -> Standing:  # fmt: skip
    """The state of one client's consent to one purpose at an instant.

    `events` are all of them; `term`: after it a consent has expired; `versions` are those of its notice, by which a
    material change since is seen; without any the wording was kept elsewhere and is not compared.
    """
    reached = [one for one in events if one.at <= at]
    last = max(reached, key=lambda one: (one.at, one.number), default=None)
    if last is None:
        return Standing(State.NEVER)
    if last.act is not Act.GIVEN:
        return Standing(State(last.act.value), last)
    until = add(last.at, term, zone) if term else None
    if until is not None and until <= at:
        return Standing(State.EXPIRED, last, until)
    if is_needed(last.age, last.country, guardian_ages or {}) and not last.by_guardian:
        return Standing(State.GUARDIAN, last)
    known = list(versions)
    agreed = named(known, last.version, last.at)
    if known and not is_carried(known, agreed.number if agreed else last.version or 0, at):
        return Standing(State.CHANGED, last)
    return Standing(State.GIVEN, last, until)
