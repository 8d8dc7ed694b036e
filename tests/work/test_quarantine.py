"""What the schedule deleted comes back exactly as it was, while it is kept; by default nothing is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import event

from kigen.ledger import keys
from kigen.ledger.evidence_verify import verify
from kigen.policy.records import Kind
from kigen.work.erase import erase
from kigen.work.plan import explain
from kigen.work.undo import undo
from tests.work.billing import LATER, NOW, Billing
from tests.work.kept import EMAIL, due_client, due_records, platform, stays_kept, swept_away


@pytest.fixture
def kept(either: Billing) -> Billing:
    """Client 3 is due, client 1 stays; 30 days of quarantine."""
    return stays_kept(either)


def test_a_client_comes_back_with_every_column_of_every_table_as_it_was(kept: Billing) -> None:
    before = platform(kept)
    swept = swept_away(kept)
    assert EMAIL not in repr(platform(kept))
    undone = undo(kept.site, swept.run or 0)
    assert (undone.refused, dict(undone.deleted), dict(undone.brought.left)) == ({}, {}, {})
    assert platform(kept) == before
    assert kept.rows("kigen_quarantine") == []


def test_each_kind_of_record_comes_back_as_it_was_and_its_client_was_never_touched(either: Billing) -> None:
    either.live_client()
    due_records(either)
    either.set(quarantine__term="30 days")
    before = platform(either)
    swept = either.sweep()
    gone = {"order": 1, "service": 1, "domain": 1, "invoice": 1}
    assert swept.done == {"delete": gone}, (swept.kept, swept.failures)
    assert either.ids("tblclients") == [1] and either.ids("tblhosting") == [9001]
    undone = undo(either.site, swept.run or 0)
    assert undone.refused == {}
    assert platform(either) == before


def test_many_orders_alike_come_back_each_by_itself(either: Billing) -> None:
    either.live_client()
    either.old_orders(*range(10, 30))
    either.set(quarantine__term="30 days")
    before = platform(either)
    swept = either.sweep()
    assert either.ids("tblorders") == [] and len(either.rows("kigen_quarantine")) == 20
    undo(either.site, swept.run or 0)
    assert platform(either) == before


def test_clients_that_name_each_other_come_back_as_they_were(kept: Billing) -> None:
    due_client(kept, 4, "hanako.sato@example.jp")
    kept.run(f"UPDATE tbltickets SET message = 'write to {EMAIL}' WHERE id = 40")
    kept.run("UPDATE tbltickets SET message = 'or to hanako.sato@example.jp' WHERE id = 30")
    before = platform(kept)
    swept = kept.sweep()
    assert kept.ids("tblclients") == [1]
    undone = undo(kept.site, swept.run or 0)
    assert (undone.refused, dict(undone.brought.left)) == ({}, {})
    assert platform(kept) == before


def test_a_client_that_went_in_steps_comes_back_whole_and_open(kept: Billing) -> None:
    for number in range(2000, 4100):
        kept.add("tblemails", id=number, userid=3, subject="s", message=f"mail {number}", to=EMAIL)
    kept.set(sweep__client_rows="1000")
    before = platform(kept)
    swept = kept.sweep()
    assert swept.done["delete"] == {"client": 1} and kept.ids("tblemails") == []
    undone = undo(kept.site, swept.run or 0)
    assert undone.refused == {}
    assert platform(kept) == before
    assert kept.rows("kigen_intents") == []


def test_what_came_back_stays_until_it_has_settled_and_then_goes_again(kept: Billing) -> None:
    undo(kept.site, swept_away(kept).run or 0)
    kept.at(NOW + LATER)
    assert kept.sweep().done == {}
    found = explain(kept.site, (Kind.CLIENT, 3))
    assert found and [(one.code, one.until) for one in found.reasons] == [("settling", NOW + dt.timedelta(days=7))]
    assert "brought back only on 2026-11-22" in found.reasons[0].text("Asia/Tokyo")
    assert "復元されたばかりです" in found.reasons[0].text("Asia/Tokyo", "ja")
    kept.at(NOW + dt.timedelta(days=7))
    assert kept.sweep().done == {"delete": {"client": 1}}
    assert kept.ids("tblclients") == [1]


def test_a_person_s_own_word_does_not_wait_for_that(kept: Billing) -> None:
    undo(kept.site, swept_away(kept).run or 0)
    assert erase(kept.site, 3).done == {"delete": {"client": 1}}
    assert kept.ids("tblclients") == [1] and kept.rows("kigen_quarantine") == []


def test_orders_that_came_back_settle_too_though_they_are_decided_together(either: Billing) -> None:
    either.live_client()
    either.old_orders(10, 11)
    either.set(quarantine__term="30 days")
    undo(either.site, either.sweep().run or 0)
    either.old_orders(12, 13)
    either.at(NOW + LATER)
    assert either.sweep().done == {"delete": {"order": 2}}
    assert either.ids("tblorders") == [10, 11]


def test_undoing_leaves_evidence_that_verifies_and_an_act_for_each_record(kept: Billing) -> None:
    run = swept_away(kept).run or 0
    undo(kept.site, run)
    assert [(act.action, act.rule) for act in kept.acts(Kind.CLIENT, 3)] == [
        ("undo", "client.delete-inactive"), ("delete", "client.delete-inactive"),
    ]  # fmt: skip
    assert [act.action for act in kept.acts(Kind.INVOICE, 30)] == ["undo", "delete"]
    with kept.site.reading() as connection:
        assert verify(connection, keys.public(kept.site.state_dir)).first_bad is None


def test_a_dry_run_says_what_would_come_back_and_writes_nothing(kept: Billing) -> None:
    run = swept_away(kept).run or 0
    before = [kept.rows(name) for name in ("kigen_runs", "kigen_quarantine", "kigen_records", "kigen_evidence")]
    shown = undo(kept.site, run, dry_run=True)
    assert (Kind.CLIENT, 3) in shown.brought.refs and shown.run is None
    assert kept.ids("tblclients") == [1]
    assert [
        kept.rows(name) for name in ("kigen_runs", "kigen_quarantine", "kigen_records", "kigen_evidence")
    ] == before  # fmt: skip


def test_explain_says_that_a_copy_is_kept_and_until_when(kept: Billing) -> None:
    run = swept_away(kept).run
    found = explain(kept.site, (Kind.CLIENT, 3))
    assert found and [one.code for one in found.reasons] == ["already-gone", "restorable"]
    assert found.reasons[1].until == NOW + dt.timedelta(days=30)
    assert f"kigen undo {run}" in found.reasons[1].text("Asia/Tokyo")


def test_by_default_nothing_is_kept_and_no_statement_of_a_chunk_asks_for_it(either: Billing) -> None:
    either.live_client()
    due_client(either, 3)
    either.old_orders(10, 11)
    said: list[str] = []

    def heard(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(either.site.engine, "before_cursor_execute", heard)
    swept = either.sweep()
    assert swept.done == {"delete": {"client": 1, "order": 2}}
    # Once at the start, for what an earlier setting kept, and once as traces of all who go are looked for; in no chunk.
    assert [one.split()[0] for one in said if "FROM kigen_quarantine" in one] == ["SELECT", "SELECT"]
    assert not any("INTO kigen_quarantine" in one for one in said)
    assert undo(either.site, swept.run or 0).acted == 0
    assert either.ids("tblclients") == [1]
