"""WHMCS as one host: the files beside this one, put together behind the port."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import Connection, column, func, select, table
from sqlalchemy.sql import ColumnElement

from kigen.hosts.ahead import Told, translated
from kigen.hosts.port import Advice, Alike, Drift, Member
from kigen.hosts.schema import LiveSchema
from kigen.hosts.sql_host import SqlHost
from kigen.hosts.whmcs import advice, alike, archiving, deleting, drift, events, states
from kigen.hosts.whmcs.accounts import read_accounts
from kigen.hosts.whmcs.around import AROUND
from kigen.hosts.whmcs.ways import WAYS
from kigen.policy.events import Event
from kigen.policy.facts import Account
from kigen.policy.records import Kind, State

CLIENT_IDS = (
    ("tblclients", "id"),
    ("tblorders", "userid"),
    ("tblinvoices", "userid"),
    ("tblhosting", "userid"),
    ("tbldomains", "userid"),
)
"""Where client ids are met: the clients, and the records that follow rules of their own when their client is gone."""

OWNERS = {
    Kind.CLIENT: ("tblclients", "id"),
    Kind.ORDER: ("tblorders", "userid"),
    Kind.INVOICE: ("tblinvoices", "userid"),
    Kind.SERVICE: ("tblhosting", "userid"),
    Kind.DOMAIN: ("tbldomains", "userid"),
    Kind.TICKET: ("tbltickets", "userid"),
    Kind.QUOTE: ("tblquotes", "userid"),
    Kind.PAYMENT: ("tblaccounts", "userid"),
}


class WhmcsHost(SqlHost):
    """WHMCS 8 and later, by its tables."""

    name = "whmcs"
    places = CLIENT_IDS
    tables: ClassVar[Mapping[Kind, str]] = {kind: table for kind, (table, _) in OWNERS.items()}
    ways = WAYS

    def _compare(self, schema: LiveSchema, known: Iterable[str]) -> Drift:
        return drift.compare(schema, known)

    def vocabulary(self, connection: Connection) -> str:
        words = states.order_states(connection, self._rows(connection).schema)
        return hashlib.sha256(repr(sorted(words.items())).encode()).hexdigest()[:16]

    def owners(self, connection: Connection, kind: Kind, ids: Sequence[int]) -> dict[int, int]:
        name, owner = OWNERS[kind]
        return {row["id"]: row[owner] for row in self._rows(connection).read(name, (owner,), "id", ids)}

    def accounts(self, connection: Connection, clients: Sequence[int], lock: bool = False) -> list[Account]:
        return read_accounts(self._rows(connection, lock), clients, self.zone)

    def around(self, connection: Connection, kind: Kind, ids: Sequence[int], lock: bool = False) -> list[Account]:
        if kind not in AROUND:
            return super().around(connection, kind, ids, lock)
        return AROUND[kind](self._rows(connection, lock), sorted(set(ids)), self.zone)

    def alike(self, connection: Connection, kind: Kind, ids: Sequence[int], lock: bool = False) -> list[Alike]:
        if kind is not Kind.ORDER:
            return []
        return alike.orders(self._rows(connection, lock), sorted(set(ids)), self.zone)

    def delete(
        self,
        connection: Connection,
        kind: Kind,
        ids: Sequence[int],
        accounts: Sequence[Account],
        alike: Sequence[Member] = (),
    ) -> dict[str, int]:
        return deleting.delete_records(self._rows(connection, lock=True), kind, ids, accounts, alike)

    def archive(self, connection: Connection, ids: Sequence[int]) -> dict[int, str]:
        return archiving.close(self._rows(connection, lock=True), ids)

    def unarchive(self, connection: Connection, former: Mapping[int, str]) -> int:
        return archiving.reopen(self._rows(connection, lock=True), former)

    def counts(self, connection: Connection) -> dict[Kind, int]:
        schema = self._rows(connection).schema
        found: dict[Kind, int] = {}
        for kind in (Kind.ORDER, Kind.INVOICE, Kind.SERVICE, Kind.DOMAIN):
            name = OWNERS[kind][0]
            query = select(func.count()).select_from(table(name))
            found[kind] = connection.execute(query).scalar_one() if name in schema.columns else 0
        return {Kind.CLIENT: self._not_closed(connection, schema), **found}

    def _not_closed(self, connection: Connection, schema: LiveSchema) -> int:
        if not schema.has("tblclients", "status"):
            return 0
        status: ColumnElement[Any] = column("status")
        groups = connection.execute(select(status, func.count()).select_from(table("tblclients")).group_by(status))
        return sum(n for written, n in groups if states.state_of(states.CLIENTS, written) is not State.CLOSED)

    def translate(self, connection: Connection, name: str, payload: Mapping[str, object], at: dt.datetime) -> Event:
        return events.translate(self._rows(connection), name, payload, at)

    def translate_all(self, connection: Connection, told: Sequence[Told]) -> list[Event | Exception]:
        rows = self._rows(connection)
        orders = states.order_states(connection, rows.schema)
        return translated(rows, told, partial(events.translate, orders=orders))

    def advice(self, connection: Connection, now: dt.datetime) -> list[Advice]:
        rows = self._rows(connection)
        return advice.advise(connection, rows.schema, self.zone, now)
