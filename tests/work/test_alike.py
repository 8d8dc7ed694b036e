"""Records that are decided together act exactly as each would by itself, and odd ones are always looked at alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from kigen.ledger.tables import contracts
from kigen.policy.records import Kind
from kigen.policy.schedule import Schedule
from kigen.work.alike import read_together
from kigen.work.plan import permitted
from kigen.work.readings import read_records
from kigen.work.share import Budget
from kigen.work.site import Site
from tests.oracle.generate import generate
from tests.work.billing import Billing, everything
from tests.work.worlds import fill, remember, site_for

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
ORDER = Kind.ORDER
OTHERS = list(range(11, 20))
"""Cancelled orders of client 1 that nothing is to be said about; the odd one of a test is 10."""


def together(site: Site, connection: Connection, schedule: Schedule, planned: dict[int, str]) -> tuple[Any, Any]:
    return read_together(connection, site, schedule, ORDER, planned)


def followers_of(billing: Billing, orders: list[int]) -> set[int]:
    """Which of these follow another one, where all were planned to be deleted."""
    with billing.site.transaction() as connection:
        schedule = billing.site.schedule(connection)
        _, several = together(billing.site, connection, schedule, dict.fromkeys(orders, "delete"))
        return {member.id for one in several for member in one.members}


def acting_alone(site: Site, connection: Connection, schedule: Schedule, orders: list[int]) -> dict[int, Any]:
    """Orders that act, each with rule and due date, decided record by record."""
    readings = read_records(connection, site.host, schedule, ORDER, orders, site.now)
    found = [one for reading in readings for one in reading.decisions.values() if one.acts]
    return {one.record.id: (one.action, one.rule, one.due) for one in found}


def acting_together(site: Site, connection: Connection, schedule: Schedule, planned: dict[int, str]) -> dict[int, Any]:
    """The same, decided together."""
    readings, several = together(site, connection, schedule, planned)
    found = {}
    for reading in readings:
        for ref, one in reading.decisions.items():
            assert ref[1] not in found
            if one.acts and one.action == planned[ref[1]]:
                found[ref[1]] = (one.action, one.rule, one.due)
    for one in several:
        for member, due in one.due:
            assert member.id not in found
            found[member.id] = (one.example.action, one.example.rule, due)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_of_a_random_world_exactly_those_act_together_that_act_alone_and_the_same_rows_go(
    seed: int, database_url: str, tmp_path: Path
) -> None:
    world = generate(Random(f"alike {seed}"), 120, NOW)
    rng = Random(seed)
    for order in world.tables["tblorders"]:  # many of one word, so that groups form between all that is odd
        if rng.random() < 0.7:
            order["status"] = "Cancelled"
            order["date"] = rng.choice(["2019-03-01 10:00:00", "2020-07-01 00:00:00", order["date"]])
    if seed < 2:
        world.contracts.clear()  # while one runs, nobody follows
    site = site_for(database_url, NOW, tmp_path)
    fill(site.engine, database_url, world)
    remember(site, world)
    orders = [row["id"] for row in world.tables["tblorders"]]
    with site.transaction() as connection:
        schedule = permitted(site, connection, site.schedule(connection))
        alone = acting_alone(site, connection, schedule, orders)
        assert acting_together(site, connection, schedule, dict.fromkeys(orders, "delete")) == alone
        assert acting_together(site, connection, schedule, dict.fromkeys(orders, "archive")) == {}
        _, several = together(site, connection, schedule, dict.fromkeys(orders, "delete"))
        if seed < 2:
            assert sum(len(one.members) for one in several) > 0
    gone = []
    for is_together in (False, True):
        with site.engine.connect() as connection:
            planned = dict.fromkeys(orders, "delete")
            readings, several = together(site, connection, schedule, planned)
            if not is_together:
                readings, several = read_records(connection, site.host, schedule, ORDER, orders, NOW), []
            ids = [ref[1] for one in readings for ref, decided in one.decisions.items() if decided.acts]
            members = [member for one in several for member in one.members]
            told = site.host.delete(connection, ORDER, ids, [one.account for one in readings], members)
            gone.append((told, everything(connection)))
            connection.rollback()
    assert gone[0] == gone[1]
    assert gone[0][0].get("tblorders") == len(alone) > 0
    site.engine.dispose()


@pytest.fixture
def plain(either: Billing) -> Billing:
    """A live client, one with nothing, and ten orders cancelled long ago, the first with the longest past."""
    for number in (1, 2):
        either.live_client(number)
    for number in (10, *OTHERS):
        either.add("tblorders", id=number, ordernum=number, userid=1, status="Cancelled", date="2020-01-01 10:00:00")
        either.add("tblhosting", id=number, userid=1, orderid=number, domainstatus="Cancelled", regdate="2020-01-01")
    either.sweep(budget=Budget(records=0))
    return either


def test_of_many_plain_orders_all_but_the_youngest_follow_it(plain: Billing) -> None:
    assert followers_of(plain, [10, *OTHERS]) == set(range(10, 19))
    assert followers_of(plain, [10]) == set()
    assert followers_of(plain, []) == set()
    assert plain.sweep().done["delete"]["order"] == 10
    assert (plain.ids("tblorders"), plain.ids("tblhosting")) == ([], [9001, 9002])
    assert sorted(act.id for act in plain.acts(ORDER)) == [10, *OTHERS]


SAID = "'x', '2026-11-20 10:00:00', 'legal')"
ODD = {
    "a hold on it": f"INSERT INTO kigen_holds (kind, record, reason, placed_at, placed_by) VALUES ('order', 10, {SAID}",
    "a hold on its service": "INSERT INTO kigen_holds (kind, record, reason, placed_at, placed_by)"
    f" VALUES ('service', 10, {SAID}",
    "a referral": "INSERT INTO tblaffiliatesaccounts (id, affiliateid, relid) VALUES (1, 1, 10)",
    "a live item": "UPDATE tblhosting SET domainstatus = 'Active' WHERE id = 10",
    "a live domain": "UPDATE tbldomains SET orderid = 10, userid = 1, status = 'Active' WHERE id = 500",
    "another client's item": "UPDATE tblhosting SET userid = 2 WHERE id = 10",
    "another client's domain": "UPDATE tbldomains SET orderid = 10 WHERE id = 500",
    "an add-on under its service": "UPDATE tblhostingaddons SET hostingid = 10 WHERE id = 500",
    "an add-on of its own": "UPDATE tblhostingaddons SET orderid = 10 WHERE id = 500",
    "a paid invoice": "UPDATE tblorders SET invoiceid = 500 WHERE id = 10",
    "a payment on an invoice that bills its service": "UPDATE tblinvoiceitems SET relid = 10 WHERE invoiceid = 500",
    "a state that kigen saw change days ago": "UPDATE kigen_records SET seen_at = '2026-11-20 10:00:00'"
    " WHERE kind = 'order' AND id = 10",
    "a state that an event told": "UPDATE kigen_records SET event_at = '2026-11-20 10:00:00',"
    " event_state = 'cancelled' WHERE kind = 'order' AND id = 10",
    "another state when kigen last looked": "UPDATE kigen_records SET state = 'pending'"
    " WHERE kind = 'order' AND id = 10",
    "a state that nobody mapped": "UPDATE tblorders SET status = 'Lapsed' WHERE id = 10",
    "another state": "UPDATE tblorders SET status = 'Fraud' WHERE id = 10",
    "a draft": "UPDATE tblorders SET status = 'Draft' WHERE id = 10",
    "a service in a state that nobody mapped": "UPDATE tblhosting SET domainstatus = 'Odd' WHERE id = 10",
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_an_order_that_something_is_to_be_said_about_never_follows(plain: Billing, what: str) -> None:
    plain.add("tbldomains", id=500, userid=2, status="Cancelled", domain="a.jp")
    plain.add("tblhostingaddons", id=500, userid=1, hostingid=9001, status="Terminated")
    plain.add("tblinvoices", id=500, userid=1, status="Cancelled", duedate="2020-01-01")
    plain.add("tblinvoiceitems", id=500, invoiceid=500, userid=1, type="Hosting", relid=0)
    plain.add("tblaccounts", id=500, userid=1, invoiceid=500, amountin="10.00", date="2020-01-01 10:00:00")
    plain.run(ODD[what])
    assert followers_of(plain, [10, *OTHERS]) == set(range(11, 19))


@pytest.mark.parametrize("right", ["access", "restriction", "erasure"])
def test_with_a_hold_or_a_request_of_their_client_nobody_follows(plain: Billing, right: str) -> None:
    hold = plain.hold(client=1)
    assert followers_of(plain, [10, *OTHERS]) == set()
    plain.release(hold)
    assert len(followers_of(plain, [10, *OTHERS])) == 9
    plain.run(f"INSERT INTO kigen_requests (client, request_right, received) VALUES (1, '{right}', '2026-11-20')")
    assert followers_of(plain, [10, *OTHERS]) == set()
    plain.run("UPDATE kigen_requests SET client = 2")
    assert len(followers_of(plain, [10, *OTHERS])) == 9


@pytest.mark.parametrize(("whom", "follow"), [({"client": 1}, 0), ({"client_group": 7}, 0), ({"client": 2}, 9)])
def test_while_a_contract_with_their_client_or_any_group_runs_nobody_follows(
    plain: Billing, whom: dict[str, int], follow: int
) -> None:
    with plain.site.transaction() as connection:
        values = {"rule": "service.delete-cancelled", "term": "1 month", "begins": NOW, "added_at": NOW}
        connection.execute(insert(contracts).values(**values, **whom, added_by="sales"))
    assert len(followers_of(plain, [10, *OTHERS])) == follow


def test_with_a_plugins_guard_or_a_preferred_rule_nobody_follows(plain: Billing) -> None:
    with plain.site.transaction() as connection:
        schedule = plain.site.schedule(connection)
        planned = dict.fromkeys([10, *OTHERS], "delete")
        for other in (
            replace(schedule, guards={**schedule.guards, "plugin.guard": lambda case: ()}),
            replace(schedule, prefer="order.delete-cancelled"),
        ):
            readings, several = together(plain.site, connection, other, planned)
            assert several == []
            assert len([ref for one in readings for ref in one.decisions]) == 10
            assert acting_together(plain.site, connection, other, planned).keys() == planned.keys()


def test_where_the_youngest_is_not_due_none_follows_and_the_others_act_by_themselves(plain: Billing) -> None:
    plain.run("UPDATE tblorders SET date = '2026-06-01 10:00:00' WHERE id = 19")
    assert followers_of(plain, [10, *OTHERS]) == set()
    with plain.site.transaction() as connection:
        schedule, planned = plain.site.schedule(connection), dict.fromkeys([10, *OTHERS], "delete")
        assert sorted(acting_together(plain.site, connection, schedule, planned)) == list(range(10, 19))
    assert plain.sweep().acted >= 9
    assert plain.ids("tblorders") == [19]


def test_where_another_action_was_planned_for_one_of_them_none_follows(plain: Billing) -> None:
    with plain.site.transaction() as connection:
        schedule = plain.site.schedule(connection)
        planned = {**dict.fromkeys([10, *OTHERS], "delete"), 12: "archive"}
        _, several = together(plain.site, connection, schedule, planned)
        assert several == []
        assert 12 not in acting_together(plain.site, connection, schedule, planned)


def test_an_order_that_is_gone_is_in_no_group(plain: Billing) -> None:
    plain.run("DELETE FROM tblorders WHERE id = 12")
    assert followers_of(plain, [10, *OTHERS, 4711]) == {10, 11, *range(13, 19)}


def test_at_the_end_of_a_short_month_an_older_order_that_is_not_yet_due_does_not_follow(plain: Billing) -> None:
    """29 January 23:00 and a month is later than 31 January 01:00 and a month."""
    plain.run("UPDATE tblorders SET date = '2026-01-29 23:00:00' WHERE id = 10")
    plain.run("UPDATE tblorders SET date = '2026-01-31 01:00:00' WHERE id = 11")
    plain.set(**{"schedule__order.delete-cancelled": "1 month"})
    plain.at(dt.datetime(2026, 2, 28, 3, 0, tzinfo=dt.UTC))  # noon in Tokyo
    with plain.site.transaction() as connection:
        schedule = plain.site.schedule(connection)
        assert acting_alone(plain.site, connection, schedule, [10, 11]).keys() == {11}
        assert acting_together(plain.site, connection, schedule, {10: "delete", 11: "delete"}).keys() == {11}
