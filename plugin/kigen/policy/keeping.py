"""What of a client stays when the rest goes: the records that a floor or a claim needs, and for which reasons."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kigen.policy.account import Account
from kigen.policy.claims import claimed
from kigen.policy.facts import Facts
from kigen.policy.floors import documents, standing
from kigen.policy.parting import CLAIMS, FLOOR, PARTS
from kigen.policy.records import Invoice, Item, Kind, Ref
from kigen.policy.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Keeping:
    """The records whose rows stay, masked; everything else of the client goes.

    `codes` are the reasons that keep them (policy/subtraction.py says which columns each needs), `reasons` those of
    each record; one that is not in it stays for all of them, as the client's own row does. `documents` are those of
    the records that a floor keeps, with the instant at which it ends, None where nobody can tell.
    """

    records: frozenset[Ref]
    codes: frozenset[str]
    documents: tuple[tuple[Ref, dt.datetime | None], ...] = ()
    reasons: Mapping[Ref, frozenset[str]] = field(default_factory=dict)

    def codes_of(self, kinds: Iterable[Kind], number: object) -> frozenset[str]:
        """The reasons that keep the record with this number, of any of these kinds; all of them where it is none."""
        known = [one for kind in kinds if isinstance(number, int) and (one := self.reasons.get((kind, number)))]
        return frozenset().union(*known) if known else self.codes

    @property
    def claimed(self) -> dict[Ref, frozenset[str]]:
        """The records that a claim needs, each with the claims that do: what ends for one before it ends for all."""
        return {ref: claims for ref, codes in self.reasons.items() if (claims := codes & CLAIMS)}

    @property
    def until(self) -> dt.datetime | None:
        """When the last floor ends; None where that is unknown, and where a claim keeps parts: those end by no date."""
        ends = [end for _, end in self.documents]
        known = [end for end in ends if end is not None]
        return max(known, default=None) if self.codes <= {FLOOR} and len(known) == len(ends) else None


def keeping(facts: Facts, schedule: Schedule, now: dt.datetime, codes: Collection[str]) -> Keeping:
    """What stays of a client for these reasons (retention.md, "When a floor keeps documents", "Deletion on request").

    The client's own row always stays. A document whose floor is over is not kept by it. A credit balance and a
    commission need rows that are no records: which, `codes` tell. Reasons of another sort keep the client as it is
    (policy/parting.py), and of them ValueError is raised: masked around one of those, nothing would be masked.
    """
    if others := frozenset(codes) - PARTS:
        raise ValueError(f"{', '.join(sorted(others))} keeps a client whole; expected reasons that keep parts of it")
    papers = tuple(standing(documents(facts, schedule.zone), schedule.floors, schedule.zone, now))
    papers = papers if FLOOR in codes else ()
    reasons: dict[Ref, set[str]] = defaultdict(set)
    for paper, _ in papers:
        for ref in _with_document(facts.account, paper.ref):
            reasons[ref].add(FLOOR)
    for code in codes:
        for ref in needed(code, facts.account, schedule, now):
            reasons[ref].add(code)
    kept = frozenset({(Kind.CLIENT, facts.account.id), *reasons})
    ends = tuple((paper.ref, end) for paper, end in papers)
    return Keeping(kept, frozenset(codes), ends, {ref: frozenset(mine) for ref, mine in reasons.items()})


def needed(code: str, account: Account, schedule: Schedule, now: dt.datetime) -> Iterable[Ref]:
    """The records that a claim needs; none for a code that is of no claim, or whose claim needs no record."""
    return _NEEDS[code](account, schedule, now) if code in _NEEDS else ()


def _with_document(account: Account, ref: Ref) -> Iterator[Ref]:
    """A document with what it is unreadable without: the invoice of a payment, an order's own items."""
    yield ref
    kind, number = ref
    if kind is Kind.PAYMENT:
        of = next((payment.invoice for payment in account.payments if payment.id == number), None)
        if invoice := account.invoice(of):
            yield from _with_invoice(account, invoice)
    elif kind is Kind.INVOICE and (invoice := account.invoice(number)):
        yield from _with_invoice(account, invoice)
    elif kind is Kind.ORDER and (order := account.order(number)):
        yield from _with_items(account, account.items_of(order))


def _with_invoice(account: Account, invoice: Invoice) -> Iterator[Ref]:
    """An invoice, what was paid on it, and the orders, services and domains that it bills."""
    yield (Kind.INVOICE, invoice.id)
    yield from ((Kind.PAYMENT, row.id) for row in account.transactions_on(invoice.id))
    for order in account.orders:
        if order.invoice == invoice.id or (Kind.ORDER, order.id) in invoice.bills:
            yield (Kind.ORDER, order.id)
    yield from _with_items(account, [item for item in account.items if item.ref in invoice.bills])


def _with_items(account: Account, items: Iterable[Item]) -> Iterator[Ref]:
    """The client's own among these items, each with the service that it is under and the order that it is in.

    Both would take it along if they went.
    """
    for item in items:
        if item.client != account.id:
            continue
        yield item.ref
        if item.order and account.order(item.order):
            yield (Kind.ORDER, item.order)
        parent = account.item((Kind.SERVICE, item.parent)) if item.kind is Kind.ADDON and item.parent else None
        if parent:
            yield from _with_items(account, [parent])


def _unpaid(account: Account, schedule: Schedule, now: dt.datetime) -> Iterator[Ref]:
    for invoice, _ in claimed(account, schedule, now):
        yield from _with_invoice(account, invoice)


def _open_tickets(account: Account, schedule: Schedule, now: dt.datetime) -> Iterator[Ref]:
    return ((Kind.TICKET, ticket.id) for ticket in account.open_tickets)


_NEEDS: Mapping[str, Callable[[Account, Schedule, dt.datetime], Iterable[Ref]]] = {
    "unpaid-invoice": _unpaid,
    "open-ticket": _open_tickets,
}
"""The records that a claim needs, by the code of its reason."""
