"""A client that became part of another: what keeps the survivor keeps its papers, and its words go with that one."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from kigen.ledger import frozen_search, holds, inbox, keys_store, requests
from kigen.policy.records import Kind
from kigen.work import desk, passing_on, whose_copies
from kigen.work.erase import erase
from kigen.work.held_copies import records_of
from kigen.work.intake import parse_event, run_intake
from tests.work.billing import LATER, NOW, Billing
from tests.work.test_in_part import SECRETS, back_up, everything, person

FLOOR_OVER = dt.datetime(2027, 4, 1, 3, 0, tzinfo=dt.UTC)


def hear(billing: Billing, *told: dict[str, Any]) -> None:
    with billing.site.transaction() as connection:
        inbox.append(connection, [parse_event(one, "Asia/Tokyo") for one in told], billing.site.now)
    run_intake(billing.site)


def merged(billing: Billing, client: int, into: int, at: dt.datetime) -> None:
    """As the platform does it: told, the rows moved, the old client's own row gone."""
    hear(billing, {"event": "client_merged", "client": client, "into": into, "at": at.isoformat()})
    for table in ("tblorders", "tblhosting", "tblinvoices", "tblinvoiceitems", "tblaccounts"):
        billing.run(f"UPDATE {table} SET userid = {into} WHERE userid = {client}")
    billing.run(f"DELETE FROM tblclients WHERE id = {client}")


@pytest.fixture
def frozen(either: Billing) -> Billing:
    """Client 3, whose papers are frozen, became part of client 1, which lives."""
    either.live_client()
    person(either, 3, "2015-03-01")
    either.set(floors__fiscal_year_end="12-31", floors__company_books="on")
    either.at(dt.datetime(2025, 4, 1, 3, 0, tzinfo=dt.UTC))
    back_up(either)
    assert either.sweep().done["anonymise"] == {"client": 1}
    either.at(either.site.now + LATER)
    merged(either, 3, 1, either.site.now)
    either.sweep()
    return either


def test_a_hold_on_the_survivor_keeps_the_frozen_papers_of_the_client_that_became_part_of_it(frozen: Billing) -> None:
    kept = frozen.ids("kigen_frozen")
    number = frozen.hold(client=1)
    frozen.at(FLOOR_OVER, is_time_stated=True)
    frozen.sweep()
    assert kept and frozen.ids("kigen_frozen") == kept
    assert frozen.ids("tblclients") == [1]
    frozen.release(number)
    frozen.at(FLOOR_OVER + LATER, is_time_stated=True)
    frozen.sweep()
    assert frozen.ids("kigen_frozen") == [] and frozen.ids("tblclients") == [1]


def test_an_open_request_of_the_survivor_keeps_them_as_well(frozen: Billing) -> None:
    kept = frozen.ids("kigen_frozen")
    with frozen.site.transaction() as connection:
        requests.open_request(connection, 1, "access", frozen.site.now)
    frozen.at(FLOOR_OVER, is_time_stated=True)
    frozen.sweep()
    assert kept and frozen.ids("kigen_frozen") == kept


def test_what_was_booked_on_the_survivor_since_keeps_the_frozen_papers_longer(frozen: Billing) -> None:
    frozen.add("tblaccounts", id=31, userid=1, invoiceid=30, amountout="1100.00", date="2025-06-01 10:00:00",
               refundid=30)  # fmt: skip
    frozen.at(FLOOR_OVER, is_time_stated=True)
    frozen.sweep()
    assert "invoice" in {row["kind"] for row in frozen.rows("kigen_frozen", "kind")}
    assert 30 in frozen.ids("tblinvoices")


def test_a_search_for_the_number_of_either_finds_the_frozen_papers_of_both(frozen: Billing) -> None:
    keys = keys_store.read(frozen.site.state_dir)
    with frozen.site.reading() as connection:
        found = {
            party: len(frozen_search.search(connection, keys, frozen_search.Wanted(party=party)))
            for party in ("client:1", "3", "client:2")
        }
    assert found == {"client:1": 3, "3": 3, "client:2": 0}


def test_a_restriction_of_a_merged_client_binds_the_survivor_that_took_back_its_own(either: Billing) -> None:
    either.live_client()
    for number in (4, 5):
        either.idle_client(number)
    restriction = {"event": "rights_requested", "data": {"right": "restriction"}}
    days = [(NOW - dt.timedelta(days=number)) for number in (60, 50, 40, 30)]
    hear(either, {**restriction, "client": 5, "at": days[0].isoformat()},
         {**restriction, "client": 4, "at": days[1].isoformat()})  # fmt: skip
    with dataclasses.replace(either.site, now=days[2]).transaction() as connection:
        requests.close_requests(connection, 5, "restriction", days[2])
    merged(either, 4, 5, days[3])
    swept = either.sweep()
    assert "delete" not in swept.done and either.ids("tblclients") == [1, 5]
    assert swept.kept["restricted"] == 1


def test_what_the_survivor_takes_back_after_the_merge_is_taken_back_for_both(either: Billing) -> None:
    either.live_client()
    for number in (4, 5):
        either.idle_client(number)
    days = [(NOW - dt.timedelta(days=number)) for number in (50, 30, 20)]
    hear(either, {"event": "deletion_requested", "client": 4, "at": days[0].isoformat()},
         {"event": "deletion_withdrawn", "client": 5, "at": days[2].isoformat()})  # fmt: skip
    merged(either, 4, 5, days[1])
    rows = either.rows("kigen_requests WHERE client = 5", "request_right, closed_at, state")
    assert [(row["request_right"], row["state"]) for row in rows] == [("erasure", "withdrawn")]


def test_what_was_told_and_written_of_a_merged_client_goes_with_the_survivor(either: Billing) -> None:
    either.live_client()
    person(either, 4, "2011-03-01")
    either.add("tblclients", id=5, datecreated="2010-01-01", email="other@example.jp")
    mail = "taro.yamada@example.jp"
    with either.site.transaction() as connection:
        number = holds.place(connection, 5, None, f"claim of {mail}", None, NOW, "legal")
        asked = desk.open_request(either.site, connection, 5, "access", NOW, "eu", {})
        desk.refuse(either.site, connection, asked, f"{mail} asked twice", "the authority")
    either.release(number)
    hear(either, {"event": "client_changed", "client": 5, "at": (NOW - LATER).isoformat(), "data": {"email": mail}})
    merged(either, 5, 4, NOW)
    assert mail in everything(either)
    either.at(NOW + LATER)
    assert either.sweep().done["delete"]["client"] == 1
    left = everything(either)
    assert [secret for secret in SECRETS if secret in left] == []
    assert either.ids("tblclients") == [1] and len(either.ids("kigen_events")) == 2


def test_the_words_of_a_client_that_is_still_there_stay_though_a_merger_was_told(either: Billing) -> None:
    either.live_client()
    either.idle_client(4)
    either.add("tblclients", id=5, datecreated="2026-11-01")
    either.release(either.hold(client=5))
    either.sweep()
    hear(either, {"event": "client_merged", "client": 5, "into": 4, "at": NOW.isoformat()})
    either.run("DELETE FROM tblclients WHERE id = 4")
    either.at(NOW + LATER)
    either.sweep()
    assert [row["reason"] for row in either.rows("kigen_holds WHERE client = 5", "reason")] == ["a claim"]
    assert either.ids("tblclients") == [1, 5]


def test_what_is_kept_of_a_merged_client_is_destroyed_when_the_survivor_asks_for_erasure(frozen: Billing) -> None:
    frozen.run("DELETE FROM kigen_quarantine")
    frozen.run(
        "INSERT INTO kigen_quarantine (host, kind, record, client, run, at, until, store_key, content) VALUES"
        " ('whmcs', 'ticket', 30, 3, 1, '2025-04-01', '2027-04-01', 'k', 'sealed'),"
        " ('whmcs', 'ticket', 31, 2, 1, '2025-04-01', '2027-04-01', 'k', 'sealed')"
    )
    with frozen.site.transaction() as connection:
        assert records_of(whose_copies.parts_of(connection, frozen.site, [1])) == [(Kind.TICKET, 30)]
        desk.open_request(frozen.site, connection, 1, "erasure", frozen.site.now, None, {})
    assert [row["client"] for row in frozen.rows("kigen_quarantine", "client")] == [2]


@pytest.mark.parametrize(("asks", "first"), [(4, False), (3, True)])
def test_whoever_of_two_that_became_one_asks_nothing_is_kept_of_either(either: Billing, asks: int, first: bool) -> None:
    """Told at once, before any reconcile has seen that the one is gone: 3 became part of 4."""
    either.live_client(1)
    either.live_client(3)
    either.live_client(4)
    for client, order in ((1, 10), (3, 30), (4, 40)):
        either.old_orders(order, client=client)
    either.set(quarantine__term="30 days")
    either.sweep()
    asked = {"event": "deletion_requested", "client": asks, "at": NOW.isoformat()}
    either.run("UPDATE tblhosting SET userid = 4 WHERE userid = 3")
    either.run("DELETE FROM tblclients WHERE id = 3")
    either.at(NOW + LATER)
    became = {"event": "client_merged", "client": 3, "into": 4, "at": NOW.isoformat()}
    for told in (asked, became) if first else (became, asked):
        hear(either, told)
    assert [row["record"] for row in either.rows("kigen_quarantine")] == [10]
    assert either.ids("tblclients") == [1, 4]


def test_the_survivors_erasure_looks_for_the_merged_client_by_its_own_name_and_lists_one_it_cannot_name(
    either: Billing,
) -> None:
    either.live_client()
    person(either, 4, "2011-03-01")
    for number in (5, 6):
        either.add("tblclients", id=number, datecreated="2010-01-01")
    told = {"firstname": "Hanako", "lastname": "Tanigawa", "email": "hanako@old.example.jp"}
    hear(either, {"event": "client_registered", "client": 5, "at": (NOW - LATER).isoformat(), "data": told})
    either.add("tblactivitylog", id=1, userid=0, description="Mail to hanako@old.example.jp bounced")
    either.add("tblactivitylog", id=2, userid=0, description="Mail to c1@example.jp bounced")
    either.add("tbltickets", id=1, tid="T1", userid=1, status="Closed", date="2020-01-01 00:00:00",
               message="Hanako Tanigawa told me")  # fmt: skip
    for number in (5, 6):
        merged(either, number, 4, NOW)
    either.at(NOW + LATER)
    swept = either.sweep()
    assert swept.done["delete"]["client"] == 1, (swept.kept, swept.failures)
    assert either.ids("tblclients") == [1] and "hanako@old" not in everything(either)
    assert either.rows("tblactivitylog WHERE id = 2", "description") == [
        {"description": "Mail to c1@example.jp bounced"}
    ]
    assert swept.left["tbltickets.message may-mean-somebody-else"] == 1
    assert swept.left_rows["*.client merged-and-unnamed"] == ["6 -> 4"]


def test_a_merger_does_not_close_the_survivors_own_request_with_one_that_was_passed_on(either: Billing) -> None:
    either.live_client()
    asked = NOW - 40 * LATER
    for number in (4, 5):
        either.add("tblclients", id=number, datecreated="2026-08-25", country="JP")
    with either.site.transaction() as connection:
        desk.open_request(either.site, connection, 4, "erasure", asked, None, {})
        passing_on.open_and_pass_on(either.site, connection, 5, "erasure", asked, None, {})
    merged(either, 5, 4, NOW - LATER)
    either.sweep()
    assert either.ids("tblclients") == [1]


def test_a_merged_client_that_a_reconcile_had_met_is_still_looked_for_when_the_survivor_goes(either: Billing) -> None:
    either.live_client()
    person(either, 4, "2011-03-01")
    told = {"firstname": "Hanako", "lastname": "Tanigawa", "email": "hanako@old.example.jp"}
    either.add("tblclients", id=5, datecreated="2026-11-01", **told)
    hear(either, {"event": "client_registered", "client": 5, "at": (NOW - LATER).isoformat(), "data": told})
    either.add("tblactivitylog", id=1, userid=0, description="Mail to hanako@old.example.jp bounced")
    hold = either.hold(client=4)
    either.sweep()
    either.at(NOW + LATER)
    merged(either, 5, 4, NOW + LATER)
    either.release(hold)
    either.at(NOW + 2 * LATER)
    either.sweep()
    assert either.ids("tblclients") == [1]
    assert "hanako@old" not in everything(either)


def test_an_order_before_the_next_reconcile_takes_the_words_of_the_merged_client_as_well(either: Billing) -> None:
    either.live_client()
    person(either, 4, "2011-03-01")
    told = {"firstname": "Hanako", "lastname": "Tanigawa", "email": "hanako@old.example.jp"}
    either.add("tblclients", id=5, datecreated="2026-11-01", **told)
    hear(either, {"event": "client_registered", "client": 5, "at": (NOW - LATER).isoformat(), "data": told})
    hold = either.hold(client=4)
    either.sweep()  # it was met
    either.at(NOW + LATER)
    merged(either, 5, 4, NOW + LATER)
    either.release(hold)
    either.at(NOW + 2 * LATER)
    assert erase(either.site, 4).done == {"delete": {"client": 1}}
    assert "hanako@old" not in everything(either)
    assert either.ids("tblclients") == [1]
