"""A large client that is half gone stays begun and closed until it is finished; only the policy opens it again."""

from __future__ import annotations

import datetime as dt

import pytest

from kigen.ledger import archiving, requests, settings
from kigen.work.erase import erase
from kigen.work.erasers import EraserFailed
from kigen.work.gate import Gate
from tests.work.billing import LATER, NOW, Billing
from tests.work.test_in_part import everything
from tests.work.test_large_clients import MAILS, between_steps, large

__all__ = ["large"]

LONG_AGO = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)


class Killed(BaseException):
    """What a kill looks like from within."""


def kill() -> None:
    raise Killed


@pytest.fixture
def unasked(large: Billing) -> Billing:
    """Client 4, registered lately, with nothing but mails and log lines: no rule of the schedule asks for it."""
    for table in ("tblinvoices", "tblaccounts", "tblorders"):
        large.run(f"DELETE FROM {table} WHERE id = 40")
    large.run("UPDATE tblclients SET datecreated = '2026-11-01' WHERE id = 4")
    return large


def status_of(billing: Billing, client: int) -> str:
    (row,) = billing.rows(f"tblclients WHERE id = {client}", "status")
    return str(row["status"])


def begun(billing: Billing) -> list[int]:
    return [row["client"] for row in billing.rows("kigen_intents WHERE over_at IS NULL", "client")]


def stop_between_steps(billing: Billing, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep that is stopped when two steps of client 4 are committed."""
    with monkeypatch.context() as patch:
        between_steps(billing, patch, 2, (billing.site.state_dir / "stop").touch)
        assert billing.sweep().stopped == "stop-file"
    (billing.site.state_dir / "stop").unlink()
    billing.at(NOW + LATER)


def test_an_officers_order_that_was_killed_between_two_steps_is_finished_by_the_next_sweep(
    unasked: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, pytest.raises(Killed):
        between_steps(unasked, patch, 2, kill)
        erase(unasked.site, 4)
    assert begun(unasked) == [4] and 0 < len(unasked.ids("tblemails")) + len(unasked.ids("tblactivitylog")) < 2 * MAILS
    unasked.at(NOW + LATER)
    swept = unasked.sweep()
    assert swept.done["delete"]["client"] == 1, (swept.kept, swept.failures)
    assert (unasked.ids("tblclients"), unasked.ids("tblemails"), begun(unasked)) == ([1], [1], [])


def test_a_hold_keeps_the_rest_of_an_order_and_the_sweep_after_its_release_finishes_it(
    unasked: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    with monkeypatch.context() as patch:
        between_steps(unasked, patch, 2, lambda: held.append(unasked.hold(client=4)))
        erase(unasked.site, 4)
    unasked.at(NOW + LATER)
    assert unasked.sweep().done == {} and begun(unasked) == [4] and status_of(unasked, 4) == "Closed"
    unasked.release(held[0])
    unasked.at(NOW + 2 * LATER)
    unasked.sweep()
    assert (unasked.ids("tblclients"), begun(unasked)) == ([1], [])


def test_an_eraser_that_fails_at_the_last_step_of_an_order_loses_nobody_and_the_next_sweep_finishes_it(
    unasked: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    unasked.add("tblemails", id=999, userid=4, to="taro.old@example.jp", subject="to an older address")
    unasked.add("tblactivitylog", id=999, userid=0, description="Mail to taro.old@example.jp bounced")

    def fails(self: Gate, refs: object) -> None:
        raise EraserFailed("plugin acme.points could not erase its part (RuntimeError)")

    with monkeypatch.context() as patch:
        patch.setattr(Gate, "erase_at_plugins", fails)
        erased = erase(unasked.site, 4)
        assert "acme.points" in erased.failures[0] and "the next sweep goes on with it" in erased.failures[0]
        unasked.at(NOW + LATER)
        assert unasked.sweep().done == {} and begun(unasked) == [4]
    unasked.at(NOW + 2 * LATER)
    unasked.sweep()
    assert unasked.ids("tblclients") == [1] and unasked.ids("tblactivitylog") == [1, 41, 999]
    assert "taro.old@example.jp" not in everything(unasked)


def test_a_rule_that_is_refused_for_one_night_keeps_what_was_begun_closed_and_the_night_after_finishes_it(
    large: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_between_steps(large, monkeypatch)
    large.run("ALTER TABLE tblaccounts RENAME COLUMN refundid TO refundid2")
    swept = large.sweep()
    assert "client.delete-inactive" in swept.refused
    assert (status_of(large, 4), begun(large)) == ("Closed", [4])
    large.run("ALTER TABLE tblaccounts RENAME COLUMN refundid2 TO refundid")
    large.at(NOW + 2 * LATER)
    large.sweep()
    assert (large.ids("tblclients"), begun(large)) == ([1], [])


def test_a_rule_that_is_switched_off_opens_the_client_again_and_the_run_warns_that_a_part_is_gone(
    large: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_between_steps(large, monkeypatch)
    with large.site.transaction() as connection:
        settings.store(connection, "schedule.client.delete-inactive", "", NOW, "tests")
    swept = large.sweep()
    assert [one for one in swept.warnings if "client 4 stays" in one and "a part of its mails" in one]
    assert (status_of(large, 4), begun(large), large.ids("tblinvoices")) == ("Active", [], [40])


def test_a_client_that_was_archived_before_its_first_step_keeps_that_archive_and_goes(large: Billing) -> None:
    with large.site.transaction() as connection:
        settings.store(connection, "schedule.client.delete-inactive", "", NOW, "tests")
        archiving.write_archives(connection, {4: "Active"}, None, dt.datetime(2014, 1, 1, tzinfo=dt.UTC))
    large.run("UPDATE tblclients SET status = 'Closed' WHERE id = 4")
    swept = large.sweep()
    assert swept.done["delete"]["client"] == 1, (swept.kept, swept.failures)
    assert [act.action for act in large.acts() if act.kind == "client"] == ["delete"]
    assert large.ids("tblclients") == [1]


def test_letting_go_does_not_end_an_archive_that_was_there_before(
    unasked: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def withdraw() -> None:
        with unasked.site.transaction() as connection:
            requests.close_requests(connection, 4, "erasure", NOW)

    unasked.run("UPDATE tblclients SET status = 'Closed' WHERE id = 4")
    with unasked.site.transaction() as connection:
        archiving.write_archives(connection, {4: "Active"}, 1, LONG_AGO)
        requests.open_request(connection, 4, "erasure", NOW - 40 * LATER)
    between_steps(unasked, monkeypatch, 2, withdraw)
    swept = unasked.sweep()
    assert [one for one in swept.warnings if "client 4 stays" in one]
    assert (status_of(unasked, 4), begun(unasked)) == ("Closed", [])
    (archive,) = unasked.rows("kigen_archives")
    assert (archive["former_status"], archive["ended_at"]) == ("Active", None)
