"""A document as it was issued: what a floor keeps of it, what its page shows, and by which words it is found again.

The host fills it from its own rows; nothing here knows a platform. All in it is text, so that it is written the same
way for ever: amounts and dates as the host has them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from kigen.policy.identifiers_fold import folded
from kigen.policy.identifiers_forms import without_form
from kigen.policy.records import Kind, Ref

KINDS = (Kind.INVOICE, Kind.PAYMENT, Kind.QUOTE, Kind.ORDER)
"""The classes of documents that a floor keeps: invoices, transactions, accepted quotes and contract orders."""

Row: TypeAlias = Mapping[str, "str | None"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document, as it was printed: what, how often, for how much in all."""

    text: str
    quantity: str = ""
    amount: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a document shows. `sums`, `dates` and `payments` go by codes that the page has words for.

    `sums`: subtotal, tax, tax2, credit, total, fees, with the rate for taxes in front. `dates`: issued, due, paid,
    refunded, valid, accepted. `payments` are the transactions on an invoice: date, number, how, amount.
    """

    seller: tuple[str, ...] = ()
    buyer: tuple[str, ...] = ()
    subject: str = ""
    state: str = ""
    dates: tuple[tuple[str, str], ...] = ()
    lines: tuple[Line, ...] = ()
    sums: tuple[tuple[str, str, str], ...] = ()  # code, rate, amount
    payments: tuple[tuple[str, str, str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """One document with all that belongs to it.

    `client` is the host's number of the buyer, None where the document names nobody. `issued` and `total` are None
    where the host has none that can be read. `parties` are names, companies and e-mail addresses on it, as written.
    `data` are the document's rows by table, without secrets; `shown` is what its page shows.
    """

    host: str
    kind: Kind
    id: int
    client: int | None
    number: str
    issued: dt.date | None
    currency: str
    total: Decimal | None
    parties: tuple[str, ...]
    data: Mapping[str, Sequence[Row]]
    language: str = "en"
    shown: Shown = field(default_factory=Shown)

    @property
    def ref(self) -> Ref:
        return (self.kind, self.id)


def as_json(paper: Paper) -> dict[str, Any]:
    """A paper as JSON knows it; `from_json` gives back the same."""
    shown = paper.shown
    return {
        "host": paper.host, "kind": paper.kind.value, "id": str(paper.id),
        "client": None if paper.client is None else str(paper.client), "number": paper.number,
        "issued": paper.issued and paper.issued.isoformat(), "currency": paper.currency,
        "total": None if paper.total is None else str(paper.total), "parties": list(paper.parties),
        "language": paper.language,
        "data": {table: [dict(row) for row in rows] for table, rows in paper.data.items()},
        "shown": {
            "seller": list(shown.seller), "buyer": list(shown.buyer), "subject": shown.subject, "state": shown.state,
            "dates": [list(one) for one in shown.dates],
            "lines": [[one.text, one.quantity, one.amount] for one in shown.lines],
            "sums": [list(one) for one in shown.sums], "payments": [list(one) for one in shown.payments],
            "notes": list(shown.notes),
        },
    }  # fmt: skip


def from_json(told: Mapping[str, Any]) -> Paper:
    """The paper that `as_json` wrote."""
    shown = told["shown"]
    return Paper(
        told["host"], Kind(told["kind"]), int(told["id"]), None if told["client"] is None else int(told["client"]),
        told["number"], told["issued"] and dt.date.fromisoformat(told["issued"]), told["currency"],
        None if told["total"] is None else Decimal(told["total"]), tuple(told["parties"]),
        {table: tuple(rows) for table, rows in told["data"].items()}, told["language"],
        Shown(
            tuple(shown["seller"]), tuple(shown["buyer"]), shown["subject"], shown["state"],
            tuple((code, text) for code, text in shown["dates"]),
            tuple(Line(text, quantity, amount) for text, quantity, amount in shown["lines"]),
            tuple((code, rate, amount) for code, rate, amount in shown["sums"]),
            tuple((date, number, how, amount) for date, number, how, amount in shown["payments"]),
            tuple(shown["notes"]),
        ),
    )  # fmt: skip


def party_words(paper: Paper) -> frozenset[str]:
    """All words by which a paper is found: its parties in every spelling, and its client's number."""
    found = {word for party in paper.parties for word in _spellings(party)}
    return frozenset(found | ({client_word(paper.client)} if paper.client is not None else set()))


def searched_words(text: str) -> frozenset[str]:
    """The words that somebody who looks for this party means; `client:7` and 7 mean the client of that number."""
    number = searched_client(text)
    return frozenset(_spellings(text)) if number is None else frozenset({client_word(number)})


def searched_client(text: str) -> int | None:
    """The number of the client that somebody looks for; None for a name or an address."""
    written = text.strip().lower().removeprefix("client:").strip()
    return int(written) if written.isascii() and written.isdigit() else None


def client_word(client: int) -> str:
    """The word that stands for a client's number; no name folds to it, since a blank is in it."""
    return f"client {client}"


def _spellings(text: str) -> Iterator[str]:
    """A name without blanks, in one case, width and script; a company also without its legal form."""
    whole = " ".join(folded(text).split())
    for one in (whole, without_form(whole)):
        if closed := "".join(one.split()):
            yield closed


def read_total(value: object) -> Decimal | None:
    """An amount as a host stores it; None for NULL and what is no number."""
    try:
        total = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return total if total.is_finite() else None
