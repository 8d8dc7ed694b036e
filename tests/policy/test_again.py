"""What is carried out again on a record that came back, and what of later than the act keeps it: a table of cases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from kigen.policy.again import REPLAY, Act, decide_again
from kigen.policy.decide import KEEP, Decision
from kigen.policy.facts import Account, Contract, Facts, Hold, Request
from kigen.policy.records import (
    Client,
    Invoice,
    Item,
    Kind,
    Memory,
    Order,
    Payment,
    Record,
    Ref,
    State,
    Ticket,
)  # fmt: skip

ZONE = "Asia/Tokyo"
AT = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
BEFORE, AFTER = AT - dt.timedelta(days=3), AT + dt.timedelta(hours=1)
DELETED = Act(AT, "delete", "client.delete-inactive", BEFORE)
ME, OTHER = 3, 4


def order(number: int, created: dt.datetime | None = None, client: int = ME) -> Order:
    return Order(number, client, State.CANCELLED, "Cancelled", created)


def service(number: int, client: int = ME, order: int | None = None, changed: dt.datetime | None = None) -> Item:
    return Item(Kind.SERVICE, number, client, State.ACTIVE, "Active", order, changed=changed)


def again(
    kind: Kind = Kind.CLIENT, number: int = ME, act: Act = DELETED, proved: tuple[Ref, ...] = (), said: str = KEEP,
    client: Client | None = None, holds: tuple[Hold, ...] = (), requests: tuple[Request, ...] = (),
    contracts: tuple[Contract, ...] = (), memories: dict[Ref, Memory] | None = None, **things: Any,
) -> Decision:  # fmt: skip
    account = Account(ME, client or Client(ME, State.ACTIVE, "Active", registered=BEFORE), **things)
    facts = Facts(account, memories or {}, holds=holds, requests=requests, contracts=contracts)
    record = Record(kind, number, ME, State.ACTIVE, "Active", {})
    decision = Decision(record, said, None, None, (), ())
    return decide_again(decision, facts, act, {(kind, number): act, **dict.fromkeys(proved, act)}, ZONE)


def codes(decision: Decision) -> list[tuple[str, tuple[str, ...]]]:
    return [(reason.code, reason.refs) for reason in decision.reasons]


def test_what_is_proved_is_done_again_although_no_rule_says_so_today() -> None:
    found = again(said=KEEP)
    assert (found.action, found.rule, found.due) == ("delete", "client.delete-inactive", BEFORE)
    assert codes(found) == [(REPLAY, ())]
    assert found.reasons[0].text(ZONE) == "It was done on 2026-11-22 12:00 and came back with a restored database."


OLDER: list[dict[str, Any]] = [
    {"holds": (Hold(1, ME, None, "", placed=BEFORE),)},
    {"holds": (Hold(1, ME, None, "", placed=AT),)},
    {"requests": (Request(1, ME, "restriction", BEFORE),)},
    {"requests": (Request(1, ME, "erasure", AFTER),)},
    {"contracts": (Contract(1, ME, None, "client.delete-inactive", None, BEFORE),)},
    {"orders": (order(10, BEFORE),)},
    {"orders": (order(10, AFTER),), "proved": ((Kind.ORDER, 10),)},  # an odd date of long ago
    {"payments": (Payment(50, ME, None, 1, AFTER),), "proved": ((Kind.PAYMENT, 50),)},
    {"items": (service(20),), "proved": ((Kind.SERVICE, 20),)},
    {"tickets": (Ticket(30, ME, True, "Open"),), "proved": ((Kind.TICKET, 30),)},
    {"invoices": (Invoice(40, ME, State.PAID, "Paid", issued=dt.date(2026, 11, 22)),)},
    {"client": Client(ME, State.ACTIVE, "Active", registered=BEFORE, last_login=AT)},
]


@pytest.mark.parametrize("things", OLDER)
def test_what_is_older_than_the_act_was_known_when_it_was_done_and_keeps_nothing(things: dict[str, Any]) -> None:
    """N16."""
    assert again(**things).action == "delete"


NEWER: list[tuple[dict[str, Any], list[tuple[str, tuple[str, ...]]]]] = [
    ({"holds": (Hold(1, ME, None, "", placed=AFTER),)}, [("hold", ("client:3",))]),
    ({"holds": (Hold(1, ME, None, ""),)}, [("hold", ("client:3",))]),
    ({"holds": (Hold(1, None, (Kind.ORDER, 10), "", placed=AFTER),), "orders": (order(10, BEFORE),)},
     [("hold", ("order:10",))]),
    ({"requests": (Request(1, ME, "restriction", AFTER),)}, [("restricted", ())]),
    ({"requests": (Request(1, ME, "access", AFTER),)}, [("open-request", ())]),
    ({"contracts": (Contract(1, ME, None, "client.delete-inactive", None, AFTER),)}, [("contract", ("client:3",))]),
    ({"orders": (order(10, AFTER),)}, [("used-since", ("order:10",))]),
    ({"invoices": (Invoice(40, ME, State.PAID, "Paid", issued=BEFORE, paid=AFTER),), "proved": ((Kind.INVOICE, 40),)},
     [("used-since", ("invoice:40",))]),
    ({"items": (service(20),)}, [("used-since", ("service:20",))]),
    ({"tickets": (Ticket(30, ME, False, "Closed"),)}, [("used-since", ("ticket:30",))]),
    ({"payments": (Payment(50, ME, None, 1, AFTER),)}, [("used-since", ("payment:50",))]),
    ({"client": Client(ME, State.ACTIVE, "Active", registered=BEFORE, last_login=AFTER)},
     [("used-since", ("client:3",))]),
    ({"memories": {(Kind.CLIENT, ME): Memory(event_at=AFTER)}}, [("used-since", ("client:3",))]),
]  # fmt: skip


@pytest.mark.parametrize(("things", "reasons"), NEWER)
def test_what_is_newer_than_the_act_keeps_the_record_for_a_person_to_decide(
    things: dict[str, Any], reasons: list[tuple[str, tuple[str, ...]]]
) -> None:
    found = again(**things)
    assert (found.action, codes(found)) == (KEEP, reasons)


def test_another_client_s_item_that_came_into_the_order_is_not_taken_along() -> None:
    addon = Item(Kind.ADDON, 60, OTHER, State.ACTIVE, "Active", parent=20)
    found = again(
        items=(service(20),), foreign_items=(addon,), proved=((Kind.SERVICE, 20),),
    )  # fmt: skip
    assert found.action == KEEP
    assert ("foreign-item", ("addon:60",)) in codes(found)


def test_an_order_is_judged_by_what_it_bills_and_holds() -> None:
    act = Act(AT, "delete", "order.delete-cancelled", BEFORE)
    mine = {"kind": Kind.ORDER, "number": 10, "act": act, "orders": (order(10, BEFORE),)}
    assert again(**mine).action == "delete"
    paid = Invoice(40, ME, State.PAID, "Paid", paid=AFTER, bills=frozenset({(Kind.ORDER, 10)}))
    assert codes(again(**mine, invoices=(paid,))) == [("used-since", ("invoice:40",))]
    assert codes(again(**mine, items=(service(20, order=10),))) == [("used-since", ("service:20",))]


def test_a_service_that_changed_after_the_act_is_kept() -> None:
    act = Act(AT, "delete", "service.delete-cancelled", BEFORE)
    mine = {"kind": Kind.SERVICE, "number": 20, "act": act}
    assert again(**mine, items=(service(20, changed=BEFORE),)).action == "delete"
    assert codes(again(**mine, items=(service(20, changed=AFTER),))) == [("used-since", ("service:20",))]


def test_an_archive_is_done_again_only_where_the_schedule_says_so_today() -> None:
    act = Act(AT, "archive", "client.archive-inactive", BEFORE)
    assert again(act=act, said="archive").action == "archive"
    assert again(act=act, said=KEEP).action == KEEP
