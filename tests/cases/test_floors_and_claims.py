"""What keeps a client in part: claims and floors; holds and restrictions beside them (cases.md A, D, E)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kigen.ledger import anonymised, contracts, holds, keys_backup, keys_store, outbox, requests, settings
from kigen.policy.facts import Anonymised
from kigen.policy.reasons import Reason
from kigen.policy.records import Kind, Ref
from kigen.work import desk as desk_of
from kigen.work.forecast import Month
from kigen.work.overview import overview_of
from kigen.work.report import render
from kigen.work.stops import RULES_CHANGED
from tests.cases.desk import Desk, at

ON_REQUEST = "client.delete-on-request"
PAID = {"status": "Paid", "date": "2024-03-01", "datepaid": "2024-03-01 09:00:00", "subtotal": "11.00"}


@pytest.fixture
def paid(desk: Desk) -> Desk:
    """Clients 1 and 2 with a paid invoice of 2024; floors of seven years; 1 asked to be deleted, and may be in part."""
    for number in (1, 2):
        desk.put("tblclients", id=number, status="Active", datecreated="2020-01-01", country="JP")
        desk.put("tblinvoices", id=number * 10, userid=number, **PAID)
    desk.put("tblhosting", id=2, userid=2, domainstatus="Active")
    with desk.site.transaction() as connection:
        for name, value in (("floors.fiscal_year_end", "12-31"), ("schedule.client.archive-inactive", "")):
            settings.store(connection, name, value, desk.site.now, "tests")
        requests.open_request(connection, 1, "erasure", at("2026-04-01 12:00"))
    return desk


def back_up(desk: Desk) -> None:
    """As `kigen keys backup` notes it."""
    with desk.site.transaction() as connection:
        keys_backup.note(connection, keys_store.names(desk.site.state_dir), desk.site.now)


def test_a_backup_of_the_keys_turns_keeping_into_anonymising_and_a_person_looks_at_that_first(paid: Desk) -> None:
    """I10"""
    assert paid.decision(Kind.CLIENT, 1) == ("keep", ON_REQUEST, {"floor"})
    assert paid.sweep().done.get("delete") is None
    back_up(paid)
    assert paid.decision(Kind.CLIENT, 1) == ("anonymise", ON_REQUEST, {"floor"})
    refused = paid.sweep(confirmed=False)
    assert (refused.stopped, refused.planned.acts) == ("unconfirmed", {"anonymise": {"client": 1}})
    assert paid.rows("tblclients") == [1, 2]


def test_an_anonymised_client_waits_for_the_end_of_the_floor_and_is_then_deleted_by_the_same_rule(paid: Desk) -> None:
    """I10"""
    back_up(paid)
    assert paid.sweep().done == {"anonymise": {"client": 1}}
    assert paid.decision(Kind.CLIENT, 1) == ("keep", ON_REQUEST, {"floor"})
    paid.sweep()
    with paid.site.reading() as connection:
        look = connection.exec_driver_sql("SELECT next_look FROM kigen_records WHERE kind = 'client' AND id = 1")
        assert str(look.scalar_one()).startswith("2026-06-08")
    paid.move_to("2032-02-29 23:59")
    assert paid.decision(Kind.CLIENT, 1)[0] == "keep"
    paid.sweep()
    assert paid.rows("tblclients") == [1, 2]
    paid.move_to("2032-03-01 00:00")
    paid.sweep()
    assert (paid.rows("tblclients"), paid.rows("tblinvoices")) == ([2], [20])
    with paid.site.reading() as connection:
        assert anonymised.of(connection, [1, 2]) == {}
    assert ("client", 1, "delete", ON_REQUEST) in paid.acts()


def test_when_a_claim_ends_less_is_needed_and_the_client_is_anonymised_again(paid: Desk) -> None:
    """D8: purpose subtraction, found by the next reconcile although only the host's rows changed."""
    paid.put("tblinvoices", id=11, userid=1, status="Unpaid", date="2026-01-01", duedate="2026-01-15", subtotal="5.00")
    back_up(paid)
    assert paid.decision(Kind.CLIENT, 1) == ("anonymise", ON_REQUEST, {"floor", "unpaid-invoice"})
    assert paid.sweep().done == {"anonymise": {"client": 1}}
    assert paid.rows("tblinvoices") == [10, 11, 20]
    assert paid.decision(Kind.CLIENT, 1) == ("keep", ON_REQUEST, {"floor", "unpaid-invoice"})
    paid.move_to("2026-06-02 12:00")
    assert paid.sweep().done == {}  # never twice for the same reasons
    paid.run("UPDATE tblinvoices SET status = 'Cancelled' WHERE id = 11")
    assert paid.decision(Kind.CLIENT, 1) == ("anonymise", ON_REQUEST, {"floor"})
    paid.reconcile()
    with paid.site.reading() as connection:
        row = connection.exec_driver_sql("SELECT rule, action, codes FROM kigen_records WHERE kind='client' AND id=1")
        assert tuple(row.one()) == (ON_REQUEST, "anonymise", None)


def test_what_a_reason_no_longer_needs_of_one_record_goes_though_it_still_needs_another(paid: Desk) -> None:
    """D8, record by record: two tickets are open and two invoices unpaid, then one of each is not."""
    for number in (11, 12):
        paid.put("tblinvoices", id=number, userid=1, status="Unpaid", date="2026-01-01", duedate="2026-01-15",
                 subtotal="5.00", notes=f"for Taro Yamada, {number}")  # fmt: skip
        paid.put("tbltickets", id=number, tid=f"T{number}", userid=1, status="Open", title=f"ticket {number}")
    paid.run("UPDATE tblinvoices SET notes = 'for Taro Yamada, 10' WHERE id = 10")
    paid.run("UPDATE tblclients SET firstname = 'Taro', lastname = 'Yamada' WHERE id = 1")
    back_up(paid)
    assert paid.sweep().done == {"anonymise": {"client": 1}}
    assert paid.rows("tblinvoices WHERE id < 20", "notes") == [
        "[erased]", "for Taro Yamada, 11", "for Taro Yamada, 12",
    ]  # fmt: skip
    assert paid.rows("tbltickets") == [11, 12]
    paid.move_to("2026-06-02 12:00")
    assert paid.sweep().done == {}
    paid.run("UPDATE tblinvoices SET status = 'Paid', datepaid = '2026-06-02 09:00:00' WHERE id = 11")
    paid.run("UPDATE tbltickets SET status = 'Closed' WHERE id = 11")
    paid.run("DELETE FROM kigen_marks")
    paid.move_to("2026-06-12 12:00")
    assert paid.decision(Kind.CLIENT, 1)[0] == "anonymise"
    assert paid.sweep().done == {"anonymise": {"client": 1}}
    assert paid.rows("tbltickets") == [12]
    notes = paid.rows("tblinvoices WHERE id < 20", "notes")
    assert "Yamada" not in notes[1] and notes[2] == "for Taro Yamada, 12"
    assert paid.rows("tblclients WHERE id = 1", "firstname") == ["Taro"], "The claim on invoice 12 needs the name."
    paid.move_to("2026-06-13 12:00")
    assert paid.sweep().done == {}, "Never twice for the same reasons."


def test_a_loss_year_that_is_told_later_lengthens_and_a_shorter_floor_deletes_nothing_in_the_same_run(
    paid: Desk,
) -> None:
    """A16"""
    paid.run("UPDATE tblinvoices SET datepaid = '2018-03-01 09:00:00', date = '2018-03-01'")
    assert paid.decision(Kind.CLIENT, 1) == ("delete", ON_REQUEST, set())
    with paid.site.transaction() as connection:
        settings.store(connection, "floors.loss_years", "2018", paid.site.now, "tests")
    assert paid.decision(Kind.CLIENT, 1) == ("keep", ON_REQUEST, {"floor"})
    paid.sweep()
    assert paid.rows("tblclients") == [1, 2]
    with paid.site.transaction() as connection:
        settings.store(connection, "floors.loss_years", "", paid.site.now, "tests")
    shortened = paid.sweep(confirmed=False)
    assert shortened.stopped in ("unconfirmed", RULES_CHANGED)
    assert paid.rows("tblclients") == [1, 2]
    paid.sweep(confirmed=True)
    assert (paid.rows("tblclients"), paid.rows("tblinvoices")) == ([2], [20])


def test_a_restriction_keeps_what_the_schedule_would_delete(desk: Desk) -> None:
    """D9"""
    for number in (1, 2):
        desk.put("tblclients", id=number, status="Active", datecreated="2020-01-01")
    with desk.site.transaction() as connection:
        requests.open_request(connection, 1, "restriction", at("2026-05-01 12:00"))
    assert desk.decision(Kind.CLIENT, 1)[2] == {"restricted"}
    desk.sweep()
    assert desk.rows("tblclients") == [1]
    desk.hear({"event": "rights_requested", "client": 1, "at": "2026-05-02 12:00", "data": {"right": "erasure"}})
    desk.move_to("2026-07-01 12:00")
    desk.sweep()
    assert desk.rows("tblclients") == [1]  # kept for claims, also from an erasure


def test_an_objection_that_is_open_keeps_a_fraud_order_past_its_two_years(desk: Desk) -> None:
    """D10"""
    desk.put("tblclients", id=1, status="Active", datecreated="2020-01-01")
    desk.put("tblhosting", id=2, userid=1, domainstatus="Active")
    for number, client in ((10, 1), (11, 3)):
        desk.put("tblorders", id=number, userid=client, status="Fraud", date="2024-01-10 09:00:00")
    with desk.site.transaction() as connection:
        requests.open_request(connection, 1, "objection", at("2025-12-01 12:00"))
    assert desk.decision(Kind.ORDER, 10)[2] == {"open-request"}
    desk.sweep()
    assert desk.rows("tblorders") == [10]


def test_an_erasure_that_a_hold_delayed_resumes_by_itself_with_its_first_date(desk: Desk) -> None:
    """E3"""
    for number in (1, 2):
        desk.put("tblclients", id=number, status="Active", datecreated="2026-05-01", country="DE")
    with desk.site.transaction() as connection:
        requests.open_request(connection, 1, "erasure", at("2026-06-01 12:00"))
        number = holds.place(connection, 1, None, "court", None, desk.site.now, "tests")
    desk.move_to("2026-07-15 12:00")
    desk.sweep()
    assert desk.rows("tblclients") == [1, 2]
    assert desk.decision(Kind.CLIENT, 1) == ("keep", ON_REQUEST, {"hold"})
    with desk.site.transaction() as connection:
        holds.release(connection, number, "over", desk.site.now, "tests")
    desk.sweep()
    assert desk.rows("tblclients") == [2]
    with desk.site.reading() as connection:
        due = connection.exec_driver_sql("SELECT records FROM kigen_chunks WHERE action = 'delete'").scalar_one()
    assert str(int(at("2026-07-01 12:00").timestamp())) in due  # when it was due, not when it could go


def test_a_hold_outlives_a_merger_and_an_archive(desk: Desk) -> None:
    """E6"""
    for number in (1, 2, 3):
        desk.put("tblclients", id=number, status="Active", datecreated="2020-01-01")
    with desk.site.transaction() as connection:
        holds.place(connection, 1, None, "court", None, desk.site.now, "tests")
    desk.hear({"event": "client_merged", "client": 1, "into": 2, "at": "2026-05-01 12:00"},
              {"event": "client_closed", "client": 2, "at": "2026-05-02 12:00"})  # fmt: skip
    desk.run("UPDATE tblclients SET status = 'Closed' WHERE id = 2")
    assert desk.decision(Kind.CLIENT, 2)[2] >= {"hold"}
    desk.sweep()
    assert desk.rows("tblclients") == [1, 2]


def test_a_contract_of_thirty_days_deletes_what_no_floor_keeps(paid: Desk) -> None:
    """M14, D3: the floor keeps the invoices only; the rest can go as soon as there is a backup of the keys."""
    with paid.site.transaction() as connection:
        requests.close_requests(connection, 1, "erasure", paid.site.now)
        agreed = {"client": 1, "rule": "client.delete-inactive", "term": "30 days", "begins": at("2020-01-01")}
        contracts.add(connection, agreed, paid.site.now, "tests")
    back_up(paid)
    assert paid.decision(Kind.CLIENT, 1) == ("anonymise", "client.delete-inactive", {"floor"})


def test_a_client_that_went_in_part_has_its_requests_answered_and_is_told_once_what_stays(paid: Desk) -> None:
    """I10: what stays, why and until when, to the last address that there was."""
    with paid.site.transaction() as connection:
        requests.open_request(connection, 1, "erasure", at("2026-05-01 12:00"))
    paid.run("UPDATE tblclients SET email = 'last@example.jp' WHERE id = 1")
    paid.put("tblcontacts", id=1, userid=1)
    paid.put("tblcontacts", id=2, userid=2)
    before = [row for row in paid.everything()["tblclients"] if row[0] == 2]
    back_up(paid)
    for now in ("2026-06-01 12:00", "2026-06-02 12:00"):
        paid.move_to(now)
        paid.sweep()
    assert (paid.rows("tblclients"), paid.rows("tblinvoices"), paid.rows("tblcontacts")) == ([1, 2], [10, 20], [2])
    assert [row for row in paid.everything()["tblclients"] if row[0] == 2] == before
    assert "last@example.jp" not in repr(paid.everything())
    with paid.site.reading() as connection:
        done = anonymised.of(connection, [1, 2])
        messages = [one for one in outbox.of(connection, 1) if one.notice == outbox.PARTLY_KEPT]
        states = [one.state for one in desk_of.entries(paid.site, connection, [1])]
    assert done == {1: Anonymised(at("2026-06-01 12:00"), at("2032-03-01 00:00"), frozenset({"floor"}), ON_REQUEST)}
    assert states == ["partly-fulfilled"] * 2
    (message,) = messages
    told = json.loads(message.data)
    assert message.address == "last@example.jp"
    assert told["until"] == at("2032-03-01 00:00").isoformat()
    assert {(one["code"], one["until"]) for one in told["reasons"]} == {("floor", told["until"])}
    assert "invoice:10" in told["kept"]
    assert paid.decision(Kind.CLIENT, 1) == ("keep", ON_REQUEST, {"floor"})


def test_the_last_message_of_one_that_went_whole_waits_with_its_address(desk: Desk) -> None:
    """I14"""
    desk.put("tblclients", id=1, status="Active", datecreated="2026-05-01", email="last@example.jp")
    with desk.site.transaction() as connection:
        requests.open_request(connection, 1, "erasure", at("2026-05-01 12:00"))
    desk.sweep()
    assert desk.rows("tblclients") == []
    with desk.site.reading() as connection:
        assert [(row.notice, row.address) for row in outbox.of(connection, 1)] == [
            ("deletion-done", "last@example.jp"),
        ]  # fmt: skip


def test_the_plans_page_says_who_goes_in_part_and_what_stays_and_the_forecast_when_the_rest_goes(paid: Desk) -> None:
    back_up(paid)
    with paid.site.transaction() as connection:
        requests.open_request(connection, 2, "erasure", at("2026-05-20 12:00"))
    paid.run("DELETE FROM tblhosting")
    overview = overview_of(paid.plan().values(), paid.site.now, paid.site.zone)
    assert {rule: [one.ref for one in group.records] for rule, group in overview.parted.items()} == {
        ON_REQUEST: ["client:1"],
    }  # fmt: skip
    forecast = overview.forecast.as_json()
    assert forecast["due_now"] == {"delete": 0, "anonymise": 1, "archive": 0, "total": 1}
    assert [month for month in overview.forecast.months() if month.total] == [Month("2026-06", 0, 1, 0)]
    assert forecast["later"] == {"delete": 1, "anonymise": 0, "archive": 0, "total": 1}  # in 2032, of the first
    pages = {language: render(paid.site, overview, language) for language in ("en", "ja")}
    assert '<b class="anonymise">1</b>' in pages["en"]
    assert "The law keeps Invoice 10 until 2032-03-01 00:00; it stays, and what it does not need" in pages["en"]
    assert "法令により 請求書 10 は 2032-03-01 00:00 まで保存されます。記録は残し、" in pages["ja"]


NEVER_TOLD = [
    {"code": "floor", "until": None, "refs": ["client:1"]},
]


@pytest.mark.parametrize(
    ("record", "is_untold", "told"),
    [
        (None, False, [{"code": "hold", "until": at("2027-01-01 00:00").isoformat(), "refs": ["client:1"]}]),
        (None, True, NEVER_TOLD),
        ((Kind.TICKET, 8), True, NEVER_TOLD),
    ],
)
def test_a_client_that_a_hold_keeps_is_told_the_ground_in_plain_words_or_never_of_the_hold(
    desk: Desk, record: Ref | None, is_untold: bool, told: list[dict[str, Any]]
) -> None:
    """E5: neither message holds what the operator wrote, nor of one that is not told a date, a record or the word."""
    desk.put("tblclients", id=1, status="Active", datecreated="2026-05-01", country="DE")
    desk.put("tbltickets", id=8, userid=1, status="Closed", date="2026-05-02 09:00:00")
    with desk.site.transaction() as connection:
        client = None if record else 1
        ends = at("2027-01-01 00:00")
        holds.place(connection, client, record, "the police ask", ends, desk.site.now, "tests", is_untold)
    desk.hear({"event": "deletion_requested", "client": 1, "at": "2026-06-01 12:00"})
    desk.move_to("2026-07-15 12:00")
    desk.sweep()
    assert (desk.rows("tblclients"), desk.rows("tbltickets")) == ([1], [8])
    with desk.site.reading() as connection:
        messages = outbox.of(connection, 1)
    assert [one.notice for one in messages] == ["deletion-received", "deletion-blocked"]
    assert [json.loads(one.data)["blockers"] for one in messages] == [told, told]
    assert "police" not in repr(messages)
    assert ("hold" in repr([one.data for one in messages])) is not is_untold


def test_staff_read_of_a_hold_that_is_not_told_that_they_must_not_tell(desk: Desk) -> None:
    """E5"""
    desk.put("tblclients", id=1, status="Active", datecreated="2020-01-01")
    with desk.site.transaction() as connection:
        holds.place(connection, 1, None, "the police ask", None, desk.site.now, "tests", is_untold=True)
    (reason,) = [one for one in desk.plan()[Kind.CLIENT, 1].reasons if one.code == "hold"]
    assert reason.text("Asia/Tokyo") == "A legal hold is in force on Client 1; the client must not be told of it."
    assert reason.text("Asia/Tokyo", "ja") == (
        "顧客 1 は法的保全の対象です。この保全の存在を顧客に知らせてはいけません。"
    )


def test_what_a_client_reads_in_place_of_a_hold_is_what_everybody_reads_whom_the_law_keeps() -> None:
    """E5"""
    said = Reason("floor", refs=("client:1",))
    assert said.text("Asia/Tokyo") == "The law keeps Client 1 until further notice."
    assert said.text("Asia/Tokyo", "ja") == "法令により 顧客 1 は 別途定める時 まで保存されます。"


def test_a_client_with_a_floor_of_its_own_hears_of_that_alone(paid: Desk) -> None:
    """E5: what would be said in place of the hold is said already."""
    with paid.site.transaction() as connection:
        holds.place(connection, 1, None, "the police ask", None, paid.site.now, "tests", is_untold=True)
    paid.move_to("2026-06-02 12:00")
    paid.hear({"event": "client_signed_in", "client": 1, "at": "2026-06-02 11:00"})
    paid.sweep()
    with paid.site.reading() as connection:
        blockers = [one for row in outbox.of(connection, 1) for one in json.loads(row.data).get("blockers", [])]
    assert {one["code"] for one in blockers} == {"floor"}
    assert "client:1" not in {ref for one in blockers for ref in one["refs"]}
