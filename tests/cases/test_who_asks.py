"""Who asks, and in whose place: a thief of a session, an agent, a customer of a client, staff (cases.md G, I)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from kigen.commands.doctor_requests import look_at_requests
from kigen.ledger import outbox, settings
from kigen.policy.records import Kind
from kigen.work import authority, passing_on
from kigen.work import desk as requests
from kigen.work.desk import Entry
from tests.cases.desk import Desk, at

ASKED = {"event": "deletion_requested", "client": 1, "at": "2026-06-01 12:00",
         "data": {"actor": "client", "reauthenticated": "password", "source": "portal"}}  # fmt: skip
DAY_30, DAY_44 = "2026-07-01 12:00", "2026-07-15 12:00"


def messages(desk: Desk, client: int = 1) -> list[tuple[str, str | None, dict[str, Any]]]:
    with desk.site.reading() as connection:
        return [(row.notice, row.address, json.loads(row.data)) for row in outbox.of(connection, client)]


def entries(desk: Desk) -> list[Entry]:
    with desk.site.reading() as connection:
        return requests.entries(desk.site, connection)


def due(desk: Desk) -> Any:
    found = desk.plan()[Kind.CLIENT, 1].considered
    return [one.clock.due for one in found if one.rule.id == "client.delete-on-request"]


@pytest.fixture
def clients(small: Desk) -> Desk:
    """Clients 1 and 2 from Japan, of whom nothing is kept but by their own terms."""
    for number in (1, 2):
        small.put("tblclients", id=number, status="Active", datecreated="2026-05-20", country="JP",
                  email=f"now{number}@example.jp")  # fmt: skip
        small.put("tblcontacts", id=number, userid=number, email=f"office{number}@example.jp")
    return small


def test_a_former_address_hears_of_the_deletion_and_the_grace_is_longer_after_a_change(clients: Desk) -> None:
    """I7: who stole a session changes the address first; the mails that the platform sent tell the former one."""
    for number, to, date in (
        (1, "Owner@example.jp", "2026-05-25 09:00:00"), (2, "office1@example.jp", "2026-05-26 09:00:00"),
        (3, "now1@example.jp", "2026-05-31 09:00:00"), (4, "long-ago@example.jp", "2026-05-10 09:00:00"),
    ):  # fmt: skip
        clients.put("tblemails", id=number, userid=1, to=to, date=date, subject="x")
    clients.hear(ASKED)
    assert [(notice, address) for notice, address, _ in messages(clients)] == [
        ("deletion-former-address", "Owner@example.jp"), ("deletion-received", None),
    ]  # fmt: skip
    assert messages(clients)[1][2]["date"] == at(DAY_44).isoformat()
    assert due(clients) == [at(DAY_44)]
    with clients.site.reading() as connection:
        (step,) = requests.history(connection, entries(clients)[0])
    assert (step.actor, step.method) == ("client", "password")  # as whom, and how that was seen anew
    clients.move_to("2026-07-15 11:59")
    clients.sweep()
    assert clients.rows("tblclients") == [1, 2]
    clients.move_to(DAY_44)
    clients.sweep()
    assert (clients.rows("tblclients"), clients.rows("tblcontacts")) == ([2], [2])
    assert [notice for notice, *_ in messages(clients)] == ["deletion-done"]  # the former address is in no table
    assert "Owner@example.jp" not in repr(clients.everything())


@pytest.mark.parametrize(
    ("country", "term", "changed", "date"),
    [
        ("JP", "14 days", "2026-05-18 12:01", DAY_44),
        ("JP", "14 days", "2026-05-18 11:59", DAY_30),
        ("JP", "14 days", "2026-06-10 09:00", DAY_44),  # after the request
        ("JP", "", "2026-05-31 09:00", DAY_30),
        ("DE", "14 days", "2026-05-31 09:00", DAY_30),  # never past the last lawful day
    ],
)
def test_a_change_of_the_address_that_is_told_lengthens_the_grace_by_the_setting(
    clients: Desk, country: str, term: str, changed: str, date: str
) -> None:
    """I7: the name of the column is told, never what stands in it."""
    clients.run("UPDATE tblclients SET country = :country", country=country)
    with clients.site.transaction() as connection:
        settings.store(connection, "deletion.address_changed", term, clients.site.now, "tests")
    clients.move_to("2026-06-11 12:00")
    clients.hear(
        {**ASKED},
        {"host_event": "ClientEdit", "at": changed,
         "payload": {"userid": 1, "email": "a@b.jp", "city": "Osaki", "olddata": {"email": "c@d.jp", "city": "Osaki"}}},
        {"event": "client_changed", "client": 1, "at": "2026-06-11 11:00", "data": {"fields": ["city"]}},
    )  # fmt: skip
    assert due(clients) == [at(date)]
    with clients.site.reading() as connection:
        heard = repr(connection.exec_driver_sql("SELECT data FROM kigen_events").all())
    assert "email" in heard and "@" not in heard


def test_what_is_asked_about_a_clients_own_customers_is_passed_on_and_nothing_of_the_client_goes(clients: Desk) -> None:
    """G11, J15: a reseller is the controller of what it stores for others."""
    clients.hear({"event": "rights_requested", "client": 1, "at": "2026-05-01 12:00",
                  "data": {"right": "erasure", "about": "content", "source": "mail"}})  # fmt: skip
    with clients.site.transaction() as connection:
        received = at("2026-05-02 12:00")
        number = passing_on.open_and_pass_on(clients.site, connection, 1, "erasure", received, None, {})
    with clients.site.transaction() as connection:  # an own one, of which that only turned out later
        later = requests.open_request(clients.site, connection, 1, "access", clients.site.now, None, {})
        passing_on.pass_on(clients.site, connection, later)
    assert [(one.number, one.right, one.state, one.linked) for one in entries(clients)] == [
        (1, "erasure", "passed-on", None), (number, "erasure", "passed-on", None),
        (later, "access", "passed-on", None),
    ]  # fmt: skip
    assert [(notice, data["right"]) for notice, _, data in messages(clients)] == [
        ("request-passed-on", "erasure"), ("request-passed-on", "erasure"), ("request-received", "access"),
        ("request-passed-on", "access"),
    ]  # fmt: skip
    assert due(clients) == []
    before = clients.everything()
    clients.move_to(DAY_30)
    assert clients.sweep().done == {}
    assert clients.everything() == before
    clients.hear({**ASKED, "at": "2026-06-20 12:00"})  # the client's own request is one of its own
    assert [one.linked for one in entries(clients)] == [None, None, None, None]
    assert due(clients) == [at("2026-07-20 12:00")]


def test_a_member_of_staff_who_is_a_client_too_stays_staff_when_the_client_is_erased(clients: Desk) -> None:
    """G11: tables of staff are not read and not written, whoever has the same address; the reply stays signed."""
    clients.run("CREATE TABLE tbladmins (id INTEGER PRIMARY KEY, username VARCHAR(80), email VARCHAR(80))")
    clients.run("INSERT INTO tbladmins VALUES (7, 'now1', 'now1@example.jp')")
    clients.put("tbltickets", id=8, userid=2, status="Closed", date="2026-05-02 09:00:00", email="now2@example.jp")
    clients.put("tblticketreplies", id=9, tid=8, admin="now1", message="Done.", date="2026-05-02 10:00:00")
    clients.hear(ASKED)
    clients.move_to(DAY_30)
    clients.sweep()
    assert clients.rows("tblclients") == [2]
    assert clients.rows("tbladmins", "email") == ["now1@example.jp"]
    assert (clients.rows("tblticketreplies", "admin"), clients.rows("tblticketreplies", "message")) == (
        ["now1"], ["Done."],
    )  # fmt: skip


def test_nobody_has_a_client_deleted_in_its_place_without_a_document_whose_reference_few_see(clients: Desk) -> None:
    """G12: a guardian, an agent, an heir; the reference is in no list, and who looked it up is written down."""
    told = {"actor": "guardian", "source": "letter"}
    assert clients.hear({**ASKED, "data": told}).failed == 1
    assert clients.hear({**ASKED, "data": {**told, "authority": "Taro Yamada, father"}}).failed == 1
    assert (entries(clients), due(clients)) == ([], [])
    clients.hear({**ASKED, "at": "2026-06-01 11:59", "data": {**told, "authority": "DMS-2026/17"}})
    (one,) = entries(clients)
    with clients.site.transaction() as connection:
        assert authority.look_up(clients.site, connection, one) == [("guardian", "DMS-2026/17")]
        seen = requests.history(connection, one)[-1]
        assert (seen.act, seen.actor) == ("authority-seen", "tests")
        with pytest.raises(ValueError, match="needs a document of authority"):
            authority.note(clients.site, connection, one, "agent", None)
    clients.move_to(DAY_30)
    clients.sweep()
    assert clients.rows("tblclients") == [2]
    with clients.site.reading() as connection:  # it went with the client
        assert "DMS" not in repr(connection.execute(text("SELECT * FROM kigen_request_acts")).all())


def test_a_request_in_anothers_place_without_a_document_is_a_finding_until_one_is_noted(clients: Desk) -> None:
    """G12"""
    clients.hear({"event": "rights_requested", "client": 1, "at": "2026-06-01 12:00",
                  "data": {"right": "access", "actor": "agent"}})  # fmt: skip
    (one,) = entries(clients)
    (found,) = [one for one in look_at_requests(clients.site) if one.code == "request-authority"]
    assert found.text == (
        "Request 1 was made in client 1's place, and no document says by what right: 'kigen request authority 1' notes"
        " one."
    )
    with clients.site.transaction() as connection:
        authority.note(clients.site, connection, one, "agent", "DMS-2026/18")
    assert [one for one in look_at_requests(clients.site) if one.code == "request-authority"] == []


@pytest.mark.parametrize("actor", ["lawyer", ["agent"]])
def test_whoever_no_list_names_has_nobody_deleted_and_waits_for_a_person(clients: Desk, actor: object) -> None:
    """G12"""
    assert clients.hear({**ASKED, "data": {"actor": actor}}).failed == 1
    assert clients.rows("kigen_requests", "client") == []


def test_the_clients_own_erasure_counts_beside_one_of_the_same_instant_that_was_passed_on(clients: Desk) -> None:
    """G11"""
    clients.hear({**ASKED, "event": "rights_requested", "data": {"right": "erasure", "about": "content"}})
    clients.hear({**ASKED, "data": {"actor": "client"}})
    assert clients.rows("kigen_requests", "state") == [None]
