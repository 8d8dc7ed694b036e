"""Accounts by chance: a few things of every sort under one client, in any state, with anything that may keep them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

from kigen.policy.facts import Facts, Hold, Request
from kigen.policy.periods import Term
from kigen.policy.records import Client, Invoice, Item, Kind, Memory, Order, Ref, State
from kigen.policy.schedule import RULES
from tests.policy.build import (
    ME,
    NOW,
    OTHER,
    addon,
    at,
    client,
    contract,
    domain,
    facts,
    invoice,
    order,
    payment,
    quote,
    service,
    ticket,
)  # fmt: skip

ITEMS = [State.ACTIVE, State.SUSPENDED, State.CANCELLED, State.CANCELLED, State.TERMINATED, State.PENDING,
         State.UNKNOWN, State.EXPIRED, State.GRACE]  # fmt: skip
ORDERS = [State.CANCELLED, State.CANCELLED, State.FRAUD, State.PENDING, State.DRAFT, State.ACTIVE, State.UNKNOWN]
INVOICES = [State.CANCELLED, State.CANCELLED, State.PAID, State.REFUNDED, State.UNPAID, State.COLLECTIONS,
            State.PAYMENT_PENDING, State.DRAFT, State.UNKNOWN]  # fmt: skip
CLIENTS = [State.ACTIVE, State.ACTIVE, State.INACTIVE, State.CLOSED, State.UNKNOWN]
RIGHTS = ["erasure", "erasure", "access", "restriction", "objection"]


def accounts(rng: Random, count: int) -> Iterator[Facts]:
    """So many clients; half of them have little, so that one thing alone must keep."""
    for _ in range(count):
        yield _account(rng, rng.choice([1, 1, 2, 4]))


def records_of(known: Facts) -> list[Client | Order | Invoice | Item]:
    """The entities of an account that rules speak of."""
    account = known.account
    items = [item for item in account.items if item.kind is not Kind.ADDON]
    return [*([account.client] if account.client else []), *account.orders, *account.invoices, *items]


def _when(rng: Random) -> dt.datetime | dt.date | None:
    if rng.random() < 0.06:
        return None
    instant = NOW - dt.timedelta(minutes=rng.choice([-600_000, 300, 30_000, 300_000, 600_000, 2_000_000, 7_000_000]))
    return instant if rng.random() < 0.6 else instant.date()


def _account(rng: Random, size: int) -> Facts:
    def some(most: int) -> range:
        return range(rng.randint(0, most))

    def whose() -> int:
        return OTHER if rng.random() < 0.15 else ME

    def maybe(numbers: range) -> int | None:
        return rng.choice([None, *numbers])

    orders, services = range(10, 10 + size), range(20, 20 + size)
    things: list[Any] = []
    if rng.random() < 0.95:
        things.append(client(
            rng.choice(CLIENTS), registered=_when(rng), last_login=rng.choice([None, _when(rng)]),
            credit=Decimal(rng.choice(["0", "0", "0", "0.005", "5"])), country=rng.choice(["JP", "DE"]),
            commission=Decimal(rng.choice([0, 0, 0, 7])), group=rng.choice([None, 1]),
        ))  # fmt: skip
    things += [order(n, rng.choice(ORDERS), created=_when(rng), invoice=maybe(range(30, 33))) for n in orders]
    for n in services:
        values = {"order": maybe(orders), "changed": _when(rng), "commissioned": rng.random() < 0.1}
        things.append(service(n, rng.choice(ITEMS), client=whose(), **values))
    things += [addon(40 + n, rng.choice(ITEMS), client=whose(), parent=maybe(services)) for n in some(size)]
    things += [domain(50 + n, rng.choice(ITEMS), order=maybe(orders), expires=_when(rng)) for n in some(size)]
    bills = [(Kind.ORDER, 10), (Kind.SERVICE, 20), (Kind.DOMAIN, 50)]
    for n in some(2 * size):
        things.append(invoice(
            30 + n, rng.choice(INVOICES), rng.choice(["0", "11.00"]), client=whose(), due=_when(rng), paid=_when(rng),
            issued=_when(rng), bills=frozenset(rng.sample(bills, rng.randint(0, 2))),
        ))  # fmt: skip
    for n in some(size):
        on, amount = maybe(range(30, 33)), rng.choice(["11.00", "4.00", "-3.00"])
        things.append(payment(70 + n, on, amount, at=_when(rng), client=whose(), is_reversed=rng.random() < 0.2))
    things += [ticket(80 + n, rng.random() < 0.3) for n in some(1)]
    things += [quote(90 + n, is_live=rng.random() < 0.5, is_accepted=rng.random() < 0.3) for n in some(1)]
    return facts(*things, *_kept(rng), memories=_memories(rng, things), archived=rng.choice([None, at("2020-01-01")]))


def _kept(rng: Random) -> list[Any]:
    """Holds, contracts and requests, most often none."""
    found: list[Any] = []
    if rng.random() < 0.15:
        record = (rng.choice(list(Kind)), rng.choice([10, 20, 30, 40, 50, 70]))
        found.append(rng.choice([Hold(1, ME, None, ""), Hold(2, None, record, ""), Hold(3, OTHER, None, "")]))
    if rng.random() < 0.15:
        rule, term = rng.choice(RULES).id, rng.choice([None, Term(6), Term(240)])
        found.append(contract(rule, term, client=rng.choice([ME, None]), group=1))
    if rng.random() < 0.25:
        found.append(Request(1, ME, rng.choice(RIGHTS), at("2026-01-10 09:00")))
    return found


def _memories(rng: Random, things: list[Any]) -> dict[Ref, Memory]:
    """What kigen saw of some of them: a change of state long ago or this week, or an event."""
    found: dict[Ref, Memory] = {}
    for thing in things:
        if rng.random() < 0.3 and isinstance(thing, (Item, Order)):
            ref = thing.ref if isinstance(thing, Item) else (Kind.ORDER, thing.id)
            seen = NOW - dt.timedelta(days=rng.choice([2, 40]))
            found[ref] = Memory(thing.state, "", at("2019-01-01"), seen, at("2020-01-01"))
    return found
