"""Many rows written at once are stored value by value as they are; what no column takes is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, select

from kigen.ledger import migrate
from kigen.ledger.bulk import PACKET, add, put, written
from kigen.ledger.database import open_database
from kigen.ledger.tables import events, observed, records
from tests.ledger.times import START, minute

ODD = (
    "plain", "", " ", "it's", "'", "''", "\\", "a\\'b", 'a "quoted" one', "%s %% ?", "日本語 🗾",
    "tab\tline\nend\r\x1a", "nul\x00", "`name`",
    "NULL", "0", "-- comment", "/* comment */", "\x7f", "{}[]:,;", "~!@#$^&*()",
)  # fmt: skip


def test_texts_come_out_as_they_went_in_whatever_stands_beside_them_in_their_column(connection: Connection) -> None:
    names = ("name", "at", "client", "kind", "record", "data", "digest", "handled_at")
    at = written(START)
    rows: list[tuple[Any, ...]] = [
        ("sort", at, number or None, "order" if number % 2 else None, -number, text, str(number), at)
        for number, text in enumerate(ODD)
    ]
    assert add(connection, events, names, rows) == len(ODD)
    found = connection.execute(select(events).order_by(events.c.id)).all()
    assert [one.data for one in found] == list(ODD)
    assert [one.client for one in found] == [None, *range(1, len(ODD))]
    assert [one.kind for one in found] == ["order" if number % 2 else None for number in range(len(ODD))]
    assert {one.at for one in found} == {START}
    assert add(connection, events, names, rows) == 0


def test_rows_that_are_longer_than_a_packet_are_all_stored(connection: Connection) -> None:
    names = ("name", "at", "data", "digest", "handled_at")
    rows = [("sort", written(START), "x" * (PACKET // 3), str(n), written(START)) for n in range(7)]
    rows.append(("sort", written(START), "x" * (PACKET * 2), "long", written(START)))
    assert add(connection, events, names, rows) == 8
    assert {len(one.data) for one in connection.execute(select(events.c.data))} == {PACKET // 3, PACKET * 2}


def test_rows_are_written_by_the_names_of_their_columns_and_not_by_the_order_of_these(connection: Connection) -> None:
    first = {
        "kind": "order",
        "id": 1,
        "client": 3,
        "codes": "it's",
        "anchor_day": dt.date(2026, 2, 28),
        "due_at": START,
    }
    other = dict(reversed({**first, "id": 2, "client": 4, "codes": None}.items()))
    put(connection, records, [first, other])
    put(connection, records, [{**first, "client": 5, "due_at": minute(1)}])
    found = connection.execute(select(records).order_by(records.c.id)).all()
    told = [(one.id, one.client, one.codes, one.anchor_day, one.due_at) for one in found]
    day = dt.date(2026, 2, 28)
    assert told == [(1, 5, "it's", day, minute(1)), (2, 4, None, day, START)]


def test_an_instant_without_a_zone_or_a_value_of_another_sort_is_refused(mariadb_url: str) -> None:
    engine = open_database(mariadb_url)
    migrate.upgrade(engine)
    row = {"kind": "order", "id": 1, "name": "deleted"}
    with engine.begin() as connection:
        with pytest.raises(ValueError, match="an instant needs a zone"):
            put(connection, observed, [{**row, "at": dt.datetime(2026, 3, 1)}])
        for value in (True, Decimal(1), b"1", 1.5):
            with pytest.raises(TypeError, match="is neither text, a whole number, a date nor an instant"):
                put(connection, observed, [{**row, "at": value}])
        assert connection.execute(select(observed)).all() == []
    engine.dispose()
