"""A number and a day are no proof: after a restore such a client is told to a person and left as it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kigen.work.replay import replay
from tests.work.billing import LATER, NOW, Billing
from tests.work.restores import Backup

SENTENCE = (
    "client:102 has the number of a record that was erased on 2026-11-22; no fingerprint is strong enough to tell"
    " whether it is that one: look at it."
)


@pytest.fixture
def old(either: Billing) -> Iterator[tuple[Billing, Backup]]:
    """Clients 101 and 102 that go, of whom 102 has neither uuid nor created_at, as on an old installation."""
    either.live_client()
    either.idle_client(101)
    either.idle_client(102)
    either.run("UPDATE tblclients SET uuid = '' WHERE id = 102")
    yield either, (backup := Backup(either))
    backup.drop()


def test_a_client_known_by_its_number_and_its_day_alone_stays_and_is_told_in_preview_and_replay(
    old: tuple[Billing, Backup],
) -> None:
    billing, backup = old
    assert billing.sweep().acted == 2
    backup.restore()
    billing.at(NOW + LATER)
    shown = replay(billing.site, dry_run=True)
    expected = {"record": "client:102", "code": "no-fingerprint", "text": SENTENCE}
    assert shown.as_json("Asia/Tokyo")["findings"][0] == expected
    assert shown.returned.counts()["delete"]["client"] == 1
    found = replay(billing.site)
    assert found.as_json("Asia/Tokyo")["findings"][0] == expected
    assert found.swept.done == {"delete": {"client": 1}}
    assert billing.ids("tblclients") == [1, 102]
    assert billing.ids("tblinvoices") == [1020]


def test_another_client_who_signed_up_on_the_same_day_under_the_same_number_is_never_erased(
    old: tuple[Billing, Backup],
) -> None:
    billing, _ = old
    billing.sweep()
    billing.add("tblclients", id=102, datecreated="2010-01-01", email="other@example.jp", uuid="")
    billing.at(NOW + LATER)
    found = replay(billing.site)
    assert (found.swept.acted, billing.ids("tblclients")) == (0, [1, 102])
    assert [one["text"] for one in found.findings("Asia/Tokyo")] == [SENTENCE]


def test_a_tombstone_of_a_stronger_day_is_no_proof_for_a_row_that_lost_what_told_it(
    old: tuple[Billing, Backup],
) -> None:
    billing, backup = old
    billing.sweep()
    backup.restore()
    billing.run("UPDATE tblclients SET uuid = '' WHERE id = 101")
    billing.at(NOW + LATER)
    found = replay(billing.site)
    assert billing.ids("tblclients") == [1, 101, 102]
    assert {one["record"]: one["code"] for one in found.findings("Asia/Tokyo")} == {
        "client:101": "no-fingerprint", "client:102": "no-fingerprint"
    }  # fmt: skip
