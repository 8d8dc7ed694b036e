"""One account, several people: a contact asks for itself, an owner for all; two clients that were one (cases.md G)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kigen.ledger import holds, outbox
from kigen.policy.records import Kind
from kigen.work import desk as requests
from kigen.work.desk import Entry
from tests.cases.desk import Desk, at

ON_REQUEST = "client.delete-on-request"


@pytest.fixture
def company(desk: Desk) -> Desk:
    """Client 1, a company: contact 5 wrote ticket 8 and reply 9, is billed, and signs in as user 31; user 30 owns it.

    Contact 6 wrote ticket 18. User 31 also has client 2.
    """
    desk.put("tblclients", id=1, status="Active", datecreated="2026-05-01", country="JP", email="office@example.jp",
             billingcid=5)  # fmt: skip
    desk.put("tblclients", id=2, status="Active", datecreated="2026-05-01", country="JP", email="two@example.jp")
    desk.put("tblcontacts", id=5, userid=1, firstname="Hanako", email="Hanako@example.jp")
    desk.put("tblcontacts", id=6, userid=1, firstname="Taro", email="taro@example.jp")
    for number, client, user, owner in ((40, 1, 30, 1), (41, 1, 31, 0), (42, 2, 31, 0)):
        desk.put("tblusers_clients", id=number, client_id=client, auth_user_id=user, owner=owner)
    desk.put("tblusers", id=30, email="office@example.jp")
    desk.put("tblusers", id=31, email="hanako@example.jp ")
    desk.put("tblinvoices", id=10, userid=1, status="Cancelled", date="2026-05-01", duedate="2026-05-10")
    desk.put("tblorders", id=20, userid=1, contactid=5, status="Pending", date="2026-05-01 09:00:00")
    for number, contact, name in ((8, 5, "Hanako"), (18, 6, "Taro")):
        desk.put("tbltickets", id=number, userid=1, contactid=contact, status="Closed", name=name,
                 email=f"{name}@example.jp", date="2026-05-02 09:00:00")  # fmt: skip
    desk.put("tblticketreplies", id=9, tid=18, userid=1, requestor_id=31, name="Hanako", date="2026-05-02 09:00:00")
    desk.put("tblemails", id=11, userid=1, to="taro@example.jp, hanako@example.jp", subject="x")
    desk.put("tblemails", id=12, userid=1, to="anhanako@example.jp", subject="x")
    return desk


def opened(desk: Desk, contact: int, right: str = "erasure", client: int = 1) -> int:
    with desk.site.transaction() as connection:
        return requests.open_request(desk.site, connection, client, right, desk.site.now, None, {}, contact)


def entries(desk: Desk) -> list[Entry]:
    with desk.site.reading() as connection:
        return requests.entries(desk.site, connection)


def by_hand(desk: Desk, contact: int) -> list[tuple[str, str, tuple[int, ...]]]:
    with desk.site.reading() as connection:
        return [(one.task, one.table, one.rows) for one in desk.site.host.left_of_contact(connection, 1, contact)]


def told(desk: Desk, client: int = 1) -> list[tuple[str, dict[str, Any]]]:
    with desk.site.reading() as connection:
        return [(row.notice, json.loads(row.data)) for row in outbox.of(connection, client)]


def test_what_a_contact_asks_to_be_erased_never_erases_its_client(company: Desk) -> None:
    """G3: the request is there with its deadline; the company, its invoice, its order and all else stay for ever."""
    opened(company, 5)
    before = company.everything()
    assert company.decision(Kind.CLIENT, 1)[:2] == company.decision(Kind.CLIENT, 2)[:2]
    assert ON_REQUEST not in {one.rule.id for one in company.plan()[Kind.CLIENT, 1].considered}
    for now in ("2026-07-02 12:00", "2026-07-30 12:00"):
        company.move_to(now)
        assert company.sweep().done == {}
    assert company.everything() == before
    (one,) = entries(company)
    assert (one.client, one.contact, one.state, one.deadline.due) == (1, 5, "open", at("2026-06-16 00:00"))
    assert told(company) == []  # the company does not hear of it


def test_what_is_to_be_done_by_hand_is_all_of_the_contact_and_nothing_of_the_company(company: Desk) -> None:
    """G3, G1: a user whom another client has as well keeps its sign-in there; an address is compared as a whole."""
    assert by_hand(company, 5) == [
        ("replace-first", "tblclients", (1,)),
        ("empty", "tbltickets", (8,)),
        ("empty", "tblticketreplies", (9,)),
        ("empty", "tblemails", (11,)),
        ("delete", "tblusers_clients", (41,)),
        ("delete", "tblcontacts", (5,)),
    ]
    company.run("DELETE FROM tblusers_clients WHERE id = 42")
    assert ("delete", "tblusers", (31,)) in by_hand(company, 5)
    assert by_hand(company, 7) == []


def test_a_contact_s_erasure_is_called_done_when_nothing_of_the_contact_is_left(company: Desk) -> None:
    """G3"""
    number = opened(company, 5)
    with pytest.raises(ValueError, match="not erased yet: name another one"), company.site.transaction() as connection:
        requests.fulfil(company.site, connection, number)
    for statement in (
        "UPDATE tblclients SET billingcid = 0", "DELETE FROM tblcontacts WHERE id = 5",
        "UPDATE tbltickets SET name = 'erased', email = '' WHERE id = 8",
        "UPDATE tblticketreplies SET name = '' WHERE id = 9",
    ):  # fmt: skip
        company.run(statement)
    with company.site.transaction() as connection:
        requests.fulfil(company.site, connection, number)
    assert [one.state for one in entries(company)] == ["fulfilled"]
    assert (company.rows("tblclients"), company.rows("tblcontacts"), company.rows("tblinvoices")) == ([1, 2], [6], [10])


def test_requests_of_two_contacts_and_of_their_client_are_three_and_none_closes_another(company: Desk) -> None:
    """G3: asked at the same instant, each is answered by itself."""
    numbers = [opened(company, contact) for contact in (0, 5, 6)]
    assert opened(company, 5) == numbers[1]
    assert [(one.contact, one.linked) for one in entries(company)] == [(0, None), (5, None), (6, None)]
    with company.site.transaction() as connection:
        requests.withdraw(company.site, connection, numbers[1])
    assert [one.state for one in entries(company)] == ["open", "withdrawn", "open"]
    with company.site.transaction() as connection:
        requests.withdraw(company.site, connection, numbers[0])
    assert [one.state for one in entries(company)] == ["withdrawn", "withdrawn", "open"]
    assert [notice for notice, _ in told(company)] == ["deletion-received", "deletion-withdrawn"]


def test_when_the_client_goes_its_contacts_requests_are_answered_with_it(company: Desk) -> None:
    """G3: the contact goes with its client, and what it asked is done."""
    opened(company, 5)
    opened(company, 0)
    company.move_to("2026-07-01 12:00")
    company.sweep()
    assert (company.rows("tblclients"), company.rows("tblcontacts")) == ([2], [])
    assert {one.contact: one.state for one in entries(company)} == {0: "fulfilled", 5: "fulfilled"}


def test_a_restriction_that_a_contact_asks_for_keeps_its_client_as_well(company: Desk) -> None:
    """G3, D9: deleting the client would delete what the contact wants kept."""
    opened(company, 0)
    opened(company, 5, "restriction")
    company.move_to("2026-07-01 12:00")
    assert company.decision(Kind.CLIENT, 1) == ("keep", ON_REQUEST, {"restricted"})


@pytest.mark.parametrize(
    ("data", "state"),
    [
        ({"actor": "contact", "contact": 5}, [(5, "open")]),
        ({"contact": "5"}, [(5, "open")]),
        ({"actor": "contact"}, []),
    ],
)
def test_an_event_in_which_a_contact_asks_is_about_the_contact_or_waits_for_a_person(
    company: Desk, data: dict[str, Any], state: list[tuple[int, str]]
) -> None:
    """G3: whoever has no say over the account cannot have it deleted from the portal."""
    heard = company.hear({"event": "deletion_requested", "client": 1, "data": data})
    assert heard.failed == (not state)
    assert [(one.contact, one.state) for one in entries(company)] == state
    taken_back = company.hear({"event": "deletion_withdrawn", "client": 1, "at": "2026-06-01 12:01", "data": data})
    assert taken_back.failed == 1
    company.move_to("2026-07-02 12:00")
    company.sweep()
    assert company.rows("tblclients") == [1, 2]


def test_an_owner_who_asks_while_others_use_the_account_is_told_and_so_are_they_who_decide(company: Desk) -> None:
    """G2: the schedule knows no such reason to keep; the account is transferred or the request refused by a person."""
    number = opened(company, 0)
    assert told(company)[0][1]["further_users"] == 1
    assert company.decision(Kind.CLIENT, 1)[1] == ON_REQUEST
    with company.site.transaction() as connection:
        requests.refuse(company.site, connection, number, "another person uses the account", "PPC")
        (_, refused) = requests.history(connection, requests.entry(company.site, connection, number))
    assert refused.reason == "another person uses the account"
    company.move_to("2026-07-02 12:00")
    company.sweep()
    assert company.rows("tblusers_clients") == [40, 41, 42]


def test_two_clients_that_are_no_longer_one_are_each_erased_by_what_they_asked_themselves(desk: Desk) -> None:
    """G5: told as merged, and yet the tables show both; the other keeps its rows, its contact and its clock."""
    for number in (1, 2):
        desk.put("tblclients", id=number, status="Active", datecreated="2026-05-01", country="JP")
        desk.put("tblcontacts", id=number, userid=number)
    desk.reconcile()
    desk.hear({"event": "deletion_requested", "client": 1, "at": "2026-05-20 12:00"},
              {"event": "client_merged", "client": 1, "into": 2, "at": "2026-05-21 12:00"})  # fmt: skip
    clocks = [one for one in desk.anchors() if one[1] == 2]
    with desk.site.transaction() as connection:
        hold = holds.place(connection, 1, None, "court", None, desk.site.now, "legal")
    desk.move_to("2026-06-25 12:00")
    desk.sweep()
    assert desk.rows("tblclients") == [1, 2]
    with desk.site.transaction() as connection:
        holds.release(connection, hold, "over", desk.site.now, "legal")
    desk.sweep()
    assert (desk.rows("tblclients"), desk.rows("tblcontacts")) == ([2], [2])
    desk.move_to("2026-06-26 12:00")
    desk.sweep()
    assert (desk.rows("tblclients"), desk.rows("tblcontacts")) == ([2], [2])
    assert [one for one in desk.anchors() if one[1] == 2] == clocks
    assert [(one.client, one.state) for one in entries(desk)] == [
        (1, "fulfilled"),
        (2, "open"),
    ]  # for a person to close


def test_a_client_into_which_another_vanished_is_erased_by_what_that_one_asked(desk: Desk) -> None:
    """G4: the other side of the same; the third, of which nobody spoke, stays."""
    for number in (1, 2, 3):
        desk.put("tblclients", id=number, status="Active", datecreated="2026-05-01", country="JP")
    desk.reconcile()
    desk.hear({"event": "deletion_requested", "client": 1, "at": "2026-05-20 12:00"},
              {"event": "client_merged", "client": 1, "into": 2, "at": "2026-05-21 12:00"})  # fmt: skip
    desk.run("DELETE FROM tblclients WHERE id = 1")
    for now in ("2026-06-25 12:00", "2026-06-26 12:00"):  # the first run sees that client 1 is gone
        desk.move_to(now)
        desk.sweep()
    assert desk.rows("tblclients") == [3]


def test_what_a_split_moved_to_a_new_client_does_not_go_with_the_old_one(desk: Desk) -> None:
    """G5: an unmerge on WHMCS is a new client with rows of the old; requests and anchors go by the rows."""
    desk.put("tblclients", id=1, status="Active", datecreated="2026-05-01", country="JP", email="both@example.jp")
    desk.put("tbltickets", id=8, userid=1, status="Closed", date="2026-05-02 09:00:00", email="both@example.jp")
    desk.hear({"event": "deletion_requested", "client": 1, "at": "2026-05-20 12:00"})
    desk.reconcile()
    desk.put("tblclients", id=2, status="Active", datecreated="2026-06-01", country="JP", email="both@example.jp")
    desk.run("UPDATE tbltickets SET userid = 2 WHERE id = 8")
    before = desk.everything()["tbltickets"]
    desk.move_to("2026-06-25 12:00")
    desk.sweep()
    assert desk.rows("tblclients", "email") == ["both@example.jp"]
    assert (desk.rows("tblclients"), desk.everything()["tbltickets"]) == ([2], before)
