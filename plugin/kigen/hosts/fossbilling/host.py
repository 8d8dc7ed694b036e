"""FOSSBilling 0.7 and 0.8 as one host: the files beside this one, put together behind the port."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Connection, literal_column

from kigen.hosts.ahead import Told, translated
from kigen.hosts.around import Accounts, Around, Member
from kigen.hosts.bridges import Bridge
from kigen.hosts.closing import Closing
from kigen.hosts.elsewhere import Told as Outside
from kigen.hosts.fossbilling import advice, drift, events, papers
from kigen.hosts.fossbilling.accounts import read_accounts
from kigen.hosts.fossbilling.around import NARROW, read_around
from kigen.hosts.fossbilling.datamap import MAP
from kigen.hosts.fossbilling.deleting import SERVICES, Deletion, Links
from kigen.hosts.fossbilling.installed import BRIDGE
from kigen.hosts.fossbilling.money import linking
from kigen.hosts.fossbilling.outgoing import LISTED
from kigen.hosts.fossbilling.states import CLIENTS, CLOSED_CLIENT, kind_of, state
from kigen.hosts.fossbilling.ways import WAYS
from kigen.hosts.mailed import Address, Mails
from kigen.hosts.port import Advice, Drift
from kigen.hosts.rare import Documented
from kigen.hosts.rows import Rows
from kigen.hosts.schema import LiveSchema
from kigen.hosts.selected import Selected
from kigen.hosts.sql_host import SqlHost
from kigen.hosts.unchanging import Unchanging
from kigen.policy.elsewhere import Place
from kigen.policy.events import Event
from kigen.policy.facts import Account
from kigen.policy.keeping import Keeping
from kigen.policy.papers import Paper
from kigen.policy.records import Kind, Ref

CLIENT_IDS = (
    ("client", "id"),
    ("client_order", "client_id"),
    ("invoice", "client_id"),
    ("support_ticket", "client_id"),
    ("client_balance", "client_id"),
    *((name, "client_id") for name in SERVICES),
)
"""Where client ids are met: the clients, records with rules of their own, and what the host's own deletion leaves."""

RECORDS = {
    Kind.CLIENT: ("client", "id"),
    Kind.INVOICE: ("invoice", "client_id"),
    Kind.TICKET: ("support_ticket", "client_id"),
}

CREATED = ("created_at",)
UNCHANGING = {
    Kind.CLIENT: Unchanging("client", (CREATED,)),
    Kind.ORDER: Unchanging("client_order", (CREATED,)),
    Kind.SERVICE: Unchanging("client_order", (CREATED,)),
    Kind.INVOICE: Unchanging("invoice", (CREATED,)),
    Kind.TICKET: Unchanging("support_ticket", (CREATED,)),
    Kind.PAYMENT: Unchanging("transaction", (CREATED,)),
}
"""By which columns, none of which a mask changes, a record is known again: the instant at which it was made."""

SESSION = re.compile(r"\bclient_id(?:\||\";)i:(\d+);")
"""How a session says who signed in, as PHP writes it."""

ACTIVATED: ColumnElement[Any] = literal_column("COALESCE(activated_at > '1000-01-01', 0)")
"""Whether a row was activated, without bound values: servers that check GROUP BY would take two for two expressions."""


OUTSIDE = (
    Outside(Place.PAYMENT, "invoice", "client_id", "gateway_id", ("pay_gateway", "gateway")),
    Outside(Place.REGISTRAR, "service_domain", "client_id", "tld_registrar_id", ("tld_registrar", "registrar")),
    Outside(Place.WHOIS, "service_domain", "client_id", "tld_registrar_id", ("tld_registrar", "registrar")),
)


class FossBillingHost(SqlHost):
    """FOSSBilling by its tables, whichever version they are."""

    name = "fossbilling"
    datamap = MAP
    places = CLIENT_IDS
    records = RECORDS
    unchanging = UNCHANGING
    closing = Closing("client", CLOSED_CLIENT, partial(state, CLIENTS))
    ways = WAYS
    mails = Mails("activity_client_email", "client_id", "recipients", "created_at")
    addressed = (Address("client", "email", "id"),)
    outside = OUTSIDE
    documented = Documented("invoice", "client_id", ("paid_at", "base_income"), ("client", "country"))
    payments = "transaction"
    patterns: ClassVar = {"session.content": SESSION}
    spared: ClassVar = {"invoice.notes": linking}
    listed = LISTED
    attached: ClassVar = {"support_ticket_message.attachment": "", "service_downloadable.stored_filename": ""}

    def _selected(self, rows: Rows, accounts: Sequence[Account], keeping: Keeping | None) -> Iterator[Selected]:
        return Links(rows, keeping).selected(Kind.CLIENT, [account.id for account in accounts], accounts)

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
        for number, one, count in self._orders(connection, place):
            if one is kind:
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
        return {id_: owner for id_, owner in super().owners(connection, kind, ids).items() if owner}

    def accounts(self, connection: Connection, clients: Sequence[int], lock: bool = False) -> list[Account]:
        return read_accounts(self._rows(connection, lock), clients, self.zone)

    def around(self, connection: Connection, kind: Kind, ids: Sequence[int], lock: bool = False) -> Around:
        if kind not in NARROW:
            return super().around(connection, kind, ids, lock)
        return Accounts(kind, read_around(self._rows(connection, lock), kind, ids, self.zone))

    def delete(
        self,
        connection: Connection,
        kind: Kind,
        ids: Sequence[int],
        accounts: Sequence[Account],
        alike: Sequence[Member] = (),
    ) -> dict[str, int]:
        return Deletion(self._rows(connection)).records(kind, ids, accounts)

    def papers(self, connection: Connection, account: Account, refs: Iterable[Ref]) -> list[Paper]:
        return papers.read_papers(self._rows(connection, lock=True), account, refs, self.zone)

    def counts(self, connection: Connection) -> dict[Kind, int]:
        found = {Kind.CLIENT: self._open_clients(connection), Kind.ORDER: 0, Kind.INVOICE: 0, Kind.SERVICE: 0}
        for kind, number in self._orders(connection):
            found[kind] += number
        for (number,) in self._groups(connection, "invoice"):
            found[Kind.INVOICE] += number
        return found

    def _orders(self, connection: Connection, *by: ColumnElement[Any]) -> Iterator[tuple[Any, ...]]:
        """Rows of `client_order` counted by these columns and by what they are now, an order or a service."""
        if self._rows(connection).schema.has("client_order", "activated_at"):
            groups = self._groups(connection, "client_order", *by, "status", ACTIVATED)
            for *place, status, is_activated, number in groups:
                yield *place, kind_of(status, "9999" if is_activated else None), number

    def translate(self, connection: Connection, name: str, payload: Mapping[str, object], at: dt.datetime) -> Event:
        return events.translate(self._rows(connection), name, payload, at, self.zone)

    def translate_all(self, connection: Connection, told: Sequence[Told]) -> list[Event | Exception]:
        return translated(self._rows(connection), told, partial(events.translate, zone=self.zone))

    def advice(self, connection: Connection, now: dt.datetime) -> list[Advice]:
        return advice.advise(connection, self._rows(connection).schema, self.zone, now)

    @property
    def bridge(self) -> Bridge:
        return BRIDGE
