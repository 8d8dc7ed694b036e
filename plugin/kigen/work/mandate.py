"""By what the gate acts where it is not the schedule that a person confirmed: an officer's word, or what is proved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from sqlalchemy import Connection

from kigen.policy.orders import as_an_order, for_order
from kigen.policy.records import Kind
from kigen.policy.schedule import ON_REQUEST, Schedule
from kigen.work.alike import Followers
from kigen.work.readings import Reading, read
from kigen.work.site import Site


class Mandate(Protocol):
    """A way of reading under locks whose decisions say what is done; it is its own confirmation."""

    def read(
        self, connection: Connection, site: Site, schedule: Schedule, kind: Kind, planned: Mapping[int, str]
    ) -> tuple[list[Reading], list[Followers]]:
        """Lock and read what was planned (action by id), and decide."""


@dataclass(frozen=True)
class Ordered:
    """The word of an officer: one client, decided as on the day of a request."""

    client: int

    def read(
        self, connection: Connection, site: Site, schedule: Schedule, kind: Kind, planned: Mapping[int, str]
    ) -> tuple[list[Reading], list[Followers]]:
        """By the client's number, under which also what is left of one is found whose row is gone."""
        whole = read(connection, site.host, schedule, [self.client], site.now, lock=True, ordered={self.client})
        own = (Kind.CLIENT, self.client)
        return [
            replace(one, decisions={own: as_an_order(one.decisions[own])}) for one in whole if own in one.decisions
        ], []


def schedule_for_orders(connection: Connection, site: Site) -> tuple[Schedule, str | None]:
    """The schedule for an order as the live schema permits it, and the sentence why it does not."""
    refused = site.drift(connection).refused
    return for_order(site.schedule(connection).without(refused)), refused.get(ON_REQUEST)
