"""FOSSBilling 0.7 and 0.8 as one host: the files beside this one, put together behind the port."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Connection, column, func, literal_column, select, table

from kigen.hosts.ahead import Told, translated
from kigen.hosts.fossbilling import advice, archiving, drift, events
from kigen.hosts.fossbilling.accounts import read_accounts
from kigen.hosts.fossbilling.around import NARROW, read_around
from kigen.hosts.fossbilling.deleting import SERVICES, Deletion
from kigen.hosts.fossbilling.states import CLIENTS, kind_of, state
from kigen.hosts.fossbilling.ways import WAYS
from kigen.hosts.port import Advice, Drift, Member
from kigen.hosts.schema import LiveSchema
from kigen.hosts.sql_host import SqlHost
from kigen.policy.events import Event
from kigen.policy.facts import Account
from kigen.policy.records import Kind, State

CLIENT_IDS = (
    ("client", "id"),
    ("client_order", "client_id"),
    ("invoice", "client_id"),
    ("support_ticket", "client_id"),
    ("client_balance", "client_id"),
    *((name, "client_id") for name in SERVICES),
)
"""Where client ids are met: the clients, records with rules of their own, and what the host's own deletion leaves."""

OWNERS = {
    Kind.CLIENT: ("client", "id"),
    Kind.INVOICE: ("invoice", "client_id"),
    Kind.TICKET: ("support_ticket", "client_id"),
}

ACTIVATED: ColumnElement[Any] = literal_column("COALESCE(activated_at > '1000-01-01', 0)")
"""Whether a row was activated, without bound values: servers that check GROUP BY would take two for two expressions."""


class FossBillingHost(SqlHost):
    """FOSSBilling by its tables, whichever version they are."""

    name = "fossbilling"
    places = CLIENT_IDS
    tables: ClassVar[Mapping[Kind, str]] = {kind: table for kind, (table, _) in OWNERS.items()}
    ways = WAYS

    def _compare(self, schema: LiveSchema, known: Iterable[str]) -> Drift:
        return drift.compare(schema, known)

    def client_ids(self, connection: Connection, after: int | None, limit: int) -> list[int]:
        return super().client_ids(connection, max(after or 0, 0), limit)  # a guest's rows name nobody: NULL or 0

    def ranges(self, connection: Connection, kind: Kind, size: int) -> dict[int, int]:
        if kind not in (Kind.ORDER, Kind.SERVICE):
            return super().ranges(connection, kind, size)
        found: Counter[int] = Counter()
        divided = "/" if connection.dialect.name == "sqlite" else "DIV"
        place: ColumnElement[Any] = literal_column(f"id {divided} {int(size)}")
        for number, status, is_activated, count in self._groups(connection, "client_order", place, "status", ACTIVATED):
            if kind_of(status, "9999" if is_activated else None) is kind:
                found[number] += count
        return dict(found)

    def ids(self, connection: Connection, kind: Kind, first: int, last: int) -> set[int]:
        if kind not in (Kind.ORDER, Kind.SERVICE):
            return super().ids(connection, kind, first, last)
        rows = self._rows(connection)
        if not rows.schema.has("client_order", "status", "activated_at"):
            return set()
        statement = "SELECT id, status, activated_at FROM client_order WHERE id BETWEEN %s AND %s"
        return {id_ for id_, *words in rows.run(statement, [first, last]) if kind_of(*words) is kind}

    def owners(self, connection: Connection, kind: Kind, ids: Sequence[int]) -> dict[int, int]:
        rows = self._rows(connection)
        if kind in (Kind.ORDER, Kind.SERVICE):
            found = rows.read("client_order", ("client_id", "status", "activated_at"), "id", ids)
            found = [row for row in found if kind_of(row["status"], row["activated_at"]) is kind]
            return {row["id"]: row["client_id"] for row in found if row["client_id"]}
        if kind is Kind.PAYMENT:
            links = {row["id"]: row["invoice_id"] for row in rows.read("transaction", ("invoice_id",), "id", ids)}
            known = self.owners(connection, Kind.INVOICE, [invoice for invoice in links.values() if invoice])
            return {id_: known[invoice] for id_, invoice in links.items() if invoice in known}
        if kind not in OWNERS:
            return {}
        name, owner = OWNERS[kind]
        return {row["id"]: row[owner] for row in rows.read(name, (owner,), "id", ids) if row[owner]}

    def accounts(self, connection: Connection, clients: Sequence[int], lock: bool = False) -> list[Account]:
        return read_accounts(self._rows(connection, lock), clients, self.zone)

    def around(self, connection: Connection, kind: Kind, ids: Sequence[int], lock: bool = False) -> list[Account]:
        if kind not in NARROW:
            return super().around(connection, kind, ids, lock)
        return read_around(self._rows(connection, lock), kind, ids, self.zone)

    def delete(
        self,
        connection: Connection,
        kind: Kind,
        ids: Sequence[int],
        accounts: Sequence[Account],
        alike: Sequence[Member] = (),
    ) -> dict[str, int]:
        return Deletion(self._rows(connection)).records(kind, ids, accounts)

    def archive(self, connection: Connection, ids: Sequence[int]) -> dict[int, str]:
        return archiving.archive(self._rows(connection, lock=True), ids)

    def unarchive(self, connection: Connection, former: Mapping[int, str]) -> int:
        return archiving.unarchive(self._rows(connection, lock=True), former)

    def counts(self, connection: Connection) -> dict[Kind, int]:
        found = dict.fromkeys((Kind.CLIENT, Kind.ORDER, Kind.INVOICE, Kind.SERVICE), 0)
        for status, number in self._groups(connection, "client", "status"):
            found[Kind.CLIENT] += number if state(CLIENTS, status) is not State.CLOSED else 0
        for status, is_activated, number in self._groups(connection, "client_order", "status", ACTIVATED):
            found[kind_of(status, "9999" if is_activated else None)] += number
        for (number,) in self._groups(connection, "invoice"):
            found[Kind.INVOICE] += number
        return found

    def _groups(self, connection: Connection, name: str, *by: str | ColumnElement[Any]) -> Iterable[Sequence[Any]]:
        """Rows of a table counted by these columns; nothing where the table is absent."""
        if name not in self._rows(connection).schema.columns:
            return []
        columns: list[ColumnElement[Any]] = [column(one) if isinstance(one, str) else one for one in by]
        query = select(*columns, func.count()).select_from(table(name)).group_by(*columns)
        return connection.execute(query).all()

    def translate(self, connection: Connection, name: str, payload: Mapping[str, object], at: dt.datetime) -> Event:
        return events.translate(self._rows(connection), name, payload, at, self.zone)

    def translate_all(self, connection: Connection, told: Sequence[Told]) -> list[Event | Exception]:
        return translated(self._rows(connection), told, partial(events.translate, zone=self.zone))

    def advice(self, connection: Connection, now: dt.datetime) -> list[Advice]:
        return advice.advise(connection, self._rows(connection).schema)
