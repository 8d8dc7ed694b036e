"""A client asks to be deleted: its date, the grace, the question, the undo, and what it is told (cases.md I)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kigen.ledger import inbox, outbox, settings
from kigen.policy.records import Kind
from kigen.work import desk as requests
from kigen.work.desk import Entry
from kigen.work.intake import parse_event
from tests.cases.desk import Desk, at

ON_REQUEST = "client.delete-on-request"
ASKED = {"event": "deletion_requested", "client": 1, "at": "2026-06-01 12:00",
         "data": {"actor": "client", "reauthenticated": "password", "source": "portal"}}  # fmt: skip


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """Clients 1 and 2 from Japan with nothing that keeps them but their own term, and 1 has asked."""
    for number in (1, 2):
        desk.put("tblclients", id=number, status="Active", datecreated="2026-04-01", country="JP")
        desk.put("tblcontacts", id=number, userid=number)
    desk.hear(ASKED)
    return desk


def told(desk: Desk, client: int = 1) -> list[tuple[str, dict[str, Any]]]:
    """Messages to a client: notice and data."""
    with desk.site.reading() as connection:
        return [(row.notice, json.loads(row.data)) for row in outbox.of(connection, client)]


def notices(desk: Desk, client: int = 1) -> list[str]:
    return [notice for notice, _ in told(desk, client)]


def entries(desk: Desk) -> list[Entry]:
    with desk.site.reading() as connection:
        return requests.entries(desk.site, connection)


def due(desk: Desk, client: int = 1) -> Any:
    (one,) = [one for one in desk.plan()[Kind.CLIENT, client].considered if one.rule.id == ON_REQUEST]
    return one.clock.due


def question(desk: Desk) -> Any:
    with desk.site.reading() as connection:
        return requests.question(connection, requests.entries(desk.site, connection)[0])


def test_thirty_days_after_the_request_the_client_goes_and_the_other_stays(asked: Desk) -> None:
    """I1"""
    assert told(asked) == [
        ("deletion-received", {"received": at("2026-06-01 12:00").isoformat(), "blockers": [],
                               "date": at("2026-07-01 12:00").isoformat()}),
    ]  # fmt: skip
    asked.move_to("2026-07-01 11:59")
    asked.sweep()
    assert asked.rows("tblclients") == [1, 2]
    asked.move_to("2026-07-01 12:00")
    asked.run("UPDATE tblclients SET datecreated = '2026-06-30' WHERE id = 2")
    asked.sweep()
    assert (asked.rows("tblclients"), asked.rows("tblcontacts")) == ([2], [2])
    assert [(one.state, one.number) for one in entries(asked)] == [("fulfilled", 1)]
    assert told(asked) == [("deletion-done", {})]  # messages go with the client, but for the last one
    assert told(asked, 2) == []


def test_a_session_that_lives_on_shortens_no_grace(desk: Desk) -> None:
    """I2: signed in forty days before, and only then asked."""
    desk.put("tblclients", id=1, status="Active", datecreated="2026-04-01", lastlogin="2026-04-22 09:00:00")
    desk.hear(ASKED)
    assert due(desk) == at("2026-07-01 12:00")
    assert notices(desk) == ["deletion-received"]


def test_a_sign_in_during_the_grace_asks_and_nothing_is_cancelled_in_silence(asked: Desk) -> None:
    """I3"""
    asked.move_to("2026-06-30 10:00")
    asked.hear({"event": "client_signed_in", "client": 1, "at": "2026-06-30 09:00"})
    assert told(asked)[1:] == [
        ("deletion-sign-in", {"signed_in": at("2026-06-30 09:00").isoformat(),
                              "date": at("2026-07-30 09:00").isoformat()}),
    ]  # fmt: skip
    assert question(asked) == at("2026-06-30 09:00")
    assert [one.state for one in entries(asked)] == ["open"]
    asked.hear({**ASKED, "at": "2026-06-30 09:05", "data": {"keep_planned": True, "actor": "client"}})
    assert question(asked) is None
    assert len(entries(asked)) == 1  # an answer is no new request
    asked.hear({"event": "client_signed_in", "client": 1, "at": "2026-06-30 09:30"})
    assert question(asked) == at("2026-06-30 09:30")
    asked.hear({"event": "deletion_withdrawn", "client": 1, "at": "2026-06-30 09:40"})
    assert notices(asked) == ["deletion-received", "deletion-sign-in", "deletion-sign-in", "deletion-withdrawn"]
    assert question(asked) is None
    assert [one.state for one in entries(asked)] == ["withdrawn"]


@pytest.mark.parametrize(
    ("country", "moves", "date"),
    [
        ("JP", "on", "2026-07-20 09:00"),
        ("JP", "off", "2026-07-01 12:00"),
        ("DE", "on", "2026-07-01 12:00"),
        ("GB", "on", "2026-07-01 12:00"),
    ],
)
def test_an_own_sign_in_moves_the_date_by_the_setting_and_never_past_the_lawful_day(
    asked: Desk, country: str, moves: str, date: str
) -> None:
    """I4"""
    asked.run("UPDATE tblclients SET country = :country", country=country)
    with asked.site.transaction() as connection:
        settings.store(connection, "deletion.sign_in_moves_date", moves, asked.site.now, "tests")
    asked.move_to("2026-06-20 10:00")
    asked.hear({"event": "client_signed_in", "client": 1, "at": "2026-06-20 09:00"})
    asked.hear({**ASKED, "at": "2026-06-20 09:01", "data": {"keep_planned": "yes"}})
    assert due(asked) == at(date)
    for number in range(1, 9):  # again and again: in Europe no sign-in moves it further
        asked.hear({"event": "client_signed_in", "client": 1, "at": f"2026-06-20 0{number}:30"})
    assert due(asked) == at(date)


@pytest.mark.parametrize("how", [{"by": "api"}, {"by": "staff"}, {"masquerading": True}, {"sso": True}])
def test_what_is_no_sign_in_of_the_client_moves_and_asks_nothing(asked: Desk, how: dict[str, Any]) -> None:
    """I5"""
    asked.move_to("2026-06-20 10:00")
    asked.hear({"event": "client_signed_in", "client": 1, "at": "2026-06-20 09:00", "data": how})
    assert due(asked) == at("2026-07-01 12:00")
    assert notices(asked) == ["deletion-received"]


def test_during_the_grace_nothing_of_the_client_is_touched_and_a_new_service_keeps_it(asked: Desk) -> None:
    """I6: what runs goes on running; that nothing is ordered is the portal's part, and what was keeps the client."""
    before = asked.everything()
    asked.move_to("2026-06-25 12:00")
    asked.sweep()
    assert asked.everything() == before
    asked.put("tblhosting", id=20, userid=1, domainstatus="Active")
    asked.move_to("2026-07-02 12:00")
    asked.sweep()
    assert asked.rows("tblclients") == [1]  # the other has registered three months ago and done nothing since
    assert asked.rows("tblhosting") == [20]


@pytest.mark.parametrize(("undone", "left"), [("2026-07-01 11:59:59", [1, 2]), (None, [2])])
def test_of_an_undo_a_second_before_and_the_run_exactly_one_wins(
    asked: Desk, undone: str | None, left: list[int]
) -> None:
    """I8: the undo waits in the inbox as the run begins, and is heard before anything is decided."""
    asked.run("UPDATE tblclients SET datecreated = '2026-05-31'")
    asked.move_to("2026-07-01 12:00")
    if undone:
        with asked.site.transaction() as connection:
            line = {"event": "deletion_withdrawn", "client": 1, "at": undone}
            inbox.append(connection, [parse_event(line, "Asia/Tokyo")], asked.site.now)
    asked.sweep()
    assert asked.rows("tblclients") == left
    assert entries(asked)[0].state == ("withdrawn" if undone else "fulfilled")


def test_asked_and_taken_back_twenty_times_there_is_one_live_request_and_the_whole_history(desk: Desk) -> None:
    """I9"""
    desk.put("tblclients", id=1, status="Active", datecreated="2026-04-01")
    desk.move_to("2026-06-02 12:00")
    for number in range(20):
        desk.hear({**ASKED, "at": f"2026-06-01 {number:02}:10"})
        if number < 19:
            desk.hear({"event": "deletion_withdrawn", "client": 1, "at": f"2026-06-01 {number:02}:20"})
    found = entries(desk)
    assert [one.state for one in found] == ["withdrawn"] * 19 + ["open"]
    assert due(desk) == at("2026-07-01 19:10")
    with desk.site.reading() as connection:
        steps = [row.act for row in requests.history(connection, found[-1])]
    assert steps == ["received", "withdraw"] * 19 + ["received"]
    assert notices(desk) == ["deletion-received", "deletion-withdrawn"] * 19 + ["deletion-received"]


def test_asked_again_while_it_runs_it_is_linked_to_the_first_and_answered_with_it(asked: Desk) -> None:
    """J6, I9"""
    asked.hear({**ASKED, "at": "2026-06-01 12:30"})
    asked.move_to("2026-06-10 12:00")
    asked.hear({**ASKED, "at": "2026-06-10 12:00", "data": {"reauthenticated": "none"}})
    assert [(one.number, one.state, one.linked) for one in entries(asked)] == [
        (1, "open", None), (2, "open", 1), (3, "open", 1),
    ]  # fmt: skip
    assert due(asked) == at("2026-07-01 12:00")
    assert notices(asked) == ["deletion-received"]
    asked.run("UPDATE tblclients SET datecreated = '2026-05-31'")
    asked.move_to("2026-07-01 12:00")
    asked.sweep()
    assert {one.state for one in entries(asked)} == {"fulfilled"}
    assert asked.rows("tblclients") == [2]


def test_blocked_at_its_date_the_client_is_told_once_tried_daily_and_goes_when_nothing_keeps_it(asked: Desk) -> None:
    """I11"""
    asked.run("UPDATE tblclients SET datecreated = '2026-05-31' WHERE id = 2")
    asked.put("tblhosting", id=20, userid=1, domainstatus="Active")
    for now in ("2026-07-01 12:00", "2026-07-02 12:00", "2026-07-03 12:00"):
        asked.move_to(now)
        assert asked.sweep().kept["active-service"] >= 1
    blocked = [data for notice, data in told(asked) if notice == "deletion-blocked"]
    assert [[one["code"] for one in data["blockers"]] for data in blocked] == [["active-service"]]
    assert blocked[0]["blockers"][0]["refs"] == ["service:20"]
    with asked.site.reading() as connection:
        looks = connection.exec_driver_sql("SELECT next_look FROM kigen_records WHERE kind = 'client' AND id = 1")
        assert str(looks.scalar_one()).startswith("2026-07-04 03:00")  # a day on, and not a week
    asked.run("DELETE FROM tblhosting")
    asked.move_to("2026-07-04 12:00")
    asked.sweep()
    assert asked.rows("tblclients") == [2]


def test_a_request_by_letter_is_the_same_object_with_the_same_clock(asked: Desk) -> None:
    """I12"""
    with asked.site.transaction() as connection:
        number = requests.open_request(
            asked.site,
            connection,
            2,
            "erasure",
            at("2026-06-01 12:00"),
            None,
            {"source": "letter", "method": "document"},
        )
    one, other = entries(asked)
    assert other.number == number
    assert (one.right, one.received, one.regime, one.deadline.day) == (
        other.right, other.received, other.regime, other.deadline.day,
    )  # fmt: skip
    assert due(asked) == due(asked, 2) == at("2026-07-01 12:00")
    assert notices(asked, 2) == ["deletion-received"]
    with asked.site.reading() as connection:
        (step,) = requests.history(connection, other)
    assert (step.actor, step.method, step.source) == ("tests", "document", "letter")


def test_an_archived_client_that_cannot_sign_in_asks_by_form(desk: Desk) -> None:
    """I13"""
    desk.put("tblclients", id=1, status="Closed", datecreated="2026-04-01")
    with desk.site.transaction() as connection:
        requests.open_request(desk.site, connection, 1, "erasure", desk.site.now, None, {"source": "form"})
    assert due(desk) == at("2026-07-01 12:00")
    desk.move_to("2026-07-01 12:00")
    desk.sweep()
    assert desk.rows("tblclients") == []


def test_an_erasure_waits_for_the_access_that_was_asked_with_it(asked: Desk) -> None:
    """J7, E4"""
    asked.run("UPDATE tblclients SET datecreated = '2026-05-31' WHERE id = 2")
    asked.hear({"event": "export_requested", "client": 1, "at": "2026-06-01 12:00"})
    asked.move_to("2026-07-01 12:00")
    assert asked.decision(Kind.CLIENT, 1) == ("keep", ON_REQUEST, {"open-request"})
    asked.sweep()
    assert asked.rows("tblclients") == [1, 2]
    with asked.site.transaction() as connection:
        (access,) = [one for one in requests.entries(asked.site, connection) if one.right == "access"]
        requests.fulfil(asked.site, connection, access.number)
    asked.sweep()
    assert asked.rows("tblclients") == [2]
    assert {(one.right, one.state) for one in entries(asked)} == {("access", "fulfilled"), ("erasure", "fulfilled")}


def test_nothing_of_a_person_is_in_the_history_or_in_a_message(desk: Desk) -> None:
    desk.put(
        "tblclients", id=1, status="Active", datecreated="2026-04-01", firstname="Hanako", email="hanako@example.jp"
    )
    told = {"reauthenticated": "hanako@example.jp", "source": "portal"}
    desk.hear({**ASKED, "data": {"actor": "client", **told}})
    desk.hear({**ASKED, "event": "rights_requested", "data": {"actor": "Hanako", "right": "access", **told}})
    with desk.site.reading() as connection:
        for table in ("kigen_request_acts", "kigen_outbox", "kigen_requests"):
            rows = repr(connection.exec_driver_sql(f"SELECT * FROM {table}").all()).lower()
            assert "portal" in rows or table != "kigen_request_acts"
            assert "hanako" not in rows
