"""A client with more rows than one transaction should remove goes in steps; what comes in between keeps the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import text

from kigen.commands.doctor_gate import look_at_erasures
from kigen.ledger import intents, requests
from kigen.policy.records import Kind
from kigen.work import steps
from kigen.work.attempt import Attempts
from kigen.work.erase import erase
from tests.work.billing import LATER, NOW, Billing
from tests.work.test_in_part import SECRETS, everything, person

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
    large.add("tblemails", id=999, userid=4, to="taro.old@example.jp", subject="to an older address")
    large.add("tblactivitylog", id=999, userid=0, description="Mail to taro.old@example.jp bounced")
    large.sweep()
    assert large.ids("tblclients") == [1, 4]
    assert large.rows("tblclients", "id, status")[1]["status"] != "Closed"
    with large.site.reading() as connection:
        assert intents.begun(connection) == []
    # What went said an older address: an erasure of later still looks for it.
    monkeypatch.undo()
    assert 999 not in large.ids("tblemails")
    assert erase(large.site, 4).done == {"delete": {"client": 1}}
    assert "taro.old@example.jp" not in everything(large)
    assert large.rows("kigen_intents") == [] and large.ids("tblclients") == [1]


def test_a_changed_store_key_stops_the_client_that_was_begun_and_no_other(
    large: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold: list[int] = []
    between_steps(large, monkeypatch, 1, lambda: hold.append(large.hold(client=4)))
    large.sweep()
    monkeypatch.undo()
    (large.site.state_dir / "store.key").write_text("ab" * 32 + "\n")
    large.release(hold[0])
    large.old_orders(7)
    large.idle_client(5)
    large.at(NOW + LATER)
    swept = large.sweep()
    assert swept.done["delete"]["client"] == 1 and large.ids("tblclients") == [1, 4] and large.ids("tblorders") == [40]
    assert ["store.key" in one and "kigen keys restore" in one for one in swept.failures] == [True]
    told = {one.code: one.text for one in look_at_erasures(large.site)}
    assert "client 4" in told["erasure-key"] and "'kigen keys restore'" in told["erasure-key"]
