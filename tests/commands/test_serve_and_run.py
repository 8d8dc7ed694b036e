"""One process for pages, events and the night's work: it answers, works, and ends within seconds when it is told to."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import logging
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kigen.commands.call import Call
from kigen.commands.chores import CHORES, Chore, Rota, carry_out
from kigen.commands.serving import where
from kigen.errors import WrongUse
from kigen.ledger import bundles, requests, runs
from kigen.work.export import asked
from kigen.work.lease import lease
from kigen.work.site import Site
from tests.cases.desk import at
from tests.commands.installation import Installation

DAY = timedelta(days=1)


def over_socket(path: Path, method: str, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("localhost", timeout=10)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(path))
    connection.request(method, target, body, headers)
    answer = connection.getresponse()
    told = answer.status, answer.read()
    connection.close()
    return told


def until(holds: Callable[[], object], seconds: float = 30.0) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.1)


def sent(secret: str, body: bytes) -> dict[str, str]:
    stamp = str(int(time.time()))
    signed = hmac.new(bytes.fromhex(secret), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Kigen-Source": "panel", "Kigen-Timestamp": stamp, "Kigen-Signature": f"v1={signed}",
            "Idempotency-Key": "delivery-1"}  # fmt: skip


def test_run_takes_a_signed_event_hears_it_works_at_night_and_ends_when_told(here: Installation) -> None:
    secret = here.run("source", "add", "panel").out.strip()
    assert here.run("source", "list", "--json").document == ["panel"]
    assert here.run("settings", "set", "run.nightly_at", "00:00").status == 0
    path = here.folder / "kigen.sock"
    body = json.dumps({"event": "order_cancelled", "at": "2024-03-25T10:00:00+09:00", "client": 2, "id": 6}).encode()
    process = here.start("run", "--listen", f"unix:{path}")
    try:
        until(path.exists)
        assert over_socket(path, "POST", "/events", body, sent(secret, body)) == (202, b'{"accepted": 1, "new": 1}')
        assert over_socket(path, "GET", "/bridge/privacy", b"", {})[0] == 403

        def heard_and_swept() -> bool:
            with here.engine.connect() as connection:
                heard = connection.exec_driver_sql("SELECT COUNT(*) FROM kigen_events").scalar()
                return bool(heard) and runs.latest(connection) is not None

        until(heard_and_swept)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=10)
    finally:
        process.kill()
    assert process.returncode == 0
    assert b"ended" in err.splitlines()[-1]
    assert b"Traceback" not in err
    with here.engine.connect() as connection:
        latest = runs.latest(connection)
    assert latest is not None
    assert latest.outcome == runs.REFUSED  # nobody confirmed anything yet, at night as ever
    assert secret.encode() not in err


def test_an_address_that_others_reach_or_that_is_none_is_refused(here: Installation) -> None:
    for listen, told in (
        ("0.0.0.0:8080", "other machines reach"), ("example.jp:80", "other machines reach"),
        ("8080", "expected such as"), ("127.0.0.1:99999", "expected such as"), ("unix:relative", "the whole path"),
    ):  # fmt: skip
        said = here.run("serve", "--listen", listen)
        assert (said.status, told in said.sentence) == (2, True)


def site_of(here: Installation, now: str) -> Site:
    site = Call(config=str(here.config)).site()
    return replace(site, now=at(now), machine_now=at(now))


def test_a_chore_that_fails_is_told_and_tried_again_later_and_the_others_go_on(
    here: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def fails(site: Site) -> None:
        done.append("fails")
        raise ValueError("the disk is full")

    rota = Rota((Chore("bad", timedelta(seconds=1), fails), Chore("good", timedelta(seconds=1), lambda _: None)))
    site = site_of(here, "2026-06-01 12:00")
    with caplog.at_level(logging.ERROR):
        assert rota.turn(site) == ["good"]
    assert "bad failed and is tried again later: the disk is full" in caplog.text
    assert rota.turn(replace(site, now=site.now + timedelta(minutes=9))) == ["good"]
    assert rota.turn(replace(site, now=site.now + timedelta(minutes=10))) == ["good"]
    assert done == ["fails", "fails"]


def test_a_bundle_that_a_client_asked_for_and_nobody_made_is_made_and_one_that_cannot_be_is_left_to_a_person(
    here: Installation,
) -> None:
    site = site_of(here, "2026-06-01 12:00")
    asked.ask(site, 2)
    folder = site.state_dir / asked.FOLDER
    folder.write_text("a file where the folder should be")
    rota = Rota(tuple(one for one in CHORES if one.name == "bundles"))
    for _ in range(5):
        site = replace(site, now=site.now + timedelta(minutes=10))
        rota.turn(site)
    folder.unlink()
    site = replace(site, now=site.now + timedelta(minutes=10))
    assert rota.turn(site) == ["bundles"]
    assert asked.unanswered(site) == []
    with site.reading() as connection:
        assert [row.state for row in requests.listed(connection)] == ["fulfilled"]
        assert [row.state for row in bundles.listed(connection, 2)] == ["whole"]


def test_the_nights_work_is_done_once_a_day_from_its_hour_on_also_after_a_restart(here: Installation) -> None:
    done: list[Any] = []
    chores = (Chore("sweep", DAY, lambda site: done.append(site.now)),)
    for now, is_done in (
        ("2026-06-01 03:29", False), ("2026-06-01 03:30", True), ("2026-06-01 03:31", False),
        ("2026-06-01 23:00", False), ("2026-06-02 03:29", False), ("2026-06-02 09:00", True),
    ):  # fmt: skip
        assert Rota(chores).turn(site_of(here, now)) == (["sweep"] if is_done else [])
    assert len(done) == 2
    assert [one.does for one in CHORES if one.name == "sweep"] == [carry_out]


def test_while_another_run_works_no_second_sweep_begins_and_it_is_tried_again(here: Installation) -> None:
    rota = Rota((Chore("sweep", DAY, carry_out),))
    site = site_of(here, "2026-06-01 12:00")
    with lease(site):
        assert rota.turn(site) == []
    with site.reading() as connection:
        assert runs.latest(connection) is None
    assert rota.turn(replace(site, now=site.now + timedelta(minutes=1))) == ["sweep"]


def test_a_socket_at_which_somebody_listens_is_not_taken_from_him_and_a_dead_one_is_used_again(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as alive:
        alive.bind(str(path))
        alive.listen()
        with pytest.raises(WrongUse, match="somebody listens there already"):
            where(f"unix:{path}", is_open=False)
    assert where(f"unix:{path}", is_open=False)["unix_socket"] == str(path)
