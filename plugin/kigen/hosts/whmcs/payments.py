"""Which payment a payment hook of WHMCS tells of, and when a refund means that it was taken back whole."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from kigen.hosts.port import UnconfirmedEvent
from kigen.hosts.rows import Rows
from kigen.hosts.whmcs.money import TRANSACTION
from kigen.hosts.whmcs.people import Row, amount
from kigen.policy.events import Event


def invoice_paid(rows: Rows, id_: int, at: dt.datetime) -> Event:
    """An invoice was settled; data.gross tells one over nothing, which is no payment, from one that credit paid."""
    found = rows.read("tblinvoices", ("userid", "subtotal", "tax", "tax2"), "id", (id_,))
    if not found:
        raise UnconfirmedEvent(f"Invoice {id_} is not there.")
    gross = sum((amount(found[0][name]) for name in ("subtotal", "tax", "tax2")), Decimal(0))
    return Event("invoice_paid", at, client=found[0]["userid"] or None, id=id_, data={"gross": str(gross)})


def invoice_payment(rows: Rows, invoice: int, at: dt.datetime) -> Event:
    """The newest incoming row of an invoice; one that credit settled has no payment, and that is no event."""
    on_it = rows.read("tblaccounts", TRANSACTION, "invoiceid", (invoice,))
    found = [row for row in on_it if amount(row["amountin"]) > 0]
    if not found:
        raise UnconfirmedEvent(f"Invoice {invoice} has no incoming transaction.")
    return _event("payment_received", rows, max(found, key=lambda row: int(row["id"])), at)


def transaction(rows: Rows, id_: int, at: dt.datetime) -> Event:
    """A payment, or a refund that takes one back whole; the row in the tables counts, not what the hook said of it."""
    row = _row(rows, id_)
    if row is None:
        raise UnconfirmedEvent(f"Transaction {id_} is not there.")
    if amount(row["amountin"]) > 0:
        return _event("payment_received", rows, row, at)
    paid = _row(rows, row["refundid"]) if row["refundid"] else None
    if paid is None:
        raise UnconfirmedEvent(f"Transaction {id_} pays nothing back that is there.")
    beside = {
        other["id"]: other
        for by in ("userid", "invoiceid")
        if paid[by]
        for other in rows.read("tblaccounts", TRANSACTION, by, (paid[by],))
    }
    refunds = [other for other in (beside | {id_: row}).values() if other["refundid"] == paid["id"]]
    back, received = sum(amount(refund["amountout"]) for refund in refunds), amount(paid["amountin"])
    if back < received:
        raise UnconfirmedEvent(f"Payment {paid['id']} was paid back in part only: {back} of {received}.")
    return _event("payment_reversed", rows, paid, at)


def _event(name: str, rows: Rows, row: Row, at: dt.datetime) -> Event:
    invoice = row["invoiceid"] or None
    client = row["userid"] or None
    if client is None and invoice:
        owners = rows.read("tblinvoices", ("userid",), "id", (invoice,))
        client = owners[0]["userid"] if owners else None
    data = {"amount": str(amount(row["amountin"])), "invoice": invoice}
    return Event(name, at, client=client, id=row["id"], data=data)


def _row(rows: Rows, id_: int) -> Row | None:
    found = rows.read("tblaccounts", TRANSACTION, "id", (id_,))
    return found[0] if found else None
