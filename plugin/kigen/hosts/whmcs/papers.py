"""How WHMCS's invoices and transactions become documents as issued; its quotes and orders are beside this."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from kigen.hosts.papers import Row, as_text, day, days, grouped, lines_of, money, said, sums
from kigen.hosts.rows import Rows
from kigen.hosts.whmcs.papers_desk import BUYER, Desk, address, parties, texts
from kigen.hosts.whmcs.papers_goods import read_orders, read_quotes
from kigen.policy.papers import Line, Paper, Shown, read_total
from kigen.policy.records import Kind, Ref

SNAPSHOTS = ("clientsdetails", "client", "user")
"""Under which names the client's data as issued may lie in `tblinvoicedata`, if not at the top."""

INVOICE_SUMS = (
    ("subtotal", "subtotal", ""), ("tax", "tax", "taxrate"), ("tax2", "tax2", "taxrate2"), ("credit", "credit", ""),
    ("total", "total", ""),
)  # fmt: skip
PAYMENT_SUMS = (("received", "amountin", ""), ("paid-out", "amountout", ""), ("fees", "fees", ""))
INVOICE_DATES = (("issued", "date"), ("due", "duedate"), ("paid", "datepaid"), ("refunded", "date_refunded"))


def read_papers(rows: Rows, refs: Iterable[Ref], zone: str) -> list[Paper]:
    """The documents of these records as their rows show them now, by kind and id; those gone are left out.

    Rows of the documents are read as `rows` says, with a lock; the installation's own settings without one.
    """
    by_kind = {kind: sorted({number for one, number in refs if one is kind}) for kind in READERS}
    return [paper for kind, read in READERS.items() for paper in read(Desk(rows, zone), by_kind[kind])]


def _invoices(desk: Desk, ids: Sequence[int]) -> Iterable[Paper]:
    invoices = desk.read("tblinvoices", "id", ids)
    there = [row["id"] for row in invoices]
    items = grouped(desk.read("tblinvoiceitems", "invoiceid", there), "invoiceid")
    moved = grouped(desk.read("tblaccounts", "invoiceid", there), "invoiceid")
    issued = grouped(desk.rows.read("tblinvoicedata", ("data",), "invoice_id", there), "invoice_id")
    clients = desk.clients({row["userid"] for row in invoices})
    billed = desk.billed(clients)
    for row in invoices:
        client = clients.get(row["userid"])
        buyer = {**billed.get(row["userid"], {}), **_as_issued([one["data"] for one in issued.get(row["id"], [])])}
        currency = desk.codes.get(client["currency"], "") if client else ""
        lines = items.get(row["id"], [])
        shown = Shown(
            desk.seller, address(buyer), state=said(row["status"]), dates=days(row, INVOICE_DATES, desk.zone),
            lines=tuple(Line(said(one["description"]), "", money(one["amount"], currency)) for one in lines),
            sums=sums(row, INVOICE_SUMS, currency),
            payments=tuple(_payment(one, currency, desk.zone) for one in moved.get(row["id"], [])),
            notes=lines_of(row.get("notes")),
        )  # fmt: skip
        data = {"tblinvoices": [row], "tblinvoiceitems": lines, "tblaccounts": moved.get(row["id"], [])}
        yield Paper(
            "whmcs", Kind.INVOICE, row["id"], row["userid"] or None, said(row["invoicenum"]) or str(row["id"]),
            day(row["date"], desk.zone), currency, read_total(row["total"]),
            tuple(dict.fromkeys((*parties(buyer), *parties(client or {})))),
            {**texts(data), "tblclients": [as_text(buyer, BUYER)]}, desk.language(client), shown,
        )  # fmt: skip


def _payments(desk: Desk, ids: Sequence[int]) -> Iterable[Paper]:
    moved = desk.read("tblaccounts", "id", ids)
    invoices = desk.rows.read("tblinvoices", ("userid",), "id", {row["invoiceid"] for row in moved if row["invoiceid"]})
    owners = {row["id"]: row["userid"] for row in invoices}
    payers = {row["id"]: row["userid"] or owners.get(row["invoiceid"], 0) for row in moved}
    clients = desk.clients({payer for payer in payers.values() if payer})
    for row in moved:
        client = clients.get(payers[row["id"]])
        number = row["currency"] or (client["currency"] if client else 0)
        currency = desk.codes.get(number, "")
        shown = Shown(
            desk.seller, address(client or {}), subject=said(row["description"]),
            dates=days(row, (("entered", "date"),), desk.zone),
            sums=sums(row, PAYMENT_SUMS, currency),
            payments=(_payment(row, currency, desk.zone),),
        )  # fmt: skip
        yield Paper(
            "whmcs", Kind.PAYMENT, row["id"], payers[row["id"]] or None, str(row["id"]), day(row["date"], desk.zone),
            currency, _moved(row), parties(client or {}),
            {**texts({"tblaccounts": [row]}), "tblclients": [as_text(client, BUYER)] if client else []},
            desk.language(client), shown,
        )  # fmt: skip


READERS = {Kind.INVOICE: _invoices, Kind.PAYMENT: _payments, Kind.QUOTE: read_quotes, Kind.ORDER: read_orders}


def _as_issued(stored: Iterable[object]) -> dict[str, Any]:
    """The client's data as they were at the invoice, as far as they are there and can be read."""
    found: dict[str, Any] = {}
    for text in stored:
        try:
            told = json.loads(said(text) or "{}")
        except ValueError:
            continue
        for part in (told, *(told.get(name) for name in SNAPSHOTS)) if isinstance(told, dict) else ():
            if isinstance(part, dict):
                found.update({name: part[name] for name in (*BUYER, "email") if isinstance(part.get(name), str)})
    return found


def _payment(row: Row, currency: str, zone: str) -> tuple[str, str, str, str]:
    on = day(row["date"], zone)
    return (
        on.isoformat() if on else "",
        said(row.get("transid")),
        said(row.get("gateway")),
        money(_moved(row), currency),
    )


def _moved(row: Row) -> Any:
    """What came in, less what went out."""
    came, went = read_total(row["amountin"]), read_total(row["amountout"])
    return None if came is None and went is None else (came or 0) - (went or 0)
