"""Invoices and what was paid on them: which transaction counts as a payment, and which payment was taken back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cached_property
from typing import Any, TypeVar

from kigen.hosts.dates import read_when
from kigen.hosts.fossbilling.states import BOOKED, CONFIRMED, FAILED, INVOICES, PAID_BACK, WAITING, folded, state
from kigen.policy.periods import When, moment
from kigen.policy.records import Invoice, Kind, Payment, Ref, State

Row = Mapping[str, Any]
T = TypeVar("T")

INVOICE = ("id", "client_id", "status", "taxrate", "notes", "due_at", "paid_at", "created_at")
ITEM = ("invoice_id", "type", "rel_id", "price", "quantity", "taxed")
TRANSACTION = ("id", "invoice_id", "amount", "type", "status", "txn_status", "created_at", "updated_at")

# The host's only link between an invoice and the note that refunds it: a sentence in the notes of each.
REFUNDS = re.compile(r"Refund for #(\d+) invoice")
REFUNDED_BY = re.compile(r"Refund invoice #(\d+) generated")


def linking(notes: str) -> str:
    """The sentences in notes that link an invoice and its refund: without them a refunded invoice counts as paid."""
    found = [*REFUNDS.finditer(notes), *REFUNDED_BY.finditer(notes)]
    return " ".join(f"{one.group()}." for one in sorted(found, key=lambda one: one.start()))


@dataclass(frozen=True)
class Money:
    """Invoices and the payments on them, of whichever clients the invoices are."""

    invoices: Mapping[int, Invoice]
    payments: tuple[Payment, ...]

    @cached_property
    def of_client(self) -> dict[int, list[Invoice]]:
        """Invoices by the client that they were written to."""
        return _grouped((invoice.client, invoice) for invoice in self.invoices.values())

    @cached_property
    def billing(self) -> dict[int, list[Invoice]]:
        """Invoices by the order that one of their lines is for."""
        return _grouped((id_, i) for i in self.invoices.values() for kind, id_ in i.bills if kind is Kind.ORDER)

    @cached_property
    def paid_on(self) -> dict[int, list[Payment]]:
        """Payments by the invoice that they are on."""
        return _grouped((payment.invoice or 0, payment) for payment in self.payments)


def money(invoices: Sequence[Row], items: Sequence[Row], transactions: Sequence[Row], zone: str) -> Money:
    """Put invoices together from their rows."""
    lines = _grouped((row["invoice_id"], row) for row in items)
    moves = _grouped((row["invoice_id"], row) for row in transactions)
    made = {row["id"]: _invoice(row, lines.get(row["id"], []), zone) for row in invoices}
    refunds = _refund_dates(made, invoices)
    payments: list[Payment] = []
    for id_, invoice in made.items():
        found, is_waiting = _payments(invoice, moves.get(id_, []), zone)
        if id_ in refunds or (invoice.state is State.REFUNDED and invoice.gross > 0):
            dates = tuple(at for at in refunds.get(id_, []) if at)
            found = [_reversed(one, dates) if one.amount > 0 else one for one in found]
            latest = max(dates, key=lambda at: moment(at, zone), default=None)
            made[id_] = replace(invoice, state=State.REFUNDED, refunded=latest)
        elif is_waiting and invoice.state is State.UNPAID:
            made[id_] = replace(invoice, state=State.PAYMENT_PENDING)
        payments += found
    return Money(made, tuple(payments))


def read_amount(value: object) -> Decimal | None:
    """An amount from a VARCHAR, DOUBLE or DECIMAL column; None for NULL and for what is no number."""
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def is_payment(row: Row) -> bool:
    """Whether a transaction brought money in: the host has booked it, or the gateway calls it complete."""
    return (folded(row["status"]) in BOOKED or folded(row["txn_status"]) in CONFIRMED) and not _is_back(row)


def _is_back(row: Row) -> bool:
    """A row of its own for money that went back; a payment that later became 'reversed' is none."""
    amount = read_amount(row["amount"])
    is_refund = folded(row["type"]) in ("refund", "reversal", "chargeback")
    return (amount is not None and amount < 0) or is_refund


def _grouped(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _invoice(row: Row, lines: Sequence[Row], zone: str) -> Invoice:
    return Invoice(
        id=row["id"],
        client=row["client_id"] or 0,
        state=state(INVOICES, row["status"]),
        status=row["status"] or "",
        gross=_gross(row["taxrate"], lines),
        issued=read_when(row["created_at"], zone),
        due=read_when(row["due_at"], zone),
        paid=read_when(row["paid_at"], zone),
        bills=frozenset(ref for line in lines for ref in _billed(line)),
    )


def _gross(rate: object, lines: Sequence[Row]) -> Decimal:
    """Lines and tax as the host adds them up: its tax is rounded once, on the sum of what is taxed."""
    net = taxed = Decimal(0)
    for line in lines:
        quantity = Decimal(1) if line["quantity"] is None else Decimal(str(line["quantity"]))
        amount = (read_amount(line["price"]) or Decimal(0)) * quantity
        net += amount
        taxed += amount if line["taxed"] else 0
    percent = read_amount(rate) or Decimal(0)
    if percent <= 0:
        return net
    return net + (taxed * percent / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _billed(line: Row) -> tuple[Ref, ...]:
    """The order that a line is for, under both names: the line does not tell whether it was activated."""
    relation = str(line["rel_id"] or "").strip()
    if folded(line["type"]) != "order" or not relation.isascii() or not relation.isdigit():
        return ()
    return ((Kind.ORDER, int(relation)), (Kind.SERVICE, int(relation)))


def _refund_dates(invoices: Mapping[int, Invoice], rows: Sequence[Row]) -> dict[int, list[When | None]]:
    """For each invoice that credit notes of the same client refund wholly, the dates of these."""
    links: set[tuple[int, int]] = set()
    for row in rows:
        notes = str(row["notes"] or "")
        links |= {(int(id_), row["id"]) for id_ in REFUNDS.findall(notes)}
        links |= {(row["id"], int(id_)) for id_ in REFUNDED_BY.findall(notes)}
    given: dict[int, list[Invoice]] = {}
    for refunded, by in sorted(links):
        invoice, note = invoices.get(refunded), invoices.get(by)
        if invoice and note and invoice.client == note.client and note.state is State.REFUNDED and note.gross < 0:
            given.setdefault(refunded, []).append(note)
    return {
        id_: [note.paid or note.issued for note in notes]
        for id_, notes in given.items()
        if 0 < invoices[id_].gross <= -sum(note.gross for note in notes)
    }


def _reversed(payment: Payment, dates: tuple[When, ...]) -> Payment:
    return replace(payment, is_reversed=True, reversed_at=(*payment.reversed_at, *dates))


def _payments(invoice: Invoice, rows: Sequence[Row], zone: str) -> tuple[list[Payment], bool]:
    """What was paid on an invoice and what went back, below zero; and whether an announced payment is unconfirmed."""
    paid: list[Payment] = []
    back: list[Payment] = []
    is_waiting = False
    for row in sorted(rows, key=lambda row: row["id"]):
        status, word = folded(row["status"]), folded(row["txn_status"])
        amount, at = read_amount(row["amount"]), read_when(row["created_at"], zone)
        # A booked row without a readable amount is taken for the whole: it may keep, it must not vanish.
        moved = Payment(row["id"], invoice.client, invoice.id, abs(invoice.gross if amount is None else amount), at)
        if _is_back(row):
            if status in BOOKED or word in CONFIRMED | PAID_BACK:
                back.append(replace(moved, amount=-moved.amount))
        elif is_payment(row):
            if word in PAID_BACK:
                since = read_when(row["updated_at"], zone)
                moved = replace(moved, is_reversed=True, reversed_at=(since,) if since else ())
            paid += [moved] if moved.amount else []
        elif status in WAITING and word not in FAILED | PAID_BACK:
            is_waiting = is_waiting or (amount or 0) > 0
    return [*_taken_back(paid, back, zone), *back], is_waiting


def _taken_back(paid: list[Payment], back: Sequence[Payment], zone: str) -> list[Payment]:
    """Payments with what went back. The host links the two by the invoice alone, so the amounts decide.

    As much as was paid: all of it. Otherwise an equal amount takes the latest payment of that amount; a part of a
    payment takes none.
    """
    standing = [payment for payment in paid if not payment.is_reversed]
    if not back or not standing:
        return paid
    if -sum(one.amount for one in back) >= sum(payment.amount for payment in standing):
        dates = tuple(one.at for one in back if one.at)
        return [p if p.is_reversed else replace(p, is_reversed=True, reversed_at=dates) for p in paid]
    taken: dict[int, Payment] = {}
    for one in back:
        equal = [payment for payment in standing if payment.amount == -one.amount and payment.id not in taken]
        if equal:
            last = max(equal, key=lambda p: (moment(p.at, zone).timestamp() if p.at else 0, p.id))
            taken[last.id] = replace(last, is_reversed=True, reversed_at=(one.at,) if one.at else ())
    return [taken.get(payment.id, payment) for payment in paid]
