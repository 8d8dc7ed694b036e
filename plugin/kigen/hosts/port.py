"""The narrow door to a billing platform: what every host answers, and what each answer means.

A host reads, translates, locks and deletes rows; it decides nothing. All methods work on a connection that the caller
opened and commits. Reading set-wise for many clients at once is the only way of reading: no query per record.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from kigen.policy.events import Event
from kigen.policy.facts import Account
from kigen.policy.records import Kind


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the data map, as far as deleting and drift need it."""

    table: str
    name: str
    is_personal: bool


@dataclass(frozen=True, slots=True)
class Drift:
    """How the live schema differs from what the host's map knows.

    `refused` names rules that must not run and the sentence why (a table or column they need is missing, a table has
    no transactions, a cascade would remove rows outside the plan). `unclassified` are `table.column` nobody mapped.
    """

    refused: Mapping[str, str] = field(default_factory=dict)
    unclassified: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """A finding about the host's own settings or schema, for `doctor`: level error, warning or note."""

    level: str
    code: str
    text: str


class UnknownEvent(Exception):
    """The host's event has no meaning for kigen: it is set aside as handled, nothing is lost by that."""


class UnconfirmedEvent(Exception):
    """The host announced a change that its tables do not show (an intent): reconcile finds it if it comes true."""


class Host(ABC):
    """One billing platform. Instances hold the host's zone and mappings, never data."""

    name: str

    def __init__(self, zone: str) -> None:
        """`zone` is the IANA name in which the host writes its local dates and times."""
        self.zone = zone

    @abstractmethod
    def drift(self, connection: Connection, known: Iterable[str] = ()) -> Drift:
        """Compare the live schema (tables, columns, engines, foreign keys) with the map.

        `known` are `table.column` names that the operator classified. Never raises for a missing table.
        """

    @abstractmethod
    def client_ids(self, connection: Connection, after: int | None, limit: int) -> list[int]:
        """The next client ids above `after` (None: from the start), ascending, at most `limit`; empty at the end.

        Ids that only child rows mention (their client is gone) are included, so that orphans follow their own rules.
        """

    @abstractmethod
    def owners(self, connection: Connection, kind: Kind, ids: Sequence[int]) -> dict[int, int]:
        """The client id each existing record belongs to now; records that are gone are left out."""

    @abstractmethod
    def accounts(self, connection: Connection, clients: Sequence[int], lock: bool = False) -> list[Account]:
        """Everything about these clients that a decision may need, set-wise, one Account per id, in ascending order.

        With `lock` every row is read by a locking read in one fixed table order, so that nothing about these clients
        can change before the caller's transaction ends. An id that nothing mentions gives an Account with client None.
        """

    @abstractmethod
    def delete(
        self, connection: Connection, kind: Kind, ids: Sequence[int], accounts: Sequence[Account]
    ) -> dict[str, int]:
        """Delete these records and all that goes with them (retention.md, What goes with what).

        `accounts` are those of `accounts(..., lock=True)` of the same transaction. Returns rows deleted by table. Rows
        already gone are no error. Raises sqlalchemy.exc.IntegrityError where a foreign key forbids it.
        """

    @abstractmethod
    def archive(self, connection: Connection, ids: Sequence[int]) -> dict[int, str]:
        """Close these clients so that they cannot sign in or order; returns the former status of each, as stored."""

    @abstractmethod
    def unarchive(self, connection: Connection, former: Mapping[int, str]) -> int:
        """Give back the former status to clients that are still closed; returns how many changed."""

    @abstractmethod
    def counts(self, connection: Connection) -> dict[Kind, int]:
        """How many records of each kind there are, for the breaker: for clients those that are not closed."""

    @abstractmethod
    def translate(self, connection: Connection, name: str, payload: Mapping[str, object], at: dt.datetime) -> Event:
        """A host-native event in kigen's words; `client` and `id` are looked up where the payload does not tell.

        Raises UnknownEvent, UnconfirmedEvent, or ValueError with a sentence for a payload of the wrong shape. The
        event's data holds only whitelisted keys: never passwords, tokens, cards, names or addresses.
        """

    def advice(self, connection: Connection, now: dt.datetime) -> list[Advice]:
        """Settings of the host that would fight kigen, as of `now`; empty when there are none."""
        return []
