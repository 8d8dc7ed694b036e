"""When each clock starts: retention.md's table of anchors, source by source, and what makes a clock unknown."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from kigen.policy import records as r
from kigen.policy.anchors import record_of, with_later_events
from kigen.policy.records import UNREADABLE, Anchor, Kind, Memory, Source, State
from tests.policy.build import (
    ME,
    NOW,
    OTHER,
    ZONE,
    at,
    client,
    codes,
    day,
    decided,
    domain,
    facts,
    invoice,
    order,
    payment,
    service,
)  # fmt: skip

READ, OBSERVED, ASSUMED = Source.READ, Source.OBSERVED, Source.ASSUMED
OLD, MID, NEW = at("2020-01-10 09:00"), at("2021-01-10 09:00"), at("2022-01-10 09:00")
FUTURE = at("2026-06-01 12:00:01")
PAY, PAY2, INV = (Kind.PAYMENT, 40), (Kind.PAYMENT, 41), (Kind.INVOICE, 30)


def first(table: list[Any]) -> list[str]:
    """The first column, which names the case."""
    return [row[0] for row in table]


def seen(**observed: dt.datetime) -> Memory:
    """A memory of observed instants; blanks in names are written as underlines."""
    return Memory(observed={name.replace("_", " "): when for name, when in observed.items()})


def anchor(name: str, entity: Any, *around: Any, **more: Any) -> tuple[Any, str] | str:
    """The instant of one clock and how it is known; of an unknown one why."""
    record = record_of(entity, facts(entity, *around, **more), NOW, ZONE)
    found: Anchor = record.anchors[name]
    return (found.at, found.source.value) if found.at else f"unknown: {found.why_unknown}"


def paid(*around: Any, **more: Any) -> tuple[Any, str] | str:
    return anchor(r.LAST_PAYMENT, client(), *around, **more)


LAST_PAYMENT: list[tuple[str, list[Any], dict[Any, Memory], Any]] = [
    ("C1 the latest of two payments", [payment(at=OLD), payment(41, at=NEW)], {}, (NEW, "read")),
    ("C1 a payment on no invoice", [payment(on=None, at=OLD)], {}, (OLD, "read")),
    ("C1 a paid invoice beside its payment", [invoice(paid=NEW), payment(at=OLD)], {}, (NEW, "read")),
    ("C1 an invoice that credit settled", [invoice(paid=NEW)], {}, (NEW, "read")),
    ("C1 an invoice over nothing", [invoice(31, gross="0", paid=NEW), payment(at=OLD)], {}, (OLD, "read")),
    ("C1 a payment of nothing", [payment(at=OLD), payment(41, amount="0", at=NEW)], {}, (OLD, "read")),
    ("C1 what was paid out", [payment(at=OLD), payment(41, amount="-3", at=NEW)], {}, (OLD, "read")),
    ("C1 a payment of somebody else", [payment(at=OLD), payment(41, client=OTHER, at=NEW)], {}, (OLD, "read")),
    ("C1 an unpaid invoice's date", [invoice(31, State.UNPAID, paid=NEW), payment(at=OLD)], {}, (OLD, "read")),
    ("an event later than the column", [payment(at=OLD)], {PAY: seen(received=MID)}, (MID, "observed")),
    ("an event earlier than the column", [payment(at=NEW)], {PAY: seen(received=MID)}, (NEW, "read")),
    ("an event where the column is empty", [payment(at=None)], {PAY: seen(received=MID)}, (MID, "observed")),
    ("a paid invoice told by an event", [invoice()], {INV: seen(received=MID)}, (MID, "observed")),
    ("C2 a reversed payment falls back to the one before",
     [payment(at=OLD), payment(41, at=NEW, is_reversed=True)], {}, (OLD, "read")),
    ("C2 a reversal that only an event told", [payment(at=OLD), payment(41, on=None, at=NEW)],
     {PAY2: seen(reversed=NEW)}, (OLD, "read")),
    ("C2 whatever was observed of a reversed one", [payment(at=OLD), payment(41, at=MID, is_reversed=True)],
     {PAY2: seen(received=NEW)}, (OLD, "read")),
    ("C2 a payment that the host no longer has", [payment(at=OLD)], {PAY2: seen(received=NEW)}, (OLD, "read")),
    ("C2 a paid invoice whose rows were all paid back", [invoice(paid=NEW), payment(at=NEW, is_reversed=True),
     payment(41, on=None, at=OLD)], {}, (OLD, "read")),
    ("C2 a paid invoice of which one row stands", [invoice(paid=NEW), payment(at=NEW, is_reversed=True),
     payment(41, at=OLD)], {}, (NEW, "read")),
    ("C2 every payment reversed: the latest reversal", [payment(at=OLD, is_reversed=True, reversed_at=(MID,)),
     payment(41, at=OLD, is_reversed=True, reversed_at=(NEW,))], {}, (NEW, "assumed")),
    ("C2 every payment reversed, told by an event", [payment(at=OLD)], {PAY: seen(reversed=MID)}, (MID, "assumed")),
    ("C2 reversed without a date: the latest reversed payment", [payment(at=OLD, is_reversed=True),
     payment(41, at=MID, is_reversed=True)], {}, (MID, "assumed")),
    ("C2 a refunded invoice without rows", [invoice(state=State.REFUNDED, paid=OLD, refunded=MID)], {},
     (MID, "assumed")),
    ("C16 nothing but a sign-in", [], {(Kind.CLIENT, ME): seen(final_login=NEW)}, "unknown: missing"),
    ("A12 a payment without a readable date", [payment(at=None), payment(41, at=NEW)], {}, "unknown: missing"),
    ("A13 a payment in the future is not skipped", [payment(at=OLD), payment(41, at=FUTURE)], {}, "unknown: future"),
    ("A12 no payment at all", [], {}, "unknown: missing"),
]  # fmt: skip


@pytest.mark.parametrize(("around", "memories", "found"), [x[1:] for x in LAST_PAYMENT], ids=first(LAST_PAYMENT))
def test_the_last_payment_is_the_latest_that_stands(around: list[Any], memories: dict[Any, Memory], found: Any) -> None:
    for order_of_reading in list(permutations(around))[:6]:
        assert paid(*order_of_reading, memories=memories) == found


COLUMNS: list[tuple[str, str, Any, Memory, Any]] = [
    ("registered: the column", r.REGISTERED, client(registered=OLD), seen(registered=NEW), (OLD, "read")),
    ("C14 no column: the event", r.REGISTERED, client(registered=None), seen(registered=MID), (MID, "observed")),
    ("C14 neither: the earliest thing", r.REGISTERED, client(registered=None, dated=(MID, OLD)), Memory(),
     (OLD, "assumed")),
    ("C14 the event before the earliest thing", r.REGISTERED, client(registered=None, dated=(OLD,)),
     seen(registered=MID), (MID, "observed")),
    ("C14 nothing at all", r.REGISTERED, client(registered=None), Memory(), "unknown: missing"),
    ("A13 registered tomorrow", r.REGISTERED, client(registered=day("2026-06-02")), Memory(), "unknown: future"),
    ("registered today is known", r.REGISTERED, client(registered=day("2026-06-01")), Memory(),
     (day("2026-06-01"), "read")),
    ("A13 a thing of tomorrow", r.REGISTERED, client(registered=None, dated=(OLD, FUTURE)), Memory(),
     "unknown: future"),
    ("the latest sign-in", r.FINAL_LOGIN, client(last_login=OLD), seen(final_login=MID), (MID, "observed")),
    ("a sign-in the host knows better", r.FINAL_LOGIN, client(last_login=NEW), seen(final_login=MID), (NEW, "read")),
    ("A12 a sign-in of nonsense", r.FINAL_LOGIN, client(last_login=UNREADABLE), seen(final_login=MID),
     "unknown: missing"),
    ("A13 a sign-in in the future", r.FINAL_LOGIN, client(last_login=FUTURE), Memory(), "unknown: future"),
    ("order: the column", r.CREATED, order(created=OLD), seen(created=NEW), (OLD, "read")),
    ("order: the event", r.CREATED, order(), seen(created=NEW), (NEW, "observed")),
    ("A12 order: nothing", r.CREATED, order(), Memory(), "unknown: missing"),
    ("A13 order: in the future", r.CREATED, order(created=FUTURE), Memory(), "unknown: future"),
    ("invoice: the column", r.DUE, invoice(due=day("2021-01-10")), seen(due=NEW), (day("2021-01-10"), "read")),
    ("C9 invoice: no column", r.DUE, invoice(), seen(due=NEW), (NEW, "observed")),
    ("C9 invoice: an event that tells of a day ahead", r.DUE, invoice(), seen(due=FUTURE), (FUTURE, "observed")),
    ("C9 invoice: nothing", r.DUE, invoice(), Memory(), "unknown: missing"),
    ("A13 invoice: due dates may lie ahead", r.DUE, invoice(due=day("2030-01-01")), Memory(),
     (day("2030-01-01"), "read")),
    ("C7 domain: the registry's date", r.EXPIRATION, domain(expires=day("2026-01-01")), Memory(),
     (day("2026-01-01"), "read")),
    ("C7 domain: it may lie ahead", r.EXPIRATION, domain(expires=day("2027-01-01")), Memory(),
     (day("2027-01-01"), "read")),
    ("C8 domain: nobody knows", r.EXPIRATION, domain(), Memory(), "unknown: missing"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "entity", "memory", "found"), [row[1:] for row in COLUMNS], ids=first(COLUMNS))
def test_a_clock_is_the_hosts_column_and_else_what_was_observed(
    name: str, entity: Any, memory: Memory, found: Any
) -> None:
    ref = record_of(entity, facts(entity), NOW, ZONE).ref
    assert anchor(name, entity, memories={ref: memory}) == found


FIRST, BEFORE = at("2026-01-10 03:00"), at("2026-02-10 03:00")
NOTICED, TOLD = at("2026-03-10 03:00"), at("2026-03-09 15:00")
CANCELLED = State.CANCELLED
CHANGES: list[tuple[str, Any, Memory, Any]] = [
    ("the host's own word", service(changed=OLD), Memory(first_seen=FIRST, state=CANCELLED), (OLD, "read")),
    ("first sight stands in", service(), Memory(first_seen=FIRST, state=CANCELLED), (FIRST, "assumed")),
    ("seen for the first time now", service(), Memory(), (NOW, "assumed")),
    ("a change that reading noticed", service(), Memory(CANCELLED, None, FIRST, NOTICED, BEFORE),
     (NOTICED, "observed")),
    ("a change that an event explains",
     service(), Memory(CANCELLED, None, FIRST, NOTICED, BEFORE, CANCELLED, TOLD), (TOLD, "observed")),
    ("C6 an event of an earlier round does not explain a later change",
     service(), Memory(CANCELLED, None, FIRST, NOTICED, BEFORE, CANCELLED, at("2026-02-01 15:00")),
     (NOTICED, "observed")),
    ("an event that reading has not followed yet",
     service(), Memory(State.ACTIVE, None, FIRST, None, None, CANCELLED, TOLD), (TOLD, "observed")),
    ("C6 an event of another state is no change to this one",
     service(), Memory(CANCELLED, None, FIRST, None, None, State.ACTIVE, TOLD), (FIRST, "assumed")),
    ("C6 the later of the host's word and the event",
     service(changed=OLD), Memory(CANCELLED, None, FIRST, NOTICED, BEFORE, CANCELLED, TOLD), (TOLD, "observed")),
    ("C5 what was bought changed later",
     service(changed=OLD), Memory(CANCELLED, "b", FIRST, observed={r.BOUGHT: NOTICED}), (NOTICED, "observed")),
    ("C5 what was bought changed before", service(changed=NEW),
     Memory(CANCELLED, "b", FIRST, observed={r.BOUGHT: OLD}), (NEW, "read")),
    ("a purchase observed without a state keeps first sight in play", service(),
     Memory(CANCELLED, "b", FIRST, observed={r.BOUGHT: OLD}), (FIRST, "assumed")),
    ("A12 a date of nonsense", service(changed=UNREADABLE), Memory(first_seen=FIRST), "unknown: missing"),
    ("A13 terminated in the future", service(changed=FUTURE), Memory(first_seen=FIRST), "unknown: future"),
    ("A13 first seen after --now", service(), Memory(first_seen=FUTURE), "unknown: future"),
]  # fmt: skip


@pytest.mark.parametrize(("item", "memory", "found"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_the_last_change_is_explained_by_events_by_reading_and_else_by_first_sight(
    item: Any, memory: Memory, found: Any
) -> None:
    assert anchor(r.LAST_CHANGE, item, memories={item.ref: memory}) == found


def test_cancelled_then_active_then_cancelled_counts_from_the_last_and_terminated_moves_the_term() -> None:
    """C6"""
    memory = Memory().refreshed(CANCELLED, "", OLD, None)
    for state, now in ((State.ACTIVE, MID), (CANCELLED, NEW)):
        memory = memory.refreshed(state, "", now, None)
    again = decided(service(), memories={service().ref: memory})
    assert (again.action, again.due) == ("delete", at("2022-07-09 09:00"))
    ended = memory.refreshed(State.TERMINATED, "", at("2026-01-01 00:00"), NEW)
    kept = decided(service(state=State.TERMINATED), memories={service().ref: ended})
    assert (kept.action, kept.rule, kept.due) == ("keep", "service.delete-terminated", at("2027-01-01 00:00"))


def test_reading_again_without_a_change_moves_no_clock_and_first_sight_is_no_change() -> None:
    """C5"""
    memory = Memory().refreshed(CANCELLED, "vps monthly", OLD, None)
    assert memory.refreshed(CANCELLED, "vps monthly", NEW, MID) == memory
    assert memory.changed_at(CANCELLED) is None
    assert memory.refreshed(CANCELLED, "vps yearly", NEW, MID).observed == {r.BOUGHT: NEW}


ARCHIVES: list[tuple[str, Memory, Any, Any]] = [
    ("kigen archived it", Memory(State.CLOSED, None, OLD), MID, (MID, "observed")),
    ("C15 found closed", Memory(State.CLOSED, None, OLD), None, (OLD, "assumed")),
    ("closed between two readings", Memory(State.CLOSED, None, OLD, MID, OLD), None, (MID, "assumed")),
    ("closed as an event told", Memory(State.CLOSED, None, OLD, NEW, OLD, State.CLOSED, MID), None, (MID, "observed")),
]


@pytest.mark.parametrize(("memory", "archived", "found"), [row[1:] for row in ARCHIVES], ids=first(ARCHIVES))
def test_an_archive_counts_from_kigens_own_act_and_else_from_first_sight(
    memory: Memory, archived: Any, found: Any
) -> None:
    closed = client(State.CLOSED)
    assert anchor(r.ARCHIVED, closed, memories={(Kind.CLIENT, ME): memory}, archived=archived) == found
    assert r.ARCHIVED not in record_of(client(), facts(client(), archived=archived), NOW, ZONE).anchors


@pytest.mark.parametrize("event", [State.ACTIVE, State.PENDING_TRANSFER])
def test_a_domain_that_the_registry_later_calls_live_is_never_deleted(event: State) -> None:
    """C7"""
    expired = domain(expires=day("2024-01-01"))
    late = Memory(State.EXPIRED, None, OLD, event_state=event, event_at=NEW)
    account = with_later_events(facts(expired).account, {expired.ref: late})
    assert [item.state for item in account.items] == [event]
    assert decided(*account.items, memories={expired.ref: late}).action == "keep"
    early = replace(late, event_at=at("2019-01-01 00:00"))
    assert with_later_events(facts(expired).account, {expired.ref: early}).items == (expired,)
    assert decided(expired, memories={expired.ref: early}).action == "delete"


@pytest.mark.parametrize(
    "entity", [order(), invoice(state=CANCELLED), domain(), client(registered=None)], ids=lambda one: type(one).__name__
)
def test_a_record_without_a_clock_is_kept_and_told(entity: Any) -> None:
    """A12, C8, C9"""
    assert (decided(entity).action, codes(decided(entity))) == ("keep", {"unknown-anchor"})
