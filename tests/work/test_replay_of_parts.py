"""What a replay leaves of a client that went in part: what the act had left, no message twice, and it ends as due."""

from __future__ import annotations

import datetime as dt

import pytest

from kigen.work.erase import erase
from kigen.work.replay import replay
from tests.work.billing import LATER, NOW, Billing
from tests.work.restores import Backup
from tests.work.test_in_part import SECRETS, ask, back_up, everything, person

GRACE_OVER = NOW + 31 * LATER
FLOOR_OVER = dt.datetime(2029, 4, 1, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def papers(either: Billing) -> Billing:
    """Client 3 paid in 2021, so that a floor keeps its papers until 2029."""
    either.live_client()
    person(either, 3, "2021-03-01")
    either.set(floors__fiscal_year_end="12-31")
    back_up(either)
    return either


def test_a_ticket_that_was_closed_before_the_act_goes_again_and_nobody_is_told_twice(papers: Billing) -> None:
    """In the backup the ticket is open still, and the request stands."""
    papers.run("UPDATE tbltickets SET status = 'Open', message = 'I am 山田 太郎' WHERE id = 30")
    ask(papers, 3)
    backup = Backup(papers)
    papers.run("UPDATE tbltickets SET status = 'Closed' WHERE id = 30")
    papers.at(GRACE_OVER)
    assert papers.sweep().done == {"anonymise": {"client": 1}}
    assert [row["notice"] for row in papers.rows("kigen_outbox ORDER BY id")][-1] == "deletion-partly-kept"
    backup.restore()
    papers.at(GRACE_OVER + LATER)
    shown = replay(papers.site, dry_run=True)
    assert shown.returned.counts()["delete"] == {"ticket": 1}
    found = replay(papers.site)
    assert (found.swept.done, found.findings("Asia/Tokyo")) == ({"anonymise": {"client": 1}}, [])
    assert (papers.ids("tbltickets"), papers.ids("tblinvoices"), papers.ids("tblclients")) == ([], [30], [1, 3])
    assert [row["codes"] for row in papers.rows("kigen_anonymised")] == ["floor"]
    assert "deletion-partly-kept" not in [row["notice"] for row in papers.rows("kigen_outbox")]
    left = everything(papers)
    assert [secret for secret in SECRETS if secret in left] == []
    backup.drop()


@pytest.mark.parametrize("state", ["Cancelled", "Completed"])
def test_what_a_kept_invoice_bills_stays_after_a_replay_and_goes_when_the_floor_is_over(
    papers: Billing, state: str
) -> None:
    papers.run(f"UPDATE tblhosting SET domainstatus = '{state}' WHERE id = 30")
    ask(papers, 3)
    backup = Backup(papers)
    papers.at(GRACE_OVER)
    assert papers.sweep().done == {"anonymise": {"client": 1}}
    backup.restore()
    papers.at(GRACE_OVER + LATER)
    assert replay(papers.site).swept.done == {"anonymise": {"client": 1}}
    papers.at(GRACE_OVER + 2 * LATER)
    assert "delete" not in papers.sweep().done
    assert papers.ids("tblhosting") == [30, 9001]
    papers.at(FLOOR_OVER, is_time_stated=True)
    assert papers.sweep().done == {"delete": {"client": 1}}
    assert (papers.ids("tblclients"), papers.ids("tblhosting"), papers.ids("tblinvoices")) == ([1], [9001], [])
    backup.drop()


def test_what_an_erasure_before_the_first_reconcile_keeps_is_not_new_to_that_reconcile(papers: Billing) -> None:
    assert erase(papers.site, 3).done == {"anonymise": {"client": 1}}
    papers.at(NOW + LATER)
    assert "delete" not in papers.sweep().done
    assert (papers.ids("tblhosting"), papers.ids("tblorders")) == ([30, 9001], [30])
    papers.at(FLOOR_OVER, is_time_stated=True)
    assert papers.sweep().done == {"delete": {"client": 1}}
    assert (papers.ids("tblclients"), papers.ids("tblhosting")) == ([1], [9001])


def test_a_service_that_came_after_the_erasure_is_new_also_where_no_reconcile_was_before(papers: Billing) -> None:
    """The other side of the same question: this person is a client anew."""
    erase(papers.site, 3)
    papers.add("tblhosting", id=31, userid=3, domainstatus="Active", regdate="2026-11-22")
    papers.at(NOW + LATER)
    assert papers.sweep().done == {}
    assert papers.ids("tblhosting") == [30, 31, 9001]
    papers.at(FLOOR_OVER, is_time_stated=True)
    assert "client" not in papers.sweep().done.get("delete", {})
    assert papers.ids("tblclients") == [1, 3]
    assert 31 in papers.ids("tblhosting")
