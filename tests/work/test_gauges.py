"""A run rests for real reasons: sessions that run on the server, a replica behind its primary, undo not yet purged."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pymysql
import pytest
from sqlalchemy import event

from kigen.policy.settings import read
from kigen.work import throttle
from kigen.work.gauges import threads_running
from tests.support.mariadb import SETTINGS, MariaDB
from tests.work.billing import Billing, other_session

PASSWORD = "pass-9"


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What happens in the rests of a run instead of sleeping, one after another; then nothing."""
    coming: list[Callable[[], None]] = []

    def nap(_seconds: float) -> None:
        if coming:
            coming.pop(0)()

    monkeypatch.setattr("kigen.work.sweep.Throttle", partial(throttle.Throttle, sleep=nap))
    return coming


@pytest.fixture
def busy(due: Billing) -> Iterator[Callable[[], None]]:
    """Four sessions that execute a statement, until the function is called."""
    ended = pymysql.err.Error
    sessions = [other_session(due.url) for _ in range(4)]

    def sleep(session: pymysql.Connection) -> None:
        with contextlib.suppress(ended):
            session.cursor().execute("SELECT SLEEP(600)")

    threads = [threading.Thread(target=sleep, args=(session,)) for session in sessions]
    for thread in threads:
        thread.start()

    def end() -> None:
        with other_session(due.url) as killer:
            for session in sessions:
                with contextlib.suppress(ended):
                    killer.cursor().execute(f"KILL {session.thread_id()}")
        for thread in threads:
            thread.join(10)
        _until(lambda: (_running(due) or 0) < 5)

    _until(lambda: (_running(due) or 0) >= 5)
    yield end
    end()


def _running(billing: Billing) -> int | None:
    with billing.site.reading() as connection:
        return threads_running(connection).value


def _until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.05)


def test_a_server_on_which_many_sessions_run_is_waited_for_until_they_have_ended(
    due: Billing, naps: list[Callable[[], None]], busy: Callable[[], None]
) -> None:
    due.set(throttle__threads_running=4)
    naps += [lambda: None, busy]
    swept = due.sweep()
    assert (swept.acted, swept.stop, swept.waited) == (10, None, 2.0)
    seen = swept.as_json()["gauges"]["threads-running"]
    assert seen["highest"] >= 5
    assert seen == {"limit": 4, "highest": seen["highest"], "unknown": 0, "waited": 2.0}
    assert due.ids("tblclients") == [1]


def test_sessions_that_do_not_end_stop_the_run_and_the_record_has_the_gauge_and_both_numbers(
    due: Billing, naps: list[Callable[[], None]], busy: Callable[[], None]
) -> None:
    due.set(throttle__threads_running=4)
    swept = due.sweep()
    because = swept.as_json()["stopped_because"]
    assert because["value"] >= 5
    assert because == {
        "code": "throttled", "gauge": "threads-running", "value": because["value"], "limit": 4, "seconds": 3.0,
        "text": f"The database did not calm down within 3 s: {because['value']} sessions run on the server at once,"
        " above throttle.threads_running 4.",
    }  # fmt: skip
    assert (swept.acted, swept.remaining, due.last_run()["stopped"]) == (0, 10, "throttled")
    assert due.ids("tblorders") == list(range(10, 20))


def test_a_gauge_whose_limit_is_zero_is_not_read(due: Billing, busy: Callable[[], None]) -> None:
    due.set(throttle__threads_running=0, throttle__history_length=0, throttle__replica_lag=0)
    swept = due.sweep()
    assert (swept.acted, swept.as_json()["gauges"]) == (10, {})
    assert due.ids("tblclients") == [1]


def test_gauges_are_read_at_most_twice_a_second_however_many_chunks_there_are(due: Billing) -> None:
    due.old_orders(*range(20, 60))
    looks: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "Threads_running" in statement:
            looks.append(statement)

    event.listen(due.site.engine, "before_cursor_execute", look)
    swept = due.sweep()
    assert swept.acted == 50
    assert 1 <= len(looks) <= 1 + 2 * swept.seconds
    assert due.ids("tblclients") == [1]


def test_a_long_read_view_lets_the_history_grow_and_its_end_lets_the_run_go_on(
    due: Billing, naps: list[Callable[[], None]]
) -> None:
    reader = other_session(due.url, autocommit=False)
    reader.cursor().execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
    for note in range(40):
        due.run(f"UPDATE tblorders SET notes = '{note}'")

    def purged() -> None:
        reader.close()
        due.run("UPDATE tblclients SET notes = 'this wakes the purge'")
        _until(lambda: _history(due) <= 30)

    due.set(throttle__history_length=30)
    naps.append(purged)
    swept = due.sweep()
    assert (swept.acted, swept.stop, swept.waited) == (10, None, 1.0)
    assert (swept.gauges["history-length"].highest or 0) >= 40
    assert due.ids("tblclients") == [1]


def _history(billing: Billing) -> int:
    with billing.site.reading() as connection:
        query = "SELECT count FROM information_schema.innodb_metrics WHERE name = 'trx_rseg_history_len'"
        return int(connection.exec_driver_sql(query).scalar_one())


@pytest.fixture(scope="module")
def pair(mariadb_template: Path) -> Iterator[tuple[MariaDB, MariaDB]]:
    """A primary and its replica, which replicates."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    network = ["--skip-networking=0", "--bind-address=127.0.0.1", f"--port={port}"]
    primary = MariaDB(mariadb_template, [*SETTINGS, *network, "--log-bin=log", "--server-id=1"])
    replica = MariaDB(mariadb_template, [*SETTINGS, "--server-id=2"])
    try:
        primary.start()
        replica.start()
        primary.execute(f"CREATE USER copier@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'")
        primary.execute("GRANT REPLICATION SLAVE ON *.* TO copier@'127.0.0.1'")
        replica.execute(
            f"CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = {port}, MASTER_USER = 'copier',"
            f" MASTER_PASSWORD = '{PASSWORD}', MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1"
        )
        replica.execute("START SLAVE")
        primary.execute(f"CREATE USER watcher@localhost IDENTIFIED BY '{PASSWORD}'")
        primary.execute("GRANT REPLICA MONITOR ON *.* TO watcher@localhost")
        yield primary, replica
    finally:
        replica.remove()
        primary.remove()


def _wait_for(replica: MariaDB, primary: MariaDB) -> None:
    """Until the replica has all that the primary wrote."""
    (where,) = primary.execute("SELECT @@gtid_binlog_pos")[0]
    assert replica.execute(f"SELECT MASTER_GTID_WAIT('{where}', 20)") == ((0,),)


def _delay(replica: MariaDB, seconds: int) -> None:
    replica.execute("STOP SLAVE")
    replica.execute(f"CHANGE MASTER TO MASTER_DELAY = {seconds}")
    replica.execute("START SLAVE")


@pytest.fixture
def copied(pair: tuple[MariaDB, MariaDB], tmp_path: Path) -> Iterator[Billing]:
    """An installation on the primary that knows the replica, which has everything."""
    primary, replica = pair
    name = primary.create_database()
    billing = Billing(primary.url(name), tmp_path)
    billing.live_client()
    billing.old_orders(*range(10, 20))
    address = replica.url("", "watcher").replace("watcher@", f"watcher:{PASSWORD}@").replace("charset=utf8mb4&", "")
    billing.set(sweep__chunk=1, throttle__patience=3, throttle__replica_lag=1, throttle__replicas=address)
    _wait_for(replica, primary)
    yield billing
    billing.site.engine.dispose()
    replica.start()
    _delay(replica, 0)
    _wait_for(replica, primary)


def test_a_replica_that_is_behind_is_waited_for_until_it_has_caught_up(
    copied: Billing, pair: tuple[MariaDB, MariaDB], naps: list[Callable[[], None]]
) -> None:
    primary, replica = pair
    _delay(replica, 600)
    copied.run("UPDATE tblclients SET notes = 'something to copy'")

    def catch_up() -> None:
        _delay(replica, 0)
        _wait_for(replica, primary)

    time.sleep(3)  # the lag is real: the replica stays that long behind what was written
    naps.append(catch_up)
    swept = copied.sweep()
    assert (swept.acted, swept.stop) == (10, None)
    seen = swept.gauges["replica-lag"]
    assert (seen.limit, seen.unknown, seen.waited >= 1) == (1, 0, True)
    assert (seen.highest or 0) >= 2
    assert swept.gauges["own-lag"].highest is None  # the primary is nobody's replica
    assert copied.ids("tblclients") == [1]
    assert replica.execute("SELECT COUNT(*) FROM tblclients", str(copied.site.engine.url.database)) == ((1,),)


def test_a_replica_that_stays_behind_stops_the_run(
    copied: Billing, pair: tuple[MariaDB, MariaDB], naps: list[Callable[[], None]]
) -> None:
    _delay(pair[1], 600)
    copied.run("UPDATE tblclients SET notes = 'something else to copy'")
    time.sleep(3)
    because = copied.sweep().as_json()["stopped_because"]
    assert (because["code"], because["gauge"], because["limit"]) == ("throttled", "replica-lag", 1)
    assert because["value"] >= 2
    assert f"the replica localhost is {because['value']} s behind, above throttle.replica_lag 1 s" in because["text"]
    assert copied.ids("tblorders") == list(range(10, 20))


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        ("stopped", "replication of the replica localhost has stopped"),
        ("gone", "the replica localhost cannot be asked (error 2003)"),
    ],
)
def test_a_replica_that_does_not_tell_counts_as_the_setting_says_and_no_message_holds_its_password(
    copied: Billing, pair: tuple[MariaDB, MariaDB], naps: list[Callable[[], None]], ending: str, said: str
) -> None:
    if ending == "stopped":
        pair[1].execute("STOP SLAVE SQL_THREAD")
    else:
        pair[1].stop()
    copied.set(throttle__replica_unknown="wait")
    swept = copied.sweep()
    because = swept.as_json()["stopped_because"]
    assert (because["code"], because["gauge"], because["value"]) == ("throttled", "replica-lag", None)
    assert f"{said}, and throttle.replica_unknown is wait" in because["text"]
    assert PASSWORD not in copied.last_run()["counts"] + repr(swept)
    assert copied.ids("tblorders") == list(range(10, 20))
    copied.set(throttle__replica_unknown="go")
    swept = copied.sweep()
    assert (swept.acted, swept.stop, swept.waited) == (10, None, 0.0)
    assert swept.gauges["replica-lag"].unknown >= 1
    assert copied.ids("tblclients") == [1]


def test_a_server_that_is_no_replica_is_not_taken_for_one_that_keeps_up(
    due: Billing, mariadb_server: MariaDB, naps: list[Callable[[], None]]
) -> None:
    due.set(throttle__replicas=mariadb_server.url("mysql"), throttle__replica_unknown="wait")
    stopped = due.sweep().stop
    assert stopped is not None and "the replica localhost is no replica, and throttle" in stopped.text
    assert due.ids("tblorders") == list(range(10, 20))


GOOD = "mysql+pymysql://w:p%2C%40w@db2:3307/mysql, mariadb://w:pw@[2001:db8::7]\n mysql://db4/"


def test_addresses_of_replicas_stand_by_commas_or_blanks() -> None:
    found = read({"throttle.replicas": GOOD}, "throttle.replicas")
    assert found == ("mysql+pymysql://w:p%2C%40w@db2:3307/mysql", "mariadb://w:pw@[2001:db8::7]", "mysql://db4/")
    assert read({}, "throttle.replicas") == ()


@pytest.mark.parametrize("address", ["w:hush@db2", "sqlite:///hush", "mysql://w:hu@sh@db2", "mysql://w:hush@db:port"])
def test_an_address_that_is_none_is_refused_without_telling_it(address: str) -> None:
    with pytest.raises(ValueError, match=r"throttle\.replicas: address 2 of 2 is not one .* expected mysql") as error:
        read({"throttle.replicas": f"mysql://w:pw@db1,{address}"}, "throttle.replicas")
    assert "hush" not in str(error.value) and "pw@" not in str(error.value)
