"""The narrow door to a billing platform: what every host answers, and what each answer means.

A host reads, translates, locks and deletes rows; it decides nothing. All methods work on a connection that the caller
opened and commits. Reading set-wise for many clients at once is the only way of reading: no query per record.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from sqlalchemy import Connection

from kigen.hosts.around import Accounts, Around, Member, ids_in
from kigen.hosts.bridges import Bridge
from kigen.hosts.port_people import People
from kigen.policy.events import Event
from kigen.policy.facts import Account
from kigen.policy.records import Kind


@dataclass(frozen=True, slots=True)
class Drift:
    """How the live schema differs from what the host's map knows.

    `refused` names rules that must not run and the sentence why (a table or column they need is missing, a table has
    no transactions, a cascade would remove rows outside the plan). `unclassified` are `table.column` nobody mapped.
    """

    refused: Mapping[str, str] = field(default_factory=dict)
    unclassified: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def unmasked(self) -> frozenset[str]:
        """Tables in which nothing may be masked until somebody has said what their unclassified columns hold."""
        return frozenset(name.partition(".")[0] for name in self.unclassified)


@dataclass(frozen=True, slots=True)
class Advice:
    """A finding about the host's own settings or schema, for `doctor`: level error, warning or note.

    `text` says what is so and what to do about it; `ja` the same in Japanese, blank where the host has none.
    """

    level: str
    code: str
    text: str
    ja: str = ""


class UnknownEvent(Exception):
    """The host's event has no meaning for kigen: it is set aside as handled, nothing is lost by that."""


class UnconfirmedEvent(Exception):
    """The host announced a change that its tables do not show (an intent): reconcile finds it if it comes true."""


class Host(People):
    """One billing platform. Instances hold the host's zone and mappings, never data."""

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

    def around(self, connection: Connection, kind: Kind, ids: Sequence[int], lock: bool = False) -> Around:
        """These records with what deciding about them looks at. `lock` as for `accounts`.

        Here the whole accounts are read; a host that can reads less.
        """
        clients = sorted(set(self.owners(connection, kind, ids).values()))
        return Accounts(kind, self.accounts(connection, clients, lock))

    def digests(self, connection: Connection, after: int | None, last: int) -> dict[int, str]:
        """A digest of each client's rows, for client ids above `after` (None: from the start) up to `last`.

        Equal while every row that `accounts` reads by way of this client stays as it is; any change of a column read,
        a new row or a vanished row changes it (but for a collision of 64 bits). The ids are those of `client_ids`; one
        without any row that `accounts` reads is left out. What `accounts` finds with others may not count: the items
        of others in this client's orders, and the invoices of others that bill these orders. Not comparable across
        engines or versions of kigen.
        """
        pieces = takewhile(bool, ([id_ for id_ in ids if id_ <= last] for ids in self._walk(connection, after)))
        accounts = (account for ids in pieces for account in self.accounts(connection, ids))
        return {one.id: hashlib.sha256(repr(one).encode()).hexdigest()[:16] for one in accounts}

    def highest(self, connection: Connection) -> dict[str, int]:
        """The highest id of every table whose new rows concern a client, 0 for an empty one; absent tables left out."""
        return {}

    def newer(self, connection: Connection, than: Mapping[str, int]) -> set[int]:
        """Clients with rows above these ids, as `highest` gave them; a table that `than` lacks is taken as a whole.

        A host that cannot tell names every client.
        """
        return {id_ for clients in self._walk(connection) for id_ in clients}

    def changed_since(self, connection: Connection, since: dt.datetime) -> set[int]:
        """Clients with rows that the host noted as changed at `since` or later, where its tables have such a column.

        Many tables have none, so this is a hint and no proof. One scan for each table.
        """
        return set()

    def ranges(self, connection: Connection, kind: Kind, size: int) -> dict[int, int]:
        """How many records of a kind have an id in each range of `size` (id // size); empty ranges are left out."""
        return dict(Counter(id_ // size for id_ in self._ids_of(connection, kind)))

    def ids(self, connection: Connection, kind: Kind, first: int, last: int) -> set[int]:
        """The ids of the records of a kind from `first` to `last`, both included."""
        return {id_ for id_ in self._ids_of(connection, kind) if first <= id_ <= last}

    def vocabulary(self, connection: Connection) -> str:
        """A digest of the host's own words that decide what a status means; "" where it has none.

        When it changes, every record may mean something else and must be read anew: `digests` says nothing of it.
        """
        return ""

    def fingerprints(self, connection: Connection, kind: Kind, ids: Sequence[int]) -> dict[int, str]:
        """What never changes of these records (creation, uuid, number), as text by which each is known again.

        Of no use to anybody but as what a keyed digest is made of. Records that are gone are left out, and so are those
        of which nothing but the id is known: replay then acts on none of them.
        """
        return {}

    def all_fingerprints(self, connection: Connection, ids: Mapping[Kind, Sequence[int]]) -> dict[Kind, dict[int, str]]:
        """The same for records of several kinds, which a host may read together."""
        return {kind: self.fingerprints(connection, kind, numbers) for kind, numbers in ids.items()}

    def tables_of(self) -> Mapping[Kind, str]:
        """The table whose own counter gives the ids of a kind; kinds without one are left out."""
        return {}

    @abstractmethod
    def delete(
        self,
        connection: Connection,
        kind: Kind,
        ids: Sequence[int],
        accounts: Sequence[Account],
        alike: Sequence[Member] = (),
    ) -> dict[str, int]:
        """Delete these records and all that goes with them (retention.md, What goes with what).

        `accounts` hold `ids` and were read with a lock in the same transaction, and so were the further records in
        `alike`, which Around.alike gave. Returns rows deleted by table. Rows already gone are no error.
        Raises sqlalchemy.exc.IntegrityError where a foreign key forbids it.
        """

    def sizes(self, connection: Connection, clients: Sequence[int]) -> dict[int, int]:
        """About how many rows each of these clients has; one without any may be left out.

        By it a client that is too large for one transaction is known; a host that cannot count tells of nobody.
        """
        return {}

    def shed(self, connection: Connection, client: int, limit: int) -> dict[str, int]:
        """Delete at most `limit` rows of a client that no decision rests on, of any table; rows deleted by table.

        Nothing where none are left, and always on a host that knows no such rows.
        """
        return {}

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

    @property
    def bridge(self) -> Bridge | None:
        """What is installed inside the platform; None where kigen brings nothing for it."""
        return None

    def _walk(self, connection: Connection, after: int | None = None) -> Iterator[list[int]]:
        while ids := self.client_ids(connection, after, 500):
            yield ids
            after = ids[-1]

    def _ids_of(self, connection: Connection, kind: Kind) -> Iterator[int]:
        for clients in self._walk(connection):
            for account in self.accounts(connection, clients):
                if account.client or kind is not Kind.CLIENT:
                    yield from ids_in(account, kind)
