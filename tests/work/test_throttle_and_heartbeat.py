"""A run rests when the database asks for it, stops when its time is over, and tells an address how it ended."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses
import stamina
from sqlalchemy import make_url

from kigen.work import throttle
from kigen.work.gauges import history_length, own_lag, threads_running
from kigen.work.replicas import Reading
from kigen.work.sweep import Budget
from tests.support.mariadb import MariaDB
from tests.work.billing import Billing, other_session
from tests.work.worlds import site_for

URL = "https://alarm.example.jp/ping/token-71?key=k9"
SECRET = "s3cret"


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The rests that a run took, none of them slept."""
    taken: list[float] = []
    real = throttle.Throttle

    def awake(limits: throttle.Limits) -> throttle.Throttle:
        return real(limits, sleep=taken.append)

    monkeypatch.setattr("kigen.work.sweep.Throttle", awake)
    return taken


@pytest.fixture
def stopped_replica(mariadb_server: MariaDB) -> Iterator[None]:
    """The server is a replica whose replication was never started: its lag is NULL."""
    mariadb_server.execute("CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_USER = 'nobody'")
    yield
    mariadb_server.execute("RESET SLAVE ALL")


def test_a_server_that_is_no_replica_is_not_waited_for(due: Billing, naps: list[float]) -> None:
    due.set(throttle__replica_unknown="wait")
    assert (due.sweep().acted, naps) == (10, [])
    assert due.ids("tblclients") == [1]


def test_a_replica_that_stopped_has_no_lag_and_the_setting_says_whether_to_go_on(
    due: Billing, naps: list[float], stopped_replica: None
) -> None:
    with due.site.reading() as connection:
        assert own_lag(connection) == Reading(None, "replication of this server has stopped", "this server")
    due.set(throttle__replica_unknown="wait")
    swept = due.sweep()
    assert (swept.acted, swept.remaining, naps) == (0, 10, [1.0, 1.0, 1.0])
    told = json.loads(due.last_run()["counts"])
    assert (told["stopped"], told["stopped_because"]["gauge"]) == ("throttled", "own-lag")
    assert told["stopped_because"]["text"] == (
        "The database did not calm down within 3 s: replication of this server has stopped,"
        " and throttle.replica_unknown is wait."
    )
    assert told["gauges"]["own-lag"] == {"limit": 30, "highest": None, "unknown": 4, "waited": 3.0}
    assert due.ids("tblorders") == list(range(10, 20))
    due.set(throttle__replica_unknown="go")
    assert due.sweep().acted == 10


def test_without_the_privilege_the_lag_is_unknown_and_the_setting_says_whether_to_go_on(
    due: Billing, naps: list[float]
) -> None:
    name = str(make_url(due.url).database)
    with other_session(due.url) as session, session.cursor() as cursor:
        cursor.execute(f"CREATE USER {name}_p@localhost")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON `{name}`.* TO {name}_p@localhost")
    url = make_url(due.url).set(username=f"{name}_p").render_as_string(hide_password=False)
    due.site = site_for(url, due.site.now, due.site.state_dir)
    with due.site.reading() as connection:
        assert own_lag(connection).unknown == "the database user may not ask for this server's lag"
        assert history_length(connection).unknown == "the database user may not ask for it"
        assert (threads_running(connection).value or 0) >= 1  # which anybody may ask
    due.set(throttle__replica_unknown="wait")
    assert due.sweep().acted == 0
    due.set(throttle__replica_unknown="go")
    assert due.sweep().acted == 10
    assert (due.ids("tblorders"), due.ids("tblclients")) == ([], [1])


def test_a_history_list_above_the_limit_stops_the_run_with_the_reason_when_patience_ends(
    due: Billing, naps: list[float]
) -> None:
    with due.site.reading() as connection:
        assert history_length(connection).value is not None
    due.set(throttle__history_length=1)
    reader = other_session(due.url, autocommit=False)
    with reader.cursor() as cursor:
        cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")  # a long transaction elsewhere: nothing is purged
        due.run("UPDATE tblorders SET notes = 'a'")
        due.run("UPDATE tblorders SET notes = 'b'")
        due.run("UPDATE tblorders SET notes = 'c'")
        swept = due.sweep()
    reader.close()
    assert swept.stop is not None and swept.stop.values["gauge"] == "history-length"
    assert swept.stop.text.startswith("The database did not calm down within 3 s: the InnoDB history list is ")
    assert (swept.acted, swept.remaining, swept.waited) == (0, 10, 3.0)
    due.set(throttle__history_length=0)
    assert due.sweep().acted == 10
    assert due.ids("tblclients") == [1]


def test_a_run_that_has_no_more_time_stops_cleanly_and_counts_what_remains(
    either: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    either.live_client()
    either.old_orders(*range(10, 20))
    either.set(sweep__chunk=3)
    assert either.sweep(budget=Budget(seconds=0)).as_json()["remaining"] == 10
    clock = {"now": 0.0}
    monkeypatch.setattr("kigen.work.sweep.time.monotonic", lambda: clock["now"])

    def an_hour(_done: int, _of: int) -> None:
        clock["now"] += 3600

    swept = either.sweep(budget=Budget(seconds=7000), progress=an_hour)
    assert (swept.stopped, swept.acted, swept.remaining) == ("max-seconds", 6, 4)
    assert either.last_run()["outcome"] == "stopped"
    assert either.ids("tblorders") == [16, 17, 18, 19]
    assert either.sweep().acted == 4
    assert either.ids("tblclients") == [1]


@pytest.fixture
def alarm(either: Billing) -> Iterator[responses.RequestsMock]:
    """The address at the other end, and an installation that knows it."""
    either.live_client()
    either.old_orders(10)
    either.set(heartbeat__url=URL, heartbeat__secret=SECRET)
    with responses.RequestsMock() as mock, stamina.set_testing(True, attempts=3):
        yield mock


def messages(alarm: responses.RequestsMock) -> list[dict[str, Any]]:
    return [json.loads(call.request.body or "") for call in alarm.calls]


def test_the_heartbeat_is_sent_once_and_signed(either: Billing, alarm: responses.RequestsMock) -> None:
    alarm.post(URL, status=204)
    assert either.sweep().warnings == []
    (call,) = alarm.calls
    parts = dict(part.split("=") for part in call.request.headers["Kigen-Signature"].split(","))
    signed = f"{parts['t']}.".encode() + call.request.body
    assert parts["v1"] == hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    (message,) = messages(alarm)
    assert (message["outcome"], message["deleted"], message["host"]) == ("done", {"order": 1}, "whmcs")
    assert SECRET not in json.dumps(message)
    assert "token-71" not in json.dumps(message)
    assert either.ids("tblclients") == [1]


def test_a_refused_run_and_a_failed_one_send_it_too(
    either: Billing, alarm: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarm.post(URL)
    either.sweep(confirmed=False)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("token-71")

    monkeypatch.setattr("kigen.work.sweep.reconcile", fail)
    with pytest.raises(RuntimeError):
        either.sweep()
    told = [(message["outcome"], message["stopped"]) for message in messages(alarm)]
    assert told == [("refused", "unconfirmed"), ("failed", "failed")]
    assert messages(alarm)[1]["stopped_because"]["text"] == "The run failed: RuntimeError."
    assert either.last_run()["outcome"] == "failed"
    assert either.ids("tblorders") == [10]


def test_a_failing_address_is_tried_three_times_and_never_undoes_the_run(
    either: Billing, alarm: responses.RequestsMock, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        alarm.post(URL, status=500)
    swept = either.sweep()
    assert len(alarm.calls) == 3
    assert swept.warnings == ["the heartbeat did not arrive at heartbeat.url: it answered 500"]
    assert (swept.stopped, either.ids("tblorders"), either.ids("tblclients")) == (None, [], [1])
    assert "".join(capfd.readouterr()) == ""  # standard output is for one JSON document, and the address is a secret


def test_an_address_that_answers_at_last_has_the_message(either: Billing, alarm: responses.RequestsMock) -> None:
    alarm.post(URL, status=503)
    alarm.post(URL, status=200)
    assert either.sweep().warnings == []
    assert len(alarm.calls) == 2


def test_an_address_that_refuses_is_not_tried_again(either: Billing, alarm: responses.RequestsMock) -> None:
    alarm.post(URL, status=400)
    assert either.sweep().warnings == ["the heartbeat was refused by heartbeat.url: it answered 400, expected 2xx"]
    assert len(alarm.calls) == 1


def test_an_address_that_cannot_be_reached_is_told_without_the_address(
    either: Billing, alarm: responses.RequestsMock, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        alarm.post(URL, body=requests.ConnectionError(f"no route to {URL}"))
    assert either.sweep().warnings == ["the heartbeat did not arrive at heartbeat.url: ConnectionError"]
    assert "".join(capfd.readouterr()) == ""
    assert either.ids("tblorders") == []


def test_a_run_whose_database_is_gone_still_tells_the_address(billing: Billing, mariadb_server: MariaDB) -> None:
    billing.live_client()
    billing.old_orders(10, 11)
    billing.set(heartbeat__url=URL, sweep__chunk=1)
    with responses.RequestsMock() as mock:
        mock.post(URL)

        def die(_done: int, _of: int) -> None:
            mariadb_server.kill()

        with pytest.raises(Exception, match=r"(?i)lost connection|server has gone|can't connect"):
            billing.sweep(progress=die)
        assert [message["outcome"] for message in messages(mock)] == ["failed"]
    mariadb_server.start()
    assert billing.ids("tblorders") == [11]
    assert billing.ids("tblclients") == [1]
