"""Several processes in one run: every record is handled once, whoever dies or is stopped, and all of it is told."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from kigen.policy.records import Kind
from kigen.work import sharing
from kigen.work.share import Budget
from kigen.work.site import Site
from kigen.work.sweep import sweep
from kigen.work.worker import Helped, work
from tests.oracle.generate import generate
from tests.oracle.judge import judge, remaining
from tests.work.billing import Billing, other_session
from tests.work.worlds import fill, read_back, remember, site_for

CLIENTS = [1, 501, 1001, 1501, 2001, 2501]  # each in a width of ids of its own
ORDERS = {client: list(range(client * 10, client * 10 + 4)) for client in CLIENTS}
EVERY = sorted(number for numbers in ORDERS.values() for number in numbers)
SECONDS = 20  # how long one waits for the other before the test fails
Progress = Callable[[int], None]


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A piece is one width of client ids."""
    monkeypatch.setattr(sharing, "RECORDS_IN_A_PIECE", 1)


@pytest.fixture
def shared(billing: Billing) -> Billing:
    """Six pieces of four orders each, one order at a time."""
    for client, orders in ORDERS.items():
        billing.live_client(client)
        billing.old_orders(*orders, client=client)
    billing.set(sweep__chunk=1)
    return billing


class Helper:
    """A worker beside a run: a site and connections of its own, in a thread."""

    def __init__(self, billing: Billing, progress: Progress = lambda done: None, patience: float = SECONDS) -> None:
        own = site_for(billing.url, billing.site.now, billing.site.state_dir)
        self.site = dataclasses.replace(own, machine_now=billing.site.machine_now)
        self.sessions: list[int] = []
        event.listen(self.site.engine, "connect", lambda raw, _record: self.sessions.append(raw.thread_id()))
        self.progress, self.patience = progress, patience
        self.has_begun, self.may_go_on = threading.Event(), threading.Event()
        self.helped: Helped | None = None
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Helper:
        self.thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.may_go_on.set()
        self.end()
        self.site.engine.dispose()

    def _work(self) -> None:
        try:
            self.helped = work(self.site, self.patience, self._told)
        except DBAPIError as error:
            self.error = error
            self.has_begun.set()

    def _told(self, done: int) -> None:
        self.has_begun.set()
        self.progress(done)

    def end(self) -> Helped | None:
        self.thread.join(SECONDS)
        assert not self.thread.is_alive()
        return self.helped

    def meet(self, *_: int) -> None:
        """What a run does after each of its records: wait until the worker is at one of its own."""
        assert self.has_begun.wait(SECONDS)

    def kill(self, url: str) -> None:
        """The worker's connections end as those of a process that was killed."""
        with other_session(url) as session, session.cursor() as cursor:
            for number in self.sessions:
                cursor.execute("SELECT COUNT(*) FROM information_schema.processlist WHERE id = %s", (number,))
                if cursor.fetchone() == (1,):
                    cursor.execute(f"KILL CONNECTION {number}")


def deleted(billing: Billing) -> Counter[int]:
    """How often each order was deleted, by what the runs wrote down."""
    return Counter(act.id for act in billing.acts(Kind.ORDER))


def counts(billing: Billing) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(billing.last_run()["counts"])
    return told


def test_two_processes_do_everything_once_and_the_run_record_is_their_sum(shared: Billing) -> None:
    with Helper(shared) as helper:
        swept = shared.sweep(progress=helper.meet)
        helped = helper.end()
    assert helped is not None
    assert helped.swept is not None
    assert (helped.run, swept.stop, swept.remaining) == (swept.run, None, 0)
    assert 1 <= helped.pieces <= 5
    assert helped.swept.done["delete"]["order"] == helped.pieces * 4
    assert deleted(shared) == Counter(EVERY)
    told = counts(shared)
    assert (told["deleted"], told["remaining"], told["rows"]) == ({"order": 24}, 0, {"tblorders": 24})
    assert (told["acted"], swept.looked_at, told["failures"]) == (24, 24, [])
    assert shared.last_run()["outcome"] == "done"
    assert shared.ids("tblorders") == []
    assert shared.ids("tblclients") == CLIENTS
    assert shared.sweep().acted == 0


def test_what_both_find_that_keeps_is_told_once(shared: Billing) -> None:
    shared.sweep(budget=Budget(records=0))  # everything is decided about before the holds come
    for client in CLIENTS:
        with shared.site.transaction() as connection:
            hold = "INSERT INTO kigen_holds (kind, record, reason, placed_at, placed_by)"
            connection.execute(text(f"{hold} VALUES ('order', {ORDERS[client][0]}, 'x', '2026-11-22', 'legal')"))
    with Helper(shared) as helper:
        swept = shared.sweep(progress=helper.meet)
        helped = helper.end()
    assert helped is not None
    assert helped.pieces > 0
    assert (swept.acted, swept.kept["hold"], swept.remaining) == (18, 6, 0)
    assert shared.ids("tblorders") == [orders[0] for orders in ORDERS.values()]


def test_of_a_worker_that_dies_the_run_does_the_piece(shared: Billing) -> None:
    with Helper(shared, lambda _done: _wait(helper.may_go_on)) as helper:
        is_dead = threading.Event()

        def kill_once(*_: int) -> None:
            helper.meet()
            if not is_dead.is_set():
                is_dead.set()
                helper.kill(shared.url)
                helper.may_go_on.set()

        swept = shared.sweep(progress=kill_once)
        helper.end()
    assert isinstance(helper.error, DBAPIError)
    assert (swept.stop, swept.remaining) == (None, 0)
    assert deleted(shared) == Counter(EVERY)
    assert shared.ids("tblorders") == []
    assert shared.ids("tblclients") == CLIENTS
    assert counts(shared)["remaining"] == 0


def test_what_a_worker_did_before_it_died_is_in_the_acts_of_the_run(shared: Billing) -> None:
    with Helper(shared, lambda _done: _wait(helper.may_go_on)) as helper:

        def kill(*_: int) -> None:
            helper.meet()
            helper.kill(shared.url)
            helper.may_go_on.set()

        swept = shared.sweep(progress=kill)
    assert {act.run for act in shared.acts(Kind.ORDER)} == {swept.run}
    assert sorted(act.id for act in shared.acts(Kind.ORDER)) == EVERY
    assert shared.last_run()["outcome"] == "done"


def test_of_a_run_that_dies_the_worker_stops_and_the_next_run_does_the_rest(shared: Billing) -> None:
    def die(*_: int) -> None:
        helper.meet()
        with other_session(shared.url) as session, session.cursor() as cursor:
            cursor.execute("SELECT IS_USED_LOCK(CONCAT('kigen.run.', DATABASE()))")
            (number,) = cursor.fetchone() or (None,)
            cursor.execute(f"KILL CONNECTION {number}")
        until = time.monotonic() + SECONDS
        while _is_taken(shared.site):
            assert time.monotonic() < until
            time.sleep(0.01)
        helper.may_go_on.set()

    with Helper(shared, lambda _done: _wait(helper.may_go_on)) as helper:
        with pytest.raises(DBAPIError):
            shared.sweep(progress=die)
        helped = helper.end()
    assert helped is not None
    assert helped.as_json()["stopped"] == "coordinator-gone"
    assert helped.as_json()["deleted"] == {"order": 1}
    left = shared.ids("tblorders")
    assert len(left) == 22  # one by each
    assert deleted(shared) == Counter(set(EVERY) - set(left))
    swept = shared.sweep()
    assert (swept.acted, swept.stop, swept.remaining) == (22, None, 0)
    assert deleted(shared) == Counter(EVERY)
    assert shared.ids("tblclients") == CLIENTS


@pytest.mark.parametrize("limit", [0, 1, 7, 24])
def test_a_bound_on_records_is_kept_although_a_worker_waits(shared: Billing, limit: int) -> None:
    with Helper(shared, patience=1.0) as helper:
        swept = shared.sweep(budget=Budget(records=limit))
        helped = helper.end()
    assert helped == Helped()
    assert (swept.acted, swept.remaining) == (limit, 24 - limit)
    assert len(shared.ids("tblorders")) == 24 - limit
    assert sum(deleted(shared).values()) == limit
    assert counts(shared)["acted"] == limit


def test_a_stop_file_stops_the_worker_before_its_next_chunk(shared: Billing) -> None:
    def touch(*_: int) -> None:
        helper.meet()
        (shared.site.state_dir / "stop").touch()
        helper.may_go_on.set()

    with Helper(shared, lambda _done: _wait(helper.may_go_on)) as helper:
        swept = shared.sweep(progress=touch)
        helped = helper.end()
    assert helped is not None
    assert (helped.as_json()["stopped"], helped.as_json()["deleted"]) == ("stop-file", {"order": 1})
    assert (swept.stopped, swept.acted, swept.remaining) == ("stop-file", 2, 22)
    told = counts(shared)
    assert (told["deleted"], told["remaining"]) == ({"order": 2}, 22)
    assert (len(shared.ids("tblorders")), sum(deleted(shared).values())) == (22, 2)
    (shared.site.state_dir / "stop").unlink()
    assert shared.sweep().acted == 22
    assert deleted(shared) == Counter(EVERY)


def test_where_the_time_of_the_run_is_over_the_worker_stops_too(shared: Billing) -> None:
    def sleep(*_: int) -> None:
        helper.meet()
        time.sleep(0.05)

    def until_the_run_stops(_done: int) -> None:
        until = time.monotonic() + SECONDS
        while shared.last_run()["stopped"] is None and time.monotonic() < until:
            time.sleep(0.02)

    with Helper(shared, until_the_run_stops) as helper:
        swept = shared.sweep(budget=Budget(seconds=0.5), progress=sleep)
        helped = helper.end()
    assert helped is not None
    assert (helped.as_json()["stopped"], helped.as_json()["deleted"]) == ("coordinator-gone", {"order": 1})
    left = shared.ids("tblorders")
    assert left
    assert (swept.stopped, swept.remaining) == ("max-seconds", len(left))
    assert counts(shared)["deleted"] == {"order": 24 - len(left)}
    assert deleted(shared) == Counter(set(EVERY) - set(left))
    assert shared.last_run()["stopped"] == "max-seconds"


@pytest.mark.parametrize("patience", [0.0, 0.5])
def test_a_worker_that_finds_no_run_ends_after_its_patience(shared: Billing, patience: float) -> None:
    began = time.monotonic()
    with Helper(shared, patience=patience) as helper:
        assert helper.end() == Helped()
    assert patience <= time.monotonic() - began < patience + 5
    assert (shared.ids("tblorders"), shared.rows("kigen_runs"), shared.acts()) == (EVERY, [], [])


def test_a_run_that_is_over_or_dead_is_no_run_to_help(shared: Billing) -> None:
    shared.sweep(budget=Budget(seconds=0))
    with Helper(shared, patience=0.0) as helper:
        assert helper.end() == Helped()
    shared.run("UPDATE kigen_runs SET outcome = 'running', stopped = NULL")
    shared.run("UPDATE kigen_ranges SET told = NULL")
    run = shared.last_run()["id"]
    shared.run(f"INSERT INTO kigen_ranges VALUES ({run}, 99, 0, 9999, 24, NULL)")
    with Helper(shared, patience=0.0) as helper:
        assert helper.end() == Helped()
    assert (shared.ids("tblorders"), shared.acts()) == (EVERY, [])


@pytest.mark.parametrize("seed", range(2))
def test_two_processes_leave_of_a_random_world_what_the_oracle_says(
    seed: int, mariadb_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "WIDTH", 10)
    now = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
    world = generate(Random(f"workers {seed}"), 150, now)
    site = site_for(mariadb_url, now, tmp_path)
    fill(site.engine, mariadb_url, world)
    remember(site, world)
    verdicts = judge(world, now)
    other = site_for(mariadb_url, now, tmp_path)
    has_begun, helped = threading.Event(), []

    def help_it() -> None:
        helped.append(work(other, SECONDS, lambda _done: has_begun.set()))

    thread = threading.Thread(target=help_it, daemon=True)
    thread.start()
    swept = sweep(site, confirmed=True, progress=lambda _done, _of: _wait(has_begun))
    thread.join(SECONDS)
    assert (swept.stop, swept.failures, swept.remaining) == (None, [], 0)
    assert helped[0].pieces > 0
    after, expected = read_back(site, world), remaining(world, verdicts)
    for table, rows in after.tables.items():
        assert {row["id"] for row in rows} == expected[table], table
    for one in (site, other):
        one.engine.dispose()


def _wait(for_this: threading.Event) -> None:
    assert for_this.wait(SECONDS)


def _is_taken(site: Site) -> bool:
    with site.engine.connect() as connection:
        return connection.scalar(text("SELECT IS_USED_LOCK(CONCAT('kigen.run.', DATABASE()))")) is not None
