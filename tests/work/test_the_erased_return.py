"""What turns up about erased people: events, imports, synchronised rows. Nothing is remembered, somebody is told."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from kigen.ledger import inbox, keys, ledger_file, tombstones
from kigen.ledger.evidence_verify import verify
from kigen.policy.records import Kind
from kigen.work.forgetting import forget_old
from kigen.work.intake import Intake, parse_event, run_intake
from kigen.work.reconcile import reconcile
from kigen.work.replay import replay
from tests.work.billing import LATER, NOW, Billing

ZONE = "Asia/Tokyo"


@pytest.fixture
def erased(either: Billing) -> Billing:
    """Client 30 and its invoice 300 were erased yesterday; client 1 stays."""
    either.live_client()
    either.idle_client(30)
    assert either.sweep().acted == 1
    either.at(NOW + LATER)
    return either


def hear(billing: Billing, name: str, at: dt.datetime, **told: Any) -> Intake:
    with billing.site.transaction() as connection:
        inbox.append(connection, [parse_event({"event": name, "at": at.isoformat(), **told}, ZONE)], billing.site.now)
    return run_intake(billing.site)


def remembered(billing: Billing, client: int) -> dict[str, list[Any]]:
    """Everything in kigen's own memory that names a client."""
    return {
        table: [row for row in billing.rows(table) if row.get("client") == client or (
            row.get("kind") == "client" and row.get("id", row.get("record")) == client)]
        for table in ("kigen_records", "kigen_observed", "kigen_events", "kigen_requests", "kigen_archives")
    }  # fmt: skip


@pytest.mark.parametrize(
    "event",
    [
        ("client_signed_in", {}), ("client_changed", {}), ("deletion_requested", {}),
        ("payment_received", {"id": 9, "data": {"amount": "5", "invoice": 300}}),
    ],
)  # fmt: skip
def test_an_event_of_after_the_erasure_is_set_aside_with_a_reason_and_leaves_no_memory(
    erased: Billing, event: tuple[str, dict[str, Any]]
) -> None:
    """G14: a sign-in or a webhook of somebody who was erased."""
    before = remembered(erased, 30)
    heard = hear(erased, event[0], NOW + LATER / 2, client=30, **event[1])
    assert (heard.handled, heard.failed) == (0, 1)
    (row,) = erased.rows("kigen_inbox")
    assert (row["state"], row["payload"]) == ("failed", "{}")
    assert row["error"] == (
        "client:30 was erased on 2026-11-22, and the platform still tells of it: nothing was remembered"
    )
    assert remembered(erased, 30) == before
    assert hear(erased, "client_signed_in", NOW + LATER / 2, client=1).handled == 1  # others are heard


def test_an_event_of_before_the_erasure_that_comes_late_is_dropped_without_a_word(erased: Billing) -> None:
    before = remembered(erased, 30)
    assert hear(erased, "client_signed_in", NOW - LATER, client=30) == Intake(1, 0, 0)
    assert hear(erased, "client_deleted", NOW + LATER / 2, client=30) == Intake(1, 0, 0)
    assert erased.rows("kigen_inbox") == []
    assert remembered(erased, 30) == before


def test_somebody_new_under_the_number_of_an_erased_client_is_heard(erased: Billing) -> None:
    """An id reused by a new person is never taken for the old one."""
    erased.add("tblclients", id=30, datecreated="2026-11-23", uuid="somebody-new")
    assert hear(erased, "client_signed_in", NOW + LATER / 2, client=30) == Intake(1, 0, 0)
    assert [row["client"] for row in erased.rows("kigen_events WHERE client = 30")] == [30]
    found = reconcile(erased.site)
    assert found.violations == []
    assert replay(erased.site).swept.acted == 0
    assert erased.ids("tblclients") == [1, 30]


def test_a_row_that_somebody_imported_again_is_told_by_reconcile_and_touched_by_no_sweep(either: Billing) -> None:
    either.live_client()
    either.idle_client(30)
    (row,) = either.rows("tblclients WHERE id = 30")
    either.sweep()
    either.add("tblclients", **row)
    either.add("tblhosting", id=77, userid=30, domainstatus="Active", regdate="2010-01-01")  # nothing is due
    either.at(NOW + LATER)
    swept = either.sweep()
    assert (swept.acted, either.ids("tblclients")) == (0, [1, 30])
    assert swept.reconciled is not None
    assert swept.reconciled.violations == [
        "client:30 was erased on 2026-11-22 and is there again: 'kigen replay' erases it once more"
    ]
    shown = replay(either.site, dry_run=True)
    assert shown.returned.counts() == {"delete": {"client": 1}}


def test_what_an_undo_brought_back_is_there_by_right(erased: Billing) -> None:
    """N18: a tombstone counts no more once its deletion was undone."""
    from kigen.ledger import evidence

    with erased.site.transaction() as connection:
        stone = tombstones.about(connection, [(Kind.CLIENT, 30)])[Kind.CLIENT, 30]
        assert stone.fingerprint is not None
        evidence.append(
            connection, "whmcs", None, "tests", tombstones.UNDONE, NOW + LATER,
            {(Kind.CLIENT, "client.delete-inactive"): [(30, None)]},
            fingerprints={Kind.CLIENT: {30: stone.fingerprint}},
        )  # fmt: skip
        assert tombstones.about(connection, [(Kind.CLIENT, 30), (Kind.INVOICE, 300)]).keys() == {(Kind.INVOICE, 300)}
    erased.add("tblclients", id=30, datecreated="2010-01-01")
    with erased.site.reading() as connection:  # without the undo it would be the same record come back
        material = erased.site.host.fingerprints(connection, Kind.CLIENT, [30])
    assert erased.site.fingerprint_key is not None
    assert tombstones.fingerprints(erased.site.fingerprint_key, "whmcs", material) == {30: stone.fingerprint}
    assert replay(erased.site).returned.acts == {}
    assert erased.ids("tblclients") == [1, 30]


def test_tombstones_die_with_their_term_in_database_and_file_and_the_chain_stays_whole(erased: Billing) -> None:
    key, folder = keys.public(erased.site.state_dir), erased.site.state_dir
    erased.set(evidence__tombstone_term="30 days")
    erased.at(NOW + 29 * LATER)
    erased.sweep()
    assert '"id"' not in (folder / ledger_file.NAME).read_text()
    assert [row["highest"] for row in erased.rows("kigen_leaves") if row["kind"] == "client"] == [30]
    erased.at(NOW + 40 * LATER)
    erased.sweep()
    assert {row["highest"] for row in erased.rows("kigen_leaves")} == {None}
    assert all(set(json.loads(row["records"])) == {None} for row in erased.rows("kigen_leaves"))
    with erased.site.reading() as connection:
        assert verify(connection, key).ok
        assert tombstones.about(connection, [(Kind.CLIENT, 30)]) == {}
        assert tombstones.highest(connection)[Kind.CLIENT] == 30  # the number stays taken
    assert ledger_file.verify(folder, key).ok
    assert "[30," not in (folder / ledger_file.NAME).read_text()
    assert erased.ids("tblclients") == [1]


def test_a_blank_term_keeps_tombstones_for_ever(erased: Billing) -> None:
    erased.set(evidence__tombstone_term="")
    erased.at(NOW + 9000 * LATER)
    with erased.site.engine.connect() as connection:
        assert forget_old(connection, erased.site) is None
    assert 30 in {row["highest"] for row in erased.rows("kigen_leaves")}


def test_a_file_that_could_not_be_written_anew_forgets_at_the_next_run(
    erased: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    erased.at(NOW + 500 * LATER)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger_file, "rewrite", full)
    with erased.site.engine.connect() as connection:
        assert "No space left on device" in (forget_old(connection, erased.site) or "")
    monkeypatch.undo()
    path = erased.site.state_dir / ledger_file.NAME
    assert "[30," in path.read_text()
    with erased.site.engine.connect() as connection:
        assert forget_old(connection, erased.site) is None
    assert "[30," not in path.read_text()
