"""How WHMCS invoices, their lines and transactions become Invoices and Payments, and which were paid back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import chain

from kigen.hosts.dates import read_when
from kigen.hosts.rows import Rows, batches
from kigen.hosts.whmcs import states
from kigen.hosts.whmcs.items import Goods, read_unindexed
from kigen.hosts.whmcs.people import Row, amount
from kigen.policy.periods import When
from kigen.policy.records import Invoice, Kind, Payment, Ref

INVOICE = ("userid", "status", "date", "duedate", "datepaid", "date_refunded", "subtotal", "tax", "tax2")
LINE = ("invoiceid", "type", "relid")
TRANSACTION = ("userid", "invoiceid", "date", "amountin", "amountout", "refundid")

BILLED: tuple[tuple[str, Kind], ...] = (
    ("hosting", Kind.SERVICE),
    ("promohosting", Kind.SERVICE),
    ("setup", Kind.SERVICE),
    ("addon", Kind.ADDON),
    ("domain", Kind.DOMAIN),
    ("promodomain", Kind.DOMAIN),
)
"""What a line's `relid` is, by the beginning of its type: the same number is a service, an add-on and a domain."""


@dataclass(frozen=True, slots=True)
class Money:
    """Invoices of some clients and those of others that bill their orders; transactions of and on all of these.

    `payments` holds what came in, above zero, and what went out, below zero: each is a document.
    """

    invoices: dict[int, Invoice]
    payments: list[Payment]
    dates: dict[int, list[When | None]]  # per client, the dates of its invoices and transactions


def read_money(rows: Rows, clients: Sequence[int], goods: Goods, zone: str) -> Money:
    """Read invoices, lines, the invoices of others that these lines and orders lead to, transactions, in this order."""
    own = {row["id"]: row for row in rows.read("tblinvoices", INVOICE, "userid", clients)}
    relids = {item.id for item in goods.items}
    by_relid = rows.read("tblinvoiceitems", LINE, "relid", relids)
    refs = {item.ref for item in goods.items}
    bills: dict[int, set[Ref]] = defaultdict(set)
    # Batch by batch: lines are many times as many as invoices, and of most only the reading is needed.
    on_own = (rows.read("tblinvoiceitems", LINE, "invoiceid", batch, ("relid", relids)) for batch in batches(own))
    for line in chain(chain.from_iterable(on_own), by_relid):
        if (ref := billed(line)) and (ref in refs or line["invoiceid"] in own):
            bills[line["invoiceid"]].add(ref)
    others = ({order.invoice for order in goods.orders if order.invoice} | bills.keys()) - own.keys()
    raw = own | {row["id"]: row for row in rows.read("tblinvoices", INVOICE, "id", others)}
    found = money_of(raw.values(), bills, lambda invoices: _read_transactions(rows, clients, invoices), zone)
    elsewhere = {one.invoice for one in found.payments if one.client in clients} - found.invoices.keys() - {None}
    there = {row["id"] for row in rows.read("tblinvoices", ("userid",), "id", elsewhere)} if elsewhere else set()
    if not there:
        return found
    return replace(found, payments=[replace(one, is_on_others=True) if one.invoice in there else one
                                    for one in found.payments])  # fmt: skip


def money_of(
    raw: Iterable[Row],
    bills: Mapping[int, AbstractSet[Ref]],
    read_transactions: Callable[[Mapping[int, Invoice]], dict[int, Row]],
    zone: str,
) -> Money:
    """Put invoices and payments together from their rows."""
    invoices = {row["id"]: _invoice(row, frozenset(bills.get(row["id"], ())), zone) for row in raw}
    transactions = read_transactions(invoices)
    payments = _payments(transactions.values(), invoices, zone)
    dates: dict[int, list[When | None]] = defaultdict(list)
    for invoice in invoices.values():
        dates[invoice.client].append(invoice.issued)
    for row in transactions.values():
        dates[_payer(row, invoices)].append(read_when(row["date"], zone))
    return Money(invoices, payments, dates)


def _read_transactions(rows: Rows, clients: Sequence[int], invoices: Mapping[int, Invoice]) -> dict[int, Row]:
    """Rows of the clients and on the invoices, then all that could have paid one of these back.

    A refund carries the userid or the invoice of what it refunds, or no userid at all, so that the whole table is
    never searched by `refundid`, which has no index.
    """

    def read(by: str, ids: Iterable[int], known: tuple[str, Sequence[int]] | None = None) -> dict[int, Row]:
        return {row["id"]: row for row in rows.read("tblaccounts", TRANSACTION, by, ids, known)}

    found = read("userid", clients)
    elsewhere = {row["invoiceid"] for row in found.values() if row["invoiceid"]}
    on_invoices = read("invoiceid", invoices.keys() | elsewhere, ("userid", clients))
    payers = {_payer(row, invoices) for row in (found | on_invoices).values() if row["invoiceid"] in invoices}
    found |= on_invoices | read("userid", payers - {0, *clients})
    if not rows.schema.has("tblaccounts", "userid", "refundid"):
        return found
    nobodys = read_unindexed(rows, "tblaccounts", TRANSACTION, "refundid", found, "userid = 0")
    return found | {row["id"]: row for row in nobodys}


def _payments(transactions: Iterable[Row], invoices: Mapping[int, Invoice], zone: str) -> list[Payment]:
    """What came in, with what was paid back of it; what went out, whether it names a payment or not."""
    moved = [row for row in transactions if amount(row["amountin"]) > 0 or amount(row["amountout"]) > 0]
    refunds: dict[int, list[Row]] = defaultdict(list)
    for row in moved:
        if row["refundid"] and amount(row["amountout"]) > 0:
            refunds[row["refundid"]].append(row)
    found = []
    for row in moved:
        received = amount(row["amountin"])
        back = [refund for refund in refunds[row["id"]] if _is_of(refund, row, _payer(row, invoices))]
        dates = (read_when(refund["date"], zone) for refund in back)
        found.append(Payment(
            id=row["id"],
            client=_payer(row, invoices),
            invoice=row["invoiceid"] or None,
            amount=received if received > 0 else -amount(row["amountout"]),
            at=read_when(row["date"], zone),
            is_reversed=bool(back) and sum(amount(refund["amountout"]) for refund in back) >= received > 0,
            reversed_at=tuple(when for when in dates if when),
            is_on_others=row["invoiceid"] in invoices and invoices[row["invoiceid"]].client != _payer(row, invoices),
        ))  # fmt: skip
    return found


def _is_of(refund: Row, payment: Row, payer: int) -> bool:
    """Whether a refund of a payment is its client's, nobody's or on its invoice: others were read only by chance."""
    same_invoice = payment["invoiceid"] and refund["invoiceid"] == payment["invoiceid"]
    return bool(same_invoice or refund["userid"] in (0, payer))


def _payer(row: Row, invoices: Mapping[int, Invoice]) -> int:
    """A row's own client; where it names none, the owner of its invoice; else nobody (0)."""
    invoice = invoices.get(row["invoiceid"])
    return int(row["userid"] or (invoice.client if invoice else 0))


def billed(line: Row) -> Ref | None:
    """The item that a line of an invoice is for; None where it is for nothing that kigen knows."""
    written = states.folded(line["type"])
    kind = next((kind for beginning, kind in BILLED if written.startswith(beginning)), None)
    return (kind, line["relid"]) if kind and line["relid"] else None


def _invoice(row: Row, bills: frozenset[Ref], zone: str) -> Invoice:
    return Invoice(
        id=row["id"],
        client=row["userid"],
        state=states.state_of(states.INVOICES, row["status"]),
        status=str(row["status"] or ""),
        gross=amount(row["subtotal"]) + amount(row["tax"]) + amount(row["tax2"]),
        issued=read_when(row["date"], zone),
        due=read_when(row["duedate"], zone),
        paid=read_when(row["datepaid"], zone),
        refunded=read_when(row["date_refunded"], zone),
        bills=bills,
    )
