"""What the database server keeps by itself, and what kigen sends to it: logs, histories, room, partitions (cases)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kigen.commands.doctor_server import look_at_server
from kigen.ledger import keys_backup, keys_store, settings
from kigen.policy.records import Kind
from kigen.work.erase import erase
from tests.cases.desk import Desk
from tests.support.mariadb import SETTINGS, MariaDB

LOGS = ("general_log", "slow_query_log", "log_output", "innodb_print_all_deadlocks")


@pytest.fixture
def served(mariadb_url: str, tmp_path: Path) -> Iterator[Desk]:
    """An installation on MariaDB."""
    desk = Desk(mariadb_url, tmp_path)
    yield desk
    desk.close()


@contextmanager
def switched(server: MariaDB, **values: str) -> Iterator[None]:
    """Settings of the whole server for a while; other tests share it."""
    rows = server.execute("SHOW GLOBAL VARIABLES WHERE variable_name IN ('" + "','".join(values) + "')")
    for name, value in values.items():
        server.execute(f"SET GLOBAL {name} = '{value}'")
    yield
    for name, value in rows:
        server.execute(f"SET GLOBAL {name} = '{value}'")


def told(desk: Desk) -> dict[str, tuple[str, str]]:
    return {one.code: (one.level, one.text) for one in look_at_server(desk.site)}


def test_logs_of_statements_are_told_with_where_they_are_and_that_nobody_knows_their_term(
    served: Desk, mariadb_server: MariaDB
) -> None:
    """L9"""
    assert told(served) == {}
    with switched(
        mariadb_server, general_log="ON", slow_query_log="ON", log_output="TABLE", innodb_print_all_deadlocks="ON"
    ):
        found = told(served)
    assert {code: level for code, (level, _) in found.items()} == {
        "server-general-log": "warning", "server-slow-log": "note", "server-error-log": "note",
    }  # fmt: skip
    assert "mysql.general_log" in found["server-general-log"][1]
    assert all("is unknown to kigen" in text for _, text in found.values())


TERMS = [
    (864000, "", "note", "holds what was erased for 10 days"),
    (864000, "7", "warning", "for 10 days, and a backup is published to be gone after 7"),
    (0, "", "warning", "for ever"),
]


def test_the_binary_log_is_told_with_its_term_and_against_what_was_published(
    mariadb_template: Path, tmp_path: Path
) -> None:
    """L9"""
    server = MariaDB(mariadb_template, [*SETTINGS, "--log-bin=binary", "--server-id=1"])
    try:
        server.start()
        desk = Desk(server.url(server.create_database()), tmp_path)
        for seconds, cycle, level, said in TERMS:
            server.execute(f"SET GLOBAL binlog_expire_logs_seconds = {seconds}")
            with desk.site.transaction() as connection:
                settings.store(connection, "backups.cycle", cycle, desk.site.now, "tests")
            found = told(desk)["server-binlog"]
            assert found[0] == level and said in found[1]
        desk.close()
    finally:
        server.remove()


def test_a_table_that_keeps_every_deleted_row_and_a_trigger_that_may_copy_them_are_told(served: Desk) -> None:
    """L9"""
    served.run("ALTER TABLE tblnotes ADD SYSTEM VERSIONING")
    served.run("CREATE TABLE audit (note TEXT)")
    served.run("CREATE TRIGGER keeping AFTER DELETE ON tbltickets FOR EACH ROW INSERT INTO audit VALUES (OLD.title)")
    served.run("CREATE TRIGGER harmless AFTER DELETE ON audit FOR EACH ROW SET @gone = 1")
    found = told(served)
    assert found.keys() == {"history-kept", "history-trigger"}
    assert found["history-kept"] == ("error", (
        "tblnotes is system-versioned: the server keeps every row that is deleted or masked, so nothing is erased."
        " ALTER TABLE tblnotes DROP SYSTEM VERSIONING ends that."
    ))  # fmt: skip
    assert "The trigger keeping acts when rows of tbltickets change or go" in found["history-trigger"][1]


def test_rows_that_went_leave_a_file_as_large_as_it_was_and_what_gives_it_back_is_named(small: Desk) -> None:
    """F22: kigen rebuilds nothing by itself."""
    small.put("tblclients", id=1, status="Active", datecreated="2010-01-01")
    small.put_many(*(
        ("tblemails", {"id": number, "userid": 1, "subject": "x", "message": "x" * 2**20}) for number in range(1, 25)
    ))  # fmt: skip
    assert told(small) == {}
    path = Path(str(small.site.engine.url.database))
    before = path.stat().st_size
    small.sweep()
    assert small.rows("tblemails") == []
    assert path.stat().st_size >= before
    (level, text) = told(small)["room"]
    assert level == "note"
    assert text.startswith("The database file holds 24 MiB that rows left which went") and "'VACUUM'" in text
    with sqlite3.connect(path) as by_hand:
        by_hand.execute("VACUUM")
    assert told(small) == {}


@pytest.fixture
def partitioned(served: Desk) -> Desk:
    """Clients 1 and 2 with a paid invoice, and an activity log of three partitions in which both have rows."""
    for number in (1, 2):
        served.put("tblclients", id=number, status="Active", datecreated="2020-01-01", country="JP",
                   email=f"{number}@example.jp")  # fmt: skip
        served.put("tblinvoices", id=number * 10, userid=number, status="Paid", date="2024-03-01",
                   datepaid="2024-03-01 09:00:00", subtotal="11.00")  # fmt: skip
        served.put("tblorders", id=number, userid=number, ordernum=number, status="Cancelled", date="2024-01-01")
        served.put("tblhosting", id=number, userid=number, orderid=number, domainstatus="Terminated",
                   termination_date="2025-05-01")  # fmt: skip
    parts = "(PARTITION a VALUES LESS THAN (10), PARTITION b VALUES LESS THAN (20), PARTITION c VALUES LESS THAN (30))"
    served.run(f"ALTER TABLE tblactivitylog PARTITION BY RANGE (id) {parts}")
    for number, client in ((1, 1), (2, 2), (11, 1), (12, 1), (21, 2)):
        served.put("tblactivitylog", id=number, userid=client, description="signed in", date="2024-01-01 09:00:00")
    return served


def sent(server: MariaDB) -> list[str]:
    """Every statement that reached the server while its general log was on, without the texts in it."""
    rows: Any = server.execute(
        "SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log WHERE command_type IN ('Query', 'Execute')"
    )
    return [re.sub(r"'(\\.|[^'\\])*'", "''", str(argument)) for (argument,) in rows]


def test_no_statement_depends_on_the_order_of_rows_and_a_partition_goes_row_by_row(
    partitioned: Desk, mariadb_server: MariaDB
) -> None:
    """F23, F24: replicas that repeat the statements end up with the same rows; a shared partition keeps the others'."""
    with partitioned.site.transaction() as connection:
        keys_backup.note(connection, keys_store.names(partitioned.site.state_dir), partitioned.site.now)
        settings.store(connection, "sweep.client_rows", "2", partitioned.site.now, "tests")
    mariadb_server.execute("TRUNCATE mysql.general_log")
    with switched(mariadb_server, log_output="TABLE", general_log="ON"):
        partitioned.hear({"event": "client_changed", "client": 2, "at": "2026-05-02 12:00"})
        partitioned.run("DELETE FROM tblinvoices WHERE id = 10")
        assert erase(partitioned.site, 1).done["delete"] == {"client": 1}
        assert erase(partitioned.site, 2).done["anonymise"] == {"client": 1}
        partitioned.sweep()
    statements = sent(mariadb_server)
    deleting = [one for one in statements if re.match(r"\s*DELETE\b", one, re.IGNORECASE)]
    assert len(deleting) > 20 and any("tblactivitylog" in one for one in deleting)
    limited = re.compile(r"^\s*(DELETE|UPDATE|INSERT\s.*\bSELECT)\b.*\bLIMIT\b", re.IGNORECASE | re.DOTALL)
    assert [one for one in statements if limited.match(one) and "ORDER BY" not in one.upper()] == []
    wholesale = re.compile(r"\b(DROP|TRUNCATE|EXCHANGE)\b", re.IGNORECASE)
    assert [one for one in statements if wholesale.search(one)] == []
    partitions = mariadb_server.execute(
        "SELECT partition_name FROM information_schema.partitions WHERE table_name = 'tblactivitylog'"
        f" AND table_schema = '{partitioned.site.engine.url.database}' ORDER BY 1"
    )
    assert partitions == (("a",), ("b",), ("c",))
    assert partitioned.rows("tblactivitylog") == []
    assert (partitioned.rows("tblclients"), partitioned.rows("tblinvoices")) == ([2], [20])


def test_a_partition_whose_rows_are_not_all_due_keeps_those_that_are_not(partitioned: Desk) -> None:
    """F24: a hold on one client, in whose partition another's rows go."""
    partitioned.run("DELETE FROM tblinvoices")
    partitioned.hear({"event": "deletion_requested", "client": 1, "at": "2026-04-01 12:00"})
    assert partitioned.decision(Kind.CLIENT, 1)[0] == "delete"
    partitioned.put("tblhosting", id=3, userid=2, domainstatus="Active")
    partitioned.sweep()
    assert partitioned.rows("tblclients") == [2]
    assert partitioned.rows("tblactivitylog") == [2, 21]
