"""What is judged of run records sees what it is there to see: each contradiction is told, a right record is not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text

from kigen.ledger import migrate, ranges, runs, tables
from kigen.ledger.database import open_database
from kigen.ledger.ranges import Range
from kigen.policy.records import Kind
from tests.chaos.invariants import Moment
from tests.chaos.records import contradictions, untold

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
ORDERS = {(Kind.ORDER, "order.delete-cancelled"): [(5, None), (6, None)]}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """A run that is done: it deleted two orders in one piece, and says so."""
    engine = open_database(f"sqlite:///{tmp_path / 'records.sqlite'}")
    migrate.upgrade(engine)
    with engine.begin() as connection:
        run = runs.begin(connection, NOW, NOW, True, True, "tests")
        piece = Range(run, 0, 1, 499, 2)
        ranges.publish(connection, [piece])
        runs.write_chunk(connection, run, "delete", NOW, ORDERS)
        ranges.finish(connection, piece, {})
        runs.finish(connection, run, runs.DONE, {"deleted": {"order": 2}}, None, NOW)
        yield connection
    engine.dispose()


WRONG = {
    "acts of run 7, which has no record": "UPDATE kigen_chunks SET run = 7",
    "run 1 was refused and acted": "UPDATE kigen_runs SET outcome = 'refused'",
    "run 1 tells of 2 order deleted, its chunks of 0": "DELETE FROM kigen_chunks",
    "run 1 is done, and a piece of it is not": "UPDATE kigen_ranges SET told = NULL",
}


@pytest.mark.parametrize("sentence", WRONG)
def test_a_contradiction_is_told(connection: Connection, sentence: str) -> None:
    connection.execute(text(WRONG[sentence]))
    assert sentence in contradictions(connection)


def test_two_runs_at_once_are_told(connection: Connection) -> None:
    for _ in range(2):
        row = {"started_at": NOW, "decided_at": NOW, "is_machine_clock": True, "is_ahead": False, "is_confirmed": True}
        connection.execute(insert(tables.runs).values(actor="tests", outcome="running", counts="{}", **row))
    assert contradictions(connection) == ["several runs are running"]


def test_a_record_that_tells_less_is_right_for_a_worker_may_have_died(connection: Connection) -> None:
    connection.execute(text("UPDATE kigen_runs SET counts = :told"), {"told": json.dumps({"deleted": {"order": 1}})})
    assert contradictions(connection) == []


def test_what_is_gone_and_not_told_is_seen_where_nobody_died() -> None:
    orders: dict[Any, Any] = {(5,): {"id": 5}, (6,): {"id": 6}}
    before = Moment({"tblorders": orders}, [])
    now = Moment({"tblorders": {}}, [("order", 5, "delete"), ("order", 6, "delete"), ("client", 1, "archive")])
    assert untold(before, now, {"rows": {"tblorders": 2}, "archived": {"client": 1}}) == []
    assert untold(before, now, {"rows": {"tblorders": 1}, "archived": {}}) == [
        "2 rows of tblorders are gone, the record tells of 1",
        "1 clients were archived, the record tells of 0",
    ]
