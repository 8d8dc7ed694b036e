"""Every act is proved: in the database with the act, in the ledger file after the commit, signed at the run's end."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import kigen.work.sweep as working
from kigen.ledger import evidence, evidence_read, keys, ledger_file, ledger_standing
from kigen.ledger.chain import Told
from kigen.ledger.evidence_verify import Verdict, verify
from kigen.ledger.ledger_standing import State
from kigen.policy.records import Kind
from kigen.work import attempt
from kigen.work.swept import Swept
from kigen.work.worker import Helped, _help
from tests.work.billing import Billing
from tests.work.restores import Backup


@pytest.fixture
def clients(either: Billing) -> Billing:
    """A client that stays, one that goes with its invoice, and two cancelled orders that go by themselves."""
    either.live_client()
    either.idle_client(30)
    either.old_orders(10, 11)
    return either


@pytest.fixture
def backup(clients: Billing) -> Iterator[Backup]:
    """The installation before anything was done to it."""
    yield (one := Backup(clients))
    one.drop()


def told(billing: Billing) -> list[Told]:
    """The chain in the database."""
    with billing.site.reading() as connection:
        return list(evidence_read.told(connection))


def verdict(billing: Billing) -> Verdict:
    """Whether the chain in the database is as it was written."""
    with billing.site.reading() as connection:
        return verify(connection, keys.public(billing.site.state_dir))


def state(billing: Billing) -> State:
    """How the ledger file and the database stand to each other."""
    with billing.site.reading() as connection:
        return ledger_standing.standing(billing.site.state_dir, connection).state


def acts(billing: Billing) -> dict[str, dict[str, list[Any]]]:
    """What the chain says was done: by rule, the ids by kind."""
    found: dict[str, dict[str, list[Any]]] = {}
    for one in told(billing):
        for part in one.parts:
            ids = [item[0] for item in part.items if item]
            found.setdefault(one.entry.rule, {}).setdefault(part.kind, []).extend(ids)
    return {rule: {kind: sorted(ids) for kind, ids in kinds.items()} for rule, kinds in found.items()}


def test_a_run_proves_each_act_once_in_the_database_and_in_the_file_under_a_signed_head(clients: Billing) -> None:
    swept = clients.sweep()
    assert acts(clients) == {
        "client.delete-inactive": {"client": [30], "invoice": [300], "payment": [300]},
        "order.delete-cancelled": {"order": [10, 11]},
    }
    found = verdict(clients)
    assert (found.ok, found.entries, found.signed, found.records) == (True, 2, 2, 5)
    assert ledger_file.verify(clients.site.state_dir, keys.public(clients.site.state_dir)) == found
    assert (state(clients), swept.entries, swept.warnings) == (State.AGREE, 2, [])
    assert '"entries": 2' in clients.last_run()["counts"]
    assert {one.entry.run for one in told(clients)} == {swept.run}
    assert {one.entry.actor for one in told(clients)} == {"tests"}
    assert clients.ids("tblclients") == [1]  # who stays has no evidence


def test_a_run_that_does_nothing_writes_no_entry_and_signs_what_there_is(clients: Billing) -> None:
    clients.sweep()
    before = told(clients)
    clients.at(clients.site.now.replace(hour=5))
    assert clients.sweep().entries == 0
    assert told(clients) == before
    assert len(clients.rows("kigen_heads")) == 2
    assert verdict(clients).ok


def test_what_a_hold_kept_has_no_evidence_and_stands_in_the_run_record(clients: Billing) -> None:
    """E8: the refusal is recorded, with no row that went."""
    clients.hold(client=30)
    clients.sweep()
    assert json.loads(clients.last_run()["counts"])["kept"] == {"hold": 1}
    assert acts(clients) == {"order.delete-cancelled": {"order": [10, 11]}}
    assert clients.ids("tblclients") == [1, 30]


def test_without_a_key_the_run_acts_and_tells_that_nothing_is_signed(clients: Billing) -> None:
    (clients.site.state_dir / keys.PRIVATE).unlink()
    swept = clients.sweep()
    assert swept.acted == 3
    assert (
        [one for one in swept.warnings if "evidence.key is missing" in one and "'kigen keys restore'" in one]
        == swept.warnings
        != []
    )
    assert clients.rows("kigen_heads") == []


def test_another_key_than_the_one_that_signed_before_signs_nothing(clients: Billing, tmp_path: Path) -> None:
    clients.sweep()
    keys.make(tmp_path / "other")
    shutil.copyfile(tmp_path / "other" / keys.PRIVATE, clients.site.state_dir / keys.PRIVATE)
    clients.old_orders(12)
    clients.at(clients.site.now.replace(hour=5))
    swept = clients.sweep()
    assert (swept.acted, len(swept.warnings)) == (1, 1)
    assert "it was signed by the key" in swept.warnings[0]
    assert len(clients.rows("kigen_heads")) == 1
    assert verdict(clients).ok


def test_a_file_that_cannot_be_written_undoes_nothing_and_the_next_run_brings_it_up(clients: Billing) -> None:
    path = clients.site.state_dir / ledger_file.NAME
    clients.sweep()
    clients.old_orders(12, 13)
    path.rename(path.with_suffix(".aside"))
    path.symlink_to(clients.site.state_dir / "gone" / "away")  # opens, and makes, nothing
    swept = clients.sweep()
    assert (swept.acted, len(swept.warnings)) == (2, 1)
    assert "could not be written" in swept.warnings[0]
    assert clients.ids("tblorders") == []
    path.unlink()
    path.with_suffix(".aside").rename(path)
    assert state(clients) is State.DATABASE_AHEAD
    assert clients.sweep().warnings == []
    assert state(clients) is State.AGREE


def test_a_run_that_died_between_commit_and_file_leaves_a_file_that_the_next_run_brings_up(
    clients: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        pass

    def die(*_: object) -> None:
        raise Died

    monkeypatch.setattr(attempt.Attempts, "_tell_outside", die)
    monkeypatch.setattr(working, "_close", die)
    with pytest.raises(Died):
        clients.sweep()
    monkeypatch.undo()
    assert state(clients) is State.DATABASE_AHEAD
    clients.sweep()
    assert state(clients) is State.AGREE
    assert acts(clients)["client.delete-inactive"] == {"client": [30], "invoice": [300], "payment": [300]}
    assert verdict(clients).ok


def test_a_restored_database_is_refused_whatever_is_confirmed(clients: Billing, backup: Backup) -> None:
    """N15: normal work is refused; nothing of what came back is touched."""
    clients.sweep()
    backup.restore()
    clients.old_orders(14)
    for confirmed in (False, True):
        swept = clients.sweep(confirmed)
        assert (swept.stopped, swept.acted) == ("restored", 0)
        assert "'kigen replay'" in swept.brakes[0].text
    assert clients.ids("tblclients") == [1, 30]
    assert clients.ids("tblorders") == [10, 11, 14]
    assert told(clients) == []
    assert clients.last_run()["outcome"] == "refused"


def test_a_worker_in_a_restored_database_does_nothing(clients: Billing, backup: Backup) -> None:
    clients.sweep()
    backup.restore()
    with clients.site.engine.connect() as connection:
        helped = _help(connection, clients.site, 1, lambda done: None)
    assert helped == Helped(1, 0, Swept(brakes=helped.swept.brakes, stop=helped.swept.stop))
    assert helped.swept.stopped == "restored"
    assert clients.ids("tblclients") == [1, 30]


def test_a_restore_that_fell_before_the_first_entry_asks_for_a_confirmation(either: Billing) -> None:
    either.live_client()
    backup = Backup(either)
    either.sweep()
    assert told(either) == []
    backup.restore()
    either.old_orders(10)
    with either.site.reading() as connection:
        assert evidence.end(connection)[0] == 0
    assert either.sweep(confirmed=False).stopped == "unconfirmed"
    assert either.sweep(confirmed=True).acted == 1
    backup.drop()


def last_line_changed(path: Path) -> None:
    *lines, head = path.read_bytes().splitlines(keepends=True)
    lines[-1] = re.sub(rb'"hash":"[0-9a-f]{64}"', b'"hash":"' + b"0" * 64 + b'"', lines[-1])
    path.write_bytes(b"".join([*lines, head]))


@pytest.mark.parametrize(
    ("damage", "code"),
    [(last_line_changed, "ledger-apart"), (lambda path: path.write_bytes(b"{}\n"), "ledger-damaged")],
)
def test_a_file_that_was_tampered_with_stops_every_run_until_it_is_moved_away(
    clients: Billing, damage: Callable[[Path], None], code: str
) -> None:
    """Bad input: a tampered ledger file."""
    clients.sweep()
    path = clients.site.state_dir / ledger_file.NAME
    damage(path)
    clients.old_orders(12)
    swept = clients.sweep()
    assert (swept.stopped, clients.ids("tblorders")) == (code, [12])
    path.unlink()
    assert clients.sweep().acted == 1
    assert state(clients) is State.AGREE


def test_a_state_dir_of_another_machine_is_brought_up_from_the_database(clients: Billing, tmp_path: Path) -> None:
    """A worker on another machine has a file of its own, which leads to the same chain."""
    clients.sweep()
    own = clients.site.state_dir
    clients.at(clients.site.now, state_dir=tmp_path / "elsewhere")
    keys.make(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / keys.PRIVATE).write_bytes((own / keys.PRIVATE).read_bytes())
    clients.old_orders(12)
    assert clients.sweep().acted == 1
    assert state(clients) is State.AGREE
    assert ledger_file.verify(tmp_path / "elsewhere", keys.public(own)).entries == 3
    assert acts(clients)["order.delete-cancelled"] == {Kind.ORDER.value: [10, 11, 12]}
