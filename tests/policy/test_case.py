"""A record under one rule: what deleting it takes along, whose data that is, and what a guard may look at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kigen.policy.anchors import record_of
from kigen.policy.case import Case, governed, held_refs, items_at_stake, with_record
from kigen.policy.facts import ref_of
from kigen.policy.periods import Term
from kigen.policy.records import Client, Invoice, Item, Kind, Memory, Order, State, ref_text
from kigen.policy.schedule import RULES, is_archived
from tests.policy.build import (
    ME,
    NOW,
    OTHER,
    SCHEDULE,
    ZONE,
    addon,
    at,
    client,
    contract,
    day,
    domain,
    facts,
    invoice,
    order,
    payment,
    quote,
    service,
    ticket,
)  # fmt: skip

BY_ID = {rule.id: rule for rule in RULES}
SIGNED = contract("order.delete-draft", Term(1))
AROUND = (
    order(), service(order=10), addon(parent=20, client=OTHER, state=State.UNKNOWN, status="Odd"), domain(order=10),
    invoice(), payment(on=31), ticket(), quote(),
)  # fmt: skip


def case(rule: str, entity: Client | Order | Invoice | Item, *around: Any) -> Case:
    known = facts(entity, *around)
    return Case(record_of(entity, known, NOW, ZONE), known, SCHEDULE, BY_ID[rule], NOW)


def named(things: Any) -> list[str]:
    return [ref_text(ref_of(thing)) for thing in things]


def test_deleting_a_client_is_about_all_of_it_and_archiving_about_itself_alone() -> None:
    gone = case("client.delete-inactive", client(), *AROUND)
    archived = case("client.archive-inactive", client(), *AROUND)
    assert list(with_record(gone)) == [
        ((Kind.CLIENT, 3), State.ACTIVE, "active"), ((Kind.ORDER, 10), State.CANCELLED, "cancelled"),
        ((Kind.INVOICE, 30), State.PAID, "paid"), ((Kind.SERVICE, 20), State.CANCELLED, "cancelled"),
        ((Kind.DOMAIN, 22), State.EXPIRED, "expired"), ((Kind.ADDON, 21), State.UNKNOWN, "Odd"),
        ((Kind.TICKET, 50), None, ""), ((Kind.QUOTE, 60), None, ""), ((Kind.PAYMENT, 40), None, ""),
    ]  # fmt: skip
    assert list(with_record(archived)) == [((Kind.CLIENT, 3), State.ACTIVE, "active")]
    assert (gone.owners(), archived.owners()) == ({ME, OTHER}, {ME})


def test_a_hold_may_be_on_the_invoice_of_a_payment_that_goes_along() -> None:
    gone = case("client.delete-inactive", client(), payment(on=31), payment(41, None))
    assert [ref_text(ref) for ref in held_refs(gone)] == ["client:3", "payment:40", "payment:41", "invoice:31"]


def test_individual_contracts_are_looked_for_only_where_there_are_any_and_not_for_addons() -> None:
    assert governed(case("client.delete-inactive", client(), *AROUND)) == []
    signed = case("client.delete-inactive", client(), *AROUND, SIGNED)
    assert named(governed(signed)) == ["order:10", "invoice:30", "service:20", "domain:22"]


@pytest.mark.parametrize(
    ("rule", "entity", "at_stake"),
    [
        ("client.delete-inactive", client(), ["service:20", "domain:22", "addon:21"]),
        ("order.delete-cancelled", order(), ["service:20", "domain:22", "addon:21"]),
        ("service.delete-cancelled", service(order=10), ["addon:21"]),
        ("domain.delete-expired", domain(20), []),
        ("invoice.delete-cancelled", invoice(), []),
    ],
)
def test_these_items_are_at_stake(rule: str, entity: Any, at_stake: list[str]) -> None:
    around = [one for one in AROUND if one != entity]
    assert named(items_at_stake(case(rule, entity, *around))) == at_stake


def test_only_an_order_is_an_order_and_what_goes_along_is_a_list_of_its_own() -> None:
    bought, cancelled = case("order.delete-cancelled", order(), *AROUND[1:]), invoice(10, State.CANCELLED)
    assert bought.order == order()
    assert case("invoice.delete-cancelled", cancelled, order()).order is None
    bought.goes_along().clear()
    assert named(bought.goes_along()) == ["service:20", "domain:22"]


def test_an_archive_that_is_only_a_date_lasts_to_the_end_of_that_day() -> None:
    closed = record_of(client(State.CLOSED), facts(client(State.CLOSED)), NOW, ZONE)
    dated = replace(closed, anchors={"archived": replace(closed.anchors["registered"], at=day("2012-01-01"))})
    for paid, lasts in (("2012-01-02 00:00", True), ("2012-01-02 00:01", False)):
        assert is_archived(dated, facts(client(State.CLOSED), payment(at=at(paid))), ZONE) is lasts


def test_a_change_to_another_state_is_no_change_to_this_one() -> None:
    seen = Memory(State.CANCELLED, "", at("2019-01-01"), at("2020-01-01"), at("2019-06-01"))
    assert (seen.changed_at(State.CANCELLED), seen.changed_at(State.TERMINATED)) == (at("2020-01-01"), None)
    told = replace(seen, event_state=State.TERMINATED, event_at=at("2019-06-01"))
    assert (told.changed_at(State.TERMINATED), told.changed_at(State.CANCELLED)) == (at("2019-06-01"), at("2020-01-01"))
    stale = replace(told, other_seen_at=at("2019-06-02"))
    assert stale.changed_at(State.TERMINATED) is None
    assert Memory(event_state=State.ACTIVE, event_at=NOW).changed_at(State.ACTIVE) == NOW
