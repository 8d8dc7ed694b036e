"""A generated WHMCS with many years of history: clients erased, then every cell read for who they were."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from kigen.demo import world
from kigen.hosts.search import TEXTS
from kigen.hosts.whmcs import WhmcsHost, tables
from kigen.policy.sorts import Sort
from tests.hosts.erasing import again, beyond, decided_by, erase, floored, kept_part, named_in, rows_of, telling

NOW = dt.datetime(2026, 11, 22, 21, 0, tzinfo=dt.UTC)
CLIENTS = 120


def books(db: Connection) -> list[tuple[object, ...]]:
    """Revenue and tax by year and currency, as a report adds them up, and the numbers of all paid invoices."""
    paid = db.execute(text(
        "SELECT id, invoicenum, date, datepaid, subtotal, credit, tax, tax2, total FROM tblinvoices"
        " WHERE status IN ('Paid', 'Refunded') ORDER BY id"
    )).all()  # fmt: skip
    moved = db.execute(text("SELECT id, currency, date, amountin, amountout, fees, rate FROM tblaccounts ORDER BY id"))
    return [tuple(str(value) for value in row) for row in (*paid, *moved)]


def test_erased_clients_are_gone_from_every_table_and_all_others_are_the_same_byte_for_byte(database_url: str) -> None:
    """L1, L4, L8, F18, G7, H5, H7"""
    engine = create_engine(database_url, poolclass=NullPool)
    world.fill(engine, CLIENTS, seed=11, now=NOW)
    host = WhmcsHost("Asia/Tokyo")
    with engine.begin() as db, tables.as_whmcs(db):
        everybody = [one.id for one in host.accounts(db, host.client_ids(db, None, 1000)) if one.client]
        erased = everybody[5:45:2]
        others = [one for one in everybody if one not in erased]
        before, counted = rows_of(host, db, others), books(db)
        was = {one.id: kept_part(decided_by(one), floored(one)) for one in host.accounts(db, erased)}
        done = erase(host, db, erased)

        needles = telling(done.people)
        assert len(needles) > 300
        found = named_in(db, needles)
        texts = {p for p in found if p[0] in host.datamap and host.datamap[p[0]].fields[p[1]].sort in TEXTS}
        assert {place: found[place] for place in beyond(texts, done.all)} == {}
        own = {value for person in done.people for sort, value in person.values if sort is Sort.EMAIL}
        there = named_in(db, own)
        assert {place: there[place] for place in beyond(there, done.all)} == {}, "An address is left only where told."

        assert rows_of(host, db, others) == before, "Nobody else's row has changed by a single byte."
        assert books(db) == counted
        assert sum(Decimal(row[3]) for row in counted if len(row) == 7) > 0
        second = again(host, db, erased)
        assert (second.deleted, second.masked) == ({}, ())
        for now in map(decided_by, host.accounts(db, erased)):
            then = was[now.id]
            assert (now.orders, now.invoices, now.quotes) == (then.orders, then.invoices, then.quotes)
            # A cancellation request bills nothing and goes: a clock that rested on it starts later, never earlier.
            assert [replace(one, changed=None) for one in now.items] == [
                replace(one, changed=None) for one in then.items
            ]
            assert all(one.changed in (None, old.changed) for one, old in zip(now.items, then.items, strict=True))
            assert now.payments == then.payments, now.id
            assert now.client and then.client
            assert (now.client.registered, now.client.status, now.client.credit, now.client.group) == (
                then.client.registered, then.client.status, then.client.credit, then.client.group,
            )  # fmt: skip
