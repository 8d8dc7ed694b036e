"""What does not come back, each in one sentence without a name, and with nothing half-done."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from kigen.ledger import datamap, keys_store
from kigen.ledger.tables_quarantine import quarantine as table
from kigen.policy.answers import Answer
from kigen.policy.fates import Treatment
from kigen.work.erase import erase
from kigen.work.undo import Undone, undo
from tests.work.billing import LATER, NOW, Billing, other_session
from tests.work.kept import EMAIL, due_client, due_records, platform, stays_kept, swept_away
from tests.work.test_large_clients import between_steps


@pytest.fixture
def gone(either: Billing) -> Billing:
    """Client 3 is gone and kept, by run 1."""
    swept_away(stays_kept(either))
    return either


def refused(billing: Billing, run: int = 1) -> str:
    """The one sentence, after nothing has changed in any table of the platform, and what is kept still is."""
    before, kept = platform(billing), billing.rows("kigen_quarantine")
    undone = undo(billing.site, run)
    assert undone.acted == 0
    assert platform(billing) == before and billing.rows("kigen_quarantine") == kept
    (sentence,) = undone.refused.values()
    assert EMAIL not in sentence and "taro" not in sentence
    return sentence


def test_a_number_that_somebody_else_has_now(gone: Billing) -> None:
    gone.add("tblorders", id=30, ordernum=99, userid=1, status="Active", date="2026-11-22 10:00:00")
    assert refused(gone) == "tblorders 30 is there already: its id was given to another row since"


def test_a_client_s_number_that_somebody_else_has_now(gone: Billing) -> None:
    gone.add("tblclients", id=3, email="new@example.jp", datecreated="2026-11-22")
    assert refused(gone) == "tblclients 3 is there already: its id was given to another row since"


def test_a_value_that_there_can_be_only_once(either: Billing) -> None:
    stays_kept(either)
    either.run("CREATE UNIQUE INDEX only_once ON tblcontacts (email)")
    swept_away(either)
    either.add("tblcontacts", id=77, userid=1, email=f"contact.{EMAIL}")
    assert refused(either).startswith("a value that tblcontacts has only once (")


def test_a_column_that_is_gone_since(gone: Billing) -> None:
    gone.run("ALTER TABLE tblemails DROP COLUMN message")
    assert refused(gone) == "the schema has changed since: tblemails.message is gone"


def test_a_table_that_is_gone_since(gone: Billing) -> None:
    gone.run("DROP TABLE tblemails")
    assert refused(gone) == "the table tblemails is gone since, so its rows have no place"


def test_a_column_that_became_too_short_is_found_by_reading_again(billing: Billing) -> None:
    swept_away(stays_kept(billing))
    billing.run("ALTER TABLE tblhosting MODIFY domain VARCHAR(4) NOT NULL")
    assert refused(billing).startswith("tblhosting does not take a row as it was")


def test_a_trigger_that_changes_what_is_written_is_found_by_reading_again(billing: Billing) -> None:
    swept_away(stays_kept(billing))
    billing.run("CREATE TRIGGER other BEFORE INSERT ON tblemails FOR EACH ROW SET NEW.subject = 'other'")
    assert refused(billing).startswith("tblemails does not take a row as it was")


def test_a_new_column_is_no_obstacle(gone: Billing) -> None:
    gone.run("ALTER TABLE tblemails ADD COLUMN opened INT NOT NULL DEFAULT 0")
    undone = undo(gone.site, 1)
    assert undone.refused == {} and gone.ids("tblclients") == [1, 3]
    assert [row["opened"] for row in gone.rows("tblemails")] == [0]


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: bytes([b[0] ^ 1]) + b[1:], lambda b: b"", bytes.upper])
def test_a_copy_that_was_changed_or_cut_off(gone: Billing, damage: Callable[[bytes], bytes]) -> None:
    content = gone.rows("kigen_quarantine")[0]["content"]
    with gone.site.transaction() as connection:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        connection.exec_driver_sql(f"UPDATE kigen_quarantine SET content = {mark}", (damage(content),))
    assert refused(gone) == "what is kept of client:3 is damaged and does not open"


def test_a_copy_that_was_put_in_another_s_place(either: Billing) -> None:
    stays_kept(either)
    due_client(either, 4, "hanako.sato@example.jp")
    run = either.sweep().run or 0
    first, second = (row["content"] for row in either.rows("kigen_quarantine ORDER BY record"))
    assert first != second
    with either.site.transaction() as connection:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        connection.exec_driver_sql(f"UPDATE kigen_quarantine SET content = {mark} WHERE record = 3", (second,))
    undone = undo(either.site, run)
    assert undone.refused == {3: "what is kept of client:3 is damaged and does not open"}
    assert either.ids("tblclients") == [1, 4]  # whose copy is sound comes back all the same


def test_without_the_key_and_with_another_one(gone: Billing) -> None:
    path = gone.site.state_dir / keys_store.STORE
    there = path.read_bytes()
    path.unlink()
    assert keys_store.STORE in refused(gone)
    keys_store.make(gone.site.state_dir)
    sentence = refused(gone)
    assert "was sealed with the key" in sentence and "kigen keys restore" in sentence
    path.write_bytes(there)
    assert undo(gone.site, 1).refused == {}
    assert gone.ids("tblclients") == [1, 3]


def test_one_second_before_the_term_is_over_it_comes_back_and_at_the_term_it_does_not(gone: Billing) -> None:
    """I8, of the other side: exactly one of the run and the undoing wins."""
    term = NOW + dt.timedelta(days=30)
    gone.at(term)
    assert refused(gone) == "the term for which this was kept ended on 2026-12-22"
    gone.at(term - dt.timedelta(seconds=1))
    assert undo(gone.site, 1).refused == {}
    assert gone.ids("tblclients") == [1, 3]


def test_a_stated_time_of_the_past_makes_no_term_longer(gone: Billing) -> None:
    """Run by the machine's clock, undone 40 days later by somebody who says that it is the next day."""
    gone.at(NOW + dt.timedelta(days=40))
    gone.site = dataclasses.replace(gone.site, now=NOW + LATER, is_machine_clock=False)
    assert refused(gone) == "the term for which this was kept ended on 2026-12-22"


def test_nor_does_one_of_the_run_make_it_shorter(either: Billing) -> None:
    stays_kept(either)
    stated = NOW - dt.timedelta(days=60)
    either.site = dataclasses.replace(either.site, now=stated, is_machine_clock=False)
    run = either.sweep().run or 0
    either.at(NOW + LATER, is_machine_clock=True)
    assert "quarantine" not in either.sweep().rows
    assert undo(either.site, run).refused == {} and either.ids("tblclients") == [1, 3]


def test_a_copy_that_survived_is_refused_where_evidence_says_that_somebody_asked_since(gone: Billing) -> None:
    kept = gone.rows("kigen_quarantine")
    undo(gone.site, 1)
    assert erase(gone.site, 3).done
    with gone.site.transaction() as connection:
        connection.execute(table.insert(), [{**one, "at": NOW, "until": NOW + 30 * LATER} for one in kept])
    assert refused(gone) == "somebody asked that it be gone, and so it went on 2026-11-22, after this was kept"


def test_nor_does_what_names_a_client_who_is_gone_since(either: Billing) -> None:
    stays_kept(either)
    either.add("tblclients", id=2, email="hana.mori@example.jp", datecreated="2026-11-20", firstname="Hana")
    either.add("tblticketreplies", id=31, tid=30, userid=2, name="Hana Mori", message="I, too")
    run = either.sweep().run or 0
    either.run("DELETE FROM tblclients WHERE id = 2")
    assert refused(either, run).startswith("it names client 2, who is gone since")


def test_a_locked_row_hinders_nobody_but_its_client(billing: Billing, monkeypatch: pytest.MonkeyPatch) -> None:
    stays_kept(billing)
    due_client(billing, 5, "jiro.tanaka@example.jp")
    run = billing.sweep().run or 0
    monkeypatch.setattr("kigen.work.undo.LOCK_WAIT_SECONDS", 0.1)
    session = other_session(billing.url, autocommit=False)
    with session.cursor() as cursor:
        cursor.execute("SELECT * FROM tbltickets WHERE id = 41 FOR UPDATE")  # quotes client 3
    undone = undo(billing.site, run)
    session.rollback()
    session.close()
    assert {client: text[:24] for client, text in undone.refused.items()} == {3: "its rows stayed locked b"}
    assert billing.ids("tblclients") == [1, 5] and billing.last_run()["outcome"] == "done"
    assert undo(billing.site, run).refused == {} and billing.ids("tblclients") == [1, 3, 5]


def test_a_row_of_a_table_without_a_key_comes_back_whole_or_not_at_all(billing: Billing) -> None:
    stays_kept(billing)
    billing.run("CREATE TABLE mod_notes (owner INT NOT NULL, note VARCHAR(99), share FLOAT, KEY (owner))")
    billing.run(
        "INSERT INTO mod_notes VALUES (3, 'longer than twenty characters', 0.1), (3, 'short', 0.1), (1, 'x', 0)"
    )
    with billing.site.transaction() as connection:
        for name, what, by in (("owner", Treatment.NONE, None), ("note", Treatment.DELETE, "owner"),
                               ("share", Treatment.DELETE, "owner")):  # fmt: skip
            datamap.classify(connection, Answer(f"mod_notes.{name}", what, by), NOW, "officer")
    run = swept_away(billing).run or 0
    assert len(billing.rows("mod_notes")) == 1
    billing.run("ALTER TABLE mod_notes MODIFY note VARCHAR(20)")
    assert refused(billing, run).startswith("mod_notes does not take a row as it was")
    billing.run("ALTER TABLE mod_notes MODIFY note VARCHAR(99)")
    assert undo(billing.site, run).refused == {}
    assert sorted(row["note"] for row in billing.rows("mod_notes")) == ["longer than twenty characters", "short", "x"]


def test_an_order_does_not_come_back_without_its_client(either: Billing) -> None:
    either.live_client()
    due_records(either)
    either.set(quarantine__term="30 days")
    run = either.sweep().run or 0
    either.run("DELETE FROM tblclients WHERE id = 1")
    assert refused(either, run) == "client 1 is gone since; what it had comes back only with it"


def test_nor_does_it_come_to_another_client_of_the_same_number(either: Billing) -> None:
    either.live_client()
    due_records(either)
    either.set(quarantine__term="30 days")
    run = either.sweep().run or 0
    for uuid in ("6f9619ff-8b86-4d01-b42d-00cf4fc964ff", ""):  # another one, and one who cannot be told from another
        either.run(f"UPDATE tblclients SET uuid = '{uuid}' WHERE id = 1")
        said = refused(either, run)
        assert said == "client 1 is not the one that these records belonged to: only its number is the same"


def test_a_refused_client_hinders_no_other(either: Billing) -> None:
    stays_kept(either)
    due_client(either, 4, "hanako.sato@example.jp")
    run = either.sweep().run or 0
    either.add("tblorders", id=30, ordernum=99, userid=1, status="Active", date="2026-11-22 10:00:00")
    undone = undo(either.site, run)
    assert list(undone.refused) == [3] and undone.deleted["client"] == 1
    assert either.ids("tblclients") == [1, 4]
    either.run("DELETE FROM tblorders WHERE id = 30")
    assert undo(either.site, run).refused == {}
    assert either.ids("tblclients") == [1, 3, 4]


def test_undoing_twice_brings_nothing_back_twice(gone: Billing) -> None:
    undo(gone.site, 1)
    before = platform(gone)
    again: Undone = undo(gone.site, 1)
    assert (again.acted, again.refused) == (0, {})
    assert platform(gone) == before


def test_words_of_others_that_changed_since_are_left_as_they_are_now(gone: Billing) -> None:
    gone.run("UPDATE tbltickets SET message = 'written anew' WHERE id = 41")
    undone = undo(gone.site, 1)
    assert dict(undone.brought.left) == {"tbltickets": 1}
    assert {row["id"]: row["message"] for row in gone.rows("tbltickets")}[41] == "written anew"


def test_what_cannot_be_sealed_is_not_deleted(either: Billing) -> None:
    stays_kept(either)
    (either.site.state_dir / keys_store.STORE).unlink()
    either.site = dataclasses.replace(either.site)
    swept = either.sweep()
    assert swept.done == {} and any("store.key" in one for one in swept.failures)
    assert either.ids("tblclients") == [1, 3]


def test_a_client_that_stays_after_its_first_steps_gets_back_what_they_took(
    either: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    stays_kept(either)
    for number in range(2000, 4100):
        either.add("tblemails", id=number, userid=3, subject="s", message=f"mail {number}", to=EMAIL)
    either.set(sweep__client_rows="1000")
    before: dict[str, Any] = platform(either)
    between_steps(either, monkeypatch, 1, lambda: either.hold(client=3))
    run = either.sweep().run or 0
    assert 3 in either.ids("tblclients") and len(either.ids("tblemails")) < 2101
    undone = undo(either.site, run)
    assert undone.refused == {}
    assert platform(either) == before
