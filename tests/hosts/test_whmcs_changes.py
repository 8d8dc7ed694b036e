"""What tells that a WHMCS client changed: the ways that are easily forgotten, and what is nobody's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text

from kigen.hosts.whmcs import WhmcsHost
from kigen.ledger.database import open_database
from tests.hosts.whmcs_data import SCHMIDT, TANAKA, add, fill
from tests.support import shape

HOST = WhmcsHost("Asia/Tokyo")
SINCE = dt.datetime(2026, 2, 1, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    engine: Engine = open_database(database_url)
    shape.whmcs(engine)
    fill(engine)
    HOST._schema = None
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


def changed(connection: Connection, statement: str) -> set[int]:
    """Clients whose digest a statement changes."""
    before = HOST.digests(connection, None, 100)
    connection.execute(text(statement))
    after = HOST.digests(connection, None, 100)
    return {client for client in before.keys() | after.keys() if before.get(client) != after.get(client)}


def test_a_sign_in_is_seen_of_a_user_who_is_linked_twice(connection: Connection) -> None:
    user = connection.execute(
        text(f"SELECT auth_user_id FROM tblusers_clients WHERE client_id = {TANAKA} ORDER BY id")
    ).scalars().first()  # fmt: skip
    add(connection, "tblusers_clients", auth_user_id=user, client_id=TANAKA)
    at = "2026-01-05 10:00:00"
    assert TANAKA in changed(connection, f"UPDATE tblusers SET last_login = '{at}' WHERE id = {user}")


def test_money_that_names_no_client_is_seen_by_its_invoice_and_by_what_it_pays_back(connection: Connection) -> None:
    paid = connection.execute(text(f"SELECT id FROM tblaccounts WHERE userid = {TANAKA}")).scalars().first()
    insert = "INSERT INTO tblaccounts (id, userid, gateway, description, transid"
    assert changed(connection, f"{insert}, amountin, invoiceid) VALUES (900, 0, '', '', '', 5, 30)") == {TANAKA}
    assert changed(connection, f"{insert}, amountout, refundid) VALUES (901, 0, '', '', '', 5, {paid})") == {TANAKA}
    assert changed(connection, "UPDATE tblaccounts SET amountout = 6 WHERE id = 901") == {TANAKA}


def test_an_add_on_is_seen_by_its_service_and_by_whom_it_names(connection: Connection) -> None:
    add(connection, "tblhostingaddons", id=900, hostingid=1, userid=TANAKA, name="backup", status="Active")
    assert changed(connection, "UPDATE tblhostingaddons SET status = 'Cancelled' WHERE id = 900") == {TANAKA, SCHMIDT}


def test_a_cleared_commission_is_seen_by_the_service_that_was_sold(connection: Connection) -> None:
    assert changed(connection, "UPDATE tblaffiliateshistory SET amount = 2 WHERE affaccid = 71") == {SCHMIDT}


def test_guests_are_nobody(connection: Connection) -> None:
    before = HOST.highest(connection)
    add(connection, "tbltickets", tid="GUEST", userid=0, status="Open")
    assert HOST.newer(connection, before) == set()
    assert 0 not in HOST.digests(connection, None, 100)
    add(connection, "tblorders", ordernum=77, userid=0, status="Pending")
    assert HOST.newer(connection, before) == {0}, "Orders without a client follow rules of their own."
    assert 0 in HOST.digests(connection, None, 100)


def test_words_of_the_operator_that_change_the_meaning_of_a_status_are_told(connection: Connection) -> None:
    before = HOST.vocabulary(connection)
    connection.execute(text("UPDATE tblorderstatuses SET sortorder = 99"))
    assert HOST.vocabulary(connection) == before
    explained = "UPDATE tblorderstatuses SET showpending = 0, showcancelled = 1 WHERE title LIKE '%Papers'"
    connection.execute(text(explained))
    assert HOST.vocabulary(connection) != before


def test_a_change_column_that_counts_in_utc_is_not_read_in_the_hosts_zone(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        connection.execute(text("ALTER TABLE tblhosting MODIFY updated_at TIMESTAMP NULL"))
        HOST.drift(connection)
        connection.execute(text("UPDATE tblhosting SET updated_at = '2026-02-01 03:00:00' WHERE id = 1"))
        assert HOST.changed_since(connection, SINCE) == {SCHMIDT}
    connection.execute(text("UPDATE tbldomains SET updated_at = '2026-02-01 11:59:59' WHERE userid = 1"))
    assert TANAKA not in HOST.changed_since(connection, SINCE)
    connection.execute(text("UPDATE tbldomains SET updated_at = '2026-02-01 12:00:00' WHERE userid = 1"))
    assert TANAKA in HOST.changed_since(connection, SINCE)


def test_a_change_in_the_hour_that_comes_twice_is_not_missed(connection: Connection) -> None:
    host = WhmcsHost("Europe/Berlin")
    since = dt.datetime(2026, 10, 25, 0, 50, tzinfo=dt.UTC)  # 02:50 in summer; ten minutes later it is 02:00 again
    connection.execute(text("UPDATE tbldomains SET updated_at = '2026-10-25 02:05:00' WHERE userid = 1"))
    assert host.changed_since(connection, since) == {TANAKA}
