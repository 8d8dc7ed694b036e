"""How FOSSBilling's invoices, transactions and orders become documents as issued; it has no quotes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kigen.hosts.fossbilling.datamap import MAP
from kigen.hosts.papers import Row, as_text, day, days, documents_rows, grouped, lines_of, money, names_of, said
from kigen.hosts.rows import Rows
from kigen.policy.facts import Account
from kigen.policy.papers import Line, Paper, Shown, read_total
from kigen.policy.records import Kind, Ref

BUYER = {
    "company": "company", "first_name": "first_name", "last_name": "last_name", "address": "address_1", "city": "city",
    "state": "state", "zip": "postcode", "country": "country", "company_vat": "company_vat",
    "company_number": "company_number", "email": "email",
}  # fmt: skip
"""The buyer on an invoice, `buyer_*`, and the column of `client` that stands in where an invoice has no buyer."""

CLIENT = tuple(BUYER.values())
SELLER = ("seller_company", "seller_address", "seller_phone", "seller_email", "seller_company_vat",
          "seller_company_number")  # fmt: skip
INVOICE_DATES = (("issued", "created_at"), ("due", "due_at"), ("paid", "paid_at"))
RAW = frozenset({"error", "output"})
"""What the payment service said of a transaction in its own words: on no document, and anything can stand in it."""


def read_papers(rows: Rows, account: Account, refs: Iterable[Ref], zone: str) -> list[Paper]:
    """The documents of these records as their rows show them now, by kind and id; those gone are left out."""
    wanted = set(refs)
    desk = _Desk(rows, account, zone)
    by_kind = {kind: sorted(number for one, number in wanted if one is kind) for kind in READERS}
    return [paper for kind, read in READERS.items() for paper in read(desk, by_kind[kind])]


@dataclass(frozen=True)
class _Desk:
    """What is read for documents of every kind. The account knows what an invoice comes to, which no column does."""

    rows: Rows
    account: Account
    zone: str

    def read(self, table: str, by: str, ids: Iterable[Any]) -> list[Row]:
        return documents_rows(self.rows, MAP[table], by, ids)

    def clients(self, ids: Iterable[Any]) -> dict[int, Row]:
        wanted = (*CLIENT, "currency", "lang")
        return {row["id"]: row for row in self.rows.read("client", wanted, "id", {one for one in ids if one})}

    def total(self, invoice: int, row: Row, lines: Sequence[Row]) -> Decimal:
        """The account's word; for an invoice beyond the account its lines without tax, where it has none."""
        known = self.account.invoice(invoice)
        return known.gross if known else sum((_line_total(line) for line in lines), Decimal(0))


def _invoices(desk: _Desk, ids: Sequence[int]) -> Iterable[Paper]:
    invoices = desk.read("invoice", "id", ids)
    there = [row["id"] for row in invoices]
    items = grouped(desk.read("invoice_item", "invoice_id", there), "invoice_id")
    moved = grouped(desk.read("transaction", "invoice_id", there), "invoice_id")
    clients = desk.clients(row["client_id"] for row in invoices)
    for row in invoices:
        client = clients.get(row["client_id"])
        buyer = _buyer(row, client)
        currency = said(row["currency"]).upper()
        lines, paid = items.get(row["id"], []), [_slip(one) for one in moved.get(row["id"], [])]
        total = desk.total(row["id"], row, lines)
        shown = Shown(
            lines_of(*(row.get(name) for name in SELLER)), _address(buyer), state=said(row["status"]),
            dates=days(row, INVOICE_DATES, desk.zone),
            lines=tuple(Line(said(one["title"]), said(one["quantity"]), money(_line_total(one), currency))
                        for one in lines),
            sums=_sums(row, lines, total, currency),
            payments=tuple(_payment(one, desk.zone) for one in paid),
            notes=lines_of(row.get("text_1"), row.get("text_2")),
        )  # fmt: skip
        data = {"invoice": [as_text(row)], "invoice_item": [as_text(one) for one in lines],
                "transaction": [as_text(one) for one in paid], "client": [as_text(buyer)]}  # fmt: skip
        yield Paper(
            "fossbilling", Kind.INVOICE, row["id"], row["client_id"] or None, f"{said(row['serie'])}{said(row['nr'])}",
            day(row["created_at"], desk.zone), currency, total, _parties(buyer), data, _language(client), shown,
        )  # fmt: skip


def _payments(desk: _Desk, ids: Sequence[int]) -> Iterable[Paper]:
    moved = [_slip(row) for row in desk.read("transaction", "id", ids)]
    on = {
        row["id"]: row for row in desk.read("invoice", "id", {row["invoice_id"] for row in moved if row["invoice_id"]})
    }
    clients = desk.clients(row["client_id"] for row in on.values())
    for row in moved:
        invoice = on.get(row["invoice_id"], {})
        client = clients.get(invoice.get("client_id") or 0)
        buyer = _buyer(invoice, client)
        currency = said(row["currency"]).upper()
        shown = Shown(
            lines_of(*(invoice.get(name) for name in SELLER)), _address(buyer), said(row.get("note")),
            said(row["status"]), days(row, (("entered", "created_at"),), desk.zone),
            payments=(_payment(row, desk.zone),),
        )  # fmt: skip
        yield Paper(
            "fossbilling", Kind.PAYMENT, row["id"], invoice.get("client_id") or None, str(row["id"]),
            day(row["created_at"], desk.zone), currency, read_total(row["amount"]), _parties(buyer),
            {"transaction": [as_text(row)], "client": [as_text(buyer)]}, _language(client), shown,
        )  # fmt: skip


def _orders(desk: _Desk, ids: Sequence[int]) -> Iterable[Paper]:
    orders = desk.read("client_order", "id", ids)
    clients = desk.clients(row["client_id"] for row in orders)
    for row in orders:
        client = clients.get(row["client_id"])
        buyer = _buyer({}, client)
        currency = said(row["currency"]).upper()
        line = Line(said(row["title"]), said(row.get("quantity")), money(row.get("price"), currency))
        shown = Shown(
            (), _address(buyer), state=said(row["status"]),
            dates=days(row, (("issued", "created_at"), ("activated", "activated_at")), desk.zone), lines=(line,),
        )  # fmt: skip
        kept = {name: value for name, value in row.items() if name not in ("reason", "referred_by")}
        yield Paper(
            "fossbilling", Kind.ORDER, row["id"], row["client_id"] or None, str(row["id"]),
            day(row["created_at"], desk.zone), currency, read_total(row.get("price")), _parties(buyer),
            {"client_order": [as_text(kept)], "client": [as_text(buyer)]}, _language(client), shown,
        )  # fmt: skip


READERS = {Kind.INVOICE: _invoices, Kind.PAYMENT: _payments, Kind.ORDER: _orders}


def _slip(row: Row) -> Row:
    """A transaction without what only the payment service said of it."""
    return {name: value for name, value in row.items() if name not in RAW}


def _buyer(invoice: Mapping[str, Any], client: Row | None) -> dict[str, Any]:
    """The buyer as the invoice has it; an invoice that names nobody has the client's present data."""
    issued = {name: invoice.get(f"buyer_{name}") for name in BUYER}
    if any(said(value) for value in issued.values()):
        return issued
    return {name: client[column] if client else None for name, column in BUYER.items()}


def _address(buyer: Mapping[str, Any]) -> tuple[str, ...]:
    groups = (("company",), ("first_name", "last_name"), ("address",), ("city", "state", "zip"), ("country",),
              ("company_vat",), ("company_number",))  # fmt: skip
    return lines_of(*(" ".join(filter(None, (said(buyer.get(name)) for name in group))) for group in groups))


def _parties(buyer: Mapping[str, Any]) -> tuple[str, ...]:
    return names_of(buyer.get("first_name"), buyer.get("last_name"), buyer.get("company"), buyer.get("email"))


def _language(client: Row | None) -> str:
    return "ja" if said(client and client["lang"]).lower().startswith("ja") else "en"


def _line_total(line: Row) -> Decimal:
    quantity = read_total(line["quantity"])
    return (read_total(line["price"]) or Decimal(0)) * (Decimal(1) if quantity is None else quantity)


def _sums(row: Row, lines: Sequence[Row], total: Decimal, currency: str) -> tuple[tuple[str, str, str], ...]:
    net = sum((_line_total(line) for line in lines), Decimal(0))
    found = [("subtotal", "", money(net, currency))]
    if total != net:
        found.append(("tax", said(row.get("taxrate")), money(total - net, currency)))
    return (*found, ("total", "", money(total, currency)))


def _payment(row: Row, zone: str) -> tuple[str, str, str, str]:
    on, currency = day(row["created_at"], zone), said(row["currency"]).upper()
    return (
        on.isoformat() if on else "",
        said(row.get("txn_id")),
        said(row.get("type")),
        money(row["amount"], currency),
    )
