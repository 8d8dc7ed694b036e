"""What arrives is kept once, handed on in order, set aside with its reason, and never makes a customer wait."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from kigen.ledger import inbox, migrate, tables
from kigen.ledger.database import open_database
from kigen.policy.events import Event
from tests.ledger.times import START, minute

LATER = minute(60)


def told(number: int, **more: Any) -> dict[str, Any]:
    return {"event": "order_created", "at": minute(number), "payload": {"client": 3, "id": number, **more}}


def arrivals(connection: Connection, limit: int = 100) -> list[inbox.Arrival]:
    return [one for one in inbox.next_batch(connection, limit) if isinstance(one, inbox.Arrival)]


def handle(connection: Connection) -> None:
    done = [(one, Event("order_created", one.at, 3, one.payload["id"])) for one in arrivals(connection)]
    inbox.handled(connection, done, LATER)


def test_an_event_comes_out_as_it_went_in(connection: Connection) -> None:
    assert inbox.append(connection, [told(1, note="日本語 🗾", due=None)], LATER) == 1
    (arrival,) = arrivals(connection)
    assert (arrival.event, arrival.host_event, arrival.at) == ("order_created", None, minute(1))
    assert arrival.payload == {"client": 3, "id": 1, "note": "日本語 🗾", "due": None}


def test_an_instant_told_in_another_zone_is_the_same_instant_to_the_microsecond(connection: Connection) -> None:
    tokyo = START.astimezone(dt.timezone(dt.timedelta(hours=9)))
    inbox.append(connection, [{**told(1), "at": tokyo}], LATER)
    (arrival,) = arrivals(connection)
    assert arrival.at == START
    assert (arrival.at.microsecond, arrival.at.utcoffset()) == (123_456, dt.timedelta(0))
    assert inbox.append(connection, [{**told(1), "at": START}], LATER) == 0


def test_an_instant_without_a_zone_is_refused(connection: Connection) -> None:
    with pytest.raises(Exception, match="an instant needs a zone"):
        connection.execute(select(tables.events).where(tables.events.c.at == dt.datetime(2026, 3, 1))).all()


def test_the_same_event_twice_is_stored_once(connection: Connection) -> None:
    reordered = {**told(1), "payload": {"id": 1, "client": 3}}
    assert inbox.append(connection, [told(1), reordered, told(2)], LATER) == 2
    assert inbox.append(connection, [told(1), told(3)], LATER) == 1
    assert inbox.count(connection, inbox.PENDING) == 3


def test_the_same_event_is_not_taken_again_after_it_was_handled(connection: Connection) -> None:
    inbox.append(connection, [told(1)], LATER)
    handle(connection)
    assert inbox.append(connection, [told(1)], LATER) == 0
    assert inbox.count(connection, inbox.PENDING) == 0
    rows = connection.execute(select(tables.events)).all()
    assert [(row.name, row.at, row.kind, row.record) for row in rows] == [("order_created", minute(1), "order", 1)]


def test_a_bridge_that_inserts_the_same_twice_leaves_one_event_in_the_history(connection: Connection) -> None:
    for _ in range(2):  # a bridge knows nothing of digests
        connection.execute(
            tables.inbox.insert().values(event="order_created", at=minute(1), payload='{"client": 3, "id": 1}')
        )
    assert len(arrivals(connection)) == 2
    handle(connection)
    assert len(connection.execute(select(tables.events)).all()) == 1
    assert inbox.append(connection, [told(1)], LATER) == 0


def test_a_host_event_that_means_nothing_leaves_no_trace(connection: Connection) -> None:
    inbox.append(connection, [{"host_event": "AdminAreaPage", "at": START, "payload": {}}], LATER)
    inbox.handled(connection, [(one, None) for one in arrivals(connection)], LATER)
    assert inbox.count(connection, inbox.PENDING) == 0
    assert connection.execute(select(tables.events)).all() == []


def test_a_payload_too_long_to_wait_beside_others_ends_its_batch(connection: Connection) -> None:
    long = "x" * (inbox.LONG + 1)
    inbox.append(connection, [told(1), told(2, note=long), told(3), told(4)], LATER)
    first, second = arrivals(connection)
    assert (first.payload["id"], second.payload["note"]) == (1, long)
    rest = inbox.next_batch(connection, 9, after=second.id)
    assert [one.payload["id"] for one in rest if isinstance(one, inbox.Arrival)] == [3, 4]


@pytest.mark.parametrize("most", [4, 1000, 10_000])
def test_a_batch_that_the_server_cuts_off_comes_out_whole_all_the_same(mariadb_url: str, most: int) -> None:
    engine = open_database(mariadb_url)
    migrate.upgrade(engine)
    with engine.begin() as connection:
        inbox.append(connection, [told(number, note='日本語 🗾 "quoted" \\ it\'s') for number in range(50)], LATER)
        connection.execute(text(f"SET SESSION group_concat_max_len = {most}"))
        cut = arrivals(connection, 40)
        connection.execute(text("SET SESSION group_concat_max_len = 1000000"))
        assert arrivals(connection, 40) == cut
        assert [one.payload["id"] for one in cut] == list(range(40))
    engine.dispose()


def test_what_was_set_aside_between_pending_ones_is_not_counted_among_them(connection: Connection) -> None:
    inbox.append(connection, [told(number) for number in range(10)], LATER)
    for one in arrivals(connection)[2:7:2]:
        inbox.set_aside(connection, one.id, "broken")
    assert [one.payload["id"] for one in arrivals(connection, 4)] == [0, 1, 3, 5]
    last = arrivals(connection, 4)[-1].id
    rest = inbox.next_batch(connection, 9, after=last)
    assert [one.payload["id"] for one in rest if isinstance(one, inbox.Arrival)] == [7, 8, 9]


def test_an_arrival_with_a_date_of_no_calendar_is_set_aside_alone(mariadb_url: str) -> None:
    engine = open_database(mariadb_url)  # a session without strict mode, as the hosts' own: zero dates are stored
    migrate.upgrade(engine)
    with engine.begin() as connection:
        inbox.append(connection, [told(1)], LATER)
        zero = "INSERT INTO kigen_inbox (host_event, at, payload) VALUES ('CancelOrder', '0000-00-00 00:00:00', '{}')"
        connection.execute(text(zero))
        good, bad = inbox.next_batch(connection, 10)
        assert isinstance(good, inbox.Arrival)
        assert bad == (2, "'at' is 0000-00-00 00:00:00.000000; no calendar has that date and time")
    engine.dispose()


@pytest.mark.parametrize("payload", [' {"id": 1}', '{"id": 1}\n', '{"id": 1, "id": 2}', '{"id": 1.5e3}', '{"id": NaN}'])
def test_a_payload_is_read_as_json_reads_it(connection: Connection, payload: str) -> None:
    connection.execute(tables.inbox.insert().values(host_event="CancelOrder", at=START, payload=payload))
    (arrival,) = arrivals(connection)
    assert repr(arrival.payload) == repr(json.loads(payload))


@pytest.mark.parametrize("payload", ['{"client": 3', "", '{"id": 1} {"id": 2}', "\u00a0{}", "[1, 2]", "null", '"text"'])
def test_a_payload_that_is_no_object_is_set_aside_and_blocks_nothing(connection: Connection, payload: str) -> None:
    connection.execute(tables.inbox.insert().values(host_event="CancelOrder", at=START, payload=payload))
    inbox.append(connection, [told(1)], LATER)
    bad, good = inbox.next_batch(connection, 10)
    assert isinstance(bad, tuple)
    assert bad[1].startswith("the payload is not a JSON object (")
    assert isinstance(good, inbox.Arrival)
    inbox.set_aside(connection, *bad)
    assert [one.event for one in arrivals(connection)] == ["order_created"]
    assert inbox.failures(connection) == [(bad[0], "CancelOrder", bad[1])]
    assert inbox.count(connection, inbox.FAILED) == 1


def test_what_arrived_first_is_handed_on_first_and_no_more_than_asked_for(connection: Connection) -> None:
    inbox.append(connection, [told(number) for number in (5, 1, 3)], LATER)
    assert [one.payload["id"] for one in arrivals(connection, 2)] == [5, 1]


def test_more_events_than_fit_a_statement_are_all_stored(connection: Connection) -> None:
    many = [told(number) for number in range(1203)]
    assert inbox.append(connection, many, LATER) == 1203
    assert inbox.append(connection, many, LATER) == 0
    handle(connection)
    assert inbox.count(connection, inbox.PENDING) == 1103


@pytest.mark.parametrize("many", [20, 1500])
def test_a_bridge_can_insert_while_intake_has_not_committed(mariadb_url: str, many: int) -> None:
    # On SQLite there is one writer at a time; kigen's transactions there are short, and the bridge waits for them.
    engine = open_database(mariadb_url)
    migrate.upgrade(engine)
    with engine.begin() as connection:
        inbox.append(connection, [told(number) for number in range(many)], LATER)
    with engine.connect() as intake, engine.connect() as page:
        batch = inbox.next_batch(intake, many)
        inbox.set_aside(intake, 7, "broken")
        done = [(one, Event("order_created", one.at, 3)) for one in batch if isinstance(one, inbox.Arrival)]
        inbox.handled(intake, done, LATER)
        page.execute(text("SET innodb_lock_wait_timeout = 1"))
        page.execute(tables.inbox.insert().values(event="order_created", at=START, payload="{}"))
        page.commit()
        intake.commit()
    with engine.connect() as connection:
        assert inbox.count(connection, inbox.PENDING) == 1
    engine.dispose()
