"""Why a run ended early is data: the limits it was given, a file that a person made, and how each is written down."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kigen.ledger import ranges
from kigen.work import brakes, sharing, stops, throttle
from kigen.work.sweep import Budget
from kigen.work.worker import Helped, work
from tests.work.billing import Billing, other_session


@pytest.fixture
def due(either: Billing) -> Billing:
    """Ten orders to delete, three at a time."""
    either.live_client()
    either.old_orders(*range(10, 20))
    either.set(sweep__chunk=3)
    return either


@pytest.mark.parametrize(
    ("budget", "because", "left"),
    [
        (
            Budget(records=4),
            {"code": "limit", "limit": 4, "text": "As many records as --limit allows (4) were looked at."},
            6,
        ),
        (
            Budget(seconds=0),
            {"code": "max-seconds", "seconds": 0, "text": "The time that --max-seconds allows (0 s) is over."},
            10,
        ),
    ],
)
def test_the_bound_that_ended_a_run_is_told_with_its_value(
    due: Billing, budget: Budget, because: dict[str, Any], left: int
) -> None:
    told = due.sweep(budget=budget).as_json()
    assert (told["stopped"], told["stopped_because"], told["remaining"]) == (because["code"], because, left)
    last = due.last_run()
    assert (last["outcome"], last["stopped"]) == ("stopped", because["code"])
    assert json.loads(last["counts"])["stopped_because"] == because
    assert len(due.ids("tblorders")) == left
    assert due.ids("tblclients") == [1]


def test_a_run_that_looked_at_everything_has_no_reason(due: Billing) -> None:
    told = due.sweep().as_json()
    assert (told["stopped"], told["stopped_because"], told["acted"]) == (None, None, 10)
    assert due.ids("tblclients") == [1]


def test_a_brake_is_told_with_what_it_found_and_what_it_allows(due: Billing) -> None:
    due.set(brakes__records=9)
    due.sweep(budget=Budget(records=0))
    told = due.sweep(confirmed=False).as_json()
    assert told["stopped_because"] == {
        "code": "records", "found": "10", "allowed": "9",
        "text": "The plan acts on 10 records; brakes.records allows 9.",
    }  # fmt: skip
    assert due.ids("tblorders") == list(range(10, 20))


def test_while_the_stop_file_is_there_a_sweep_acts_on_nothing(due: Billing) -> None:
    path = due.site.state_dir / "stop"
    path.touch()
    swept = due.sweep()
    assert swept.as_json()["stopped_because"] == {
        "code": "stop-file", "path": str(path),
        "text": f"The file {path} is there; nothing is archived or deleted until somebody removes it.",
    }  # fmt: skip
    assert (swept.acted, swept.remaining, due.last_run()["outcome"]) == (0, 10, "stopped")
    assert due.ids("tblorders") == list(range(10, 20))
    path.unlink()
    assert due.sweep(confirmed=False).acted == 10
    assert due.ids("tblclients") == [1]


def test_a_stop_file_that_appears_ends_the_run_before_its_next_chunk(due: Billing) -> None:
    def touch(_done: int, _of: int) -> None:
        (due.site.state_dir / "stop").touch()

    swept = due.sweep(progress=touch)
    assert (swept.stopped, swept.acted, swept.remaining) == ("stop-file", 3, 7)
    assert due.ids("tblorders") == list(range(13, 20))
    assert due.ids("tblclients") == [1]


@pytest.mark.parametrize("why", ["stop-file", "max-seconds"])
def test_a_run_that_rests_hears_that_it_should_stop(
    billing: Billing, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    billing.live_client()
    billing.old_orders(10)
    billing.set(throttle__history_length=1, throttle__patience=100)
    clock = {"now": 0.0}
    monkeypatch.setattr("kigen.work.sweep.time.monotonic", lambda: clock["now"])

    def nap(_seconds: float) -> None:
        clock["now"] += 3600 if why == "max-seconds" else 1
        if why == "stop-file":
            (billing.site.state_dir / "stop").touch()

    monkeypatch.setattr("kigen.work.sweep.Throttle", partial(throttle.Throttle, sleep=nap))
    with other_session(billing.url, autocommit=False) as reader:
        reader.cursor().execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")  # nothing is purged while it is open
        for note in "abc":
            billing.run(f"UPDATE tblorders SET notes = '{note}'")
        swept = billing.sweep(budget=Budget(seconds=1800))
    assert (swept.stopped, swept.waited, swept.acted) == (why, 1.0, 0)
    assert billing.ids("tblorders") == [10]


def test_a_worker_obeys_the_stop_file_of_its_own_machine_and_the_run_does_its_piece(
    billing: Billing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sharing, "RECORDS_IN_A_PIECE", 1)
    for client in (1, 1001, 2001):
        billing.live_client(client)
        billing.old_orders(client + 10, client=client)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "stop").touch()
    helped: list[Helped] = []
    site = replace(billing.site, state_dir=elsewhere)
    helper = threading.Thread(target=lambda: helped.append(work(site, 20)))
    helper.start()
    swept = billing.sweep(progress=lambda _done, _of: helper.join(30))
    helper.join(30)
    assert helped[0].run == swept.run
    told = helped[0].as_json()
    assert (told["stopped"], told["deleted"], helped[0].pieces) == ("stop-file", {}, 0)
    assert (swept.stop, swept.acted, swept.remaining) == (None, 3, 0)
    assert billing.ids("tblclients") == [1, 1001, 2001]
    with billing.site.reading() as connection:
        assert swept.run is not None
        assert ranges.undone(connection, swept.run) == []


def test_every_code_has_a_sentence_and_none_is_a_brakes_code_too() -> None:
    values = {"limit": 1, "seconds": 1, "path": "p", "records": 1, "error": "E"}
    for code in stops.SENTENCES:
        assert stops.stop(code, "why", **values).text.endswith(".")
    assert not stops.SENTENCES.keys() & {"unconfirmed", "ahead", "clock-jump", "records", "median"}
    found = brakes.Brake("median", "11", "10 x 1", "Too many.").as_stop()
    assert found.as_json() == {"code": "median", "found": "11", "allowed": "10 x 1", "text": "Too many."}
