"""What hosts that are met through their tables have in common: the live schema, walking, archiving, finding changes.

A host of this sort is a few tables as data: where its client ids are met, which table holds the records of a kind, how
a client is closed, and the ways by which rows are a client's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Connection, column, func, select, table

from kigen.hosts import bulk, changes, consented, opted
from kigen.hosts.closing import Closing
from kigen.hosts.elsewhere import Told, elsewhere
from kigen.hosts.erasing import Erasing
from kigen.hosts.giving_back import GivenBack, give_back
from kigen.hosts.listed import Listed
from kigen.hosts.mailed import Address, Former, Mails, former
from kigen.hosts.outgoing import Outgoing
from kigen.hosts.owners import authors
from kigen.hosts.port import Drift
from kigen.hosts.rare import Documented, rare
from kigen.hosts.rows import Rows
from kigen.hosts.schema import LiveSchema, read_schema
from kigen.hosts.seen import Seen, seen
from kigen.hosts.taken import Piece, Taken, named_by, noting
from kigen.hosts.unchanging import Unchanging, materials
from kigen.hosts.ways import Way
from kigen.policy.answers import Answer, with_answers
from kigen.policy.change_log import CONTACT, columns
from kigen.policy.datamap import CLIENT
from kigen.policy.elsewhere import Elsewhere
from kigen.policy.records import Kind
from kigen.policy.sorts import Sort

LANGUAGE = ("language", "lang")
"""What hosts call the column with a client's language."""


class SqlHost(Erasing):
    """A host by its tables. The live schema is read once and again by every `drift()`."""

    places: ClassVar[tuple[tuple[str, str], ...]]
    """Table and column of everywhere that client ids are met."""

    records: ClassVar[Mapping[Kind, tuple[str, str]]]
    """The table that holds the records of a kind and the column with their owner; kinds without one are left out."""

    closing: ClassVar[Closing]
    """How clients are closed."""

    unchanging: ClassVar[Mapping[Kind, Unchanging]] = {}
    """By which columns a record of a kind is known again after a restore."""

    wants_offers: ClassVar[tuple[opted.Opted, ...]] = ()
    """The clients' columns that mark who wants offers."""

    contacts: ClassVar[str] = ""
    """The table of clients' contacts."""

    ways: ClassVar[tuple[Way, ...]]
    """Every way by which reading an account finds rows that are the client's."""

    listed: ClassVar[Listed] = Listed()
    """What bundles for clients call these tables."""

    mails: ClassVar[Mails]
    """Where the platform notes to whom it wrote."""

    addressed: ClassVar[tuple[Address, ...]]
    """Where the addresses of the people in an account stand."""

    outside: ClassVar[tuple[Told, ...]]
    """Which columns name services outside that know the client."""

    documented: ClassVar[Documented]
    """Which columns of a kept document could tell a client apart."""

    def __init__(self, zone: str) -> None:
        super().__init__(zone)
        self._schema: LiveSchema | None = None

    def _rows(self, connection: Connection, lock: bool = False) -> Rows:
        if self._schema is None:
            self._schema = read_schema(connection)
        return Rows(connection, self._schema, lock)

    def drift(self, connection: Connection, known: Iterable[str] = ()) -> Drift:
        self._schema, self._shapes = read_schema(connection), None
        return self._compare(self._schema, known)

    def client_ids(self, connection: Connection, after: int | None, limit: int) -> list[int]:
        return changes.client_ids(self._rows(connection), self.places, after, limit)

    def digests(self, connection: Connection, after: int | None, last: int) -> dict[int, str]:
        most = last - (-1 if after is None else after)
        if most <= 0:
            return {}
        there = set(self.client_ids(connection, after, most))
        found = changes.digests(self._rows(connection), self.ways, after, last)
        return {client: digest for client, digest in found.items() if client in there}  # 0 is nobody, not a client

    def highest(self, connection: Connection) -> dict[str, int]:
        return changes.highest(self._rows(connection), self.ways)

    def newer(self, connection: Connection, than: Mapping[str, int]) -> set[int]:
        return self._people(connection, changes.newer(self._rows(connection), self.ways, than))

    def changed_since(self, connection: Connection, since: dt.datetime) -> set[int]:
        found = changes.changed_since(self._rows(connection), self.ways, since, self.zone)
        return self._people(connection, found)

    def _people(self, connection: Connection, clients: set[int]) -> set[int]:
        """Without 0, which is nobody, where it is not met among the clients: guests write tickets all day."""
        return clients if self.client_ids(connection, None, 1) == [0] else clients - {0}

    def owners(self, connection: Connection, kind: Kind, ids: Sequence[int]) -> dict[int, int]:
        if kind not in self.records:
            return {}
        name, owner = self.records[kind]
        return {row["id"]: row[owner] for row in self._rows(connection).read(name, (owner,), "id", ids)}

    def ranges(self, connection: Connection, kind: Kind, size: int) -> dict[int, int]:
        return changes.ranges(self._rows(connection), self.records[kind][0], size) if kind in self.records else {}

    def ids(self, connection: Connection, kind: Kind, first: int, last: int) -> set[int]:
        if kind not in self.records:
            return set()
        return changes.ids(self._rows(connection), self.records[kind][0], first, last)

    def sizes(self, connection: Connection, clients: Sequence[int]) -> dict[int, int]:
        return bulk.sizes(self._rows(connection), self.datamap, self.ways, clients)

    def shed(self, connection: Connection, client: int, limit: int) -> dict[str, int]:
        files = {place.partition(".")[0] for place in self.attached}
        return bulk.shed(self._rows(connection), self.datamap, self.ways, client, limit, files)

    def fingerprints(self, connection: Connection, kind: Kind, ids: Sequence[int]) -> dict[int, str]:
        return self.all_fingerprints(connection, {kind: ids}).get(kind, {})

    def all_fingerprints(self, connection: Connection, ids: Mapping[Kind, Sequence[int]]) -> dict[Kind, dict[int, str]]:
        known = {kind: (self.unchanging[kind], numbers) for kind, numbers in ids.items() if kind in self.unchanging}
        found = materials(self._rows(connection), list(known.values()))
        return dict(zip(known, found, strict=True))

    def tables_of(self) -> Mapping[Kind, str]:
        return {kind: one.table for kind, one in self.unchanging.items()}

    can_give_back = True

    @contextmanager
    def taking(self, connection: Connection) -> Iterator[Taken]:
        with noting(connection) as taken:
            yield taken
        taken.clients |= named_by(taken.pieces, authors(self.datamap))

    def give_back(self, connection: Connection, pieces: Sequence[Piece]) -> GivenBack:
        self._schema, self._shapes = read_schema(connection), None  # as it is now, and not as it was when these went
        return give_back(self._rows(connection), self._shaped(connection), pieces)

    def outgoing(self, connection: Connection, client: int, known: Iterable[Answer] = ()) -> Outgoing:
        rows, datamap = self._rows(connection), with_answers(self.datamap, known)
        return Outgoing(
            rows, datamap, self._shaped(connection), client, self.zone, listed=self.listed,
            fields=self._fields(rows), attached=self.attached,
        )  # fmt: skip

    def addresses(self, connection: Connection, clients: Sequence[int]) -> dict[int, tuple[str, str]]:
        holder = self.datamap.holder(CLIENT)
        mail = next((one.name for one in holder.personal if one.sort is Sort.EMAIL), None) if holder else None
        if holder is None or mail is None:
            return {}
        language = next((name for name in LANGUAGE if name in holder.fields), mail)
        found = self._rows(connection).read(holder.name, (mail, language), "id", clients)
        return {
            row["id"]: (row[mail], str(row[language] or "") if language != mail else "") for row in found if row[mail]
        }

    def marketing_flags(self, connection: Connection, clients: Sequence[int], field: str = "") -> dict[int, bool]:
        return opted.read(self._rows(connection), self.closing.table, self._opted(field), clients)

    def mark_marketing(self, connection: Connection, wanted: Mapping[int, bool], field: str = "") -> int:
        return opted.write(self._rows(connection), self.closing.table, self._opted(field), wanted)

    def empty_consented(
        self, connection: Connection, clients: Sequence[int], names: Iterable[str]
    ) -> dict[int, dict[str, int]]:
        return consented.empty(self._rows(connection, lock=True), self.datamap, clients, names)

    def _opted(self, field: str) -> tuple[opted.Opted, ...]:
        return opted.field(field) if field and field in self.datamap[self.closing.table].fields else self.wants_offers

    def told(self, connection: Connection, kind: str, ids: Sequence[int]) -> dict[int, Seen]:
        return seen(self._rows(connection), self.datamap, self.contacts if kind == CONTACT else kind, ids)

    def told_columns(self) -> frozenset[str]:
        tables = (self.datamap.holder(one) for one in (*Kind, self.contacts) if one)
        return frozenset(name for one in tables if one for name in columns(one))

    def former_addresses(self, connection: Connection, clients: Sequence[int], since: dt.datetime) -> Former:
        return former(self._rows(connection), self.mails, self.addressed, clients, since, self.zone)

    def elsewhere(self, connection: Connection, clients: Sequence[int]) -> dict[int, tuple[Elsewhere, ...]]:
        return elsewhere(self._rows(connection), self.outside, clients)

    def rare(self, connection: Connection, clients: Sequence[int], least: int) -> dict[int, int]:
        return rare(self._rows(connection), self.documented, clients, least)

    def archive(self, connection: Connection, ids: Sequence[int]) -> dict[int, str]:
        return self.closing.close(self._rows(connection, lock=True), ids)

    def unarchive(self, connection: Connection, former: Mapping[int, str]) -> int:
        return self.closing.reopen(self._rows(connection, lock=True), former)

    def _open_clients(self, connection: Connection) -> int:
        groups = self._groups(connection, self.closing.table, "status")
        return sum(number for status, number in groups if not self.closing.is_closed(status))

    def _groups(self, connection: Connection, name: str, *by: str | ColumnElement[Any]) -> Iterable[Sequence[Any]]:
        """Rows of a table counted by these columns; nothing where the table or one of them is absent."""
        if not self._rows(connection).schema.has(name, *(one for one in by if isinstance(one, str))):
            return []
        columns: list[ColumnElement[Any]] = [column(one) if isinstance(one, str) else one for one in by]
        query = select(*columns, func.count()).select_from(table(name)).group_by(*columns)
        return connection.execute(query).all()
