"""The grants that kigen asks for are enough for its work and for its tables, and allow nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from kigen.ledger import migrate, settings
from kigen.ledger.database import open_database
from kigen.ledger.grants import FORMER, grants
from tests.ledger.times import START
from tests.support.mariadb import MariaDB

DENIED = (OperationalError, ProgrammingError)


def test_an_administrator_can_run_them_in_order_and_kigen_can_work_with_them(
    mariadb_server: MariaDB, mariadb_url: str
) -> None:
    database = str(make_url(mariadb_url).database)
    for table in ("tblclients", "tbladmins"):
        mariadb_server.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY)", database)
    for user in ("kigen_test", "kigen_test_init"):
        mariadb_server.execute(f"CREATE OR REPLACE USER '{user}'@'localhost'")
    statements = grants(["tblclients"], database, "kigen_test")
    before = [one for one in statements if "'kigen_test_init'" in one]
    assert statements[: len(before)] == before

    for statement in before:
        mariadb_server.execute(statement)
    preparing = open_database(mariadb_server.url(database, "kigen_test_init"))
    assert migrate.upgrade(preparing) == migrate.HEAD
    with preparing.connect() as connection, pytest.raises(DENIED, match="denied"):
        connection.execute(text("DELETE FROM tblclients"))
    preparing.dispose()

    for statement in statements[len(before) :]:
        mariadb_server.execute(statement)
    working = open_database(mariadb_server.url(database, "kigen_test"))
    assert migrate.upgrade(working) == migrate.HEAD
    with working.begin() as connection:
        settings.store(connection, "kigen.zone", "Asia/Tokyo", START, "ops")
        connection.execute(text("SELECT id FROM tblclients FOR UPDATE"))
        connection.execute(text("DELETE FROM tblclients"))
        connection.execute(text("SELECT id FROM tbladmins"))
    for forbidden in ("DELETE FROM tbladmins", "CREATE TABLE mine (id INT)", "DROP TABLE kigen_runs",
                      "ALTER TABLE tblclients ADD COLUMN more INT"):  # fmt: skip
        with working.connect() as connection, pytest.raises(DENIED, match="denied"):
            connection.execute(text(forbidden))
    working.dispose()


def test_names_are_quoted_and_a_database_is_no_pattern() -> None:
    statements = grants(["tbl`x"], "whmcs_1", "o'brien@10.0.0.%")
    assert "GRANT SELECT ON `whmcs\\_1`.* TO 'o''brien'@'10.0.0.%'" in statements
    assert "GRANT SELECT, INSERT, UPDATE, DELETE ON `whmcs_1`.`tbl``x` TO 'o''brien'@'10.0.0.%'" in statements
    others = [one for one in statements if not any(name in one for name in FORMER)]
    assert not any("ALL PRIVILEGES" in one or "GRANT OPTION" in one or "DROP" in one for one in others)
    assert {one.split(" TO ")[1] for one in {*statements} - {*others}} == {"'o''brien_init'@'10.0.0.%'"}


def test_only_the_user_of_init_may_change_tables_and_only_kigens() -> None:
    changing = [one for one in grants(["tblclients"], "whmcs", "kigen") if "CREATE" in one or "ALTER" in one]
    assert changing
    assert all("`whmcs`.`kigen_" in one and one.endswith("TO 'kigen_init'@'localhost'") for one in changing)
