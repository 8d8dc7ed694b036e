"""What visitors of the portal are asked about cookies at an instant, and how an answer is written down as a consent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from sqlalchemy import Connection

from kigen.ledger import choices, consents, notices
from kigen.ledger.choices import CHANNEL, SIGNAL
from kigen.ledger.notices import Viewed
from kigen.policy.consents import Act, Consented
from kigen.policy.cookies import (
    LONGEST_MONTHS,
    MONTHS,
    NOTICE,
    TOOLS,
    Tool,
    asked_about,
    carried_since,
    fingerprint,
)
from kigen.policy.notices import Version, in_force
from kigen.work.site import Site

LONGEST = dt.timedelta(days=31 * LONGEST_MONTHS)


@dataclass(frozen=True, slots=True)
class InUse:
    """The operator's settings about cookies: every tool, the purposes asked about, the months a choice holds."""

    tools: tuple[Tool, ...]
    purposes: tuple[str, ...]
    months: int

    def of(self, category: str) -> list[Tool]:
        """The tools of a category."""
        return [one for one in self.tools if one.category == category]

    def named(self, category: str) -> list[str]:
        """The same as a person is told them: each with its provider."""
        return [f"{one.name} ({one.provider})" for one in self.of(category)]

    @property
    def fingerprint(self) -> str:
        """Changes when another tool needs consent."""
        return fingerprint(self.tools)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a browser tells. `stamp` is its own clock in milliseconds, `ago` how long ago by that clock it was chosen.

    The browser's clock may be wrong by years, so that only a difference is believed.
    """

    visitor: str
    stamp: int
    ago: dt.timedelta
    version: int
    language: str
    acts: Mapping[str, Act]
    is_signal: bool


def in_use(site: Site, connection: Connection) -> InUse:
    """The settings about cookies as they are now; ValueError names a bad one."""
    tools = cast(Sequence[Tool], site.setting(connection, TOOLS))
    return InUse(tuple(tools), asked_about(tools), cast(int, site.setting(connection, MONTHS)))


def shown(site: Site, connection: Connection) -> tuple[Version, int] | None:
    """The cookie notice in force and the oldest version of which a choice still holds; None where there is none.

    Without a notice nobody can agree to anything, for nobody was told to what (GDPR Art. 4(11)).
    """
    known = [one for one in notices.versions(connection, NOTICE) if one.published <= site.now]
    current, since = in_force(known, site.now), carried_since(known, site.now)
    return (current, since) if current and since else None


def record(site: Site, connection: Connection, chosen: Chosen, client: int | None) -> int:
    """Write a choice as events of consent: of a client who is signed in, else of a visitor whom nobody knows.

    Told twice it is one; how many rows were new. ValueError for a version that was never shown.
    """
    known = {one.number: one for one in notices.versions(connection, NOTICE) if one.published <= site.now}
    version = known.get(chosen.version)
    digest = version.digest(chosen.language) if version else None
    if version is None or digest is None:
        raise ValueError("no such version of the cookie notice was published in this language")
    at = site.now - min(max(chosen.ago, dt.timedelta()), LONGEST)
    events = [
        Consented(
            0, client or 0, purpose, act, at, NOTICE, version.number, digest, chosen.language, CHANNEL,
            "client" if client else "visitor", SIGNAL if chosen.is_signal else "",
        )
        for purpose, act in sorted(chosen.acts.items())
    ]  # fmt: skip
    if client is None:
        return choices.write(connection, chosen.visitor, chosen.stamp, events, site.now)
    return _of_client(connection, client, chosen, events)


def _of_client(connection: Connection, client: int, chosen: Chosen, events: list[Consented]) -> int:
    """The instant by the browser's clock is the evidence by which a choice that is told twice is known again.

    The visitor's number is left out: what the same browser chose before its owner signed in stays nobody's.
    """
    proof = f"choice {chosen.stamp}"
    if any(one.evidence.removesuffix(f" {SIGNAL}") == proof for one in consents.of(connection, [client])):
        return 0
    views = {Viewed(client, one.notice, one.version, one.language, notices.SHOWN, one.at) for one in events}
    notices.write_views(connection, views)
    return consents.write(connection, [replace(one, evidence=f"{proof} {one.evidence}".strip()) for one in events])
