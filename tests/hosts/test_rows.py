"""Rows packed by the server are the rows themselves: equal values, equal locks, never a part taken for the whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError

from kigen import packing
from kigen.hosts.dates import read_when
from kigen.hosts.rows import Rows, Wanted
from kigen.hosts.schema import read_schema
from kigen.ledger.database import open_database

COLUMNS = (
    "owner",
    "t",
    "latin",
    "word",
    "day",
    "at",
    "exact",
    "stamp",
    "money",
    "rate",
    "price",
    "big",
    "positive",
    "small",
)
TABLE = """CREATE TABLE packed (id INT PRIMARY KEY, owner INT, t TEXT, latin VARCHAR(60) CHARACTER SET latin1,
    word ENUM('On Hold', 'Dead'), day DATE, at DATETIME, exact DATETIME(3), stamp TIMESTAMP NULL, money DECIMAL(16,2),
    rate DECIMAL(16,5), price DOUBLE, big BIGINT, positive BIGINT UNSIGNED, small TINYINT, KEY owner (owner))
    ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"""
TEXTS = ("", " ", "Active", 'a"b', "back\\slash", "\x00\x01\x1f\x7f", "tab\tline\nreturn\r", "期限", "💥𠮷",
         "é\u2028\ufeff", "null", "[1, 2]", "\\u0041", "%s", "0000-00-00", "'); DROP TABLE packed; --")  # fmt: skip
LATIN = ("", "é", "ÿ", "£ 5", 'a\\b"', "plain")
MONEY = ("0.00", "10.00", "-0.01", "-99999999999999.99", "99999999999999.99", "0.10")
PRICES = (0.0, 10.0, 0.1, 0.30000000000000004, -1e-7, 1e22, 123456789.125)
WHOLE = (0, 1, -1, 2**31, 2**63 - 1, -(2**63))
MOMENTS = ("0000-00-00 00:00:00", "2024-02-29 23:59:59", "1999-12-31 00:00:00", "2038-01-19 03:14:07")
EXACT = ("0000-00-00 00:00:00.000", "2024-02-29 23:59:59.123", "1999-12-31 00:00:00.000")


@pytest.fixture
def engine(mariadb_url: str) -> Iterator[Engine]:
    engine = open_database(mariadb_url)
    with engine.begin() as connection:
        connection.execute(text(TABLE))
    yield engine
    engine.dispose()


def fill(connection: Connection, count: int, seed: int = 1) -> None:
    rng = Random(seed)

    def one(*values: object) -> object:
        return None if rng.random() < 0.15 else rng.choice(values)

    statement = f"INSERT INTO packed (id, {', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * (len(COLUMNS) + 1))})"
    connection.exec_driver_sql(statement, [
        (
            id_, id_ % 50, one(*TEXTS), one(*LATIN), one("On Hold", "Dead"), one(*(m[:10] for m in MOMENTS)),
            one(*MOMENTS), one(*EXACT), one(*MOMENTS[1:]), one(*MONEY), one("1.00000", "-0.00001"), one(*PRICES),
            one(*WHOLE), one(0, 2**64 - 1), one(0, 1, -128, 127),
        )
        for id_ in range(1, count + 1)
    ])  # fmt: skip


def as_kigen_reads(value: object) -> object:
    """What the reading code makes of a value: a date, an amount, a text or a number."""
    if isinstance(value, (dt.date, dt.datetime)):
        return read_when(value, "Asia/Tokyo")
    if isinstance(value, str) and (when := read_when(value, "Asia/Tokyo")):
        return when
    if isinstance(value, str) and value.rstrip("0.: -") == "":
        return value[:19]  # a zero date, with a fraction of a second or without
    return Decimal(str(value)) if isinstance(value, (float, int, Decimal)) else value


@pytest.mark.parametrize("seed", range(4))
def test_packed_rows_are_equal_to_rows_read_one_by_one(
    engine: Engine, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine.begin() as connection:
        fill(connection, 1500, seed)
        rows = Rows(connection, read_schema(connection))
        wanted = (*COLUMNS, "not_here")
        packed = rows.read("packed", wanted, "owner", range(60))
        assert packing.can_pack(connection)
        monkeypatch.setattr(packing, "can_pack", lambda connection: False)
        plain = rows.read("packed", wanted, "owner", range(60))
    assert len(packed) == 1500
    assert [sorted(row) for row in packed] == [sorted(row) for row in plain]
    by_id = {row["id"]: row for row in plain}
    for row in packed:
        for name, value in row.items():
            assert as_kigen_reads(value) == as_kigen_reads(by_id[row["id"]][name]), (name, row)
    assert {type(row["money"]) for row in packed} == {Decimal, type(None)}


SEVERAL = (
    Wanted("packed", COLUMNS, "owner", range(60)),
    Wanted("packed", ("money", "latin"), "id", [3, 5, 9999]),
    Wanted("packed", ("t",), "nowhere", [1]),
    Wanted("absent", ("t",), "id", [1]),
    Wanted("packed", ("word",), "id", None),
    Wanted("packed", ("small",), "id", []),
    Wanted("packed", ("day",), "id", range(1200)),
)


def in_order(found: list[list[dict[str, object]]]) -> list[list[dict[str, object]]]:
    return [sorted(rows, key=lambda row: str(row["id"])) for rows in found]


@pytest.mark.parametrize("most", [1_000_000, 3000])
def test_several_readings_in_one_statement_give_what_each_gives_alone(engine: Engine, most: int) -> None:
    sent: list[str] = []
    with engine.begin() as connection:
        fill(connection, 1500)
        connection.exec_driver_sql(f"SET SESSION group_concat_max_len = {most}")
        rows = Rows(connection, read_schema(connection))
        alone = [rows.read_all(one)[0] for one in SEVERAL]
        event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_: sent.append(statement))
        together = rows.read_all(*SEVERAL)
    assert [len(found) for found in together] == [1500, 2, 0, 0, 1500, 0, 1199]
    assert in_order(together) == in_order(alone)
    assert len(sent) == 1 if most == 1_000_000 else len(sent) > 1  # lists that were cut off are read again


def test_sqlite_gives_several_readings_one_after_the_other() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        for name in ("first", "second"):
            connection.exec_driver_sql(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, owner INTEGER)")
            connection.exec_driver_sql(f"INSERT INTO {name} (id, owner) VALUES (1, 7), (2, 8)")
        rows = Rows(connection, read_schema(connection))
        found = rows.read_all(Wanted("first", (), "owner", [7]), Wanted("second", ("owner",), "id", None))
    assert found == [[{"id": 1, "owner": 7}], [{"id": 1, "owner": 7}, {"id": 2, "owner": 8}]]
    engine.dispose()


@pytest.mark.parametrize("most", [1024, 2000, 3001, 10_000])
def test_an_answer_that_the_server_cuts_off_is_read_again_row_by_row(engine: Engine, most: int) -> None:
    with engine.begin() as connection:
        fill(connection, 400)
        connection.exec_driver_sql(f"SET SESSION group_concat_max_len = {most}")
        rows = Rows(connection, read_schema(connection))
        for columns in (("money",), ("small",), COLUMNS):
            found = rows.read("packed", columns, "id", range(1, 401))
            assert [row["id"] for row in sorted(found, key=lambda row: row["id"])] == list(range(1, 401))
        assert sorted(rows.values("SELECT id AS v FROM packed")) == list(range(1, 401))


def test_a_list_that_was_cut_off_between_two_rows_is_not_taken_for_the_whole() -> None:
    assert packing.unpacked(3, "[[1],[2]]") is None
    assert packing.unpacked(2, "[[1],[2]]") == [[1], [2]]
    assert packing.unpacked(2, "[[1],[2") is None
    assert packing.unpacked(2, None) is None
    assert packing.unpacked(0, None) == []


def test_a_column_that_json_cannot_hold_is_read_row_by_row(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "ALTER TABLE packed ADD COLUMN picture BLOB, ADD COLUMN bits BIT(9), ADD COLUMN y YEAR"
        )
        connection.exec_driver_sql("INSERT INTO packed (id, owner, picture, bits, y) VALUES (1, 1, x'ff00fe', 5, 0)")
        (row,) = Rows(connection, read_schema(connection)).read("packed", ("picture", "bits", "y"), "owner", [1])
    assert (row["picture"], row["y"]) == (b"\xff\x00\xfe", 0)


def test_texts_in_a_list_are_bound_and_never_written_into_the_statement(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE named (id INTEGER PRIMARY KEY, rel VARCHAR(80))"))
        for id_, name in enumerate(TEXTS[1:], 1):
            connection.execute(text("INSERT INTO named VALUES (:id, :rel)"), {"id": id_, "rel": name})
        rows = Rows(connection, read_schema(connection))
        assert [row["id"] for row in rows.read("named", ("rel",), "rel", [TEXTS[-1]])] == [len(TEXTS) - 1]
        assert [row["rel"] for row in rows.read("named", ("rel",), "rel", ['a"b', "x') OR 1=1 --"])] == ['a"b']
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE packed SET small = 9 WHERE id = 7",
        "DELETE FROM packed WHERE id = 57",
        "INSERT INTO packed (id, owner) VALUES (900, 7)",  # a new row with a key that was read
        "INSERT INTO packed (id, owner) VALUES (901, 777)",  # and with one that no row had
    ],
)
def test_what_a_packed_locking_read_read_waits_for_its_transaction(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        fill(connection, 100)
    with engine.connect() as reader, engine.connect() as writer:
        writer.exec_driver_sql("SET innodb_lock_wait_timeout = 1")
        found = Rows(reader, read_schema(reader), lock=True).read("packed", COLUMNS, "owner", [7, 777])
        assert {row["id"] for row in found} == {7, 57}
        with pytest.raises(OperationalError, match="1205"):
            writer.exec_driver_sql(statement)
        writer.rollback()
        reader.rollback()
        assert writer.exec_driver_sql(statement).rowcount == 1
        writer.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE packed SET small = 9 WHERE id = 7",
        "UPDATE packed SET small = 9 WHERE id = 20",
        "INSERT INTO packed (id, owner) VALUES (900, 7)",
        "INSERT INTO packed (id, owner) VALUES (901, 777)",
        "INSERT INTO packed (id) VALUES (902)",  # a key that was read, and that no row had
    ],
)
def test_what_several_locking_readings_read_together_waits_for_their_transaction(
    engine: Engine, statement: str
) -> None:
    wanted = (Wanted("packed", (), "owner", [7, 777]), Wanted("packed", (), "id", [20, 902]))
    with engine.begin() as connection:
        fill(connection, 100)
    with engine.connect() as reader, engine.connect() as writer:
        writer.exec_driver_sql("SET innodb_lock_wait_timeout = 1")
        by_owner, by_id = Rows(reader, read_schema(reader), lock=True).read_all(*wanted)
        assert ({row["id"] for row in by_owner}, {row["id"] for row in by_id}) == ({7, 57}, {20})
        with pytest.raises(OperationalError, match="1205"):
            writer.exec_driver_sql(statement)
        writer.rollback()
        reader.rollback()
        assert writer.exec_driver_sql(statement).rowcount == 1
        writer.rollback()
