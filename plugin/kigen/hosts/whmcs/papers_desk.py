"""What WHMCS's documents of every kind have in common: who issues them, for whom, in which currency and language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from kigen.hosts.papers import Row, as_text, documents_rows, lines_of, names_of, said
from kigen.hosts.rows import Rows
from kigen.hosts.whmcs.datamap import MAP

BUYER = (
    "firstname", "lastname", "companyname", "address1", "address2", "city", "state", "postcode", "country", "tax_id",
)  # fmt: skip
"""What an invoice of WHMCS shows of its client."""

OF_CLIENT = (*BUYER, "email", "billingcid", "currency", "language")

SELLER = ("CompanyName", "InvoicePayTo", "TaxCode")


@dataclass(frozen=True)
class Desk:
    """What is read for documents of every kind."""

    rows: Rows
    zone: str

    def read(self, table: str, by: str, ids: Iterable[Any]) -> list[Row]:
        """Rows of a table, with the columns that belong to a document."""
        return documents_rows(self.rows, MAP[table], by, ids)

    @cached_property
    def settings(self) -> dict[str, str]:
        """Who issues documents, and in which language, by the platform's names."""
        plain = replace(self.rows, lock=False)
        found = plain.read("tblconfiguration", ("value",), "setting", (*SELLER, "Language"))
        return {row["setting"]: said(row["value"]) for row in found}

    @property
    def seller(self) -> tuple[str, ...]:
        """The issuer's address."""
        return lines_of(*(self.settings.get(name, "") for name in SELLER))

    def clients(self, ids: Iterable[int]) -> dict[int, Row]:
        """What documents show of these clients, by id."""
        return {row["id"]: row for row in self.rows.read("tblclients", OF_CLIENT, "id", ids)}

    def billed(self, clients: Mapping[int, Row]) -> dict[int, Row]:
        """What an invoice shows of these clients: the contact to whom they have their invoices sent, if they have one.

        `shown` are the client's fields that the operator has put on invoices, a line each.
        """
        contacts = self._contacts({row["billingcid"] for row in clients.values() if row["billingcid"]})
        lines = self._fields_shown(list(clients))
        found: dict[int, Row] = {}
        for number, row in clients.items():
            contact = contacts.get(row["billingcid"], {})
            other = contact if contact.get("userid") == number else {}
            mine = {name: other[name] for name in (*BUYER, "email") if name in other}
            found[number] = {**row, **mine, "shown": lines.get(number, "")}
        return found

    def _contacts(self, ids: Iterable[int]) -> dict[int, Row]:
        rows = self.rows.read("tblcontacts", ("userid", *BUYER, "email"), "id", ids)
        return {row["id"]: row for row in rows}

    def _fields_shown(self, clients: Sequence[int]) -> dict[int, str]:
        plain = replace(self.rows, lock=False)
        fields = plain.read("tblcustomfields", ("fieldname", "showinvoice"), "type", ("client",))
        names = {row["id"]: said(row["fieldname"]) for row in fields if said(row["showinvoice"]) not in ("", "0")}
        found: dict[int, str] = {}
        values = self.rows.read("tblcustomfieldsvalues", ("fieldid", "value"), "relid", clients) if names else []
        for row in sorted(values, key=lambda row: row["id"]):
            if row["fieldid"] in names and said(row["value"]):
                line = f"{names[row['fieldid']]}: {said(row['value'])}"
                found[row["relid"]] = f"{found.get(row['relid'], '')}{line}\n"
        return found

    @cached_property
    def codes(self) -> Mapping[int, str]:
        """The codes of currencies; a platform without that table names none."""
        plain = replace(self.rows, lock=False)
        if not plain.schema.has("tblcurrencies", "id", "code"):
            return {}
        return {number: said(code).upper() for number, code in plain.run("SELECT id, code FROM tblcurrencies")}

    def language(self, client: Row | None) -> str:
        """The client's language, else the platform's: ja or en."""
        word = said(client and client["language"]) or self.settings.get("Language", "")
        return "ja" if word.lower().startswith("ja") else "en"


def address(buyer: Mapping[str, Any]) -> tuple[str, ...]:
    """The buyer as an invoice shows it, a line each."""
    get = partial(joined, buyer)
    return lines_of(
        get("companyname"), get("firstname", "lastname"), get("address1"), get("address2"),
        get("city", "state", "postcode"), get("country"), get("tax_id"), get("shown"),
    )  # fmt: skip


def joined(row: Mapping[str, Any], *names: str) -> str:
    """Values on one line; blank ones are left out."""
    return " ".join(filter(None, (said(row.get(name)) for name in names)))


def parties(buyer: Mapping[str, Any]) -> tuple[str, ...]:
    """By what a document is found."""
    return names_of(buyer.get("firstname"), buyer.get("lastname"), buyer.get("companyname"), buyer.get("email"))


def texts(data: Mapping[str, Sequence[Row]]) -> dict[str, list[dict[str, str | None]]]:
    """Rows by table as text."""
    return {table: [as_text(row) for row in rows] for table, rows in data.items()}
