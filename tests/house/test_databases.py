"""The databases that tests ask for are what they say: empty, private, real, and there again after a crash."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pymysql
import pytest
import sqlalchemy as sa

from tests.support.mariadb import MariaDB


def test_a_test_gets_an_empty_database_of_either_engine(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()


def test_what_was_committed_survives_the_servers_sudden_end(mariadb_server: MariaDB, mariadb_url: str) -> None:
    name = sa.make_url(mariadb_url).database
    mariadb_server.execute("CREATE TABLE kept (id INT PRIMARY KEY) ENGINE=InnoDB", name)
    mariadb_server.execute("INSERT INTO kept VALUES (1)", name)
    lost = mariadb_server.connect(name, autocommit=False)
    lost.cursor().execute("INSERT INTO kept VALUES (2)")
    mariadb_server.restart(kill=True)
    assert mariadb_server.execute("SELECT id FROM kept", name) == ((1,),)
    with pytest.raises(pymysql.err.OperationalError):
        lost.commit()


def test_a_user_with_select_alone_cannot_write(mariadb_server: MariaDB, mariadb_url: str) -> None:
    reader = sa.create_engine(mariadb_server.grant("SELECT", str(sa.make_url(mariadb_url).database)))
    with reader.connect() as connection, pytest.raises(sa.exc.OperationalError, match="denied"):
        connection.execute(sa.text("CREATE TABLE mine (id INT)"))
    reader.dispose()


def test_the_tables_of_whmcs_are_there_with_their_statuses(mariadb_server: MariaDB, whmcs_url: str) -> None:
    rows = mariadb_server.execute("SELECT title FROM tblorderstatuses ORDER BY id", sa.make_url(whmcs_url).database)
    assert [title for (title,) in rows] == ["Pending", "Active", "Cancelled", "Fraud", "Draft"]


def test_a_real_fossbilling_of_each_version_can_be_loaded(mariadb_server: MariaDB, fossbilling_url: str) -> None:
    ((clients,),) = mariadb_server.execute("SELECT count(*) FROM client", sa.make_url(fossbilling_url).database)
    assert clients > 0


def test_an_error_late_in_a_script_is_not_swallowed(
    mariadb_url: str, load_sql: Callable[[str, Path | str], None]
) -> None:
    with pytest.raises(pymysql.err.ProgrammingError):
        load_sql(mariadb_url, "CREATE TABLE good (id INT); CREATE TABLE bad (;")
