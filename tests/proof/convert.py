"""Decides how a world of rows becomes what `decide` is asked about, without a host, a ledger or a database between.

It says again, as shortly as can be, what a host adapter says of WHMCS's rows; the share of worlds that goes through a
real database is what proves the adapters. The operator's zone is Japan's, nine hours before UTC in all these years.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from functools import lru_cache
from typing import Any

from kigen.policy.facts import Contract, Hold, Request
from kigen.policy.periods import When, parse_term
from kigen.policy.records import UNREADABLE, Invoice, Item, Kind, Payment
from tests.oracle.world import World
from tests.proof.words import ENDED, LINES, folded, state_of

JAPAN = dt.timezone(dt.timedelta(hours=9))
Row = dict[str, Any]


@lru_cache(maxsize=200_000)
def when(text: str | None) -> When | None:
    """A column's date or instant; None for NULL, zero and nonsense."""
    try:
        if not text or not 1995 <= int(text[:4]) <= 2100:
            return None
        if len(text) == 10:
            return dt.date.fromisoformat(text)
        return dt.datetime.fromisoformat(text).replace(tzinfo=JAPAN).astimezone(dt.UTC)
    except ValueError:
        return None


def optional(text: str | None) -> When | None:
    """The same for a column that may be empty: set to nonsense is not the same as empty."""
    return when(text) or (UNREADABLE if text and not text.startswith("0000-00-00") else None)


def instant(value: When) -> dt.datetime:
    """A date counts as the end of its day."""
    if isinstance(value, dt.datetime):
        return value
    return dt.datetime.combine(value + dt.timedelta(days=1), dt.time(), JAPAN)


def latest(values: list[When | None]) -> When | None:
    known = [value for value in values if value]
    return UNREADABLE if UNREADABLE in known else max(known, key=instant, default=None)


def money(text: str) -> Decimal:
    return Decimal(text)


class Converter:
    """The rows of one world, each in the program's words, and what the ledger holds of it at one instant."""

    def __init__(self, world: World, now: dt.datetime) -> None:
        self.world, self.now = world, now
        self.tables: dict[str, list[Row]] = world.tables
        self.services = {row["id"]: row for row in self.tables["tblhosting"]}
        self.invoice_rows = {row["id"]: row for row in self.tables["tblinvoices"]}
        self.items = self._items()
        self.invoices = self._invoices()
        self.payments = self._payments()
        held = [hold for hold in world.holds if hold["until"] is None or hold["until"] > now]
        self.held = [self._hold(number, hold) for number, hold in enumerate(held, 1)]
        self.agreed = [self._contract(number, one) for number, one in enumerate(world.contracts, 1)]
        self.asked = self._requests()

    def by(self, table: str, column: str) -> dict[Any, list[Row]]:
        found: dict[Any, list[Row]] = defaultdict(list)
        for row in self.tables[table]:
            found[row[column]].append(row)
        return found

    def _items(self) -> list[Item]:
        asked, commissioned = self.by("tblcancelrequests", "relid"), self._commissioned()
        found = []
        for row in self.tables["tblhosting"]:
            state = state_of(Kind.SERVICE, row["domainstatus"])
            ended = optional(row["termination_date"]) or latest([optional(one["date"]) for one in asked[row["id"]]])
            found.append(Item(
                Kind.SERVICE, row["id"], row["userid"], state, row["domainstatus"], row["orderid"] or None,
                changed=ended if state in ENDED else None, commissioned=row["id"] in commissioned,
            ))  # fmt: skip
        for row in self.tables["tblhostingaddons"]:
            state = state_of(Kind.ADDON, row["status"])
            above = self.services.get(row["hostingid"])
            owner = row["userid"] or (above["userid"] if above else 0)
            found.append(Item(
                Kind.ADDON, row["id"], owner, state, row["status"], row["orderid"] or None, row["hostingid"] or None
            ))  # fmt: skip
        for row in self.tables["tbldomains"]:
            state = state_of(Kind.DOMAIN, row["status"])
            found.append(Item(
                Kind.DOMAIN, row["id"], row["userid"], state, row["status"], row["orderid"] or None,
                expires=when(row["expirydate"]),
            ))  # fmt: skip
        return found

    def _commissioned(self) -> set[int]:
        accounts = {row["id"]: row["relid"] for row in self.tables["tblaffiliatesaccounts"]}
        paid = [row for row in self.tables["tblaffiliateshistory"] if money(row["amount"]) > 0]
        return {accounts[row["affaccid"]] for row in paid if row["affaccid"] in accounts}

    def _invoices(self) -> list[Invoice]:
        lines = self.by("tblinvoiceitems", "invoiceid")
        found = []
        for row in self.tables["tblinvoices"]:
            bills = {(LINES[folded(line["type"])], line["relid"]) for line in lines[row["id"]]
                     if folded(line["type"]) in LINES and line["relid"]}  # fmt: skip
            found.append(Invoice(
                row["id"], row["userid"], state_of(Kind.INVOICE, row["status"]),
                row["status"], money(row["subtotal"]) + money(row["tax"]) + money(row["tax2"]), when(row["date"]),
                when(row["duedate"]), when(row["datepaid"]), when(row["date_refunded"]), frozenset(bills),
            ))  # fmt: skip
        return found

    def _payments(self) -> list[Payment]:
        back = self.by("tblaccounts", "refundid")
        found = []
        for row in self.tables["tblaccounts"]:
            received, out = money(row["amountin"]), money(row["amountout"])
            if received <= 0 and out <= 0:
                continue
            refunds = [one for one in back[row["id"]] if money(one["amountout"]) > 0]
            is_reversed = received > 0 and sum(money(one["amountout"]) for one in refunds) >= received
            dates = tuple(date for one in refunds if (date := when(one["date"])))
            amount = received if received > 0 else -out
            found.append(Payment(
                row["id"], self.payer(row), row["invoiceid"] or None, amount, when(row["date"]), is_reversed, dates
            ))  # fmt: skip
        return found

    def payer(self, row: Row) -> int:
        """A row's own client; where it names none, its invoice's; else nobody."""
        invoice = self.invoice_rows.get(row["invoiceid"])
        return row["userid"] or (invoice["userid"] if invoice else 0)

    def _hold(self, number: int, hold: Row) -> Hold:
        record = (Kind(hold["kind"]), hold["id"]) if "kind" in hold else None
        return Hold(number, hold.get("client"), record, "", hold["until"])

    def _contract(self, number: int, one: Row) -> Contract:
        begins, until = (self._midnight(one[name]) for name in ("from", "until"))
        assert begins is not None
        term = parse_term(one["term"])
        return Contract(number, one.get("client"), one.get("group"), one["rule"], term, begins, until)

    def _midnight(self, day: str | None) -> dt.datetime | None:
        return day and dt.datetime.fromisoformat(day).replace(tzinfo=JAPAN)  # type: ignore[return-value]  # None is None

    def _requests(self) -> dict[int, dict[str, Request]]:
        """The first open request of each right, by client."""
        found: dict[int, dict[str, Request]] = defaultdict(dict)
        for number, one in enumerate(sorted(self.world.requests, key=lambda one: one["received"]), 1):
            if one["received"] <= self.now and (one["closed"] is None or one["closed"] > self.now):
                request = Request(number, one["client"], one["right"], one["received"])
                found[one["client"]].setdefault(one["right"], request)
        return found
