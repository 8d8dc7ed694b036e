"""Clients that go in part, through the gate: what stays, masked and frozen, and what nobody finds any more."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from kigen.ledger import datamap, frozen, keys_backup, keys_store, requests
from kigen.ledger.tables import inbox
from kigen.policy.answers import Answer
from kigen.policy.fates import Treatment
from kigen.policy.records import Kind
from kigen.work.erase import erase
from tests.work.billing import LATER, NOW, Billing

SECRETS = ("taro.yamada@example.jp", "山田", "太郎", "03-1234-5678", "203.0.113.77", "1-2-3 Osaki")


def back_up(billing: Billing) -> None:
    names = keys_store.names(billing.site.state_dir)
    with billing.site.transaction() as connection:
        keys_backup.note(connection, names, billing.site.now)


def person(billing: Billing, number: int, paid: str) -> None:
    """Client 3 or 4 with a paid invoice, the order and service that it bills, a ticket, mails, notes and a log."""
    ten = number * 10
    mine = {
        "firstname": "太郎", "lastname": "山田", "email": "taro.yamada@example.jp", "phonenumber": "03-1234-5678",
        "address1": "1-2-3 Osaki", "ip": "203.0.113.77", "country": "JP",
    }  # fmt: skip
    billing.add("tblclients", id=number, datecreated="2010-01-01", **mine)
    billing.add("tblorders", id=ten, ordernum=ten, userid=number, invoiceid=ten, status="Active",
                date=f"{paid} 09:00:00", ipaddress="203.0.113.77")  # fmt: skip
    billing.add("tblhosting", id=ten, userid=number, orderid=ten, domainstatus="Cancelled", regdate=paid,
                termination_date=paid, domain="yamada-taro.example")  # fmt: skip
    billing.add("tblinvoices", id=ten, userid=number, invoicenum=f"INV-{ten}", status="Paid", date=paid, duedate=paid,
                datepaid=f"{paid} 10:00:00", subtotal="1000.00", tax="100.00", total="1100.00")  # fmt: skip
    billing.add("tblinvoiceitems", id=ten, invoiceid=ten, userid=number, type="Hosting", relid=ten, amount="1000.00",
                description="VPS for 山田 太郎")  # fmt: skip
    billing.add("tblaccounts", id=ten, userid=number, invoiceid=ten, amountin="1100.00", date=f"{paid} 10:00:00",
                description="payment by taro.yamada@example.jp")  # fmt: skip
    billing.add("tbltickets", id=ten, tid=f"T{ten}", userid=number, status="Closed", date="2012-01-01 00:00:00",
                name="山田 太郎", email="taro.yamada@example.jp", message="help")  # fmt: skip
    billing.add("tblemails", id=ten, userid=number, subject="hello", message="Dear 山田", to="taro.yamada@example.jp")
    billing.add("tblactivitylog", id=ten, userid=number, description="signed in", ipaddr="203.0.113.77")
    billing.add("tblactivitylog", id=ten + 1, userid=0, description="Mail sent to taro.yamada@example.jp")


def everything(billing: Billing) -> str:
    """Every column of every table of the platform and of kigen, as one text."""
    with billing.site.reading() as connection:
        found = []
        names = [row[0] for row in connection.execute(text("SHOW TABLES"))] if billing.url.startswith("mysql") else [
            row[0] for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        ]  # fmt: skip
        for name in names:
            for row in connection.execute(text(f"SELECT * FROM {name}")):
                found.append(f"{name}: {[value for value in row if not isinstance(value, bytes)]}")
    return "\n".join(found)


@pytest.fixture
def kept(either: Billing) -> Billing:
    """Client 3 paid eleven years ago, so that its deletion is due while a floor keeps what it paid for."""
    either.live_client()
    person(either, 3, "2015-03-01")
    either.set(floors__fiscal_year_end="12-31", floors__company_books="on")
    either.at(dt.datetime(2025, 4, 1, 3, 0, tzinfo=dt.UTC))
    return either


def test_a_client_whose_papers_a_floor_keeps_stays_as_it_is_until_the_keys_are_backed_up(kept: Billing) -> None:
    swept = kept.sweep()
    assert swept.done == {"archive": {"client": 1}, "delete": {"service": 1}}
    assert kept.ids("tblclients") == [1, 3] and kept.ids("tbltickets") == [30]
    assert "taro.yamada@example.jp" in everything(kept)


def test_with_a_backup_it_is_anonymised_and_its_papers_are_frozen(kept: Billing) -> None:
    back_up(kept)
    swept = kept.sweep()
    assert swept.done["anonymise"] == {"client": 1}, (swept.kept, swept.failures)
    assert kept.ids("tblclients") == [1, 3] and kept.ids("tblinvoices") == [30] and kept.ids("tblaccounts") == [30]
    assert kept.ids("tbltickets") == [] and kept.ids("tblemails") == []
    assert "delete" not in swept.done  # what the invoice bills is due by a rule of its own
    assert kept.ids("tblorders") == [30] and kept.ids("tblhosting") == [30, 9001]
    left = everything(kept)
    assert [secret for secret in SECRETS if secret in left] == []
    (invoice,) = kept.rows("tblinvoices", "invoicenum, total, tax, date, datepaid")
    assert (invoice["invoicenum"], invoice["total"], invoice["tax"]) == ("INV-30", 1100, 100)
    with kept.site.reading() as connection:
        keys = keys_store.read(kept.site.state_dir)
        papers = [frozen.read(connection, keys, number) for number in kept.ids("kigen_frozen")]
    assert {one.paper.ref for one in papers} >= {(Kind.INVOICE, 30)}
    assert any("山田" in one.page for one in papers)


def test_it_is_not_anonymised_twice_and_goes_when_the_last_floor_is_over(kept: Billing) -> None:
    back_up(kept)
    kept.sweep()
    kept.at(kept.site.now + LATER)
    again = kept.sweep()
    assert "anonymise" not in again.done and kept.ids("tblclients") == [1, 3]
    assert "delete" not in again.done and kept.ids("tblhosting") == [30, 9001]
    kept.at(dt.datetime(2027, 4, 1, 3, 0, tzinfo=dt.UTC), is_time_stated=True)
    last = kept.sweep()
    assert last.done["delete"]["client"] == 1, (last.kept, last.failures)
    assert kept.ids("tblclients") == [1] and kept.ids("tblinvoices") == []
    assert kept.ids("kigen_frozen") == []


def test_a_refund_booked_after_the_papers_were_frozen_keeps_them_as_long_as_the_invoice(kept: Billing) -> None:
    back_up(kept)
    kept.sweep()
    kept.add("tblaccounts", id=31, userid=3, invoiceid=30, amountout="1100.00", date="2025-06-01 10:00:00",
             description="refund", refundid=30)  # fmt: skip
    for year in (2026, 2027):
        kept.at(dt.datetime(year, 4, 1, 3, 0, tzinfo=dt.UTC), is_time_stated=True)
        kept.sweep()
        papers = {row["kind"]: str(row["until"])[:10] for row in kept.rows("kigen_frozen")}
        assert papers == {"order": "2036-03-02", "invoice": "2036-03-02"}  # the payment alone is as old as it was
        assert kept.ids("tblinvoices") == [30]
    left = everything(kept)
    assert [secret for secret in SECRETS if secret in left] == []


def test_what_a_document_bills_stays_as_long_as_a_refund_keeps_the_document(kept: Billing) -> None:
    """A service is no document itself: it stays by what was remembered when its client was anonymised."""
    back_up(kept)
    kept.sweep()
    assert [str(row["until"])[:10] for row in kept.rows("kigen_anonymised")] == ["2026-02-28"]
    kept.add("tblaccounts", id=31, userid=3, invoiceid=30, amountout="1100.00", date="2025-06-01 10:00:00",
             description="refund", refundid=30)  # fmt: skip
    kept.at(dt.datetime(2025, 6, 2, 3, 0, tzinfo=dt.UTC), is_time_stated=True)
    kept.sweep()
    assert [str(row["until"])[:10] for row in kept.rows("kigen_anonymised")] == ["2036-03-02"]
    papers = {row["kind"]: str(row["until"])[:10] for row in kept.rows("kigen_frozen")}
    assert papers == {"order": "2036-03-02", "invoice": "2036-03-02", "payment": "2026-02-28"}
    kept.at(dt.datetime(2027, 4, 1, 3, 0, tzinfo=dt.UTC), is_time_stated=True)
    assert "service" not in kept.sweep().done.get("delete", {})
    assert kept.ids("tblhosting") == [30, 9001] and kept.ids("tblinvoices") == [30]
    kept.at(dt.datetime(2036, 4, 1, 3, 0, tzinfo=dt.UTC), is_time_stated=True)
    kept.sweep()
    assert kept.ids("tblhosting") == [9001] and kept.ids("tblclients") == [1]


def test_papers_do_not_go_by_floors_that_nobody_confirmed(kept: Billing) -> None:
    """Nothing is due, so that no plan waits for a person either."""
    back_up(kept)
    kept.sweep()
    kept.at(kept.site.now + LATER)
    kept.sweep()
    kept.run("UPDATE tblclients SET credit = '5.00' WHERE id = 3")
    kept.set(floors__company_books="off", floors__years="1")
    for _ in range(3):
        kept.at(kept.site.now + LATER)
        swept = kept.sweep(confirmed=False)
        assert swept.stopped is None and any("nobody has confirmed" in one for one in swept.warnings)
    assert len(kept.ids("kigen_frozen")) == 3 and kept.ids("tblclients") == [1, 3]
    for _ in range(2):  # the first tells that they became shorter
        kept.at(kept.site.now + LATER)
        kept.sweep()
    assert kept.ids("kigen_frozen") == [] and kept.ids("tblinvoices") == [30]


def ask(billing: Billing, number: int) -> None:
    with billing.site.transaction() as connection:
        requests.open_request(connection, number, "erasure", billing.site.now)


def enter_anew(billing: Billing, number: int) -> None:
    """Staff write the data again into the masked client, who is one again."""
    billing.run("UPDATE tblclients SET firstname = '太郎', lastname = '山田', email = 'taro.yamada@example.jp'"
                f" WHERE id = {number}")  # fmt: skip


def test_a_second_request_is_carried_out_thirty_days_later_and_the_client_is_told(either: Billing) -> None:
    either.live_client()
    person(either, 3, "2021-03-01")
    either.set(floors__fiscal_year_end="12-31")
    back_up(either)
    ask(either, 3)
    either.at(NOW + dt.timedelta(days=31))
    assert either.sweep().done["anonymise"] == {"client": 1}
    either.run("DELETE FROM kigen_outbox")
    enter_anew(either, 3)
    either.add("tbltickets", id=51, tid="T51", userid=3, status="Closed", date="2027-03-01 00:00:00", message="hello",
               name="山田 太郎", email="taro.yamada@example.jp")  # fmt: skip
    either.at(NOW + dt.timedelta(days=200), is_time_stated=True)
    ask(either, 3)
    hold = either.hold(client=3)
    either.at(NOW + dt.timedelta(days=231))
    assert either.sweep().acted == 0
    assert "deletion-blocked" in {row["notice"] for row in either.rows("kigen_outbox")}
    either.release(hold)
    either.at(NOW + dt.timedelta(days=233))
    assert either.sweep().done["anonymise"] == {"client": 1}
    assert either.ids("tbltickets") == [] and either.ids("tblinvoices") == [30] and either.ids("tblclients") == [1, 3]
    assert [row["notice"] for row in either.rows("kigen_outbox") if row["address"]] == ["deletion-partly-kept"]
    either.run("DELETE FROM kigen_outbox")
    left = everything(either)
    assert [secret for secret in SECRETS if secret in left] == []
    assert {row["state"] for row in either.rows("kigen_requests")} == {"partly-fulfilled"}
    either.at(NOW + dt.timedelta(days=260))
    assert "anonymise" not in either.sweep().done


def test_who_stays_a_client_after_all_is_left_alone_by_the_request_of_long_ago(either: Billing) -> None:
    either.live_client()
    either.add("tblclients", id=4, datecreated="2020-01-01", firstname="太郎", email="taro.yamada@example.jp")
    either.add("tbltickets", id=40, tid="T40", userid=4, status="Open", date="2026-01-01 00:00:00", message="x")
    back_up(either)
    ask(either, 4)
    either.at(NOW + dt.timedelta(days=31))
    assert either.sweep().done["anonymise"] == {"client": 1}
    enter_anew(either, 4)
    either.run("UPDATE tbltickets SET status = 'Closed' WHERE id = 40")
    either.add("tblhosting", id=50, userid=4, domainstatus="Cancelled", regdate="2027-01-01",
               termination_date="2028-12-05")  # fmt: skip
    either.add("tblinvoices", id=60, userid=4, status="Paid", date="2027-12-01", duedate="2027-12-01",
               datepaid="2027-12-01 10:00:00", subtotal="10.00", total="10.00")  # fmt: skip
    either.at(dt.datetime(2028, 12, 6, 3, 0, tzinfo=dt.UTC), is_time_stated=True)
    assert either.sweep().acted == 0
    assert [row["email"] for row in either.rows("tblclients WHERE id = 4", "email")] == ["taro.yamada@example.jp"]
    assert either.ids("tblinvoices") == [60] and either.ids("tbltickets") == [40]


def test_evidence_tells_what_was_masked_and_what_went_and_holds_nobody(kept: Billing) -> None:
    back_up(kept)
    kept.sweep()
    told = {(row["action"], row["rule"]) for row in kept.rows("kigen_evidence", "action, rule")}
    assert {("anonymise", "client.delete-inactive"), ("delete", "client.delete-inactive")} <= told
    masked = kept.rows("kigen_maskings")
    assert {(row["kind"], row["record"], row["number"]) for row in masked} == {
        ("invoice", 30, "INV-30"), ("order", 30, "30"), ("payment", 30, "30"),
    }  # fmt: skip
    assert masked and all("山田" not in json.dumps(row, default=str, ensure_ascii=False) for row in masked)


def test_what_was_logged_of_a_document_goes_with_it_also_where_its_client_stays(kept: Billing) -> None:
    back_up(kept)
    kept.sweep()
    kept.run("UPDATE tblclients SET credit = '5.00' WHERE id = 3")  # keeps the client, and no document
    kept.run("UPDATE tblinvoices SET status = 'Cancelled' WHERE id = 30")
    kept.run("DELETE FROM tblaccounts")
    for day in (1, 10):
        kept.at(dt.datetime(2027, 4, day, 3, 0, tzinfo=dt.UTC), is_time_stated=True)
        kept.sweep()
    assert kept.ids("tblinvoices") == [] and kept.ids("tblclients") == [1, 3]
    assert "invoice" not in {row["kind"] for row in kept.rows("kigen_maskings")}
    assert "payment" in {row["kind"] for row in kept.rows("kigen_maskings")}


def test_an_officers_word_deletes_what_no_floor_keeps_and_clears_every_trace(either: Billing) -> None:
    either.live_client()
    person(either, 4, "2011-03-01")
    either.add("tbltickets", id=99, tid="T99", userid=1, status="Closed", date="2020-01-01 00:00:00",
               message="my friend wrote from taro.yamada@example.jp, please add him")  # fmt: skip
    erased = erase(either.site, 4)
    assert erased.done == {"delete": {"client": 1}}, (erased.decision, erased.failures)
    left = everything(either)
    assert [secret for secret in SECRETS if secret in left] == []
    (ticket,) = either.rows("tbltickets", "id, message")
    assert "my friend wrote from" in ticket["message"] and "please add him" in ticket["message"]
    assert either.ids("tblclients") == [1]


def test_somebody_who_asked_gets_the_last_message_with_the_address_that_goes(either: Billing) -> None:
    either.live_client()
    person(either, 4, "2011-03-01")
    with either.site.transaction() as connection:
        requests.open_request(connection, 4, "erasure", NOW - dt.timedelta(days=40))
    either.run("UPDATE tblclients SET language = 'japanese' WHERE id = 4")
    either.sweep()
    (message,) = [row for row in either.rows("kigen_outbox") if row["address"]]
    assert (message["notice"], message["address"], message["language"]) == (
        "deletion-done", "taro.yamada@example.jp", "japanese",
    )  # fmt: skip


def test_files_that_only_erased_rows_name_go_after_the_rows_and_shared_ones_stay(
    either: Billing, tmp_path: Path
) -> None:
    folder = tmp_path / "attachments"
    folder.mkdir()
    for name in ("a.pdf", "shared.pdf", "other.pdf"):
        (folder / name).write_text("content")
    either.live_client()
    person(either, 4, "2011-03-01")
    either.run("UPDATE tbltickets SET attachment = 'a.pdf|shared.pdf|../outside.pdf' WHERE id = 40")
    either.add("tbltickets", id=99, tid="T99", userid=1, status="Closed", attachment="shared.pdf",
               date="2020-01-01 00:00:00")  # fmt: skip
    (tmp_path / "outside.pdf").write_text("content")
    either.set(host__attachments=str(folder))
    erased = erase(either.site, 4)
    assert sorted(path.name for path in folder.iterdir()) == ["other.pdf", "shared.pdf"]
    assert (tmp_path / "outside.pdf").exists()
    assert any("outside the folder" in warning for warning in erased.warnings)
    assert either.ids("kigen_going_files") == []


def test_files_that_cannot_be_removed_now_are_removed_by_a_later_run(either: Billing, tmp_path: Path) -> None:
    folder = tmp_path / "attachments"
    either.live_client()
    person(either, 4, "2011-03-01")
    either.run("UPDATE tbltickets SET attachment = 'a.pdf' WHERE id = 40")
    either.set(host__attachments=str(folder))
    erased = erase(either.site, 4)
    assert erased.warnings and len(either.ids("kigen_going_files")) == 1
    folder.mkdir()
    (folder / "a.pdf").write_text("content")
    either.sweep()
    assert list(folder.iterdir()) == [] and either.ids("kigen_going_files") == []


def test_a_file_that_a_new_row_names_before_it_was_removed_stays(either: Billing, tmp_path: Path) -> None:
    folder = tmp_path / "attachments"
    either.live_client()
    person(either, 4, "2011-03-01")
    either.run("UPDATE tbltickets SET attachment = 'a.pdf|b.pdf' WHERE id = 40")
    either.set(host__attachments=str(folder))
    erase(either.site, 4)
    either.add("tbltickets", id=99, tid="T99", userid=1, status="Closed", attachment="b.pdf",
               date="2020-01-01 00:00:00")  # fmt: skip
    folder.mkdir()
    for name in ("a.pdf", "b.pdf"):
        (folder / name).write_text("content")
    either.sweep()
    assert [path.name for path in folder.iterdir()] == ["b.pdf"] and either.ids("kigen_going_files") == []


def test_tables_of_the_operators_own_go_or_are_masked_by_the_operators_word_when_a_client_is_deleted(
    either: Billing,
) -> None:
    either.live_client()
    person(either, 4, "2011-03-01")
    for table in ("acme_points", "acme_reviews"):
        either.run(f"CREATE TABLE {table} (id BIGINT PRIMARY KEY, owner BIGINT, words VARCHAR(200))")
        either.run(f"INSERT INTO {table} VALUES (1, 1, 'of the live one'), (2, 4, '山田太郎 was here')")
    with either.site.transaction() as connection:
        for name, treatment in (
            ("acme_points.words", Treatment.DELETE), ("acme_points.id", Treatment.NONE),
            ("acme_points.owner", Treatment.NONE), ("acme_reviews.words", Treatment.MASK),
            ("acme_reviews.id", Treatment.NONE), ("acme_reviews.owner", Treatment.NONE),
        ):  # fmt: skip
            answer = Answer(name, treatment, "owner" if name.endswith("words") else None)
            datamap.classify(connection, answer, either.site.now, "officer")
    assert erase(either.site, 4).done == {"delete": {"client": 1}}
    assert either.rows("acme_points") == [{"id": 1, "owner": 1, "words": "of the live one"}]
    first, second = either.rows("acme_reviews")
    assert first["words"] == "of the live one" and "山田" not in second["words"] and second["id"] == 2


def test_what_others_have_in_the_orders_of_a_client_that_goes_is_neither_touched_nor_told_as_gone(
    kept: Billing,
) -> None:
    back_up(kept)
    kept.add("tblorders", id=77, ordernum=77, userid=3, status="Cancelled", date="2015-01-01 00:00:00")
    kept.add("tblhosting", id=77, userid=1, orderid=77, domainstatus="Cancelled", regdate="2025-03-30")
    erased = erase(kept.site, 3)
    assert erased.done == {"anonymise": {"client": 1}}, erased.decision
    assert 77 in kept.ids("tblhosting") and 77 not in kept.ids("tblorders")
    told = [(act.kind.value, act.id) for act in kept.acts()]
    assert ("order", 77) in told and ("service", 77) not in told


def test_words_that_people_wrote_about_a_client_go_with_it(either: Billing) -> None:
    either.live_client()
    person(either, 4, "2011-03-01")
    hold = either.hold(client=4)
    either.release(hold)
    either.hold(client=1)
    either.sweep()
    assert {row["client"]: row["reason"] for row in either.rows("kigen_holds")} == {4: "", 1: "a claim"}


def test_arrivals_that_wait_for_their_day_keep_nothing_of_a_client_that_is_gone(either: Billing) -> None:
    either.live_client()
    person(either, 4, "2011-03-01")
    waiting = [
        {"id": number, "event": "client_changed", "at": dt.datetime(2099, 1, 1, tzinfo=dt.UTC), "state": "early",
         "payload": json.dumps({"client": client, "data": {"email": "taro.yamada@example.jp"}}), "digest": str(number)}
        for number, client in ((1, 4), (2, 1))
    ]  # fmt: skip
    with either.site.transaction() as connection:
        connection.execute(insert(inbox), waiting)
    erase(either.site, 4)
    first, second = either.rows("kigen_inbox", "id, payload")
    assert first["payload"] == "{}" and '"client": 1' in second["payload"]


def test_an_order_after_which_papers_stay_tells_rows_gone_from_rows_masked_and_its_rest_goes_with_the_floor(
    kept: Billing,
) -> None:
    back_up(kept)
    erased = erase(kept.site, 3)
    rows, masked = erased.outcome.rows, erased.outcome.masked
    assert (rows["tblclients"], masked["tblclients"]) == (1, 1) and (rows["tblemails"], masked["tblemails"]) == (1, 0)
    assert erased.decision and erased.decision.rule == "client.delete-ordered"
    assert kept.ids("tblclients") == [1, 3] and kept.ids("tblinvoices") == [30]
    kept.at(dt.datetime(2040, 1, 1, 3, 0, tzinfo=dt.UTC), is_time_stated=True)
    kept.sweep()
    assert kept.ids("tblclients") == [1]


def test_what_an_officers_order_left_goes_at_the_floors_end_under_the_name_of_the_order(either: Billing) -> None:
    either.live_client()
    person(either, 3, "2021-03-01")
    either.set(floors__fiscal_year_end="12-31")
    back_up(either)
    assert erase(either.site, 3).done == {"anonymise": {"client": 1}}
    either.at(dt.datetime(2029, 4, 1, 3, 0, tzinfo=dt.UTC), is_time_stated=True)
    assert either.sweep().done["delete"]["client"] == 1
    assert either.ids("tblclients") == [1] and either.ids("tblinvoices") == []
    told = {(act.action, act.rule) for act in either.acts(Kind.CLIENT, 3)}
    assert told == {("anonymise", "client.delete-ordered"), ("delete", "client.delete-ordered")}
