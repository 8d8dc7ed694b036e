"""A restore from before a client was anonymised: it is anonymised again, its papers frozen again, and only once."""

from __future__ import annotations

import datetime as dt

import pytest

import kigen.work.replay as replaying
from kigen.ledger import consents, evidence_read, keys, requests
from kigen.ledger.evidence_verify import verify
from kigen.policy.consents import Act, Consented
from kigen.work import consents_told
from kigen.work.erase import erase
from kigen.work.replay import replay
from tests.work.billing import LATER, Billing
from tests.work.restores import Backup
from tests.work.test_in_part import SECRETS, back_up, everything, person


@pytest.fixture
def anonymised(either: Billing) -> tuple[Billing, Backup]:
    """Client 3 was anonymised yesterday, its ticket deleted; then the backup of before came back."""
    either.live_client()
    person(either, 3, "2015-03-01")
    either.set(floors__fiscal_year_end="12-31", floors__company_books="on")
    either.at(dt.datetime(2025, 4, 1, 3, 0, tzinfo=dt.UTC))
    back_up(either)
    backup = Backup(either)
    swept = either.sweep()
    assert (swept.done["anonymise"], "taro.yamada" in everything(either)) == ({"client": 1}, False)
    backup.restore()
    either.at(either.site.now + LATER)
    assert "taro.yamada@example.jp" in everything(either)
    return either, backup


def proofs(billing: Billing, action: str) -> int:
    """How many entries say that client 3 was dealt with so."""
    with billing.site.reading() as connection:
        assert verify(connection, keys.public(billing.site.state_dir)).ok
        return sum(
            any(part.kind == "client" and part.position(3) is not None for part in one.parts)
            for one in evidence_read.told(connection)
            if one.entry.action == action
        )


def test_what_was_anonymised_is_anonymised_again_with_its_papers_frozen(anonymised: tuple[Billing, Backup]) -> None:
    """N15, N16."""
    billing, backup = anonymised
    found = replay(billing.site)
    assert found.swept.done["anonymise"] == {"client": 1}, (found.findings("Asia/Tokyo"), found.swept.failures)
    assert found.findings("Asia/Tokyo") == []
    left = everything(billing)
    assert [secret for secret in SECRETS if secret in left] == []
    assert billing.ids("tblclients") == [1, 3]
    assert billing.ids("tblinvoices") == [30]  # what the law keeps stays
    assert billing.ids("tblhosting") == [30, 9001]  # and what it bills
    assert billing.ids("tbltickets") == []
    assert len(billing.ids("kigen_frozen")) > 0
    assert proofs(billing, "anonymise") == 2
    again = replay(billing.site)
    assert (again.swept.acted, again.returned.counts()) == (0, {})
    assert proofs(billing, "anonymise") == 2
    assert billing.sweep(confirmed=True).done.get("anonymise") is None
    backup.drop()


def test_what_stood_against_it_on_the_day_of_the_backup_does_not_keep_the_person(either: Billing) -> None:
    """A hold that was released before the client was anonymised came back with the backup."""
    either.live_client()
    person(either, 3, "2015-03-01")
    either.set(floors__fiscal_year_end="12-31", floors__company_books="on")
    either.at(dt.datetime(2025, 4, 1, 3, 0, tzinfo=dt.UTC))
    back_up(either)
    hold = either.hold(client=3)
    backup = Backup(either)
    either.release(hold)
    assert either.sweep().done["anonymise"] == {"client": 1}
    backup.restore()
    either.at(either.site.now + LATER)
    assert replay(either.site).swept.done["anonymise"] == {"client": 1}
    left = everything(either)
    assert [secret for secret in SECRETS if secret in left] == []
    assert either.ids("tblclients") == [1, 3] and either.ids("tblinvoices") == [30]
    assert [row["codes"] for row in either.rows("kigen_anonymised")] == ["floor"]
    backup.drop()


def test_what_a_request_left_of_a_client_stays_again_although_the_backup_is_from_before_it(either: Billing) -> None:
    """The evidence says for what parts stayed: a ticket that was open, and a floor."""
    either.live_client()
    person(either, 3, "2024-03-01")
    person(either, 4, "2024-03-01")
    either.run("UPDATE tbltickets SET status = 'Open' WHERE id = 30")
    either.at(dt.datetime(2025, 4, 1, 3, 0, tzinfo=dt.UTC))
    back_up(either)
    backup = Backup(either)
    with either.site.transaction() as connection:
        for client in (3, 4):
            requests.open_request(connection, client, "erasure", either.site.now - 40 * LATER)
    assert either.sweep().done["anonymise"] == {"client": 2}
    before = {table: either.ids(table) for table in ("tblclients", "tblinvoices", "tbltickets", "tblhosting")}
    assert before["tbltickets"] == [30]
    kept = either.rows("kigen_anonymised ORDER BY client", "client, codes, rule")
    backup.restore()
    either.at(either.site.now + LATER)
    found = replay(either.site)
    assert (found.swept.done["anonymise"], found.findings("Asia/Tokyo")) == ({"client": 2}, [])
    assert {table: either.ids(table) for table in before} == before
    assert either.rows("kigen_anonymised ORDER BY client", "client, codes, rule") == kept
    assert either.rows("tblclients WHERE id = 4", "email")[0]["email"].endswith(".invalid")
    backup.drop()


def test_a_replay_that_ended_early_does_not_anonymise_a_second_time(
    anonymised: tuple[Billing, Backup], monkeypatch: pytest.MonkeyPatch
) -> None:
    billing, backup = anonymised

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(replaying, "_close", die)
    with pytest.raises(Killed):
        replay(billing.site)
    monkeypatch.undo()
    assert billing.sweep().stopped == "restored"
    assert replay(billing.site).swept.done.get("anonymise") is None
    assert proofs(billing, "anonymise") == 2
    assert billing.sweep(confirmed=True).stopped is None
    backup.drop()


def test_a_client_that_stays_for_a_person_to_decide_stays_whole_and_is_told_by_every_later_replay(
    anonymised: tuple[Billing, Backup],
) -> None:
    """No erasure by halves: the ticket that had gone with the client stays as long as the client does."""
    billing, backup = anonymised
    billing.run("UPDATE tblclients SET lastlogin = '2025-04-02 09:00:00' WHERE id = 3")
    for _ in range(3):
        found = replay(billing.site)
        assert [(one["record"], one["code"]) for one in found.findings("Asia/Tokyo")] == [("client:3", "used-since")]
        assert (found.swept.done, billing.ids("tbltickets")) == ({}, [30])
        assert (billing.ids("tblclients"), billing.ids("tblinvoices")) == ([1, 3], [30])
    billing.run("UPDATE tblclients SET lastlogin = NULL WHERE id = 3")
    found = replay(billing.site)
    assert (found.swept.done, found.findings("Asia/Tokyo")) == ({"anonymise": {"client": 1}}, [])
    assert (billing.ids("tbltickets"), billing.ids("tblclients"), billing.ids("tblinvoices")) == ([], [1, 3], [30])
    left = everything(billing)
    assert [secret for secret in SECRETS if secret in left] == []
    assert replay(billing.site).returned.acts == {}
    assert proofs(billing, "anonymise") == 2
    backup.drop()


def test_a_client_that_stayed_and_went_by_an_order_is_not_looked_for_any_more(
    anonymised: tuple[Billing, Backup],
) -> None:
    billing, backup = anonymised
    hold = billing.hold(client=3)
    assert [one["code"] for one in replay(billing.site).findings("Asia/Tokyo")] == ["hold"]
    assert billing.ids("tbltickets") == [30]
    billing.release(hold)
    billing.at(billing.site.now + LATER)
    assert erase(billing.site, 3).done == {"anonymise": {"client": 1}}
    assert billing.ids("tbltickets") == []
    found = replay(billing.site)
    assert (found.returned.acts, found.findings("Asia/Tokyo")) == ({}, [])
    assert (billing.ids("tblclients"), billing.ids("tblinvoices")) == ([1, 3], [30])
    assert proofs(billing, "anonymise") == 2
    backup.drop()


def test_what_rested_on_a_withdrawn_consent_is_emptied_again_though_the_withdrawal_is_lost(billing: Billing) -> None:
    """Only evidence outside the database knows of it; whose consent holds keeps its row as it was."""
    for number in (1, 2):
        billing.live_client(number)
        billing.add("tblmarketing_consent", id=number, userid=number, opt_in=1, ip_address=f"192.0.2.{number}")
        with billing.site.transaction() as connection:
            consents.write(connection, [Consented(0, number, "marketing", Act.GIVEN, billing.site.now)])
    billing.sweep()
    backup = Backup(billing)
    billing.at(billing.site.now + LATER)
    with billing.site.transaction() as connection:
        consents_told.write(billing.site, connection, Consented(0, 1, "marketing", Act.WITHDRAWN, billing.site.now))
    billing.sweep()
    assert [row["ip_address"] for row in billing.rows("tblmarketing_consent ORDER BY id")] == ["", "192.0.2.2"]
    backup.restore()
    billing.at(billing.site.now + LATER)
    assert [row["ip_address"] for row in billing.rows("tblmarketing_consent ORDER BY id")] == ["192.0.2.1", "192.0.2.2"]
    replay(billing.site)
    billing.sweep()
    assert [row["ip_address"] for row in billing.rows("tblmarketing_consent ORDER BY id")] == ["", "192.0.2.2"]
    assert billing.ids("tblclients") == [1, 2]
