"""Intake on real databases: a poisoned event is set aside with its reason and never holds up the rest."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from kigen.ledger import inbox
from kigen.ledger import tables as ledger
from kigen.plugins import find_plugins
from kigen.policy.events import Event
from kigen.policy.records import Kind
from kigen.specs import Book, hookimpl
from kigen.work import intake
from kigen.work.intake import BATCH, parse_event, run_intake
from tests.cases.desk import NOW, ZONE, Desk, at

GOOD = {"event": "client_signed_in", "at": "2026-05-01 09:00", "client": 1}


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A client with an order, a service and a payment; kigen's tables beside them."""
    desk = Desk(database_url, tmp_path)
    desk.put("tblclients", id=1, status="Active", datecreated="2020-01-01")
    desk.put("tblorders", id=10, userid=1, status="Cancelled", date="2026-01-10 09:00:00")
    desk.put("tblorders", id=11, userid=1, status="Active", date="2026-01-10 09:00:00")
    desk.put("tblhosting", id=20, userid=1, orderid=11, domainstatus="Active")
    desk.put("tblaccounts", id=40, userid=1, amountin="11.00", date="2026-01-10 09:00:00")
    yield desk
    desk.close()


def failures(desk: Desk) -> dict[str, str]:
    """What was set aside, by name, with the reason."""
    with desk.site.reading() as connection:
        return {name: reason for _, name, reason in inbox.failures(connection)}


def history(desk: Desk) -> list[tuple[str, int | None, int | None]]:
    """What the hooks have heard: event, client, record."""
    with desk.site.reading() as connection:
        rows = connection.execute(select(ledger.events).order_by(ledger.events.c.at, ledger.events.c.id))
        return [(row.name, row.client, row.record) for row in rows]


def slip_in(desk: Desk, **row: Any) -> None:
    """A row that somebody's bridge wrote into the inbox past every check."""
    with desk.site.transaction() as connection:
        connection.execute(insert(ledger.inbox).values(**{"at": at("2026-05-01 09:00"), "payload": "{}", **row}))


POISON: list[tuple[dict[str, Any], str]] = [
    ({"event": "client_signed_in", "payload": "{"}, "not a JSON object"),
    ({"event": "client_changed", "payload": "[1]"}, "expected an object"),
    ({"event": "moon_landed"}, "is not an event that kigen knows"),
    ({"event": "order_cancelled", "payload": '{"client": 1}'}, "'id' is missing; order_cancelled needs client, id"),
    ({"event": "order_created", "payload": '{"client": 1, "id": "ten"}'}, "'id' is a text; expected a whole number"),
    ({"event": "payment_received", "payload": '{"client": 1, "id": 40, "data": {"amount": "lots", "invoice": 0}}'},
     "expected an amount"),
    ({"event": "invoice_due_changed", "payload": '{"client": 1, "id": 30, "data": {"due": "soon"}}'},
     "expected a date such as 2026-01-31"),
    ({"event": "service_changed", "payload": '{"client": 1, "id": 20, "data": {"fields": "price"}}'},
     "expected a list of names"),
    ({"event": "rights_requested", "payload": '{"client": 1, "data": {"right": "revenge"}}'}, "expected one of access"),
    ({"event": "day_started", "at": dt.datetime(2050, 1, 1, tzinfo=dt.UTC)}, "in the future"),
    ({"host_event": "CancelOrder", "payload": '{"orderid": {"nested": 1}}'}, "expected a whole number"),
    ({"host_event": "ClientAdd"}, "has no 'client_id'"),
    ({"host_event": "AfterClientMerge", "payload": '{"toUserID": 1, "fromUserID": 1234567890123456789012345}'},
     "more than 18 digits"),
    ({"event": "client_closed", "payload": '{"client": 1, "data": {"n": "\\ud800"}}'}, "not a JSON object"),
    ({"event": "client_archived", "payload": '{"client": ' + "[" * 100_000}, "not a JSON object"),
]  # fmt: skip


def test_poisoned_events_are_set_aside_each_with_its_reason_and_the_rest_is_heard(desk: Desk) -> None:
    slip_in(desk, event="client_registered", payload='{"client": 1}')
    for row, _ in POISON:
        slip_in(desk, **row)
    taken = desk.hear(GOOD)
    assert taken.as_json() == {"handled": 2, "failed": len(POISON), "pending": 0}
    assert history(desk) == [("client_registered", 1, 1), ("client_signed_in", 1, 1)]
    told = failures(desk)
    for row, said in POISON:
        assert said in told[row.get("event") or row["host_event"]]
    assert run_intake(desk.site).as_json() == {"handled": 0, "failed": 0, "pending": 0}
    assert failures(desk) == told


def test_a_poisoned_event_in_a_full_batch_costs_only_itself(desk: Desk) -> None:
    lines = [{**GOOD, "at": f"2026-05-{1 + n // 1440:02} {n // 60 % 24:02}:{n % 60:02}:01"} for n in range(BATCH + 20)]
    slip_in(desk, event="moon_landed")
    taken = desk.hear(*lines)
    assert (taken.handled, taken.failed, taken.pending) == (BATCH + 20, 1, 0)


def test_a_plugin_that_fails_sets_the_event_aside_but_what_kigen_heard_counts(desk: Desk) -> None:
    class Clumsy:
        @hookimpl
        def kigen_client_signed_in(self, event: Event, book: Book) -> None:
            raise RuntimeError("out of paper")

    desk.site = replace(desk.site, plugins=find_plugins([Clumsy()]))
    taken = desk.hear(GOOD, {"event": "client_registered", "client": 1})
    assert (taken.handled, taken.failed) == (1, 1)
    said = failures(desk)["client_signed_in"]
    assert "RuntimeError" in said
    assert "out of paper" not in said
    with desk.site.reading() as connection:
        observed = connection.execute(select(ledger.observed.c.name)).scalars().all()
    assert sorted(observed) == ["final login", "registered"]


@pytest.mark.parametrize(
    "line",
    [
        {"event": "order_cancelled", "client": 77, "id": 9999},
        {"event": "payment_received", "client": 77, "id": 9999, "data": {"amount": "5", "invoice": 9999}},
        {"event": "client_deleted", "client": 77},
        {"event": "client_merged", "client": 77, "into": 78},
        {"event": "deletion_requested", "client": 77},
        {"event": "contact_added", "client": 77, "id": 5},
        {"event": "commission_approved", "client": 77, "id": 5, "data": {"service": 9999}},
    ],
    ids=lambda line: str(line["event"]),
)
def test_an_event_of_a_record_that_nobody_has_is_heard_and_changes_no_other(
    sqlite_url: str, tmp_path: Path, line: Any
) -> None:
    """C3: an event may come before its record, or after it is gone."""
    desk = Desk(sqlite_url, tmp_path)
    desk.put("tblclients", id=1, status="Active", datecreated="2020-01-01")
    desk.reconcile()
    plan = {ref: decision.as_json(ZONE) for ref, decision in desk.plan().items()}
    assert desk.hear(line).as_json() == {"handled": 1, "failed": 0, "pending": 0}
    assert (desk.reconcile().changed, desk.reconcile().violations) == (0, [])
    assert {ref: decision.as_json(ZONE) for ref, decision in desk.plan().items()} == plan
    desk.close()


@pytest.mark.parametrize(
    ("told", "failed"), [("2026-06-01 13:00", 0), ("2026-06-02 11:59", 0), ("2026-06-02 12:01", 1), ("2099-01-01", 1)]
)
def test_an_event_from_the_future_is_set_aside_but_a_clock_may_be_a_day_fast(
    sqlite_url: str, tmp_path: Path, told: str, failed: int
) -> None:
    desk = Desk(sqlite_url, tmp_path)
    desk.site = replace(desk.site, machine_now=at(NOW))
    line = {**GOOD, "at": told if len(told) > 10 else f"{told} 00:00"}
    assert desk.hear(line).failed == failed
    desk.close()


def test_an_event_from_the_future_is_heard_by_itself_once_its_instant_has_come(desk: Desk) -> None:
    desk.site = replace(desk.site, machine_now=at(NOW))
    early = {"event": "client_signed_in", "at": "2026-06-05 09:00", "client": 1}
    assert desk.hear(early, GOOD).as_json() == {"handled": 1, "failed": 1, "pending": 0}
    assert "in the future" in failures(desk)["client_signed_in"]
    desk.move_to("2026-06-05 08:59")
    assert run_intake(desk.site).as_json() == {"handled": 0, "failed": 0, "pending": 0}
    desk.move_to("2026-06-05 09:00")
    with desk.site.reading() as connection:
        assert inbox.count(connection, inbox.PENDING, desk.site.now) == 1
        assert inbox.count(connection, inbox.FAILED, desk.site.now) == 0
    assert run_intake(desk.site).as_json() == {"handled": 1, "failed": 0, "pending": 0}
    assert history(desk) == [("client_signed_in", 1, 1)] * 2
    assert failures(desk) == {}


def test_what_a_fast_clock_told_makes_a_clock_unknown_until_its_instant_has_come(desk: Desk) -> None:
    """A13"""
    desk.site = replace(desk.site, machine_now=at(NOW))
    later = {"event": "payment_received", "at": "2026-06-01 18:00", "client": 1, "id": 40,
             "data": {"amount": "11.00", "invoice": 0}}  # fmt: skip
    desk.hear(later)
    unknown = desk.plan()[Kind.CLIENT, 1].record.anchors["last payment"]
    assert (unknown.at, unknown.why_unknown) == (None, "future")
    desk.move_to("2026-06-01 18:00")
    assert desk.plan()[Kind.CLIENT, 1].record.anchors["last payment"].at == at("2026-06-01 18:00")


def test_an_announced_cancellation_counts_only_where_the_tables_show_it(desk: Desk) -> None:
    """WHMCS calls CancelOrder before it cancels: order 10 was cancelled since, order 11 was not."""
    confirmed, unconfirmed, gone = (
        {"host_event": "CancelOrder", "at": "2026-05-20 09:00", "payload": {"orderid": n}} for n in (10, 11, 12)
    )
    taken = desk.hear(confirmed, unconfirmed, gone)
    assert (taken.handled, taken.failed) == (3, 0)
    assert history(desk) == [("order_cancelled", 1, 10)]
    with desk.site.reading() as connection:
        states = connection.execute(select(ledger.records.c.id, ledger.records.c.event_state)).all()
    assert [tuple(row) for row in states] == [(10, "cancelled")]
    assert desk.decision(Kind.ORDER, 11)[2] == {"no-rule"}
    assert desk.decision(Kind.ORDER, 10)[0] == "keep"
    assert desk.rows("tblorders") == [10, 11]


CLIENT = st.integers(1, 3)
TOLD = st.one_of(
    st.builds(lambda name, client: {"event": name, "client": client},
              st.sampled_from(["client_signed_in", "client_closed", "client_unarchived", "deletion_requested",
                               "deletion_withdrawn"]), CLIENT),
    st.builds(lambda name, client, number: {"event": name, "client": client, "id": number},
              st.sampled_from(["order_created", "order_cancelled", "order_deleted", "service_changed"]), CLIENT,
              st.integers(9, 12)),
    st.builds(lambda client, number: {"event": "payment_received", "client": client, "id": number,
                                      "data": {"amount": "5", "invoice": 0}}, CLIENT, st.integers(40, 41)),
    st.builds(lambda client: {"event": "client_merged", "client": client, "into": client + 1}, CLIENT),
    st.builds(lambda name, number: {"host_event": name, "payload": {"orderid": number}},
              st.sampled_from(["CancelOrder", "AcceptOrder", "DeleteOrder"]), st.integers(9, 12)),
    st.builds(lambda number: {"host_event": "AddTransaction", "payload": {"id": number}}, st.integers(40, 41)),
)  # fmt: skip
MOMENT = st.integers(0, 4).map(lambda minute: {"at": f"2026-05-20 09:{minute:02}"})


BY_ID = (ledger.observed, ledger.records)
"""Tables whose id is that of a record of the host's; in the others it counts."""


def remembered(desk: Desk) -> dict[str, list[Any]]:
    """All that hearing wrote, without counted numbers, which tell the order of arrival."""
    tables = (ledger.events, ledger.observed, ledger.records, ledger.requests, ledger.closings, ledger.merges)
    with desk.site.reading() as connection:
        return {
            table.name: sorted(
                repr([value for name, value in row.items() if name != "id" or table in BY_ID])
                for row in connection.execute(select(table)).mappings()
            )
            for table in tables
        }


def wipe(desk: Desk) -> None:
    with desk.site.transaction() as connection:
        for table in (ledger.inbox, ledger.events, ledger.observed, ledger.records, ledger.requests, ledger.closings,
                      ledger.merges):  # fmt: skip
            connection.execute(table.delete())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(told=st.lists(st.builds(lambda one, moment: {**one, **moment}, TOLD, MOMENT), max_size=10), data=st.data())
def test_events_in_any_order_told_twice_and_in_batches_of_any_size_leave_the_same_ledger(
    desk: Desk, told: list[dict[str, Any]], data: st.DataObject
) -> None:
    wipe(desk)
    desk.hear(*told)
    expected = remembered(desk)
    again = data.draw(st.lists(st.sampled_from(told), max_size=5) if told else st.just([]))
    shuffled = data.draw(st.permutations([*told, *again]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=4)))
    size = data.draw(st.integers(1, 4))
    wipe(desk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kigen.work.intake.BATCH", size)
        for start, end in zip([0, *cuts], [*cuts, len(shuffled)], strict=True):
            for line in shuffled[start:end]:  # a bridge knows nothing of digests, so the same may wait twice
                one = parse_event(line, ZONE)
                slip_in(desk, event=one.get("event"), host_event=one.get("host_event"), at=one["at"],
                        payload=json.dumps(one["payload"], sort_keys=True, ensure_ascii=False))  # fmt: skip
            assert run_intake(desk.site).pending == 0
    assert remembered(desk) == expected


HOOKS: list[tuple[str, dict[str, Any], list[tuple[str, int | None, int | None]]]] = [
    ("InvoicePaid", {"invoiceid": 30}, []),  # no such invoice
    ("AddTransaction", {"id": 40}, [("payment_received", 1, 40)]),
    ("UserLogin", {"user_id": 5}, []),  # belongs to nobody
    ("AfterModuleTerminate", {"params": {"serviceid": 20, "userid": 1}}, [("service_terminated", 1, 20)]),
    ("SomebodysOwnHook", {"id": 1}, []),
    ("DeleteOrder", {"orderid": 10}, []),  # it is still there
    ("DeleteOrder", {"orderid": 99}, [("order_deleted", None, 99)]),
]


def test_a_hook_of_the_host_is_heard_in_kigens_words_or_leaves_no_trace(desk: Desk) -> None:
    expected: list[tuple[str, int | None, int | None]] = []
    for minute, (hook, payload, heard) in enumerate(HOOKS):
        taken = desk.hear({"host_event": hook, "at": f"2026-05-20 09:{minute:02}", "payload": payload})
        expected += heard
        assert (taken.handled, taken.failed, taken.pending) == (1, 0, 0)
        assert history(desk) == expected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"event": "order_cancelled", "at": "yesterday", "client": 1, "id": 2}, "expected a date and time"),
        ({"event": "order_cancelled", "at": "0000-00-00T00:00:00", "client": 1, "id": 2}, "no calendar"),
        ({"event": "order_cancelled", "at": "2024-02-30T00:00:00", "client": 1, "id": 2}, "no calendar"),
        ({"event": "order_cancelled", "at": "1970-01-01T00:00:00Z", "client": 1, "id": 2}, "from 1995 to 2100"),
        ({"event": "order_canceled", "at": NOW, "client": 1, "id": 2}, "expected one of the events"),
        ({"event": "order_cancelled", "at": NOW, "client": True, "id": 2}, "expected a whole number"),
        ({"event": "payment_received", "at": NOW, "client": 1, "id": 2, "data": {"invoice": 3}}, "'data.amount'"),
        ({"host_event": "", "at": NOW}, "must be a name"),
        ({"host_event": "CancelOrder", "at": NOW, "payload": [1]}, "must be an object"),
        ({"at": NOW}, "'event' is missing"),
    ],
)  # fmt: skip
def test_a_malformed_line_is_refused_with_what_was_expected(line: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_event(line, ZONE)


def test_a_flood_of_events_does_not_keep_intake_for_ever(sqlite_url: str, tmp_path: Path, monkeypatch: Any) -> None:
    """With every batch that is heard as many come in: what was there is heard, the rest waits for the next round."""
    desk = Desk(sqlite_url, tmp_path)
    number = iter(range(100_000))

    def send(count: int) -> None:
        for _ in range(count):
            slip_in(desk, event="client_signed_in", payload='{"client": 1}', digest=f"{next(number):064}")

    real, rounds = intake.uncollected, [0]

    @contextmanager
    def flooded() -> Iterator[None]:
        rounds[0] += 1
        assert rounds[0] < 10, "it never ends"
        with real():
            yield
        send(3)

    monkeypatch.setattr(intake, "BATCH", 3)
    monkeypatch.setattr(intake, "uncollected", flooded)
    send(5)
    found = run_intake(desk.site)
    assert found.handled + found.failed >= 5 and found.pending > 0
    desk.close()
