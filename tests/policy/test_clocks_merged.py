"""Where several sources tell of one clock: which counts, what is left out, and what makes the whole unknown."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from kigen.policy import records as r
from kigen.policy.anchors import Clock, client_anchors, last_payment, record_of, standing_payments, with_later_events
from kigen.policy.records import NOTHING, UNREADABLE, Anchor, Kind, Memory, Source, State
from tests.policy.build import (
    ME,
    NOW,
    OTHER,
    ZONE,
    addon,
    at,
    client,
    day,
    domain,
    facts,
    invoice,
    order,
    payment,
    service,
)  # fmt: skip

READ, OBSERVED, ASSUMED = Source.READ, Source.OBSERVED, Source.ASSUMED
OLD, MID, NEW = at("2020-01-10 09:00"), at("2021-01-10 09:00"), at("2022-01-10 09:00")
CLOCK, A_MOMENT = Clock(NOW, ZONE), dt.timedelta(microseconds=1)
MISSING_READ = Anchor(None, READ, "missing")


def test_a_clock_knows_its_day_and_that_this_instant_is_not_later() -> None:
    assert CLOCK.today == day("2026-06-01")
    assert [CLOCK.is_later(when) for when in (NOW, NOW + A_MOMENT, day("2026-06-01"), day("2026-06-02"))] == [
        False, True, False, True,
    ]  # fmt: skip


def test_an_anchor_keeps_its_source_also_where_it_is_unknown() -> None:
    assert CLOCK.known(OLD, OBSERVED) == Anchor(OLD, OBSERVED)
    assert CLOCK.known(None, ASSUMED) == CLOCK.known(UNREADABLE, ASSUMED) == Anchor(None, ASSUMED, "missing")
    assert CLOCK.known(NOW + A_MOMENT, OBSERVED) == Anchor(None, OBSERVED, "future")
    assert CLOCK.known(day("2030-01-01"), READ, may_be_later=True) == Anchor(day("2030-01-01"), READ)


@pytest.mark.parametrize(
    ("candidates", "found"),
    [
        ([], MISSING_READ),
        ([(None, OBSERVED)], Anchor(None, OBSERVED, "missing")),
        ([(OLD, OBSERVED)], Anchor(OLD, OBSERVED)),
        ([(OLD, READ), (NEW, OBSERVED), (MID, READ)], Anchor(NEW, OBSERVED)),
        ([(OLD, OBSERVED), (OLD, READ)], Anchor(OLD, OBSERVED)),
        ([(day("2020-01-09"), READ), (at("2020-01-10 00:00"), OBSERVED)], Anchor(day("2020-01-09"), READ)),
        ([(day("2020-01-10"), READ), (OLD, OBSERVED)], Anchor(day("2020-01-10"), READ)),
        ([(NEW, READ), (None, ASSUMED), (NOW + A_MOMENT, READ)], Anchor(None, ASSUMED, "missing")),
        ([(NEW, READ), (NOW + A_MOMENT, OBSERVED)], Anchor(None, OBSERVED, "future")),
    ],
    ids=range(9),
)
def test_the_latest_of_several_counts_and_of_two_at_once_the_first(candidates: Any, found: Anchor) -> None:
    assert CLOCK.latest(candidates) == found


def test_a_payment_is_told_with_its_event_and_of_the_same_instant_kigen_saw_it() -> None:
    paid, settled = Memory(observed={r.RECEIVED: OLD}), Memory(observed={r.RECEIVED: MID})
    seen = {(Kind.PAYMENT, 40): paid, (Kind.INVOICE, 30): settled}
    assert standing_payments(facts(payment(at=OLD), memories=seen)) == [(OLD, OBSERVED), (OLD, READ)]
    assert last_payment(facts(payment(at=OLD), memories=seen), CLOCK) == Anchor(OLD, OBSERVED)
    assert standing_payments(facts(invoice(), payment(at=NEW), memories=seen)) == [
        (OLD, OBSERVED), (NEW, READ), (MID, OBSERVED),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("things", "standing"),
    [
        ([invoice(30, gross="0", paid=NEW), invoice(31, paid=OLD)], [(OLD, READ)]),
        ([invoice(30, State.REFUNDED, paid=NEW), invoice(31, paid=OLD)], [(OLD, READ)]),
        ([invoice(30, paid=NEW), payment(at=OLD, is_reversed=True), invoice(31, paid=OLD)], [(OLD, READ)]),
        ([invoice(30, paid=NEW), payment(at=OLD, client=OTHER)], [(NEW, READ)]),
        ([invoice(30), payment(at=OLD, client=OTHER)], []),
        ([invoice(30)], [(None, READ)]),
        ([payment(at=OLD, amount="0"), payment(41, at=MID)], [(MID, READ)]),
    ],
    ids=range(7),
)
def test_these_payments_stand(things: list[Any], standing: Any) -> None:
    assert standing_payments(facts(*things)) == standing


@pytest.mark.parametrize(
    ("things", "found"),
    [
        ([payment(40, at=OLD, is_reversed=True, amount="0")], Anchor(None, ASSUMED, "missing")),
        ([payment(40, at=NEW, is_reversed=True, amount="0"), payment(41, at=OLD, is_reversed=True)],
         Anchor(OLD, ASSUMED)),
        ([payment(40, at=NEW, is_reversed=True, client=OTHER, on=None), payment(41, at=OLD, is_reversed=True)],
         Anchor(OLD, ASSUMED)),
        ([payment(40, at=OLD, is_reversed=True, reversed_at=(MID, OLD))], Anchor(MID, ASSUMED)),
        ([payment(40, at=OLD, is_reversed=True), payment(41, on=None, at=None, is_reversed=True)],
         Anchor(None, ASSUMED, "missing")),
        ([payment(40, at=OLD, is_reversed=True, reversed_at=(NOW + A_MOMENT,))], Anchor(None, ASSUMED, "future")),
        ([invoice(state=State.REFUNDED, refunded=None, paid=OLD)], Anchor(OLD, ASSUMED)),
        ([invoice(state=State.REFUNDED, refunded=MID, paid=OLD, gross="0")], Anchor(None, ASSUMED, "missing")),
        ([invoice(state=State.REFUNDED, refunded=NEW, paid=NEW), payment(at=OLD, is_reversed=True)],
         Anchor(OLD, ASSUMED)),
        ([invoice(30, State.REFUNDED, refunded=MID, gross="0.01"), invoice(31, State.CANCELLED, refunded=NEW)],
         Anchor(MID, ASSUMED)),
    ],
    ids=range(10),
)  # fmt: skip
def test_where_nothing_stands_the_latest_that_went_back_counts(things: list[Any], found: Anchor) -> None:
    assert last_payment(facts(*things), CLOCK) == found


def test_a_reversal_that_an_event_told_counts_beside_the_hosts_dates() -> None:
    told = {(Kind.PAYMENT, 40): Memory(observed={r.REVERSED: NEW})}
    assert last_payment(facts(payment(at=OLD, reversed_at=(MID,)), memories=told), CLOCK) == Anchor(NEW, ASSUMED)
    early = {(Kind.PAYMENT, 40): Memory(observed={r.REVERSED: OLD})}
    assert last_payment(facts(payment(at=OLD, reversed_at=(MID,)), memories=early), CLOCK) == Anchor(MID, ASSUMED)


def test_a_record_has_its_own_clocks_and_says_whose_it_is() -> None:
    memory = {(Kind.ORDER, 10): Memory(State.CANCELLED, "", OLD, MID, OLD)}
    found = record_of(order(created=OLD, client=OTHER), facts(memories=memory), NOW, ZONE)
    assert (found.ref, found.client) == ((Kind.ORDER, 10), OTHER)
    assert (found.state, found.status) == (State.CANCELLED, "cancelled")
    assert (found.anchors, found.settled_from) == ({r.CREATED: Anchor(OLD, READ)}, MID)
    alone = record_of(client(), facts(client()), NOW, ZONE)
    assert (alone.ref, alone.client, alone.settled_from) == ((Kind.CLIENT, ME), ME, None)
    assert alone.anchors == {r.REGISTERED: Anchor(day("2010-01-01"), READ), r.LAST_PAYMENT: MISSING_ASSUMED}


MISSING_ASSUMED = Anchor(None, ASSUMED, "missing")


@pytest.mark.parametrize(
    ("item", "names"),
    [
        (service(changed=OLD), {r.LAST_CHANGE}), (addon(changed=OLD), {r.LAST_CHANGE}),
        (service(changed=OLD, expires=NEW), {r.LAST_CHANGE, r.EXPIRATION}),
        (domain(changed=OLD), {r.LAST_CHANGE, r.EXPIRATION}),
    ],
)  # fmt: skip
def test_what_may_expire_has_a_clock_for_it(item: Any, names: set[str]) -> None:
    assert record_of(item, facts(item), NOW, ZONE).anchors.keys() == names


def test_a_sign_in_has_a_clock_only_where_somebody_signed_in() -> None:
    seen = {(Kind.CLIENT, ME): Memory(observed={r.FINAL_LOGIN: MID})}
    for last_login, memories, found in [
        (None, {}, None), (OLD, {}, Anchor(OLD, READ)), (None, seen, Anchor(MID, OBSERVED)),
        (NEW, seen, Anchor(NEW, READ)), (MID, seen, Anchor(MID, READ)),
    ]:  # fmt: skip
        one = client(last_login=last_login)
        assert client_anchors(one, facts(one, memories=memories), CLOCK).get(r.FINAL_LOGIN) == found


def test_an_archive_that_an_event_told_is_seen_and_one_that_reading_noticed_is_assumed() -> None:
    closed, read = client(State.CLOSED), Memory(State.CLOSED, "", OLD, NEW, MID)
    told = replace(read, event_state=State.CLOSED, event_at=MID)
    for memory, found in [
        (NOTHING, MISSING_ASSUMED), (Memory(State.CLOSED, "", OLD), Anchor(OLD, ASSUMED)), (read, Anchor(NEW, ASSUMED)),
        (told, Anchor(MID, OBSERVED)), (replace(told, event_at=OLD), Anchor(NEW, ASSUMED)),
    ]:  # fmt: skip
        known = facts(closed, memories={(Kind.CLIENT, ME): memory})
        assert client_anchors(closed, known, CLOCK)[r.ARCHIVED] == found


EARLIEST: list[tuple[tuple[Any, ...], Anchor]] = [
    ((NEW, day("2020-01-09"), OLD), Anchor(day("2020-01-09"), ASSUMED)),
    ((day("2020-01-10"), OLD), Anchor(OLD, ASSUMED)),
    ((NOW,), Anchor(NOW, ASSUMED)),
    ((OLD, NOW + A_MOMENT), Anchor(None, ASSUMED, "future")),
    ((), MISSING_READ),
]


@pytest.mark.parametrize(("dated", "found"), EARLIEST)
def test_without_a_registration_the_earliest_thing_stands_in(dated: tuple[Any, ...], found: Anchor) -> None:
    one = client(registered=None, dated=dated)
    assert client_anchors(one, facts(one), CLOCK)[r.REGISTERED] == found


SEEN = Memory(State.EXPIRED, "", OLD, None, None, State.GRACE, MID)


@pytest.mark.parametrize(
    ("item", "memory", "state"),
    [
        (domain(), SEEN, State.GRACE),
        (domain(), None, State.EXPIRED),
        (domain(state=State.ACTIVE), SEEN, State.ACTIVE),
        (service(), SEEN, State.CANCELLED),
        (domain(), replace(SEEN, event_state=State.CANCELLED), State.EXPIRED),
        (domain(), replace(SEEN, event_at=OLD), State.EXPIRED),
        (domain(), replace(SEEN, event_at=OLD + A_MOMENT), State.GRACE),
        (domain(), replace(SEEN, event_at=None), State.EXPIRED),
        (domain(), replace(SEEN, first_seen=None), State.EXPIRED),
        (domain(), replace(SEEN, seen_at=NEW), State.EXPIRED),
        (domain(), replace(SEEN, state=State.CANCELLED, seen_at=NEW), State.GRACE),
        (domain(), replace(SEEN, seen_at=at("2020-06-01")), State.GRACE),
    ],
    ids=range(12),
)
def test_a_registrys_later_word_counts_and_an_earlier_one_does_not(item: Any, memory: Any, state: State) -> None:
    account = facts(item).account
    known = {item.ref: memory} if memory else {}
    corrected = with_later_events(account, known)
    assert [one.state for one in corrected.items] == [state]
    assert (corrected is account) is (state == item.state)


def test_what_the_registry_says_of_somebody_elses_domain_counts_too() -> None:
    account = facts(domain(), domain(23, client=OTHER)).account
    theirs = with_later_events(account, {(Kind.DOMAIN, 23): SEEN})
    assert ([one.state for one in theirs.items], [one.state for one in theirs.foreign_items]) == (
        [State.EXPIRED], [State.GRACE],
    )  # fmt: skip
    mine = with_later_events(account, {(Kind.DOMAIN, 22): SEEN})
    assert ([one.state for one in mine.items], [one.state for one in mine.foreign_items]) == (
        [State.GRACE], [State.EXPIRED],
    )  # fmt: skip
