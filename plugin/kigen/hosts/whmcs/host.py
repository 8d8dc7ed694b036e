"""WHMCS as one host: the files beside this one, put together behind the port."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from sqlalchemy import Connection

from kigen.hosts.ahead import Told, translated
from kigen.hosts.around import Accounts, Around, Member
from kigen.hosts.bridges import Bridge
from kigen.hosts.closing import Closing
from kigen.hosts.contact import ByHand
from kigen.hosts.elsewhere import Told as Outside
from kigen.hosts.handing import OnOthers
from kigen.hosts.mailed import Address, Mails
from kigen.hosts.owners import FieldIds
from kigen.hosts.people import FieldSorts, field_sorts
from kigen.hosts.port import Advice, Drift
from kigen.hosts.rare import Documented
from kigen.hosts.rows import Rows
from kigen.hosts.schema import LiveSchema
from kigen.hosts.selected import Selected
from kigen.hosts.sql_host import SqlHost
from kigen.hosts.unchanging import Unchanging
from kigen.hosts.whmcs import advice, contacts, deleting, drift, events, papers, states
from kigen.hosts.whmcs.accounts import read_accounts
from kigen.hosts.whmcs.around import AROUND
from kigen.hosts.whmcs.datamap import MAP
from kigen.hosts.whmcs.installed import BRIDGE
from kigen.hosts.whmcs.orders import read_orders_around
from kigen.hosts.whmcs.outgoing import LISTED
from kigen.hosts.whmcs.ways import WAYS
from kigen.policy.elsewhere import Place
from kigen.policy.events import Event
from kigen.policy.facts import Account
from kigen.policy.keeping import Keeping
from kigen.policy.papers import Paper
from kigen.policy.records import Kind, Ref

CLIENT_IDS = (
    ("tblclients", "id"),
    ("tblorders", "userid"),
    ("tblinvoices", "userid"),
    ("tblhosting", "userid"),
    ("tbldomains", "userid"),
)
"""Where client ids are met: the clients, and the records that follow rules of their own when their client is gone."""

RECORDS = {
    Kind.CLIENT: ("tblclients", "id"),
    Kind.ORDER: ("tblorders", "userid"),
    Kind.INVOICE: ("tblinvoices", "userid"),
    Kind.SERVICE: ("tblhosting", "userid"),
    Kind.DOMAIN: ("tbldomains", "userid"),
    Kind.TICKET: ("tbltickets", "userid"),
    Kind.QUOTE: ("tblquotes", "userid"),
    Kind.PAYMENT: ("tblaccounts", "userid"),
}

CREATED, WHOSE = ("created_at",), frozenset({"userid"})
UNCHANGING = {
    Kind.CLIENT: Unchanging("tblclients", (("uuid",), CREATED), frozenset({"uuid"})),
    Kind.ORDER: Unchanging("tblorders", (("ordernum", "date"),)),
    Kind.INVOICE: Unchanging("tblinvoices", (CREATED, ("date", "duedate", "subtotal", "userid")), beside=WHOSE),
    Kind.SERVICE: Unchanging("tblhosting", (CREATED, ("regdate", "orderid"))),
    Kind.ADDON: Unchanging("tblhostingaddons", (CREATED, ("regdate", "hostingid"))),
    Kind.DOMAIN: Unchanging("tbldomains", (CREATED, ("registrationdate", "orderid"))),
    Kind.TICKET: Unchanging("tbltickets", (("tid", "date"),)),
    Kind.QUOTE: Unchanging("tblquotes", (("datecreated", "validuntil", "total", "userid"),), beside=WHOSE),
    Kind.PAYMENT: Unchanging("tblaccounts", (("date", "invoiceid", "amountin", "amountout"),)),
}
"""By which columns a record is known again; no mask changes them. Older installations lack uuid and created_at, or
leave them empty: of such a client only a day is left (`datecreated`), by which nobody is known."""


ATTACHED = {
    "tbltickets.attachment": "|",
    "tblticketreplies.attachment": "|",
    "tblticketnotes.attachments": "|",
    "tblclientsfiles.filename": "",
}
"""Where rows name files, and what stands between several."""


ADDRESSED = (
    Address("tblclients", "email", "id"),
    Address("tblcontacts", "email", "userid"),
    Address("tblusers", "email", "id", ("tblusers_clients", "client_id", "auth_user_id")),
)

OUTSIDE = (
    Outside(Place.PAYMENT, "tblaccounts", "userid", "gateway"),
    Outside(Place.PAYMENT, "tblpaymethods", "userid", "gateway_name"),
    Outside(Place.REGISTRAR, "tbldomains", "userid", "registrar"),
    Outside(Place.WHOIS, "tbldomains", "userid", "registrar"),
)


class WhmcsHost(SqlHost):
    """WHMCS 8 and later, by its tables."""

    name = "whmcs"
    datamap = MAP
    places = CLIENT_IDS
    records = RECORDS
    unchanging = UNCHANGING
    closing = Closing("tblclients", "Closed", partial(states.state_of, states.CLIENTS))
    ways = WAYS
    mails = Mails("tblemails", "userid", "to", "date")
    addressed = ADDRESSED
    outside = OUTSIDE
    documented = Documented("tblinvoices", "userid", ("date", "total"), ("tblclients", "country"))
    payments = "tblaccounts"
    on_others = OnOthers("tblaccounts", "userid", "invoiceid")
    bought = frozenset({"tblhosting.domain", "tbldomains.domain"})
    attached = ATTACHED
    listed = LISTED

    def _selected(self, rows: Rows, accounts: Sequence[Account], keeping: Keeping | None) -> Iterator[Selected]:
        ids = [account.id for account in accounts]
        return deleting.selected(rows, Kind.CLIENT, ids, accounts, keeping=keeping)

    def _fields(self, rows: Rows) -> FieldIds:
        return deleting.field_ids(rows)

    def _field_sorts(self, rows: Rows) -> FieldSorts:
        if not rows.schema.has("tblcustomfields", "id", "fieldname"):
            return {}
        return field_sorts((id_, str(name)) for id_, name in rows.run("SELECT id, fieldname FROM tblcustomfields"))

    def _compare(self, schema: LiveSchema, known: Iterable[str]) -> Drift:
        return drift.compare(schema, known)

    def vocabulary(self, connection: Connection) -> str:
        words = states.order_states(self._rows(connection))
        return hashlib.sha256(repr(sorted(words.items())).encode()).hexdigest()[:16]

    def accounts(self, connection: Connection, clients: Sequence[int], lock: bool = False) -> list[Account]:
        return read_accounts(self._rows(connection, lock), clients, self.zone)

    def around(self, connection: Connection, kind: Kind, ids: Sequence[int], lock: bool = False) -> Around:
        wanted, rows = sorted(set(ids)), self._rows(connection, lock)
        if kind is Kind.ORDER:
            return read_orders_around(rows, wanted, self.zone)
        if kind in AROUND:
            return Accounts(kind, AROUND[kind](rows, wanted, self.zone))
        return super().around(connection, kind, ids, lock)

    def delete(
        self,
        connection: Connection,
        kind: Kind,
        ids: Sequence[int],
        accounts: Sequence[Account],
        alike: Sequence[Member] = (),
    ) -> dict[str, int]:
        return deleting.delete_records(self._rows(connection, lock=True), kind, ids, accounts, alike)

    def papers(self, connection: Connection, account: Account, refs: Iterable[Ref]) -> list[Paper]:
        return papers.read_papers(self._rows(connection, lock=True), refs, self.zone)

    has_contacts = True

    def left_of_contact(self, connection: Connection, client: int, contact: int) -> list[ByHand]:
        return contacts.left_of(self._rows(connection), client, contact)

    def further_users(self, connection: Connection, clients: Sequence[int]) -> dict[int, int]:
        return contacts.further_users(self._rows(connection), clients)

    def counts(self, connection: Connection) -> dict[Kind, int]:
        found = {Kind.CLIENT: self._open_clients(connection)}
        for kind in (Kind.ORDER, Kind.INVOICE, Kind.SERVICE, Kind.DOMAIN):
            found[kind] = sum(number for (number,) in self._groups(connection, RECORDS[kind][0]))
        return found

    def translate(self, connection: Connection, name: str, payload: Mapping[str, object], at: dt.datetime) -> Event:
        return events.translate(self._rows(connection), name, payload, at)

    def translate_all(self, connection: Connection, told: Sequence[Told]) -> list[Event | Exception]:
        rows = self._rows(connection)
        orders = states.order_states(rows)
        return translated(rows, told, partial(events.translate, orders=orders))

    def advice(self, connection: Connection, now: dt.datetime) -> list[Advice]:
        rows = self._rows(connection)
        return advice.advise(connection, rows.schema, self.zone, now)

    @property
    def bridge(self) -> Bridge:
        return BRIDGE
