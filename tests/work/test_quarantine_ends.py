"""What is kept to be brought back ends with its term, or at once when somebody asks; outside it nobody is named."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, inspect, text

from kigen.ledger import inbox, keys, keys_store, quarantine, requests
from kigen.ledger.evidence_verify import verify
from kigen.policy.records import Kind
from kigen.work import desk, traces
from kigen.work.destroying import bring_up_file
from kigen.work.erase import erase
from kigen.work.erased import is_back
from kigen.work.intake import parse_event, run_intake
from kigen.work.replay import replay
from kigen.work.undo import undo
from tests.work.billing import LATER, NOW, Billing
from tests.work.kept import EMAIL, LETTER, due_client, due_records, platform, stays_kept, swept_away
from tests.work.restores import Backup

MONTH = dt.timedelta(days=30)


@pytest.fixture
def gone(either: Billing) -> Billing:
    """Client 3 is gone and kept, by run 1."""
    swept_away(stays_kept(either))
    return either


@pytest.fixture
def backup(either: Billing) -> Iterator[Backup]:
    """Before client 3 goes."""
    stays_kept(either)
    yield (one := Backup(either))
    one.drop()


def parts(billing: Billing) -> list[tuple[str, int]]:
    return [(row["kind"], row["record"]) for row in billing.rows("kigen_quarantine ORDER BY id")]


def ask(billing: Billing, client: int) -> None:
    """A deletion request at the desk."""
    with billing.site.transaction() as connection:
        desk.open_request(billing.site, connection, client, "erasure", billing.site.now, None, {})


def test_the_run_after_the_term_destroys_it_and_no_earlier_one(gone: Billing) -> None:
    gone.at(NOW + MONTH - dt.timedelta(seconds=1))
    assert "quarantine" not in gone.sweep().rows
    assert parts(gone) == [("client", 3)]
    gone.at(NOW + MONTH)
    assert gone.sweep().rows["quarantine"] == 1
    assert parts(gone) == [] and gone.ids("tblclients") == [1]


def test_a_run_that_only_previews_destroys_it_as_well_but_not_for_an_instant_that_lies_ahead(gone: Billing) -> None:
    gone.set(floors__years="9")
    gone.old_orders(99)
    ahead = NOW + 2 * MONTH
    gone.site = dataclasses.replace(gone.site, now=ahead, is_machine_clock=False)
    assert gone.sweep(confirmed=False).stopped is not None and parts(gone) == [("client", 3)]
    gone.at(NOW + MONTH, is_machine_clock=True)
    swept = gone.sweep(confirmed=False)
    assert (swept.stopped, swept.rows["quarantine"]) == ("unconfirmed", 1)
    assert parts(gone) == [] and gone.ids("tblorders") == [99]


def test_the_term_is_that_of_the_day_of_the_deletion_also_where_the_setting_changed(gone: Billing) -> None:
    gone.set(quarantine__term="0 days")
    gone.at(NOW + LATER)
    gone.sweep()
    assert parts(gone) == [("client", 3)]
    assert undo(gone.site, 1).refused == {}
    assert gone.ids("tblclients") == [1, 3]


def test_a_request_destroys_what_is_kept_of_the_client_at_once_and_of_no_other(either: Billing) -> None:
    stays_kept(either)
    due_client(either, 4, "hanako.sato@example.jp")
    run = either.sweep().run or 0
    ask(either, 3)
    assert parts(either) == [("client", 4)]
    assert undo(either.site, run).deleted["client"] == 1
    assert either.ids("tblclients") == [1, 4]


def test_a_copy_that_a_request_destroyed_leaves_evidence_and_does_not_come_back_with_a_backup(gone: Billing) -> None:
    backup = Backup(gone)
    ask(gone, 3)
    told = gone.rows("kigen_evidence ORDER BY seq", "action, rule, run, count")[-1]
    assert told == {"action": "destroy", "rule": "client.delete-on-request", "run": None, "count": 1}
    bring_up_file(gone.site)
    backup.restore()
    backup.drop()
    assert parts(gone) == [("client", 3)]
    gone.at(NOW + LATER)
    replay(gone.site)
    assert parts(gone) == [] and undo(gone.site, 1).acted == 0
    assert gone.ids("tblclients") == [1]


def test_who_came_back_and_was_then_erased_by_an_officer_does_not_come_back_with_a_backup(gone: Billing) -> None:
    backup = Backup(gone)
    undo(gone.site, 1)
    assert erase(gone.site, 3).done == {"delete": {"client": 1}}
    backup.restore()
    backup.drop()
    gone.at(NOW + LATER)
    replay(gone.site)
    assert parts(gone) == [] and undo(gone.site, 1).acted == 0
    assert gone.ids("tblclients") == [1]


def test_in_a_database_that_was_put_back_a_request_destroys_and_starts_no_second_chain(gone: Billing) -> None:
    backup = Backup(gone)
    gone.old_orders(99)
    gone.at(NOW + LATER)
    assert gone.sweep().entries == 1
    backup.restore()
    backup.drop()
    ask(gone, 3)
    assert parts(gone) == []
    gone.at(NOW + 2 * LATER)
    assert replay(gone.site).swept.stopped is None
    with gone.site.reading() as connection:
        assert verify(connection, keys.public(gone.site.state_dir)).ok


def test_a_request_of_a_live_client_destroys_the_copies_of_its_records(either: Billing) -> None:
    either.live_client()
    due_records(either)
    either.set(quarantine__term="30 days")
    either.sweep()
    assert len(parts(either)) == 4
    ask(either, 1)
    assert parts(either) == [] and either.ids("tblclients") == [1]


def test_a_request_of_who_is_there_still_takes_nothing_that_others_could_have_back(gone: Billing) -> None:
    """Client 1's ticket quoted client 3, so its former words stand in that copy: they go when client 1 does."""
    ask(gone, 1)
    assert parts(gone) == [("client", 3)]
    assert undo(gone.site, 1).refused == {} and gone.ids("tblclients") == [1, 3]


def test_another_right_than_erasure_destroys_nothing(gone: Billing) -> None:
    with gone.site.transaction() as connection:
        requests.open_request(connection, 3, "access", NOW)
    assert parts(gone) == [("client", 3)]


def test_an_officer_s_word_destroys_the_copies_of_a_client_that_is_gone_with_evidence(gone: Billing) -> None:
    erased = erase(gone.site, 3)
    assert (erased.decision, erased.destroyed, erased.warnings) == (None, 1, [])
    assert parts(gone) == [] and gone.ids("tblclients") == [1]
    told = gone.rows("kigen_evidence ORDER BY seq", "action, rule, count")[-1]
    assert told == {"action": "destroy", "rule": "client.delete-ordered", "count": 1}
    assert erase(gone.site, 3).destroyed == 0


def test_what_was_asked_for_is_never_kept(either: Billing) -> None:
    stays_kept(either)
    ask(either, 3)
    either.at(NOW + MONTH)
    assert either.sweep().done == {"delete": {"client": 1}}
    assert parts(either) == [] and either.ids("tblclients") == [1]


def test_nor_is_a_record_of_who_asked(either: Billing) -> None:
    either.live_client()
    due_records(either)
    either.set(quarantine__term="30 days")
    ask(either, 1)
    swept = either.sweep()
    assert sum(swept.done.get("delete", {}).values()) > 0
    assert parts(either) == [] and either.ids("tblclients") == [1]


def test_nor_is_what_an_officer_erased(either: Billing) -> None:
    stays_kept(either)
    assert erase(either.site, 3).done == {"delete": {"client": 1}}
    assert parts(either) == [] and either.ids("tblclients") == [1]


def test_who_is_erased_on_request_is_in_no_other_s_copy_either(either: Billing) -> None:
    stays_kept(either)
    due_client(either, 5, "jiro.tanaka@example.jp")
    due_client(either, 6, "saburo.ito@example.jp")
    either.run("UPDATE tbltickets SET message = 'my friend is hana.mori@example.jp' WHERE id = 50")
    either.add("tblclients", id=2, email="hana.mori@example.jp", datecreated="2026-11-20", firstname="Hana")
    run = either.sweep().run or 0
    assert {record for _, record in parts(either)} == {3, 5, 6}
    assert erase(either.site, 2).done == {"delete": {"client": 1}}
    assert {record for _, record in parts(either)} == {3, 6}
    undo(either.site, run)
    assert either.ids("tblclients") == [1, 3, 6]


def test_who_wrote_a_reply_is_in_no_other_s_copy_either_nor_in_one_that_no_key_here_opens(either: Billing) -> None:
    stays_kept(either)
    due_client(either, 5, "jiro.tanaka@example.jp")
    due_client(either, 6, "saburo.ito@example.jp")
    either.add("tblclients", id=2, email="hana.mori@example.jp", datecreated="2026-11-20", firstname="Hana")
    either.add("tblticketreplies", id=51, tid=50, userid=2, name="Hana Mori", message="I, too")
    either.sweep()
    either.run("UPDATE kigen_quarantine SET store_key = 'another' WHERE record = 6")
    rows = erase(either.site, 2).outcome.rows
    assert (rows["quarantine"], rows["quarantine, unreadable"]) == (1, 1)
    assert parts(either) == [("client", 3)]
    told = either.rows("kigen_evidence ORDER BY seq", "action, rule, reasons")[-3:]
    assert [(one["action"], one["reasons"]) for one in told] == [
        ("delete", ""), ("destroy", ""), ("destroy", "unreadable"),
    ]  # fmt: skip
    assert either.ids("tblclients") == [1]


def test_who_the_schedule_deletes_for_good_is_in_no_other_s_copy_either(either: Billing) -> None:
    either.live_client()
    due_client(either, 3)
    due_client(either, 5, "jiro.tanaka@example.jp")
    either.run("UPDATE tbltickets SET message = 'my friend is hana.mori@example.jp' WHERE id = 30")
    either.set(quarantine__term="30 days")
    run = either.sweep().run or 0
    either.set(quarantine__term="0 days")
    due_client(either, 4, "hana.mori@example.jp")
    either.at(NOW + 8 * LATER)
    assert either.sweep().done == {"delete": {"client": 1}}
    undo(either.site, run)
    assert either.ids("tblclients") == [1, 5]


def test_who_is_gone_and_kept_asks_and_goes_from_the_copies_of_others_too(either: Billing) -> None:
    stays_kept(either)
    due_client(either, 4, "hanako.sato@example.jp")
    due_client(either, 5, "jiro.tanaka@example.jp")
    either.run("UPDATE tbltickets SET message = 'or to hanako.sato@example.jp' WHERE id = 30")
    either.sweep()
    ask(either, 4)
    assert parts(either) == [("client", 5)]


def test_copies_of_before_there_was_a_note_of_whom_they_name_are_read_once(gone: Billing) -> None:
    gone.run("DELETE FROM kigen_quarantine_named")
    gone.add("tblclients", id=2, datecreated="2026-11-20")
    erase(gone.site, 2)
    assert [row["client"] for row in gone.rows("kigen_quarantine_named ORDER BY client")] == [1, 3]
    assert parts(gone) == [("client", 3)] and gone.ids("tblclients") == [1]


def test_an_erasure_reads_copies_of_others_before_any_lock_and_many_at_once(either: Billing) -> None:
    either.live_client()
    either.old_orders(*range(10, 40))
    either.set(quarantine__term="30 days")
    either.sweep()
    either.add("tblclients", id=2, email="hana.mori@example.jp", datecreated="2026-11-20", firstname="Hana")
    said: list[str] = []
    event.listen(either.site.engine, "before_cursor_execute", lambda _c, _k, statement, *_: said.append(statement))
    assert erase(either.site, 2).done == {"delete": {"client": 1}}
    contents = [one for one in said if "kigen_quarantine.content" in one]
    assert len(contents) == 2 and not any("FOR UPDATE" in one for one in contents)  # 30 parts, 20 at once
    assert len(parts(either)) == 30 and either.ids("tblclients") == [1]


def test_a_copy_that_another_process_put_since_is_read_as_well(
    either: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    stays_kept(either)
    either.run("UPDATE tbltickets SET message = 'my friend is hana.mori@example.jp' WHERE id = 30")
    due_client(either, 5, "jiro.tanaka@example.jp")
    either.add("tblclients", id=2, email="hana.mori@example.jp", datecreated="2026-11-20", firstname="Hana")
    either.sweep()

    def look(*given: Any) -> traces.Traces:
        found = traces.look_for(*given)
        either.run("UPDATE kigen_quarantine SET id = id + 100")
        return found

    monkeypatch.setattr("kigen.work.attempt.look_for", look)
    assert erase(either.site, 2).done == {"delete": {"client": 1}}
    assert parts(either) == [("client", 5)] and either.ids("tblclients") == [1]


def test_words_of_others_in_a_copy_go_when_they_are_erased(gone: Billing) -> None:
    """Client 1's ticket quoted client 3, so its former words stand in the copy of client 3."""
    gone.run("UPDATE tblhosting SET domainstatus = 'Terminated', termination_date = '2020-01-01' WHERE userid = 1")
    assert "delete" in erase(gone.site, 1).done
    assert parts(gone) == []


def test_a_replay_keeps_no_copy_of_what_it_erases_again(either: Billing, backup: Backup) -> None:
    swept_away(either)
    backup.restore()
    either.at(NOW + LATER)
    found = replay(either.site)
    assert found.swept.done == {"delete": {"client": 1}}, found.as_json("UTC")
    assert parts(either) == [] and either.ids("tblclients") == [1]


def test_after_an_older_backup_a_replay_does_not_erase_what_was_undone(either: Billing, backup: Backup) -> None:
    """N18: the tombstone of a deletion that was undone means nothing any more."""
    before = platform(either)
    undo(either.site, swept_away(either).run or 0)
    backup.restore()
    either.at(NOW + LATER)
    found = replay(either.site)
    assert (found.swept.done, found.returned.acts, found.findings("UTC")) == ({}, {}, [])
    assert platform(either) == before
    with either.site.reading() as connection:
        assert is_back(connection, either.site, [(Kind.CLIENT, 3)]) == {}


def test_what_went_once_more_after_it_was_undone_is_erased_by_a_replay(either: Billing, backup: Backup) -> None:
    undo(either.site, swept_away(either).run or 0)
    assert erase(either.site, 3).done
    backup.restore()
    either.at(NOW + LATER)
    assert replay(either.site).swept.done == {"delete": {"client": 1}}
    assert either.ids("tblclients") == [1]


def test_a_copy_that_a_backup_has_still_is_destroyed_again_where_an_officer_had_it_destroyed(gone: Billing) -> None:
    backup = Backup(gone)
    assert erase(gone.site, 3).destroyed == 1
    backup.restore()
    backup.drop()
    assert parts(gone) == [("client", 3)]
    gone.at(NOW + LATER)
    replay(gone.site)
    assert parts(gone) == [] and gone.ids("tblclients") == [1]


def test_who_is_imported_again_is_known_also_after_the_copy_was_destroyed(either: Billing, backup: Backup) -> None:
    row = either.rows("tblclients WHERE id = 3")[0]
    swept_away(either)
    assert erase(either.site, 3).destroyed == 1
    either.add("tblclients", **{name: value for name, value in row.items() if value is not None})
    with either.site.reading() as connection:
        assert list(is_back(connection, either.site, [(Kind.CLIENT, 3)])) == [(Kind.CLIENT, 3)]


def test_nobody_is_named_in_any_table_or_file_outside_the_sealed_copy(gone: Billing) -> None:
    named = [EMAIL, f"contact.{EMAIL}", "太郎", "Hanako", "taro.example", "taro", "yamada", LETTER[:20], "日本語 😀"]
    with gone.site.reading() as connection:
        cells = {
            name: repr([tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))])
            for name in inspect(connection).get_table_names()
        }
    files = {path.name: path.read_bytes() for path in Path(gone.site.state_dir).rglob("*") if path.is_file()}
    if gone.url.startswith("sqlite"):
        files = {name: content for name, content in files.items() if "sqlite" not in name}
    for one in named:
        assert [name for name, told in cells.items() if one in told] == []
        assert [name for name, content in files.items() if one.encode() in content] == []
    with gone.site.reading() as connection:
        (part,) = quarantine.naming(connection, [3])
        content = quarantine.opened(connection, keys_store.read(gone.site.state_dir), [part.id])[part.id]
    assert all(one in content for one in (EMAIL, "太郎", "taro.example", "日本語 😀"))
    assert {row["email"] for row in gone.rows("tblclients")} == {"c1@example.jp"}


@pytest.mark.parametrize(
    ("name", "data", "left"),
    [
        ("deletion_requested", {}, 0),
        ("rights_requested", {"right": "erasure"}, 0),
        ("rights_requested", {"right": "access"}, 1),
        ("deletion_requested", {"masquerading": True}, 1),
        ("deletion_requested", {"keep_planned": True}, 1),
        ("client_signed_in", {}, 1),
    ],
)
def test_the_event_of_a_request_destroys_it_though_nothing_is_remembered_of_who_is_gone(
    gone: Billing, name: str, data: dict[str, object], left: int
) -> None:
    gone.at(NOW + LATER)
    told = {"event": name, "at": (NOW + LATER / 2).isoformat(), "client": 3, "data": data}
    with gone.site.transaction() as connection:
        inbox.append(connection, [parse_event(told, "Asia/Tokyo")], gone.site.now)
    run_intake(gone.site)
    assert len(parts(gone)) == left
    assert gone.rows("kigen_requests") == [] and gone.ids("tblclients") == [1]


def test_what_went_in_several_parts_is_destroyed_whole_and_ends_with_the_last_of_it(either: Billing) -> None:
    stays_kept(either)
    for number in range(2000, 4100):
        either.add("tblemails", id=number, userid=3, subject="s", message=f"mail {number}", to=EMAIL)
    either.run("UPDATE tblemails SET message = 'from hana.mori@example.jp' WHERE id = 2001")
    either.set(sweep__client_rows="1000")
    either.add("tblclients", id=2, email="hana.mori@example.jp", datecreated="2026-11-20", firstname="Hana")
    either.sweep()
    assert len(parts(either)) > 2 and len({row["until"] for row in either.rows("kigen_quarantine")}) == 1
    assert erase(either.site, 2).outcome.rows["quarantine"] > 2
    assert parts(either) == [] and either.ids("tblclients") == [1]
