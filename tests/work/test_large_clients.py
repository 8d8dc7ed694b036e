"""A client with more rows than one transaction should remove goes in steps; what comes in between keeps the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import text

from kigen.commands.doctor_gate import look_at_erasures
from kigen.ledger import requests
from kigen.policy.records import Kind
from kigen.work import some_parts, steps
from kigen.work.attempt import Attempts
from kigen.work.erase import erase
from tests.work.billing import LATER, NOW, Billing
from tests.work.test_in_part import SECRETS, back_up, everything, person

MAILS = 2500


@pytest.fixture
def large(either: Billing) -> Billing:
    """Client 4, due, with 2,500 mails and as many lines in the log; 1,001 rows go in steps. Client 1 lives."""
    either.live_client()
    person(either, 4, "2011-03-01")
    with either.site.transaction() as connection:
        for table, column in (("tblemails", "subject"), ("tblactivitylog", "description")):
            statement = text(f"INSERT INTO {table} (id, userid, {column}) VALUES (:id, :client, 'x')")
            connection.execute(statement, [{"id": 1000 + n, "client": 4} for n in range(MAILS)])
            connection.execute(statement, [{"id": 1, "client": 1}])
    either.set(sweep__client_rows=1000)
    return either


def test_it_goes_whole_and_nothing_of_others_goes_with_it(large: Billing) -> None:
    swept = large.sweep()
    assert swept.done["delete"]["client"] == 1, (swept.kept, swept.failures)
    assert swept.rows["tblemails"] == MAILS + 1
    assert large.ids("tblclients") == [1] and large.ids("tblemails") == [1]
    left = everything(large)
    assert [secret for secret in SECRETS if secret in left] == []
    assert large.rows("kigen_intents") == []


def test_access_is_cut_before_the_first_row_goes(large: Billing) -> None:
    large.sweep()
    acts = [(act.action, act.rule) for act in large.acts() if act.id == 4 and act.kind == "client"]
    assert acts == [("delete", "client.delete-inactive"), ("archive", "client.delete-inactive")]


def between_steps(large: Billing, monkeypatch: pytest.MonkeyPatch, number: int, then: Callable[[], object]) -> None:
    """Somebody does something when so many steps are committed, before the next transaction begins."""
    real, count = Attempts._try, [0]

    def tried(self: Attempts, kind: Kind, chunk: Mapping[int, str], work: object) -> object:
        if work is steps.step:
            count[0] += 1
            if count[0] == number + 1:
                then()
        return real(self, kind, chunk, work)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(Attempts, "_try", tried)


def test_a_hold_between_two_steps_keeps_the_rest(large: Billing, monkeypatch: pytest.MonkeyPatch) -> None:
    between_steps(large, monkeypatch, 2, lambda: large.hold(client=4))
    swept = large.sweep()
    assert "delete" not in swept.done or "client" not in swept.done["delete"]
    assert large.ids("tblclients") == [1, 4] and large.ids("tblinvoices") == [40]
    assert 0 < len(large.ids("tblemails")) + len(large.ids("tblactivitylog")) < 2 * MAILS
    assert [row["client"] for row in large.rows("kigen_intents")] == [4]
    assert [one.code for one in look_at_erasures(large.site)] == ["attachments"]
    large.old_orders(7)
    large.set(**{"schedule.order.delete-cancelled": "200 days"})
    assert large.sweep(confirmed=False).stopped == "unconfirmed"
    told = {one.code: one.text for one in look_at_erasures(large.site)}
    assert "is of client 4. Run 2 was refused (unconfirmed)" in told["erasure-refused"]


def test_a_run_that_is_stopped_between_two_steps_is_finished_by_the_next_and_forgets_no_trace(
    large: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    large.add("tblemails", id=999, userid=4, to="taro.old@example.jp", subject="to an older address")
    large.add("tblactivitylog", id=999, userid=0, description="Mail to taro.old@example.jp bounced")
    stopping = large.site.state_dir / "stop"
    between_steps(large, monkeypatch, 3, stopping.touch)
    assert large.sweep().stopped == "stop-file"
    assert large.ids("tblclients") == [1, 4]
    monkeypatch.undo()
    stopping.unlink()
    large.at(NOW + LATER)
    swept = large.sweep()
    assert swept.done["delete"]["client"] == 1, (swept.kept, swept.failures)
    assert "taro.old@example.jp" not in everything(large)


def test_who_is_behind_a_client_that_was_begun_is_not_readable_in_the_database(
    large: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    between_steps(large, monkeypatch, 1, lambda: large.hold(client=4))
    large.sweep()
    (intent,) = large.rows("kigen_intents")
    assert all(secret.encode() not in bytes(intent["people"]) for secret in SECRETS)


def test_an_officers_word_goes_in_steps_as_well(large: Billing) -> None:
    erased = erase(large.site, 4)
    assert erased.done == {"delete": {"client": 1}} and erased.outcome.rows["tblemails"] == MAILS + 1
    assert large.ids("tblclients") == [1]


def test_what_was_begun_for_a_request_that_is_withdrawn_ends_and_the_client_is_opened_again(
    large: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    large.run("UPDATE tblinvoices SET date = '2026-01-01', duedate = '2026-01-01', datepaid = '2026-01-02 00:00:00'"
              " WHERE id = 40")  # fmt: skip
    large.run("UPDATE tblaccounts SET date = '2026-01-02 00:00:00' WHERE id = 40")
    large.run("DELETE FROM tblorders WHERE id = 40")
    large.run("UPDATE tblinvoices SET status = 'Draft' WHERE id = 40")
    large.run("DELETE FROM tblaccounts WHERE id = 40")
    large.run("UPDATE tblclients SET datecreated = '2026-11-01' WHERE id = 4")
    asked = NOW - 40 * LATER

    def withdraw() -> None:
        with large.site.transaction() as connection:
            requests.close_requests(connection, 4, "erasure", NOW)

    with large.site.transaction() as connection:
        requests.open_request(connection, 4, "erasure", asked)
    between_steps(large, monkeypatch, 2, withdraw)
    large.sweep()
    assert large.ids("tblclients") == [1, 4]
    assert large.rows("tblclients", "id, status")[1]["status"] != "Closed"
    assert large.rows("kigen_intents") == []


@pytest.fixture
def kept_in_part(either: Billing, monkeypatch: pytest.MonkeyPatch) -> Billing:
    """Client 3, due, whose paid invoices the law keeps, with tickets and mails; a step takes three records."""
    monkeypatch.setattr(some_parts, "RECORDS", 3)
    either.live_client()
    person(either, 3, "2015-03-01")
    for n in range(100, 107):
        either.add("tbltickets", id=n, tid=f"T{n}", userid=3, status="Closed", date="2012-01-01 00:00:00",
                   name="山田 太郎", email="taro.old@example.jp", message="help")  # fmt: skip
        either.add("tblinvoices", id=n, userid=3, invoicenum=f"INV-{n}", status="Paid", date="2015-03-01",
                   duedate="2015-03-01", datepaid="2015-03-01 10:00:00", subtotal="10.00", total="10.00",
                   notes="please send it to taro.old@example.jp, thank you")  # fmt: skip
        either.add("tblactivitylog", id=n, userid=0, description=f"{n}: mail to taro.old@example.jp bounced")
    either.add("tblemails", id=1, userid=1, subject="x")
    either.set(floors__fiscal_year_end="12-31", floors__company_books="on", sweep__client_rows=5)
    either.at(dt.datetime(2025, 4, 1, 3, 0, tzinfo=dt.UTC))
    back_up(either)
    return either


def test_a_large_client_that_goes_in_part_goes_in_steps_and_every_record_is_proved_once(kept_in_part: Billing) -> None:
    swept = kept_in_part.sweep()
    assert swept.done["anonymise"] == {"client": 1}, (swept.kept, swept.failures)
    assert kept_in_part.ids("tblclients") == [1, 3] and kept_in_part.ids("tblemails") == [1]
    assert kept_in_part.ids("tblinvoices") == [30, *range(100, 107)] and kept_in_part.ids("tbltickets") == []
    left = everything(kept_in_part)
    assert [secret for secret in (*SECRETS, "taro.old@example.jp") if secret in left] == []
    acts = [(act.kind.value, act.id, act.action) for act in kept_in_part.acts() if act.id not in (1, 9001)]
    assert len(acts) == len(set(acts))
    assert {one for one in acts if one[0] in ("invoice", "ticket")} == {
        *(("invoice", number, "anonymise") for number in (30, *range(100, 107))),
        *(("ticket", number, "delete") for number in (30, *range(100, 107))),
    }  # fmt: skip
    assert len(kept_in_part.rows("kigen_evidence")) > 6 and kept_in_part.rows("kigen_intents") == []
    assert {row["record"] for row in kept_in_part.rows("kigen_frozen WHERE kind = 'invoice'")} == {30, *range(100, 107)}


@pytest.mark.parametrize("steps_done", [2, 6])
def test_a_hold_between_its_steps_keeps_the_rest_and_the_next_run_after_it_finishes(
    kept_in_part: Billing, monkeypatch: pytest.MonkeyPatch, steps_done: int
) -> None:
    placed: list[int] = []
    between_steps(kept_in_part, monkeypatch, steps_done, lambda: placed.append(kept_in_part.hold(client=3)))
    assert "anonymise" not in kept_in_part.sweep().done
    assert "山田" in str(kept_in_part.rows("tblclients WHERE id = 3"))
    is_masking = steps_done == 6
    assert len(kept_in_part.ids("tbltickets")) == (0 if is_masking else 5)
    masked = [row for row in kept_in_part.rows("tblinvoices") if "taro.old" not in str(row["notes"])]
    assert len(masked) == (6 if is_masking else 1)
    assert [row["client"] for row in kept_in_part.rows("kigen_intents")] == [3]
    kept_in_part.release(placed[0])
    kept_in_part.at(kept_in_part.site.now + LATER)
    assert kept_in_part.sweep().done["anonymise"] == {"client": 1}
    left = everything(kept_in_part)
    assert [secret for secret in (*SECRETS, "taro.old@example.jp") if secret in left] == []
    acts = [(act.kind.value, act.id, act.action) for act in kept_in_part.acts() if act.id not in (1, 9001)]
    assert len(acts) == len(set(acts))
