"""A client's rows for a bundle are those that go with the client: two readings of the links that know nothing of each
other find the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, create_engine

from kigen.hosts.fossbilling import FossBillingHost
from kigen.hosts.port import Host
from kigen.hosts.whmcs import WhmcsHost, tables
from tests.hosts import whmcs_data
from tests.support.fossbilling import connected

ZONE = "Asia/Tokyo"

MORE_GOES = {"tblhostingaddons"}
"""An add-on of somebody else goes with the service that it is on, and is no data of the service's owner."""


def ids(host: Host, connection: Connection, client: int) -> tuple[dict[str, set[object]], dict[str, set[object]]]:
    """By table the keys that a bundle shows and those that a deletion finds; tables without rows left out."""
    outgoing = host.outgoing(connection, client)
    shown = {
        table.name: {row[0] for page in outgoing.pages(table, [outgoing.shape(table).key[0]]) for row in page}
        for table in outgoing.tables()
    }
    (account,) = host.accounts(connection, [client])
    gone: dict[str, set[object]] = {}
    for holding in host.holdings(connection, account):
        gone.setdefault(holding.table.name, set()).update(row[holding.key[0]] for row in holding.rows)
    return {name: keys for name, keys in shown.items() if keys}, {name: keys for name, keys in gone.items() if keys}


@pytest.fixture
def whmcs(sqlite_url: str) -> Iterator[Engine]:
    engine = create_engine(sqlite_url)
    tables.create(engine)
    whmcs_data.fill(engine)
    yield engine
    engine.dispose()


def test_on_whmcs_a_bundle_shows_what_goes_with_the_client(whmcs: Engine) -> None:
    host, count = WhmcsHost(ZONE), 0
    with whmcs.connect() as connection:
        for client in host.client_ids(connection, None, 100):
            shown, gone = ids(host, connection, client)
            assert {name: keys for name, keys in shown.items() if name not in MORE_GOES} == {
                name: keys for name, keys in gone.items() if name not in MORE_GOES
            }
            assert shown.get("tblhostingaddons", set()) <= gone.get("tblhostingaddons", set())
            count += sum(map(len, shown.values()))
    assert count > 50


def test_on_a_real_fossbilling_a_bundle_shows_what_goes_with_the_client(fossbilling_url: str) -> None:
    host, count = FossBillingHost(ZONE), 0
    with connected(fossbilling_url) as connection:
        for client in host.client_ids(connection, None, 100):
            shown, gone = ids(host, connection, client)
            assert shown == gone
            count += sum(map(len, shown.values()))
        assert host.outgoing(connection, 1).currency() != ""
    assert count > 500
