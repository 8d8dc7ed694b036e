"""Rows that cannot go, odd numbers and odd schemas: each keeps itself, starves nobody, and the others go."""

from __future__ import annotations

import pytest

from kigen.policy.records import Kind
from kigen.work import attempt
from kigen.work.sweep import Budget
from tests.support.mariadb import MariaDB
from tests.work.billing import LATER, NOW, Billing

CHILD = "CREATE TABLE mod_papers (id INT PRIMARY KEY, order_id INT, FOREIGN KEY (order_id) REFERENCES tblorders (id))"
TOLD = (
    "order:{} could not be handled: a foreign key that kigen does not know forbids it (1451);"
    " it is tried again tomorrow"
)


def test_a_row_with_a_child_that_the_map_does_not_know_stays_alone_and_is_reported(billing: Billing) -> None:
    billing.live_client()
    billing.old_orders(*range(10, 20))
    billing.run(CHILD)
    billing.run("INSERT INTO mod_papers VALUES (1, 14)")
    swept = billing.sweep()
    assert (swept.stopped, swept.failures, swept.kept["failed"]) == (None, [TOLD.format(14)], 1)
    assert swept.done == {"delete": {"order": 9}}
    assert (billing.ids("tblorders"), billing.ids("mod_papers"), billing.ids("tblclients")) == ([14], [1], [1])


def test_a_row_that_refused_is_not_tried_again_before_tomorrow_and_starves_nobody_under_a_limit(
    billing: Billing,
) -> None:
    billing.live_client()
    billing.old_orders(10, 11, 12)
    billing.run(CHILD)
    billing.run("INSERT INTO mod_papers VALUES (1, 10)")
    one = Budget(records=1)
    assert billing.sweep(budget=one).failures == [TOLD.format(10)]
    swept = billing.sweep(budget=one)  # the same day: the next in line
    assert (swept.failures, swept.kept["failed"], billing.ids("tblorders")) == ([], 1, [10, 12])
    billing.at(NOW + LATER)
    assert billing.sweep(budget=one).failures == []  # tomorrow: still the others first
    assert billing.ids("tblorders") == [10]
    assert billing.sweep(budget=one).failures == [TOLD.format(10)]
    billing.run("DELETE FROM mod_papers")
    billing.at(NOW + 2 * LATER)
    assert billing.sweep(budget=one).acted == 1
    assert (billing.ids("tblorders"), billing.ids("tblhosting")) == ([], [9001])


def test_a_hundred_rows_refused_in_the_middle_of_a_chunk_stay_and_only_the_others_go(billing: Billing) -> None:
    billing.live_client()
    billing.old_orders(*range(1, 301))
    billing.run(CHILD)
    billing.run("INSERT INTO mod_papers SELECT id, id FROM tblorders WHERE id BETWEEN 101 AND 200")
    swept = billing.sweep()
    assert billing.ids("tblorders") == list(range(101, 201))
    assert (swept.done, swept.kept["failed"], len(swept.failures)) == ({"delete": {"order": 200}}, 100, 100)
    assert len(billing.ids("mod_papers")) == 100


@pytest.mark.parametrize("rows", [0, 1, 50, 51, 101])
def test_none_one_a_full_chunk_and_one_more_all_go_and_the_run_ends(either: Billing, rows: int) -> None:
    either.live_client()
    either.set(sweep__chunk=50, brakes__share=100)
    if rows:
        either.old_orders(*range(1, rows + 1))
    swept = either.sweep()
    assert (swept.acted, swept.remaining, swept.stopped) == (rows, 0, None)
    assert (either.ids("tblorders"), either.ids("tblclients")) == ([], [1])


@pytest.mark.parametrize(("rows", "left", "stopped"), [(3, 0, None), (4, 1, "limit"), (0, 0, None)])
def test_a_limit_that_equals_the_number_of_rows_is_no_stop_and_one_row_more_is(
    either: Billing, rows: int, left: int, stopped: str | None
) -> None:
    either.live_client()
    if rows:
        either.old_orders(*range(1, rows + 1))
    swept = either.sweep(budget=Budget(records=3))
    assert (swept.remaining, swept.stopped) == (left, stopped)
    assert either.ids("tblorders") == [4][:left]
    assert either.ids("tblclients") == [1]


def test_more_due_rows_than_any_batch_holds_all_go(billing: Billing) -> None:
    billing.live_client()
    billing.set(brakes__share=100, sweep__chunk=1000)
    billing.old_orders(*range(1, 5202))  # more than the index walk, a chunk or an IN list takes at once
    swept = billing.sweep()
    assert (swept.acted, swept.remaining) == (5201, 0)
    assert (billing.ids("tblorders"), billing.ids("tblclients")) == ([], [1])


def test_rows_inserted_behind_the_walk_go_in_the_next_run(either: Billing) -> None:
    either.live_client()
    either.old_orders(10, 20)
    told: list[int] = []

    def insert_behind(done: int, _of: int) -> None:
        if not told:
            either.old_orders(5)
        told.append(done)

    either.set(sweep__chunk=1)
    assert either.sweep(progress=insert_behind).acted == 2
    assert either.ids("tblorders") == [5]
    assert either.sweep().acted == 1
    assert either.ids("tblclients") == [1]


def test_a_table_that_refers_to_itself_or_in_a_circle_does_not_hang(billing: Billing) -> None:
    billing.live_client()
    billing.old_orders(10, 11)
    billing.run("ALTER TABLE tblorders ADD parent INT, ADD FOREIGN KEY (parent) REFERENCES tblorders (id)")
    billing.run("ALTER TABLE tblhosting ADD back INT, ADD FOREIGN KEY (back) REFERENCES tblorders (id)")
    billing.run("ALTER TABLE tblorders ADD there INT, ADD FOREIGN KEY (there) REFERENCES tblhosting (id)")
    billing.run("UPDATE tblorders SET parent = 11, there = 9001 WHERE id = 10")
    billing.run("UPDATE tblhosting SET back = 11 WHERE id = 9001")
    swept = billing.sweep()
    assert (swept.acted, swept.failures) == (1, [TOLD.format(11)])
    assert (billing.ids("tblorders"), billing.ids("tblhosting")) == ([11], [9001])


def test_ids_above_the_precision_of_a_float_and_negative_ids_are_told_apart(billing: Billing) -> None:
    billing.live_client()
    big = 2**53
    billing.run("ALTER TABLE tblorders MODIFY id BIGINT NOT NULL")
    billing.old_orders(big, big + 1, -7)
    hold = billing.hold_on(Kind.ORDER, big)
    billing.sweep()
    assert billing.ids("tblorders") == [big]
    billing.release(hold)
    billing.sweep()
    assert (billing.ids("tblorders"), billing.ids("tblclients")) == ([], [1])


def test_ids_of_deleted_rows_are_not_given_again_after_the_server_restarts(
    billing: Billing, mariadb_server: MariaDB
) -> None:
    billing.live_client()
    billing.old_orders(10, 11)
    hold = billing.hold_on(Kind.ORDER, 10)
    billing.sweep()
    billing.release(hold)
    billing.site.engine.dispose()
    mariadb_server.restart()
    billing.run("INSERT INTO tblorders (userid, ordernum, status, date) VALUES (1, 99, 'Active', '2026-01-01')")
    billing.run("INSERT INTO kigen_holds (client, reason, placed_at, placed_by) VALUES (1, 'x', '2026-01-01', 'x')")
    assert billing.ids("tblorders") == [10, 12]
    assert billing.ids("kigen_holds") == [hold, hold + 1]


def test_what_a_runs_deletions_set_free_is_due_in_the_next_run(either: Billing) -> None:
    either.live_client(1)
    either.live_client(2)
    either.old_orders(10)
    either.add("tbldomains", id=20, userid=2, orderid=10, status="Expired", expirydate="2013-01-01")
    swept = either.sweep()
    assert (swept.done, swept.kept) == ({"delete": {"domain": 1}}, {"foreign-item": 1})
    assert either.ids("tblorders") == [10]
    assert either.sweep().done == {"delete": {"order": 1}}
    assert either.ids("tblclients") == [1, 2]


def test_a_client_that_staff_closed_before_it_paid_is_archived_once(either: Billing) -> None:
    either.add("tblclients", id=5, datecreated="2015-01-01", status="Closed")
    either.run("INSERT INTO kigen_records (kind, id, client, state, first_seen)"
               " VALUES ('client', 5, 5, 'closed', '2018-01-01 00:00:00')")  # fmt: skip
    either.add("tblaccounts", userid=5, invoiceid=0, amountin="5", date="2020-01-01 10:00:00")
    either.add("tblinvoices", id=50, userid=5, status="Paid", subtotal="5", total="5", date="2020-01-01",
               datepaid="2020-01-01 10:00:00")  # fmt: skip
    assert either.sweep().done == {"archive": {"client": 1}}
    assert either.sweep().acted == 0
    assert [(row["status"]) for row in either.rows("tblclients")] == ["Closed"]
    assert [row["former_status"] for row in either.rows("kigen_archives")] == ["Closed"]
    assert either.ids("tblinvoices") == [50]


def test_many_records_that_cannot_be_handled_stop_the_run_with_the_reason(
    billing: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt, "MOST_FAILED", 3)
    billing.live_client()
    billing.old_orders(10, 11, 12, 13, 14)
    billing.run("CREATE TRIGGER keeps BEFORE DELETE ON tblorders FOR EACH ROW"
                " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'")  # fmt: skip
    swept = billing.sweep()
    assert (swept.stopped, swept.acted, len(swept.failures)) == ("failing", 0, 3)
    assert billing.ids("tblorders") == [10, 11, 12, 13, 14]
    billing.run("DROP TRIGGER keeps")
    assert billing.sweep().acted == 2  # the others wait for tomorrow
