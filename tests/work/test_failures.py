"""A database that refuses, hangs or dies in the middle: bounded tries, a clear end, and nothing half done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from kigen.errors import Status, one_sentence, status_of
from kigen.ledger import database
from kigen.policy.records import Kind
from kigen.work import attempt
from kigen.work.plan import decisions
from kigen.work.reconcile import reconcile
from tests.support.mariadb import MariaDB
from tests.work.billing import Billing, other_session
from tests.work.worlds import site_for

LOCKED = "could not be handled: its rows stayed locked by somebody else for 1 s; it is tried again tomorrow"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks are waited for one second, not ten."""
    monkeypatch.setattr(database, "LOCK_WAIT_SECONDS", 1)


@contextmanager
def before(billing: Billing, pattern: str, what: Callable[[Any], None]) -> Iterator[None]:
    """Once, when kigen is about to send a statement like this, something happens; `what` is given the connection."""
    waiting = [what]

    def look(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if waiting and re.search(pattern, statement):
            waiting.pop()(connection)

    event.listen(billing.site.engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(billing.site.engine, "before_cursor_execute", look)
    assert not waiting, f"no statement was like {pattern}"


def full_client(billing: Billing) -> None:
    """Client 3 is due with all that is its; client 1 stays."""
    billing.live_client()
    billing.idle_client(3)
    billing.old_orders(31, client=3)
    billing.add("tbltickets", id=35, tid="T", userid=3, status="Closed")


def assert_nothing_is_half_done(billing: Billing) -> None:
    assert billing.ids("tblclients") == [1, 3]
    assert (billing.ids("tblinvoices"), billing.ids("tblaccounts"), billing.ids("tbltickets")) == ([30], [30], [35])
    assert billing.acts() == []


def assert_the_next_run_finishes(billing: Billing) -> None:
    assert billing.sweep().stopped is None
    assert billing.ids("tblclients") == [1]
    assert (billing.ids("tblinvoices"), billing.ids("tblaccounts"), billing.ids("tbltickets")) == ([], [], [])
    assert billing.ids("tblhosting") == [9001]


def test_a_deadlock_is_tried_again_and_the_work_is_done_once(billing: Billing) -> None:
    full_client(billing)
    times: list[int] = []

    def deadlock(*arguments: Any) -> Any:
        outcome = real(*arguments)
        if len(times) < 2:
            times.append(1)
            arguments[0].exec_driver_sql("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Deadlock'")
        return outcome

    real = attempt.act
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attempt, "act", deadlock)
        swept = billing.sweep()
    assert (swept.done["delete"]["client"], swept.failures, swept.stopped) == (1, [], None)
    assert len(billing.acts(Kind.CLIENT)) == 1
    assert billing.ids("tblclients") == [1]


def test_a_row_that_another_session_keeps_locked_keeps_only_itself(impatient: None, billing: Billing) -> None:
    billing.live_client(1)
    billing.live_client(2)
    billing.old_orders(10, client=1)
    billing.old_orders(11, 12, client=2)
    with other_session(billing.url, autocommit=False) as session, session.cursor() as cursor:
        cursor.execute("SELECT id FROM tblclients WHERE id = 1 FOR UPDATE")
        swept = billing.sweep()
        session.rollback()
    assert (swept.failures, swept.kept["failed"], swept.stopped) == ([f"order:10 {LOCKED}"], 1, None)
    assert billing.ids("tblorders") == [10]
    assert billing.ids("tblclients") == [1, 2]


def test_a_database_in_which_everything_stays_locked_stops_the_run_with_the_reason(
    impatient: None, billing: Billing
) -> None:
    billing.live_client()
    billing.old_orders(*range(10, 30))
    with other_session(billing.url, autocommit=False) as session, session.cursor() as cursor:
        cursor.execute("SELECT id FROM tblclients FOR UPDATE")
        swept = billing.sweep()
        session.rollback()
    assert swept.as_json()["stopped_because"] == {
        "code": "locked", "records": 3, "text": "3 records in a row stayed locked by somebody else.",
    }  # fmt: skip
    assert billing.last_run()["stopped"] == "locked"
    assert (swept.acted, swept.kept["failed"], swept.remaining) == (0, 3, 17)
    assert billing.last_run()["outcome"] == "stopped"
    assert billing.ids("tblorders") == list(range(10, 30))


def kill(connection: Any) -> None:
    """As an administrator's KILL, from another session."""
    number = connection.connection.driver_connection.thread_id()
    with other_session(connection.engine.url.render_as_string(hide_password=False)) as session:
        session.cursor().execute(f"KILL {number}")


@pytest.mark.parametrize(
    "statement",
    [r"FOR UPDATE", r"DELETE FROM `?tblaccounts", r"DELETE FROM `?tblclients", r"INTO `?kigen_chunks"],
)
def test_a_connection_that_is_lost_in_the_middle_ends_the_run_with_an_error_and_nothing_half_done(
    billing: Billing, statement: str
) -> None:
    full_client(billing)
    with before(billing, statement, kill), pytest.raises(DBAPIError) as error:
        billing.sweep()
    assert status_of(error.value) is Status.UNREACHABLE
    assert one_sentence(error.value) == (
        "the connection to the database was lost; nothing half-done remains; run it again"
    )
    assert_nothing_is_half_done(billing)
    assert (billing.last_run()["outcome"], billing.last_run()["stopped"]) == ("failed", "failed")
    assert_the_next_run_finishes(billing)


def test_a_connection_lost_while_a_gauge_is_read_is_not_taken_for_a_missing_privilege(billing: Billing) -> None:
    """The lease is gone with the connection: a run that went on would be the second one."""
    full_client(billing)
    with before(billing, r"SHOW ALL (REPLICAS|SLAVES) STATUS", kill), pytest.raises(OperationalError):
        billing.sweep()
    assert_nothing_is_half_done(billing)
    assert_the_next_run_finishes(billing)


def test_a_server_that_dies_in_the_middle_leaves_nothing_half_done(billing: Billing, mariadb_server: MariaDB) -> None:
    full_client(billing)
    with (
        before(billing, r"DELETE FROM `?tblclients", lambda _: mariadb_server.kill()),
        pytest.raises(DBAPIError) as error,
    ):
        billing.sweep()
    assert status_of(error.value) is Status.UNREACHABLE
    mariadb_server.start()
    assert_nothing_is_half_done(billing)
    assert billing.last_run()["outcome"] == "running"  # nobody could be told
    assert_the_next_run_finishes(billing)
    assert [row["outcome"] for row in billing.rows("kigen_runs ORDER BY id")] == ["died", "done"]


def test_a_server_that_turns_read_only_ends_the_run_with_one_sentence(billing: Billing) -> None:
    full_client(billing)
    name = str(make_url(billing.url).database)
    reader = _user(billing, "SELECT, INSERT, UPDATE, DELETE", name)
    turn = other_session(billing.url)

    def read_only(_: Any) -> None:
        turn.cursor().execute("SET GLOBAL read_only = ON")

    try:
        with before(reader, r"DELETE FROM `?tblaccounts", read_only), pytest.raises(DBAPIError) as error:
            reader.sweep()
    finally:
        turn.cursor().execute("SET GLOBAL read_only = OFF")
        turn.close()
    assert one_sentence(error.value) == "the database user may not write the database: the server is read-only"
    assert_nothing_is_half_done(billing)
    assert_the_next_run_finishes(billing)


def _user(billing: Billing, privileges: str, name: str) -> Billing:
    """The same installation as another database user sees it."""
    with other_session(billing.url) as session, session.cursor() as cursor:
        cursor.execute(f"CREATE USER IF NOT EXISTS {name}_u@localhost")
        cursor.execute(f"GRANT {privileges} ON `{name}`.* TO {name}_u@localhost")
    url = make_url(billing.url).set(username=f"{name}_u").render_as_string(hide_password=False)
    other = Billing.__new__(Billing)
    other.url, other.site = url, site_for(url, billing.site.now, billing.site.state_dir)
    return other


def test_a_user_who_may_only_read_can_plan_and_everything_else_is_one_error_with_nothing_written(
    billing: Billing,
) -> None:
    full_client(billing)
    name = str(make_url(billing.url).database)
    reader = _user(billing, "SELECT", name)
    told = {(one.record.kind.value, one.record.id): one.action for one in decisions(reader.site)}
    assert told["client", 3] == "delete"
    for work in (reader.sweep, lambda: reconcile(reader.site)):
        with pytest.raises(DBAPIError) as error:
            work()
        sentence = one_sentence(error.value, name)
        assert re.fullmatch(
            rf"the database user may not write kigen_\w+ of {name}; 'kigen init --print-grants' lists what it needs",
            sentence.replace(f"{name}.kigen", "kigen"),
        ), sentence
        assert status_of(error.value) is Status.UNREACHABLE
    for table in ("kigen_records", "kigen_clocks", "kigen_seen", "kigen_runs", "kigen_chunks", "kigen_notes"):
        assert billing.rows(table) == []
    assert_nothing_is_half_done(billing)


def test_a_packet_limit_that_is_too_small_ends_the_run_with_one_sentence(billing: Billing) -> None:
    full_client(billing)
    billing.old_orders(*range(100, 400))  # what is written about them at once is longer than 16 kB
    turn = other_session(billing.url)
    with turn.cursor() as cursor:
        cursor.execute("SELECT @@GLOBAL.max_allowed_packet")
        (usual,) = cursor.fetchone() or (0,)
        cursor.execute("SET GLOBAL max_allowed_packet = 1024")
    try:
        billing.site.engine.dispose()
        with pytest.raises(DBAPIError) as error:
            billing.sweep()
    finally:
        turn.cursor().execute(f"SET GLOBAL max_allowed_packet = {usual}")
        turn.close()
        billing.site.engine.dispose()
    assert status_of(error.value) is Status.UNREACHABLE
    assert re.search(r"packet|connection", one_sentence(error.value))
    assert_nothing_is_half_done(billing)
    assert_the_next_run_finishes(billing)
