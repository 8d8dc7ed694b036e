"""How an event of FOSSBilling becomes one of kigen's: ids checked, the client looked up, intents confirmed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kigen.hosts.dates import read_when
from kigen.hosts.fossbilling.hooks import CLIENT, HOOKS, INVOICE, ORDER, TABLES_TELL, Hook, Thing
from kigen.hosts.fossbilling.money import TRANSACTION, is_payment, read_amount
from kigen.hosts.fossbilling.states import CLIENTS, INVOICES, kind_of, state
from kigen.hosts.port import UnconfirmedEvent, UnknownEvent
from kigen.hosts.rows import Rows
from kigen.policy.events import Event
from kigen.policy.records import Kind, State

Row = Mapping[str, Any]


class Told(NamedTuple):
    """One event as it came: its name, payload, time, and the rows to ask."""

    name: str
    payload: Mapping[str, object]
    at: dt.datetime
    rows: Rows
    zone: str

    @property
    def id(self) -> int:
        """The id that the event is about: a number or its digits. ValueError where there is none."""
        value = self.payload.get("id")
        number = _number(value)
        if number is None:
            said = "has no 'id'" if value is None else f"has an 'id' {_sort(value)}"
            raise ValueError(f"{self.name} {said}; expected the id of a row, a whole number above zero")
        return number

    def row(self, thing: Thing, *columns: str) -> Row | None:
        found = self.rows.read(thing.table, (thing.owner, *columns), "id", (self.id,))
        return found[0] if found else None

    def client(self, thing: Thing, row: Row | None) -> int | None:
        """Whose it is: the event says so, or the tables do; None where the row is gone or has no client."""
        if thing is CLIENT:
            return self.id
        return _number(self.payload.get("client_id")) or (row[thing.owner] if row else None)

    def event(self, name: str, thing: Thing, row: Row | None, data: Mapping[str, object] | None = None) -> Event:
        id_ = None if thing is CLIENT else self.id
        return Event(name, self.at, client=self.client(thing, row), id=id_, data=dict(data or {}))


def translate(rows: Rows, name: str, payload: object, at: dt.datetime, zone: str) -> Event:
    """The event that the host tells; raises as `Host.translate` says. Some of its events come without parameters."""
    told = Told(name, payload if isinstance(payload, Mapping) else {}, at, rows, zone)
    if special := SPECIAL.get(name):
        return special(told)
    if hook := HOOKS.get(name):
        return _plain(told, hook)
    raise UnknownEvent(f"{name} means nothing to kigen.")


def _plain(told: Told, hook: Hook) -> Event:
    row = None if hook.thing is CLIENT else told.row(hook.thing)
    return told.event(hook.event, hook.thing, row, hook.data)


def _client_update(told: Told) -> Event:
    """Only the before-event says which status staff chose. Any other change is told by the after-event."""
    if state(CLIENTS, told.payload.get("status")) is not State.CLOSED:
        raise UnknownEvent(f"{told.name} closes nobody; the change is told afterwards.")
    row = told.row(CLIENT, "status")
    if row is None or state(CLIENTS, row["status"]) is not State.CLOSED:
        raise UnconfirmedEvent(f"{told.name} announced that client {told.id} is closed; it is not, or is gone.")
    return told.event("client_closed", CLIENT, row)


def _order_cancelled(told: Told) -> Event:
    """The host cancels only what was activated; a row that says otherwise was changed by hand. Gone: a service."""
    row = told.row(ORDER, "status", "activated_at")
    is_order = row is not None and kind_of(row["status"], row["activated_at"]) is Kind.ORDER
    return told.event("order_cancelled" if is_order else "service_cancelled", ORDER, row)


def _order_updated(told: Told) -> Event:
    row = told.row(ORDER, "status", "activated_at")
    if row is not None and kind_of(row["status"], row["activated_at"]) is Kind.ORDER:
        raise UnknownEvent(f"{told.name}: an order that was never activated has no clock that a change restarts.")
    return told.event("service_changed", ORDER, row, TABLES_TELL)


def _invoice_update(told: Told) -> Event:
    """What staff were about to change: cancelled, or another due date. A saved form repeats all else as it was."""
    row = told.row(INVOICE, "status", "due_at")
    if state(INVOICES, told.payload.get("status")) is State.CANCELLED:
        if row is None or state(INVOICES, row["status"]) is not State.CANCELLED:
            raise UnconfirmedEvent(f"{told.name} announced that invoice {told.id} is canceled; it is not, or is gone.")
        return told.event("invoice_cancelled", INVOICE, row)
    if not told.payload.get("due_at"):
        raise UnknownEvent(f"{told.name} changes neither status nor due date.")
    due = read_when(row["due_at"], told.zone) if row else None
    if due is None or due != _moment(told.payload["due_at"], told.zone):
        raise UnconfirmedEvent(f"{told.name} announced a due date that invoice {told.id} does not have.")
    return told.event("invoice_due_changed", INVOICE, row, {"due": due.isoformat()})


def _client_deletes_invoice(told: Told) -> Event:
    """0.7 fires nothing after a client deleted an own unpaid invoice; by then the row does not tell whose it was."""
    if told.row(INVOICE) is not None:
        raise UnconfirmedEvent(f"{told.name} announced a deletion, but invoice {told.id} is still there.")
    return told.event("invoice_deleted", INVOICE, None)


def _transaction(told: Told) -> Event:
    """A transaction was recorded or processed: a payment only where the tables show one on an invoice."""
    found = told.rows.read("transaction", TRANSACTION, "id", (told.id,))
    amount = read_amount(found[0]["amount"]) if found else None
    if not found or not is_payment(found[0]) or amount is None or amount <= 0 or not found[0]["invoice_id"]:
        raise UnconfirmedEvent(f"{told.name}: transaction {told.id} is no payment, or not yet, or is gone.")
    invoice = found[0]["invoice_id"]
    owners = told.rows.read(INVOICE.table, (INVOICE.owner,), "id", (invoice,))
    data: dict[str, object] = {"amount": str(amount), "invoice": invoice}
    client = owners[0][INVOICE.owner] if owners else None
    return Event("payment_received", told.at, client=client, id=told.id, data=data)


def _cron(told: Told) -> Event:
    """The host's cron runs many times a day; the day's tick does no harm twice."""
    return Event("day_started", told.at)


SPECIAL: Mapping[str, Callable[[Told], Event]] = {
    "onBeforeAdminClientUpdate": _client_update,
    "onAfterAdminOrderCancel": _order_cancelled,
    "onAfterAdminOrderUpdate": _order_updated,
    "onBeforeAdminInvoiceUpdate": _invoice_update,
    "onBeforeClientInvoiceDelete": _client_deletes_invoice,
    "onAfterAdminTransactionCreate": _transaction,
    "onAfterAdminTransactionProcess": _transaction,
    "onAfterAdminCronRun": _cron,
}
"""Events whose meaning takes more than a line of the table."""


def _number(value: object) -> int | None:
    """An id above zero, as the host writes it: a number or its digits; None for everything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value > 0 else None
    if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,18}\s*", value):
        return int(value) or None
    return None


def _moment(value: object, zone: str) -> object:
    """A due date as a form sends it: a date, which the host stores as midnight, or a date and a time."""
    text = str(value).strip().replace("T", " ")
    return read_when(f"{text} 00:00:00" if len(text) == 10 else text, zone)


def _sort(value: object) -> str:
    """What a wrong value is, without what it holds: it may be a secret or a name."""
    return "that is a " + {dict: "object", list: "list", str: "text", bool: "yes or no"}.get(type(value), "number")
