"""A legal hold keeps sealed copies as it keeps rows: they go when it ends, if what was to end them still does."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kigen.commands.doctor_gate import look_at_erasures
from kigen.ledger import requests
from kigen.policy.records import Kind
from kigen.work.destroying import bring_up_file
from kigen.work.erase import erase
from kigen.work.erase import preview as preview_of
from kigen.work.plan import decisions, explain
from kigen.work.replay import replay
from kigen.work.undo import undo
from tests.work.billing import LATER, NOW, Billing
from tests.work.kept import due_records, stays_kept, swept_away
from tests.work.restores import Backup
from tests.work.test_quarantine_ends import ask, parts

MONTH = dt.timedelta(days=30)


@pytest.fixture
def lite(sqlite_url: str, tmp_path: Path) -> Iterator[Billing]:
    """An empty installation on SQLite."""
    yield (one := Billing(sqlite_url, tmp_path))
    one.site.engine.dispose()


@pytest.fixture
def gone(lite: Billing) -> Billing:
    """Client 3 is gone and kept, by run 1."""
    swept_away(stays_kept(lite))
    return lite


def term_over(billing: Billing) -> None:
    billing.at(NOW + MONTH)
    billing.sweep()


def officer(billing: Billing) -> None:
    assert erase(billing.site, 3).destroyed == 0


def request(billing: Billing) -> None:
    ask(billing, 3)


ENDS: dict[str, Callable[[Billing], None]] = {"its term": term_over, "an officer": officer, "a request": request}


@pytest.mark.parametrize("end", ENDS)
def test_a_hold_on_the_client_keeps_its_copy_from_every_end_and_once_released_the_next_run_destroys_it(
    gone: Billing, end: str
) -> None:
    hold = gone.hold(client=3)
    ENDS[end](gone)
    assert parts(gone) == [("client", 3)]
    gone.at(gone.site.now + LATER)
    gone.sweep()
    assert parts(gone) == [("client", 3)]
    assert undo(gone.site, 1).acted == 0  # what is here only for a hold does not come back
    gone.release(hold)
    gone.sweep()
    assert parts(gone) == [] and gone.ids("tblclients") == [1]
    told = [row["rule"] for row in gone.rows("kigen_evidence WHERE action = 'destroy'", "rule")]
    rules = {"its term": [], "an officer": ["client.delete-ordered"], "a request": ["client.delete-on-request"]}
    assert told == rules[end]


def test_a_hold_that_ends_while_nobody_asks_any_more_ends_nothing_before_the_term(gone: Billing) -> None:
    hold = gone.hold(client=3)
    ask(gone, 3)
    with gone.site.transaction() as connection:
        requests.close_requests(connection, 3, "erasure", gone.site.now)
    gone.release(hold)
    gone.sweep()
    assert parts(gone) == [("client", 3)]
    assert undo(gone.site, 1).refused == {} and gone.ids("tblclients") == [1, 3]


def test_a_hold_on_what_went_with_a_client_keeps_all_of_it_and_one_on_somebody_else_s_record_does_not(
    gone: Billing,
) -> None:
    hold = gone.hold_on(Kind.INVOICE, 30)
    gone.hold_on(Kind.SERVICE, 9001)
    assert erase(gone.site, 3).destroyed == 0 and parts(gone) == [("client", 3)]
    gone.release(hold)
    gone.sweep()
    assert parts(gone) == []


def test_a_hold_on_a_live_client_keeps_the_copies_of_its_records_when_it_asks(either: Billing) -> None:
    either.live_client()
    due_records(either)
    either.set(quarantine__term="30 days")
    either.sweep()
    before = parts(either)
    hold = either.hold(client=1)
    ask(either, 1)
    assert parts(either) == before and len(before) == 4
    either.release(hold)
    either.sweep()
    assert parts(either) == [] and either.ids("tblclients") == [1]


def test_preview_plan_and_explain_tell_the_hold_that_keeps_a_copy(gone: Billing) -> None:
    hold = gone.hold(client=3)
    before = explain(gone.site, (Kind.CLIENT, 3))
    assert before and [one.code for one in before.reasons] == ["already-gone", "restorable", "hold"]
    told = preview_of(gone.site, 3)
    assert (told.destroyed, [one.code for one in told.copies]) == (0, ["restorable", "hold"])
    officer(gone)
    after = explain(gone.site, (Kind.CLIENT, 3))
    assert after and [one.code for one in after.reasons] == ["already-gone", "restorable", "hold"]
    assert "cannot be brought back" in after.reasons[1].text("UTC")
    (planned,) = (one for one in decisions(gone.site) if one.record.ref == (Kind.CLIENT, 3))
    assert (planned.action, planned.rule) == ("keep", "client.delete-ordered")
    assert planned.reasons[1].values == {"hold": hold} and gone.ids("tblclients") == [1]


def test_a_replay_destroys_what_went_after_the_hold_of_the_backup_and_keeps_what_a_later_one_names(
    gone: Billing,
) -> None:
    hold = gone.hold(client=3)
    backup = Backup(gone)
    gone.at(NOW + LATER)
    gone.release(hold)
    ask(gone, 3)
    bring_up_file(gone.site)
    assert parts(gone) == []
    backup.restore()
    gone.at(NOW + 2 * LATER)
    later = gone.hold(client=3)
    replay(gone.site)
    assert parts(gone) == [("client", 3)]  # somebody placed it since: a person decides
    gone.release(later)
    backup.restore()  # with the hold of before alone, which was overcome
    backup.drop()
    gone.at(NOW + 3 * LATER)
    replay(gone.site)
    assert parts(gone) == [] and gone.ids("tblclients") == [1]


def test_copies_destroyed_while_a_replay_waits_do_not_come_back_with_the_same_backup(either: Billing) -> None:
    swept_away(stays_kept(either))
    backup = Backup(either)
    either.old_orders(99)
    either.at(NOW + LATER)
    either.sweep()
    backup.restore()
    ask(either, 3)  # before anybody ran a replay
    assert parts(either) == []
    either.at(NOW + 2 * LATER)
    assert replay(either.site).swept.stopped is None
    assert either.rows("kigen_evidence ORDER BY seq DESC LIMIT 1", "action, rule, count") == [
        {"action": "destroy", "rule": "client.delete-on-request", "count": 1}
    ]
    backup.restore()
    backup.drop()
    either.at(NOW + 3 * LATER)
    replay(either.site)
    assert undo(either.site, 1).acted == 0 and either.ids("tblclients") == [1]


def test_nor_do_those_destroyed_while_the_ledger_file_has_a_torn_end(gone: Billing) -> None:
    backup = Backup(gone)
    with (gone.site.state_dir / "ledger.jsonl").open("ab") as file:
        file.write(b'{"half": ')
    ask(gone, 3)
    bring_up_file(gone.site)
    backup.restore()
    backup.drop()
    gone.at(NOW + LATER)
    replay(gone.site)
    assert parts(gone) == [] and undo(gone.site, 1).acted == 0
    assert (gone.site.state_dir / "destroyed.jsonl").read_bytes() == b""
    assert gone.ids("tblclients") == [1]


def test_a_note_that_broke_off_or_says_nothing_stops_no_run_and_what_is_noted_behind_it_is_paid(gone: Billing) -> None:
    backup = Backup(gone)
    with (gone.site.state_dir / "ledger.jsonl").open("ab") as file:
        file.write(b'{"half": ')
    owing = gone.site.state_dir / "destroyed.jsonl"
    owing.write_bytes(b'["order", true, "x", "2020-01-01"]\n["client", 7, "client.del')
    ask(gone, 3)
    assert len(owing.read_bytes().splitlines()) == 2
    assert {("note", "evidence-owed"), ("warning", "evidence-owed-unread")} <= owed_findings(gone)
    backup.restore()
    backup.drop()
    gone.at(NOW + LATER)
    replay(gone.site)
    assert parts(gone) == [] and gone.ids("tblclients") == [1]
    assert owing.read_bytes() == b'["order", true, "x", "2020-01-01"]\n'
    owing.unlink()
    owing.mkdir()  # as where nobody may read it
    gone.old_orders(99)
    gone.at(NOW + 2 * LATER)
    assert gone.sweep().done == {"delete": {"order": 1}}
    assert ("error", "evidence-owed-closed") in owed_findings(gone)


def owed_findings(billing: Billing) -> set[tuple[str, str]]:
    return {(one.level, one.code) for one in look_at_erasures(billing.site)}


def test_a_hold_that_is_found_at_an_instant_ahead_keeps_too(gone: Billing) -> None:
    gone.hold(client=3, until=NOW + 60 * LATER)
    gone.site = dataclasses.replace(gone.site, now=NOW + 2 * MONTH - LATER, is_machine_clock=False)
    gone.sweep(confirmed=True)
    assert parts(gone) == [("client", 3)]
    gone.site = dataclasses.replace(gone.site, now=NOW + 2 * MONTH + LATER)
    gone.sweep(confirmed=True)
    assert parts(gone) == [] and gone.ids("tblclients") == [1]
