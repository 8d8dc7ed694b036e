"""Rows by thousands of ids, packed as one text or one by one: the same rows, to the microsecond and the last quote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from pymysql.converters import conversions
from sqlalchemy import Connection, insert, select, text

from kigen import packing
from kigen.ledger import lifecycle, migrate, quick
from kigen.ledger.database import open_database
from kigen.ledger.tables import clocks, events, records
from kigen.packing import Bare, Ids, can_pack, unpacked
from kigen.packing import written as in_sql
from kigen.policy.records import Kind

AT = dt.datetime(2026, 11, 22, 3, 0, 0, 123457, tzinfo=dt.UTC)
ODD_TEXTS = (
    "plain", "", " ", 'a "quoted" one', "it's", "back\\slash\\", "\\u0041 and \\n", "tab\tand\nnew line", "%s ? :name",
    "花子", "😀🏳️‍🌈", "\u2028", "\x01\x1f", "]],[[", "null", "123",
)  # fmt: skip
COLUMNS = "id, client, state, anchor_at, anchor_day, codes, due_at"


@pytest.fixture
def filled(connection: Connection) -> Iterator[Connection]:
    """2,500 orders and 30 services of the same ids; every third row has instants, the others have none."""
    rows = [_row(Kind.ORDER, number) for number in range(1, 2501)]
    rows += [_row(Kind.SERVICE, number) for number in range(1, 31)]
    connection.execute(insert(records), rows)
    yield connection


def _row(kind: Kind, number: int) -> dict[str, Any]:
    dated = AT + dt.timedelta(microseconds=number) if number % 3 == 0 else None
    return {
        "kind": kind.value, "id": number, "client": number % 50 or None, "state": "cancelled",
        "codes": ODD_TEXTS[number % len(ODD_TEXTS)], "anchor_at": dated, "due_at": dated and AT,
        "anchor_day": dt.date(2026, 2, 28) if number % 2 else None,
    }  # fmt: skip


def _unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "can_pack", lambda _connection: False)


def _plain(found: Any) -> list[tuple[Any, ...]]:
    """Rows as the ledger reads them on, in an order of their own."""
    return sorted((tuple(map(quick.written, row)) for row in found), key=repr)


def test_the_server_of_these_tests_packs_and_sqlite_does_not(connection: Connection) -> None:
    assert can_pack(connection) == (connection.dialect.name != "sqlite")


def test_rows_by_thousands_of_ids_are_the_same_packed_and_one_by_one(
    filled: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [*range(2700, 0, -1), 7, 7, 10**12]

    def both() -> Any:
        return _plain(quick.by_ids(filled, records, COLUMNS, "id", wanted, Kind.ORDER.value))

    packed = both()
    _unpacked(monkeypatch)
    assert packed == both()
    assert [row[0] for row in sorted(packed)] == list(range(1, 2501))
    assert {row[5] for row in packed} == set(ODD_TEXTS)


def test_without_ids_nothing_is_asked_and_nothing_found(filled: Connection) -> None:
    assert list(quick.by_ids(filled, records, COLUMNS, "id", [])) == []
    assert list(quick.by_refs(filled, records, COLUMNS, {})) == []
    assert list(quick.by_refs(filled, records, COLUMNS, {Kind.ORDER: []})) == []
    assert list(quick.by_ids(filled, records, COLUMNS, "id", [9999, -1])) == []
    quick.remove_refs(filled, records, {})
    quick.remove_refs(filled, records, {Kind.ORDER: []})
    assert len(filled.execute(select(records.c.id)).all()) == 2530


@pytest.mark.parametrize("packing", ["packed", "one by one"])
def test_every_instant_and_every_text_comes_back_as_it_was_written(
    filled: Connection, monkeypatch: pytest.MonkeyPatch, packing: str
) -> None:
    if packing != "packed":
        _unpacked(monkeypatch)
    found = {row[0]: row for row in quick.by_ids(filled, records, COLUMNS, "id", range(1, 100), "order", lock=True)}
    assert found.keys() == set(range(1, 100))
    for number, row in found.items():
        expected = _row(Kind.ORDER, number)
        assert row[1:3] == type(row[1:3])([expected["client"], "cancelled"])
        assert row[5] == expected["codes"]
        assert quick.instant(row[3]) == expected["anchor_at"]
        assert quick.instant(row[6]) == expected["due_at"]
        assert quick.written(row[4]) == quick.written(expected["anchor_day"])


def test_a_whole_second_is_written_alike_however_it_comes(filled: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    filled.execute(insert(records).values(kind="domain", id=1, due_at=whole, anchor_at=whole.replace(microsecond=1)))

    def read() -> Any:
        ((due, anchored),) = quick.by_ids(filled, records, "due_at, anchor_at", "id", [1], "domain")
        return quick.written(due), quick.written(anchored), quick.instant(due)

    packed = read()
    _unpacked(monkeypatch)
    assert packed == read() == ("2026-01-02 03:04:05.000000", "2026-01-02 03:04:05.000001", whole)
    assert quick.written(whole) == packed[0]
    assert quick.instant(None) is None


def test_a_further_condition_and_a_kind_narrow_what_is_found(filled: Connection) -> None:
    every = quick.by_ids(filled, records, "kind, id", "id", range(1, 7), also="due_at IS NOT NULL")
    assert sorted(map(tuple, every)) == [("order", 3), ("order", 6), ("service", 3), ("service", 6)]
    services = quick.by_ids(filled, records, "id, kind", "id", range(1, 7), "service", "due_at IS NOT NULL")
    assert sorted(map(tuple, services)) == [(3, "service"), (6, "service")]
    by_client = quick.by_ids(filled, records, "id, kind", "client", [7], "service")
    assert sorted(map(tuple, by_client)) == [(7, "service")]


def test_several_kinds_in_one_statement_are_not_mixed_up(filled: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    refs = {Kind.SERVICE: [1, 2, 31], Kind.ORDER: [2, 2500], Kind.DOMAIN: [1]}
    found = [tuple(row[:2]) for row in quick.by_refs(filled, records, "client, due_at", refs)]
    assert sorted(found) == [("order", 2), ("order", 2500), ("service", 1), ("service", 2)]
    many = {Kind.SERVICE: list(range(1, 31)), Kind.ORDER: list(range(1, 2501)), Kind.DOMAIN: list(range(1, 1500))}
    packed = _plain(quick.by_refs(filled, records, COLUMNS, many))
    _unpacked(monkeypatch)
    assert packed == _plain(quick.by_refs(filled, records, COLUMNS, many))
    assert len(packed) == len({row[:2] for row in packed}) == 2530


def test_of_several_kinds_exactly_the_named_rows_are_removed(filled: Connection) -> None:
    filled.execute(insert(clocks), [{"kind": kind, "id": 5, "rule": "r"} for kind in ("order", "service", "client")])
    quick.remove_refs(filled, records, {Kind.ORDER: list(range(2, 2401)), Kind.SERVICE: [5, 30], Kind.CLIENT: [5]})
    left = filled.execute(select(records.c.kind, records.c.id).order_by(records.c.kind, records.c.id)).all()
    orders = [("order", number) for number in (1, *range(2401, 2501))]
    services = [("service", number) for number in range(1, 30) if number != 5]
    assert [tuple(row) for row in left] == orders + services
    lifecycle.forget(filled, [(Kind.ORDER, 5), (Kind.CLIENT, 5)], dt.datetime(2026, 7, 1, tzinfo=dt.UTC))
    assert list(filled.scalars(select(clocks.c.kind))) == ["service"]
    assert len(filled.execute(select(records.c.id)).all()) == len(left)


def test_a_query_of_plain_columns_is_the_same_packed_and_one_by_one(
    filled: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = select(records.c.id, records.c.codes, records.c.client).where(records.c.kind == "order")
    packed = sorted(tuple(row) for row in quick.packed(filled, query))
    none = list(quick.packed(filled, query.where(records.c.id < 0)))
    _unpacked(monkeypatch)
    assert packed == sorted(tuple(row) for row in quick.packed(filled, query))
    assert (len(packed), none) == (2500, [])


def test_rows_that_do_not_arrive_whole_are_asked_for_one_by_one(
    filled: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    if filled.dialect.name != "sqlite":
        filled.execute(text("SET SESSION group_concat_max_len = 1024"))  # what bounds JSON_ARRAYAGG as well
    found = list(quick.by_ids(filled, records, COLUMNS, "id", range(1, 2501), "order"))
    assert sorted(row[0] for row in found) == list(range(1, 2501))


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, None), (1, ""), (2, "[[1]]"), (1, "[[1],[2]]"), (1, "[[1]"), (2, '[[1,"a'), (1, "nothing")],
)
def test_a_text_that_is_not_whole_is_no_rows(count: int, said: str | None) -> None:
    assert unpacked(count, said) is None


def test_a_whole_text_is_its_rows_and_no_rows_are_an_empty_text() -> None:
    assert unpacked(0, None) == []
    assert unpacked(2, '[[1, "a"], [2, null]]') == [[1, "a"], [2, None]]
    assert unpacked(1, b'[["line\nbreak"]]') == [["line\nbreak"]]


@pytest.mark.parametrize("odd", [("1) OR (1=1",), (1, "x"), (None,), (1, "2); DROP TABLE kigen_records; --")])
def test_what_is_no_integer_never_gets_into_a_statement(odd: tuple[Any, ...]) -> None:
    with pytest.raises((TypeError, ValueError)):
        in_sql(Ids(odd))


def test_ids_are_written_as_one_list_of_integers() -> None:
    assert conversions[Ids] is in_sql
    assert in_sql(Ids([3, 1, -2, 10**18])) == "(3,1,-2,1000000000000000000)"
    assert in_sql(Ids(["7", True])) == "(7,1)"  # type: ignore[list-item]  # what means an integer is written as one


@pytest.mark.parametrize("bad", ["1) OR (1=1", "one", None])
def test_ids_that_are_none_are_refused_before_anything_is_sent(mariadb_url: str, bad: Any) -> None:
    engine = open_database(mariadb_url)
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(insert(records).values(kind="order", id=1))
        with pytest.raises((TypeError, ValueError)):
            quick.remove_refs(connection, records, {Kind.ORDER: [bad]})
        with pytest.raises((TypeError, ValueError)):
            list(quick.by_ids(connection, records, "id, kind", "id", [bad]))
        assert list(connection.scalars(select(records.c.id))) == [1]
    engine.dispose()


def test_an_events_row_with_a_hard_text_survives_the_packing(connection: Connection) -> None:
    data = '{"a": "\\"quote\\" \\\\ 😀 \\n"}'
    values = {"name": "client_changed", "at": AT, "client": 3, "data": data, "handled_at": AT, "digest": "x"}
    connection.execute(insert(events).values(**values))
    ((_, found, at),) = quick.by_ids(connection, events, "id, data, at", "client", [3])
    assert (found, quick.instant(at)) == (data, AT)


def test_a_text_that_is_bound_as_it_stands_arrives_as_it_stands(connection: Connection) -> None:
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    for odd in ODD_TEXTS:
        assert connection.exec_driver_sql(f"SELECT {mark}", (Bare(odd),)).scalar_one() == odd
