"""After a restore: what was erased goes again and nothing else; nothing acts before that; kills do no harm."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from kigen.ledger import evidence_read, keys, keys_store, ledger_file, ledger_standing
from kigen.ledger.evidence_verify import verify
from kigen.ledger.ledger_standing import State
from kigen.policy.records import Kind
from kigen.work import attempt
from kigen.work.replay import replay
from kigen.work.replayed import Replayed
from tests.work.billing import LATER, NOW, Billing
from tests.work.restores import Backup

ERASED = range(101, 151)
"""Fifty clients without a reason to stay, each with an invoice and a payment."""


@pytest.fixture
def fifty(either: Billing) -> Billing:
    """Fifty clients that go, one that stays, and two orders of his that go."""
    either.live_client()
    for number in ERASED:
        either.idle_client(number)
    either.old_orders(10, 11)
    return either


@pytest.fixture
def backup(fifty: Billing) -> Iterator[Backup]:
    """The installation before anything was erased."""
    yield (one := Backup(fifty))
    one.drop()


def restored(billing: Billing, backup: Backup) -> None:
    """Erase, and put the backup back a day later."""
    assert billing.sweep().acted == 52
    assert billing.ids("tblclients") == [1]
    backup.restore()
    billing.at(NOW + LATER)
    assert billing.ids("tblclients") == [1, *ERASED]


def host_rows(billing: Billing) -> dict[str, list[Any]]:
    names = ("tblclients", "tblorders", "tblinvoices", "tblaccounts", "tblhosting")
    return {name: billing.rows(f"{name} ORDER BY id") for name in names}


def is_sound(billing: Billing) -> bool:
    """Whether the chain verifies, in the database and in the file, and both agree."""
    key, folder = keys.public(billing.site.state_dir), billing.site.state_dir
    with billing.site.reading() as connection:
        found = verify(connection, key)
    with billing.site.reading() as connection:
        state = ledger_standing.standing(folder, connection).state
    return found.ok and state is State.AGREE and ledger_file.verify(folder, key) == found


def erased(billing: Billing, reason: str) -> list[tuple[str, int]]:
    """Records that entries of evidence with this reason speak of."""
    with billing.site.reading() as connection:
        return sorted(
            (part.kind, int(item[0] or 0))
            for told in evidence_read.told(connection)
            if reason in told.entry.reasons
            for part in told.parts
            for item in part.items
            if item
        )


def codes(found: Replayed) -> list[tuple[str, str]]:
    return [(one["record"], one["code"]) for one in found.findings("Asia/Tokyo")]


def test_what_fifty_erasures_removed_goes_again_and_nothing_else(fifty: Billing, backup: Backup) -> None:
    """N15: refused, shown, done again, idempotent, then open."""
    before = host_rows(fifty)
    restored(fifty, backup)
    assert fifty.sweep().stopped == "restored"
    shown = replay(fifty.site, dry_run=True)
    assert shown.returned.counts() == {"delete": {"client": 50, "invoice": 50, "payment": 50, "order": 2}}
    assert (shown.swept.acted, host_rows(fifty)) == (0, before)
    assert fifty.rows("kigen_evidence") == []
    found = replay(fifty.site)
    assert found.swept.done == {"delete": {"client": 50, "order": 2}}
    assert (found.swept.stop, found.findings("Asia/Tokyo"), found.put_back > 0) == (None, [], True)
    after = host_rows(fifty)
    assert [row["id"] for row in after["tblclients"]] == [1]
    assert after["tblclients"] == before["tblclients"][:1]
    assert after["tblhosting"] == before["tblhosting"]
    assert (after["tblorders"], after["tblinvoices"], after["tblaccounts"]) == ([], [], [])
    assert erased(fifty, "replay") == sorted(
        [("client", n) for n in ERASED] + [("invoice", n * 10) for n in ERASED]
        + [("payment", n * 10) for n in ERASED] + [("order", 10), ("order", 11)]
    )  # fmt: skip
    assert is_sound(fifty)
    again = replay(fifty.site)
    assert (again.returned.acts, again.swept.run, again.put_back) == ({}, None, 0)
    assert host_rows(fifty) == after
    assert is_sound(fifty)


def test_after_a_replay_the_first_sweep_asks_for_a_confirmation(fifty: Billing, backup: Backup) -> None:
    restored(fifty, backup)
    replay(fifty.site)
    fifty.old_orders(12)
    swept = fifty.sweep(confirmed=False)
    assert (swept.stopped, swept.brakes[0].found) == (
        "unconfirmed", "the database was put back from a backup, and its rules and settings are those of the backup"
    )  # fmt: skip
    assert fifty.sweep(confirmed=True).acted == 1
    fifty.old_orders(13)
    assert fifty.sweep(confirmed=False).acted == 1
    assert fifty.ids("tblclients") == [1]


def test_numbers_of_runs_that_were_lost_are_not_given_again(fifty: Billing, backup: Backup) -> None:
    run = fifty.sweep().run
    backup.restore()
    fifty.at(NOW + LATER)
    assert (replay(fifty.site).swept.run or 0) > (run or 0)


def test_a_hold_of_the_backup_that_was_released_before_the_erasure_keeps_nobody(fifty: Billing) -> None:
    """N16, E6: the ledger outside the restored database wins over a hold that is older than the act."""
    number = fifty.hold(client=101)
    backup = Backup(fifty)
    fifty.release(number)
    restored(fifty, backup)
    assert replay(fifty.site).swept.done == {"delete": {"client": 50, "order": 2}}
    assert fifty.ids("tblclients") == [1]
    backup.drop()


def test_a_hold_that_was_placed_after_the_restore_keeps_the_client_and_is_told(fifty: Billing, backup: Backup) -> None:
    restored(fifty, backup)
    fifty.hold(client=101)
    found = replay(fifty.site)
    assert found.swept.done == {"delete": {"client": 49, "order": 2}}
    assert codes(found) == [("client:101", "hold")]
    assert fifty.ids("tblclients") == [1, 101]
    assert fifty.ids("tblinvoices") == [1010]
    assert is_sound(fifty)


def test_old_rules_and_old_settings_of_the_backup_do_not_keep_what_was_erased_by_newer_ones(either: Billing) -> None:
    """N16: the term was shortened after the backup; the backup brings the long one back."""
    either.live_client()
    either.idle_client(30)
    either.set(client__delete_inactive="99 years")
    with either.site.transaction() as connection:
        connection.execute(text("UPDATE kigen_settings SET name = 'client.delete-inactive'"))
    backup = Backup(either)
    either.run("DELETE FROM kigen_settings")
    assert either.sweep().done == {"delete": {"client": 1}}
    backup.restore()
    either.at(NOW + LATER)
    assert replay(either.site).swept.done == {"delete": {"client": 1}}
    assert either.ids("tblclients") == [1]
    backup.drop()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE tblclients SET lastlogin = '2026-11-23 09:00:00' WHERE id = 101", "used-since"),
        ("INSERT INTO tblorders (id, userid, ordernum, date, status) VALUES (77, 101, 5, '2026-11-23 09:00', 'Active')",
         "used-since"),
        ("INSERT INTO tblhosting (id, userid, domainstatus, regdate) VALUES (77, 101, 'Active', '2026-11-23')",
         "used-since"),
        ("INSERT INTO kigen_requests (client, request_right, received) VALUES (101, 'restriction', '2026-11-22 12:00')",
         "restricted"),
        ("INSERT INTO kigen_requests (client, request_right, received) VALUES (101, 'access', '2026-11-22 12:00')",
         "open-request"),
    ],
)  # fmt: skip
def test_what_happened_after_the_restore_keeps_the_client_for_a_person_to_decide(
    fifty: Billing, backup: Backup, statement: str, code: str
) -> None:
    restored(fifty, backup)
    fifty.run(statement)
    found = replay(fifty.site)
    assert fifty.ids("tblclients") == [1, 101]
    assert {one for _, one in codes(found)} == {code}
    assert found.swept.done["delete"]["client"] == 49


def test_another_record_under_the_number_of_an_erased_one_is_never_touched(fifty: Billing, backup: Backup) -> None:
    """F11, restore with reused ids: the fingerprint decides, not the number."""
    restored(fifty, backup)
    fifty.run("UPDATE tblclients SET uuid = 'another-person', datecreated = '2026-11-22' WHERE id = 101")
    fifty.run("UPDATE tblorders SET ordernum = 4711 WHERE id = 10")
    found = replay(fifty.site)
    assert fifty.ids("tblclients") == [1, 101]
    assert fifty.ids("tblorders") == [10]
    assert codes(found)[:2] == [("client:101", "another-record"), ("order:10", "another-record")]
    assert ("client", 101) not in erased(fifty, "replay")


def test_a_record_that_changed_into_another_between_look_and_lock_is_not_touched(
    fifty: Billing, backup: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    restored(fifty, backup)
    once = attempt.Attempts._once

    def first_another(mine: attempt.Attempts, kind: Kind, chunk: Any, *work: Any) -> Any:
        if kind is Kind.CLIENT and 101 in chunk:
            fifty.run("UPDATE tblclients SET uuid = 'another-person' WHERE id = 101")
        return once(mine, kind, chunk, *work)

    monkeypatch.setattr(attempt.Attempts, "_once", first_another)
    found = replay(fifty.site)
    assert fifty.ids("tblclients") == [1, 101]
    assert ("client:101", "another-record") in codes(found)


def test_without_a_fingerprint_nothing_acts_and_it_is_told(fifty: Billing, backup: Backup) -> None:
    site = fifty.site
    (site.state_dir / keys_store.DIGEST).rename(site.state_dir / "aside")
    fifty.at(site.now)
    swept = fifty.sweep()
    assert any("leaves no fingerprint" in one for one in swept.warnings)
    assert (swept.done, fifty.ids("tblorders")) == ({"delete": {"order": 2}}, [])
    backup.restore()
    fifty.at(NOW + LATER)
    with pytest.raises(ValueError, match=r"digest\.key"):
        replay(fifty.site)
    (site.state_dir / "aside").rename(site.state_dir / keys_store.DIGEST)
    fifty.at(NOW + LATER)
    found = replay(fifty.site)
    assert (found.swept.acted, fifty.ids("tblorders")) == (0, [10, 11])
    assert codes(found) == [("order:10", "no-fingerprint"), ("order:11", "no-fingerprint")]
    assert fifty.ids("tblclients") == [1, *ERASED]


def test_with_another_key_no_record_is_taken_for_one_that_was_erased(fifty: Billing, backup: Backup) -> None:
    """Bad input: a wrong key."""
    restored(fifty, backup)
    (fifty.site.state_dir / keys_store.DIGEST).unlink()
    keys_store.make(fifty.site.state_dir)
    fifty.at(NOW + LATER)
    found = replay(fifty.site)
    assert (found.swept.acted, fifty.ids("tblclients")) == (0, [1, *ERASED])
    assert len(found.returned.others) >= 50


def test_a_replay_that_is_killed_after_giving_the_entries_back_goes_on_and_nothing_else_acts(
    fifty: Billing, backup: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    restored(fifty, backup)
    fifty.set(sweep__chunk=10)
    done, once = [], attempt.Attempts._once

    class Killed(BaseException):
        pass

    def second_kills(mine: attempt.Attempts, kind: Kind, chunk: Any, *work: Any) -> Any:
        if len(done) == 2:
            raise Killed
        done.append(chunk)
        return once(mine, kind, chunk, *work)

    monkeypatch.setattr(attempt.Attempts, "_once", second_kills)
    with pytest.raises(Killed):
        replay(fifty.site)
    monkeypatch.undo()
    assert len(fifty.ids("tblclients")) == 31
    assert fifty.sweep().stopped == "restored"
    assert is_sound(fifty)
    found = replay(fifty.site)
    assert (found.swept.done, fifty.ids("tblclients")) == ({"delete": {"client": 30, "order": 2}}, [1])
    assert sorted(set(erased(fifty, "replay"))) == erased(fifty, "replay")  # each once
    assert is_sound(fifty)
    fifty.old_orders(12)
    assert fifty.sweep(confirmed=True).acted == 1


def test_a_table_that_alone_was_put_back_is_erased_again_too(fifty: Billing, backup: Backup) -> None:
    """G14: imports of erased people are found although database and ledger file agree."""
    rows = fifty.rows("tblclients WHERE id = 101")
    fifty.sweep()
    fifty.add("tblclients", **rows[0])
    fifty.at(NOW + LATER)
    shown = replay(fifty.site, dry_run=True)
    assert shown.returned.counts() == {"delete": {"client": 1}}
    assert replay(fifty.site).swept.done == {"delete": {"client": 1}}
    assert fifty.ids("tblclients") == [1]


def test_a_ledger_file_that_was_tampered_with_gives_nothing_back(fifty: Billing, backup: Backup) -> None:
    restored(fifty, backup)
    path = fifty.site.state_dir / ledger_file.NAME
    path.write_bytes(path.read_bytes().replace(b'"client.delete-inactive"', b'"client.delete-archived"', 1))
    found = replay(fifty.site)
    assert (found.swept.stopped, found.swept.acted) == ("ledger-damaged", 0)
    assert fifty.rows("kigen_evidence") == []
    assert fifty.ids("tblclients") == [1, *ERASED]


def test_an_instant_that_lies_ahead_needs_a_confirmation(fifty: Billing, backup: Backup) -> None:
    restored(fifty, backup)
    fifty.site = dataclasses.replace(fifty.site, now=NOW + 9 * LATER, machine_now=NOW + LATER)
    assert replay(fifty.site).swept.stopped == "ahead"
    assert fifty.ids("tblclients") == [1, *ERASED]
    assert replay(fifty.site, confirmed=True).swept.done["delete"]["client"] == 50


def test_counters_that_a_restore_set_back_are_raised_above_every_erased_number(billing: Billing) -> None:
    """F11: the next client gets a number that nobody ever had."""
    billing.live_client()
    backup = Backup(billing)
    billing.idle_client(500)
    billing.sweep()
    backup.restore()
    billing.run("ALTER TABLE tblclients AUTO_INCREMENT = 1")
    billing.at(NOW + LATER)
    replay(billing.site)
    billing.run("INSERT INTO tblclients (email) VALUES ('new@example.jp')")
    assert billing.ids("tblclients") == [1, 501]
    backup.drop()


def test_a_server_that_forgot_its_counter_is_put_right_before_the_next_run(billing: Billing) -> None:
    """F11: as InnoDB did before MariaDB 10.2.4, after a restart."""
    billing.live_client()
    billing.idle_client(500)
    billing.sweep()
    billing.run("ALTER TABLE tblclients AUTO_INCREMENT = 1")
    billing.at(NOW + LATER)
    billing.sweep()
    billing.run("INSERT INTO tblclients (email) VALUES ('new@example.jp')")
    assert billing.ids("tblclients") == [1, 501]


def test_a_replay_acts_on_nothing_while_the_stop_file_is_there(fifty: Billing, backup: Backup) -> None:
    restored(fifty, backup)
    stopping = fifty.site.state_dir / "stop"
    stopping.touch()
    found = replay(fifty.site)
    assert (found.swept.stopped, found.swept.done) == ("stop-file", {})
    assert fifty.ids("tblclients") == [1, *ERASED]
    stopping.unlink()
    assert replay(fifty.site).swept.done["delete"]["client"] == len(ERASED)
