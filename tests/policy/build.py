"""A client's account in a few words: things by keyword, the facts around them, and the decision on one of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from kigen.policy.anchors import record_of
from kigen.policy.case import Case
from kigen.policy.decide import Decision, decide
from kigen.policy.facts import Account, Contract, Facts, Hold, Request
from kigen.policy.floors import Floors
from kigen.policy.periods import Term, from_local
from kigen.policy.reasons import Reason
from kigen.policy.records import (
    Client,
    Invoice,
    Item,
    Kind,
    Memory,
    Order,
    Payment,
    Quote,
    Ref,
    State,
    Ticket,
)
from kigen.policy.schedule import Schedule

ZONE = "Asia/Tokyo"
ME, OTHER = 3, 4
"""The client of these tests, and somebody else."""

NO_FLOOR = Floors((12, 31), 0, 0)
SCHEDULE = Schedule(ZONE, floors=NO_FLOOR)
"""The schedule as shipped, without floors, which have tests of their own and would hide everything else."""


def at(text: str, zone: str = ZONE) -> dt.datetime:
    """A local date-time as the instant that kigen stores."""
    return from_local(dt.datetime.fromisoformat(text), zone)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


NOW = at("2026-06-01 12:00")


def client(state: State = State.ACTIVE, **values: Any) -> Client:
    return Client(ME, state, state.value, **{"registered": day("2010-01-01"), **values})


def order(id_: int = 10, state: State = State.CANCELLED, **values: Any) -> Order:
    return Order(id_, values.pop("client", ME), state, values.pop("status", state.value), **values)


def service(id_: int = 20, state: State = State.CANCELLED, **values: Any) -> Item:
    return Item(Kind.SERVICE, id_, values.pop("client", ME), state, values.pop("status", state.value), **values)


def addon(id_: int = 21, state: State = State.CANCELLED, **values: Any) -> Item:
    return replace(service(id_, state, **values), kind=Kind.ADDON)


def domain(id_: int = 22, state: State = State.EXPIRED, **values: Any) -> Item:
    return replace(service(id_, state, **values), kind=Kind.DOMAIN)


def invoice(id_: int = 30, state: State = State.PAID, gross: str = "11.00", **values: Any) -> Invoice:
    return Invoice(id_, values.pop("client", ME), state, state.value, Decimal(gross), **values)


def payment(id_: int = 40, on: int | None = 30, amount: str = "11.00", **values: Any) -> Payment:
    return Payment(id_, values.pop("client", ME), on, Decimal(amount), values.pop("at", None), **values)


def ticket(id_: int = 50, is_open: bool = True) -> Ticket:
    return Ticket(id_, ME, is_open, "Open" if is_open else "Closed")


def quote(id_: int = 60, stage: str = "Delivered", is_live: bool = True, **values: Any) -> Quote:
    return Quote(id_, ME, stage, is_live, **values)


def facts(*things: Any, memories: dict[Ref, Memory] | None = None, archived: dt.datetime | None = None) -> Facts:
    """Everything of one client, sorted by what it is; what belongs to others is foreign."""

    def of(sort: type, mine: bool = True) -> tuple[Any, ...]:
        return tuple(one for one in things if isinstance(one, sort) and (one.client == ME) is mine)

    account = Account(
        ME,
        next((one for one in things if isinstance(one, Client)), None),
        orders=of(Order), items=of(Item), foreign_items=of(Item, False),
        invoices=of(Invoice), foreign_invoices=of(Invoice, False),
        payments=of(Payment) + of(Payment, False), tickets=of(Ticket), quotes=of(Quote),
    )  # fmt: skip
    holds = tuple(one for one in things if isinstance(one, Hold))
    contracts = tuple(one for one in things if isinstance(one, Contract))
    requests = tuple(one for one in things if isinstance(one, Request))
    return Facts(account, memories or {}, archived, holds, contracts, requests)


def asked(right: str = "erasure", received: str = "2026-01-10 09:00") -> Request:
    return Request(1, ME, right, at(received))


def contract(rule: str, term: Term | None, begins: str = "2010-01-01", id_: int = 7, **values: Any) -> Contract:
    return Contract(id_, values.pop("client", ME), values.pop("group", None), rule, term, at(begins), **values)


def decided(
    entity: Client | Order | Invoice | Item,
    *around: Any,
    now: dt.datetime = NOW,
    schedule: Schedule = SCHEDULE,
    **more: Any,
) -> Decision:
    """The decision on `entity` among what is around it; `more` is what `facts` takes."""
    known = facts(entity, *around, **more)
    return decide(record_of(entity, known, now, schedule.zone), known, schedule, now)


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.reasons}


def told_by(
    guard: str, rule: str, entity: Client | Order | Invoice | Item, *around: Any, schedule: Schedule = SCHEDULE,
    now: dt.datetime = NOW, **more: Any,
) -> list[Reason]:  # fmt: skip
    """What one guard says of `entity` under a rule, whether or not the rule speaks of it."""
    known = facts(entity, *around, **more)
    (named,) = [one for one in schedule.rules if one.id == rule]
    return list(schedule.guards[guard](Case(record_of(entity, known, now, schedule.zone), known, schedule, named, now)))
