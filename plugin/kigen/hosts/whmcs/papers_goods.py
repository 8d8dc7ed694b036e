"""How WHMCS's quotes and orders become documents as issued: what somebody agreed to buy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kigen.hosts.papers import Row, as_text, day, days, grouped, lines_of, money, said, sums
from kigen.hosts.rows import Rows
from kigen.hosts.whmcs.papers_desk import BUYER, Desk, address, parties, texts
from kigen.policy.papers import Line, Paper, Shown, read_total
from kigen.policy.records import Kind

QUOTE_DATES = (("issued", "datecreated"), ("valid", "validuntil"), ("accepted", "dateaccepted"))
ITEMS = (("tblhosting", "firstpaymentamount"), ("tblhostingaddons", "setupfee"), ("tbldomains", "firstpaymentamount"))
ITEM = ("id", "orderid", "domain", "name", "billingcycle", "regdate", "registrationdate", "registrationperiod",
        "firstpaymentamount", "setupfee", "recurringamount", "recurring", "amount")  # fmt: skip


def read_quotes(desk: Desk, ids: Sequence[int]) -> Iterable[Paper]:
    """Quotes with their lines; each carries its own addressee, or is for a client."""
    quotes = desk.read("tblquotes", "id", ids)
    items = grouped(desk.read("tblquoteitems", "quoteid", [row["id"] for row in quotes]), "quoteid")
    clients = desk.clients({row["userid"] for row in quotes if row["userid"]})
    for row in quotes:
        client = clients.get(row["userid"])
        is_named = any(said(row.get(name)) for name in ("firstname", "lastname", "companyname"))
        buyer = row if is_named or client is None else client
        number = row["currency"] or (client["currency"] if client else 0)
        currency = desk.codes.get(number, "")
        lines = items.get(row["id"], [])
        shown = Shown(
            desk.seller, address(buyer), said(row["subject"]), said(row["stage"]), days(row, QUOTE_DATES, desk.zone),
            tuple(Line(said(one["description"]), said(one.get("quantity")), money(one.get("unitprice"), currency))
                  for one in lines),
            sums(row, (("subtotal", "subtotal", ""), ("total", "total", "")), currency),
            notes=lines_of(row.get("proposal"), row.get("customernotes")),
        )  # fmt: skip
        yield Paper(
            "whmcs", Kind.QUOTE, row["id"], row["userid"] or None, str(row["id"]), day(row["datecreated"], desk.zone),
            currency, read_total(row["total"]), parties(buyer),
            texts({"tblquotes": [row], "tblquoteitems": lines}), desk.language(client), shown,
        )  # fmt: skip


def read_orders(desk: Desk, ids: Sequence[int]) -> Iterable[Paper]:
    """Orders with what was bought in them."""
    orders = desk.read("tblorders", "id", ids)
    of = {row["id"]: row["userid"] for row in orders}
    bought = {table: grouped(_items(desk.rows, table, of), "orderid") for table, _ in ITEMS}
    clients = desk.clients({row["userid"] for row in orders})
    for row in orders:
        client = clients.get(row["userid"])
        currency = desk.codes.get(client["currency"], "") if client else ""
        mine = {table: bought[table].get(row["id"], []) for table, _ in ITEMS}
        shown = Shown(
            desk.seller, address(client or {}), state=said(row["status"]),
            dates=days(row, (("issued", "date"),), desk.zone),
            lines=tuple(Line(_item(one), "", money(one.get(price), currency)) for table, price in ITEMS
                        for one in mine[table]),
            sums=sums(row, (("total", "amount", ""),), currency),
        )  # fmt: skip
        data = {**texts({"tblorders": [row], **mine}), "tblclients": [as_text(client, BUYER)] if client else []}
        yield Paper(
            "whmcs", Kind.ORDER, row["id"], row["userid"] or None, said(row["ordernum"]) or str(row["id"]),
            day(row["date"], desk.zone), currency, read_total(row["amount"]), parties(client or {}), data,
            desk.language(client), shown,
        )  # fmt: skip


def _items(rows: Rows, table: str, of: Mapping[int, int]) -> list[Row]:
    """What these orders are about, `of` being whose each is: name, terms and prices, never how it is set up.

    What somebody else has under the number of an order stands in no document of this one's.
    """
    there = rows.schema.columns.get(table, frozenset())
    wanted = [name for name in ITEM if name in there]
    found = rows.read(table, [*wanted, "userid", "hostingid"], "orderid", of)
    under = {row["hostingid"] for row in found if not row["userid"] and row["hostingid"]}
    owners = {row["id"]: row["userid"] for row in rows.read("tblhosting", ("userid",), "id", under)}
    mine = [row for row in found if (row["userid"] or owners.get(row["hostingid"], 0)) == of[row["orderid"]]]
    return [{name: row[name] for name in wanted} for row in sorted(mine, key=lambda row: row["id"])]


def _item(row: Row) -> str:
    return " ".join(filter(None, (said(row.get(name)) for name in ("name", "domain", "billingcycle"))))
