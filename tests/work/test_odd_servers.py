"""Servers and tables that are set up otherwise: what kigen does then is right, or refused in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from kigen.hosts.schema import read_schema
from tests.work.billing import Billing, other_session

ODD = {
    "sql_select_limit": "1", "sql_safe_updates": "1", "max_join_size": "10", "completion_type": "2",
    "lock_wait_timeout": "86400",
}  # fmt: skip


@pytest.fixture
def odd_settings(billing: Billing) -> Iterator[Billing]:
    """What somebody set for every session of the server."""
    with billing.site.reading() as connection:
        former = {name: connection.scalar(text(f"SELECT @@GLOBAL.{name}")) for name in ODD}
    _set(billing, ODD)
    billing.site.engine.dispose()
    yield billing
    _set(billing, {name: repr(value) if isinstance(value, str) else str(value) for name, value in former.items()})


def _set(billing: Billing, values: dict[str, str]) -> None:
    session = other_session(billing.url)
    with session.cursor() as cursor:
        for name, value in values.items():
            cursor.execute(f"SET GLOBAL {name} = {value}")
    session.close()


def test_what_the_server_sets_for_everybody_does_not_blind_a_run(odd_settings: Billing) -> None:
    odd_settings.live_client()
    odd_settings.old_orders(10, 11, 12)
    assert odd_settings.sweep().acted == 3
    assert odd_settings.ids("tblorders") == []


def test_a_table_whose_ids_may_stand_twice_refuses_the_rules_that_delete_from_it(billing: Billing) -> None:
    """Deleting by id would take the row of somebody else along."""
    billing.live_client()
    billing.old_orders(10)
    billing.run("ALTER TABLE tblorders MODIFY id INT NOT NULL, DROP PRIMARY KEY, ADD INDEX (id)")
    billing.add("tblorders", id=10, ordernum=99, userid=1, status="Active", date="2026-01-01 10:00:00")
    swept = billing.sweep()
    assert swept.refused["order.delete-cancelled"] == (
        "order.delete-cancelled needs a primary key or unique index on tblorders.id, for two rows with one id cannot be"
        " told apart."
    )
    assert (swept.acted, len(billing.ids("tblorders"))) == (0, 2)


def test_an_index_that_the_server_is_told_to_overlook_is_not_asked_for(billing: Billing) -> None:
    billing.live_client()
    billing.old_orders(10)
    with billing.site.reading() as connection:
        index = read_schema(connection).indexes["tblhosting"]["orderid"]
    billing.run(f"ALTER TABLE tblhosting ALTER INDEX `{index}` IGNORED")
    with billing.site.reading() as connection:
        assert "orderid" not in read_schema(connection).indexes["tblhosting"]
    assert (billing.sweep().acted, billing.ids("tblorders")) == (1, [])
