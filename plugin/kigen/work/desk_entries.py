"""Requests as they stand: each with its state, its deadline by its law, and the earlier one that it repeats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from kigen.ledger import requests
from kigen.policy import desk
from kigen.policy.deadlines import EU, Deadline, deadline, regime_of
from kigen.work.calendars import calendar_for
from kigen.work.site import Site

ERASURE = "erasure"


@dataclass(frozen=True, slots=True)
class Entry:
    """One request as it stands. With `contact` above 0 that contact of the client asks, about its own data alone.

    `linked` is the number of the earlier one that it repeats, which is answered for both.

    `regime` None in the ledger means that of the client's country now; of a country outside the three, the EU's, which
    is the strictest.
    """

    number: int
    client: int
    contact: int
    right: str
    state: str
    received: dt.datetime
    closed: dt.datetime | None
    regime: str
    deadline: Deadline
    first_term: Deadline
    linked: int | None

    @property
    def is_open(self) -> bool:
        return self.state in (desk.OPEN, desk.EXTENDED)

    @property
    def is_erasure_of_contact(self) -> bool:
        """Carried out by hand, and never on the client."""
        return self.right == ERASURE and self.contact != requests.ITSELF


def entries(site: Site, connection: Connection, clients: Sequence[int] | None = None) -> list[Entry]:
    """Requests of these clients, or of all, in the order in which they were received."""
    rows = [row for row in requests.listed(connection, clients) if row.received <= site.now]
    known = countries(site, connection, sorted({row.client for row in rows}))
    target = int(str(site.setting(connection, "requests.japan_days")))
    found: list[Entry] = []
    firsts: dict[tuple[int, int, str], Row[Any]] = {}
    for row in rows:
        first = firsts.get((row.client, row.contact, row.request_right))
        is_passed_on = row.state == desk.PASSED_ON  # somebody else's, which repeats nothing and is repeated by nothing
        is_repeat = not is_passed_on and first is not None and (
            first.closed_at is None or first.closed_at > row.received
        )  # fmt: skip
        if not is_repeat and not is_passed_on:
            firsts[row.client, row.contact, row.request_right] = row
        country = known.get(row.client, "")
        regime = row.regime or regime_of(country) or EU
        terms = [
            deadline(regime, row.received, site.zone, calendar_for(regime, country), is_extended, target)
            for is_extended in (False, row.extended_at is not None)
        ]
        linked = first.id if first is not None and is_repeat else None
        found.append(
            Entry(row.id, row.client, row.contact, row.request_right, _state(row, site.now), row.received,
                  row.closed_at, regime, terms[1], terms[0], linked)
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.received, one.number))


def entry(site: Site, connection: Connection, number: int) -> Entry:
    """One request by its number; ValueError with a sentence where there is none."""
    for one in entries(site, connection):
        if one.number == number:
            return one
    raise ValueError(f"there is no request {number}; 'kigen request list --all' shows them")


def _state(row: Row[Any], now: dt.datetime) -> str:
    if row.closed_at is not None and row.closed_at <= now:
        return row.state or desk.WITHDRAWN
    return desk.OPEN if row.extended_at is None else desk.EXTENDED


def countries(site: Site, connection: Connection, clients: Sequence[int]) -> dict[int, str]:
    """The countries of those of these clients that the platform still has."""
    accounts = site.host.accounts(connection, clients) if clients else []
    return {account.id: account.client.country for account in accounts if account.client}
