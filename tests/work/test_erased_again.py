"""A second order, a second request, and rows without a client: nothing is done twice, and nothing stays half done."""

from __future__ import annotations

import datetime as dt

import pytest

from kigen.ledger import certificates_issued, keys
from kigen.policy.records import Kind
from kigen.work import desk
from kigen.work.erase import erase
from kigen.work.site import Site
from tests.work.billing import LATER, NOW, Billing
from tests.work.test_in_part import ask, back_up, enter_anew, person

FLOOR_OVER = dt.datetime(2040, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def parted(either: Billing) -> Billing:
    """Client 3 with papers that a floor keeps, and client 1 that lives."""
    either.live_client()
    person(either, 3, "2021-03-01")
    either.set(floors__fiscal_year_end="12-31")
    back_up(either)
    return either


def asked(site: Site) -> int:
    with site.transaction() as connection:
        return desk.open_request(site, connection, 3, "erasure", site.now, "eu", {})


def test_a_second_order_changes_nothing_proves_nothing_and_says_so(parted: Billing) -> None:
    assert erase(parted.site, 3).done == {"anonymise": {"client": 1}}
    entries, since = len(parted.rows("kigen_evidence")), parted.rows("kigen_anonymised", "at")
    parted.at(NOW + LATER)
    again = erase(parted.site, 3)
    assert (again.done, again.is_unchanged, dict(again.outcome.kept)) == ({}, True, {"floor": 1})
    assert len(parted.rows("kigen_evidence")) == entries and parted.rows("kigen_anonymised", "at") == since
    assert parted.ids("tblclients") == [1, 3] and parted.ids("tblinvoices") == [30]


def test_after_an_erasure_on_request_an_order_repeats_nothing_and_what_it_takes_besides_leaves_the_first_proof(
    parted: Billing,
) -> None:
    ask(parted, 3)
    parted.at(NOW + 31 * LATER)
    assert parted.sweep().done["anonymise"] == {"client": 1}
    entries = len(parted.rows("kigen_evidence"))
    assert erase(parted.site, 3).is_unchanged and len(parted.rows("kigen_evidence")) == entries
    parted.add("tbltickets", id=51, tid="T51", userid=3, status="Closed", date="2026-11-22 00:00:00", name="山田 太郎")
    parted.at(NOW + 32 * LATER)
    assert erase(parted.site, 3).done == {"anonymise": {"client": 1}}

    def proved(entry: int | None = None) -> tuple[str, int]:
        folder = parted.site.state_dir
        with parted.site.transaction() as connection:
            issued = certificates_issued.issue(
                connection, (Kind.CLIENT, 3), keys.public(folder), lambda: keys.private(folder), NOW, entry
            )
        return issued.entry.rule, issued.entry.seq

    orders = parted.rows("kigen_evidence WHERE rule = 'client.delete-ordered'", "seq")
    assert proved()[0] == "client.delete-on-request" and proved()[1] <= entries
    assert proved(orders[0]["seq"]) == ("client.delete-ordered", orders[0]["seq"])
    assert parted.ids("tblclients") == [1, 3] and parted.ids("tblinvoices") == [30]


def test_a_second_order_takes_what_came_since(parted: Billing) -> None:
    erase(parted.site, 3)
    parted.add("tbltickets", id=51, tid="T51", userid=3, status="Closed", date="2026-11-22 00:00:00", name="山田 太郎")
    parted.at(NOW + LATER)
    again = erase(parted.site, 3)
    assert again.done == {"anonymise": {"client": 1}} and not again.is_unchanged
    assert parted.ids("tbltickets") == [] and parted.ids("tblinvoices") == [30]
    assert str(parted.rows("kigen_anonymised", "at")[0]["at"])[:10] == "2026-11-23"


def test_an_erasure_is_not_closed_by_hand_once_the_person_is_a_client_again(parted: Billing) -> None:
    ask(parted, 3)
    parted.at(NOW + 31 * LATER)
    assert parted.sweep().done["anonymise"] == {"client": 1}
    parted.at(NOW + 200 * LATER)
    enter_anew(parted, 3)
    parted.add("tblorders", id=51, ordernum=51, userid=3, status="Active", date="2027-06-01 00:00:00")
    number = asked(parted.site)
    with parted.site.transaction() as connection, pytest.raises(ValueError, match="by the deletion itself"):
        desk.fulfil(parted.site, connection, number)
    assert [row["closed_at"] for row in parted.rows(f"kigen_requests WHERE id = {number}", "closed_at")] == [None]


def test_an_erasure_of_one_that_is_still_masked_is_closed_in_part(parted: Billing) -> None:
    ask(parted, 3)
    parted.at(NOW + 31 * LATER)
    parted.sweep()
    number = asked(parted.site)
    with parted.site.transaction() as connection:
        desk.fulfil(parted.site, connection, number)
    assert [row["state"] for row in parted.rows(f"kigen_requests WHERE id = {number}", "state")] == ["partly-fulfilled"]


def test_what_a_floor_keeps_of_a_client_without_a_row_goes_in_the_night_after_the_floor(parted: Billing) -> None:
    parted.run("DELETE FROM tblclients WHERE id = 3")
    assert erase(parted.site, 3, orphans=True).done == {"anonymise": {"client": 1}}
    parted.at(NOW + LATER)
    parted.sweep()
    assert parted.ids("tblinvoices") == [30] and parted.ids("kigen_frozen")
    parted.at(FLOOR_OVER, is_time_stated=True)
    swept = parted.sweep()
    assert swept.done["delete"]["client"] == 1, swept.failures
    assert parted.ids("tblinvoices") == [] and parted.ids("tblaccounts") == [] and parted.ids("kigen_frozen") == []
    assert parted.rows("kigen_anonymised") == []
    assert parted.ids("tblclients") == [1] and parted.ids("tblhosting") == [9001]


def test_a_hold_on_it_keeps_it_past_the_floor(parted: Billing) -> None:
    parted.run("DELETE FROM tblclients WHERE id = 3")
    erase(parted.site, 3, orphans=True)
    parted.hold(client=3)
    parted.at(FLOOR_OVER, is_time_stated=True)
    parted.sweep()
    assert parted.ids("tblinvoices") == [30] and parted.ids("kigen_frozen")
