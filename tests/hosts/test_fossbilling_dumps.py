"""Both real databases read whole: nothing unknown in them, and each client decided as its description calls for.

The tables say for 23 November 2026, 6 o'clock in Japan, with the schedule as shipped and nothing remembered before:
client (or record), action, rule, reasons, and what the description says of it. They were worked out by hand from the
description and retention.md. Where the description of a client does not settle it, the note says why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from kigen.hosts.fossbilling import FossBillingHost
from kigen.policy.anchors import record_of
from kigen.policy.decide import Decision, decide
from kigen.policy.facts import Account, Facts
from kigen.policy.records import Client, Invoice, Item, Kind, Memory, Order, Ref, State
from kigen.policy.settings import schedule_from
from tests.support.fossbilling import connected

ZONE = "Asia/Tokyo"
NOW = dt.datetime(2026, 11, 22, 21, 0, tzinfo=dt.UTC)
SCHEDULE = schedule_from({}, ZONE)

CLIENTS = """
1  keep    -                        no-rule               active, hosting and domain
2  keep    -                        no-rule               active
3  keep    -                        no-rule               active
4  keep    -                        no-rule               suspended client, its service suspended: live
5  keep    client.delete-inactive   floor,not-due         canceled; paid 2016-10-05, but booked only on 2026-11-22
6  keep    -                        no-rule               active
7  keep    registration-only        pending-order         its pending order runs, its invoice is not due yet
8  keep    client.delete-inactive   floor,not-due         canceled; paid 2014-04-05, but booked only on 2026-11-22
9  keep    -                        no-rule               signed up alone; its ticket is on hold, so not closed
10 keep    -                        no-rule               active VPS and domain
11 archive client.archive-inactive  floor                 over 120 months, but the floor of 2016 runs to 2027
12 archive client.archive-inactive  -                     over 18 months
13 delete  registration-only        -                     registration only, since 2026-05-01
14 keep    registration-only        not-due               registration only, since 2026-10-20
15 delete  registration-only        -                     only an unpaid invoice, past due: never paid, goes along
16 keep    -                        no-rule               suspended order: live
17 archive client.archive-inactive  -                     29 February 2024
18 keep    client.archive-inactive  credit-balance        credit 1500
19 keep    -                        no-rule               ticket open
20 keep    -                        no-rule               ticket on hold
21 delete  registration-only        -                     its pending order is past its own 180 days
22 keep    registration-only        not-due,pending-order pending since 2026-09-02
23 archive client.archive-inactive  -                     paid 2023, never set up
24 archive client.archive-inactive  floor                 120 months end today, the floor does not
25 keep    client.delete-inactive   floor                 canceled; last paid 2016-03-10
26 keep    -                        no-rule               active
27 delete  registration-only        -                     only a canceled invoice
28 archive client.archive-inactive  -                     canceled 2021, ticket closed
29 keep    -                        no-rule               active
30 archive client.archive-inactive  -                     refunded wholly: the clock starts at the credit note
31 keep    -                        no-rule               failed_renew: live
32 delete  client.delete-inactive   -                     2014-01-02: term and floor are over
33 keep    -                        no-rule               domain expired, but the host says active
34 keep    -                        no-rule               domain expired, but the host says active
35 keep    -                        no-rule               suspended; ticket opened by staff
36 keep    -                        no-rule               one active service
37 delete  registration-only        -                     a free order, nothing was ever invoiced (0.7.2)
38 delete  registration-only        -                     canceled and unpaid invoice, both never paid
39 delete  registration-only        -                     order and invoice canceled, never paid
40 keep    registration-only        credit-balance        credit 20
41 keep    -                        no-rule               a free service is a live service
42 delete  registration-only        -                     registration only, ticket closed
43 keep    -                        no-rule               registration only, ticket open
44 keep    client.archive-inactive  unpaid-invoice        part payment of 40 stands, 60 are owed
45 archive client.archive-inactive  -                     reversed 2021-05-01: the clock starts there
46 keep    -                        no-rule               active
47 archive client.archive-inactive  -                     last paid 2024-06-06
48 keep    client.archive-inactive  not-due               last paid 2026-04-21
49 delete  client.delete-inactive   -                     2012-12-13: term and floor are over
50 delete  registration-only        -                     three months end today
51 archive client.archive-inactive  -                     no date but that of its only transaction, 2020-01-02
53 keep    registration-only        not-due               basket left behind
54 archive client.archive-inactive  -                     18 months from 2025-05-22 end today
55 archive client.archive-inactive  floor                 2016-11-21
56 archive client.archive-inactive  -                     2018-06-30
57 archive client.archive-inactive  -                     31 August 2022
58 archive client.archive-inactive  -                     29 February 2024
59 keep    -                        no-rule               active, paid on 1 January in Japan
60 archive client.archive-inactive  -                     canceled, uncanceled, canceled
61 keep    -                        no-rule               suspended and unsuspended: active
"""

# In 0.8.5 client 37 has a paid invoice of 0.00: paid, so not registration only, and yet no payment starts a clock.
CLIENT_37_PAID_NOTHING = """
37 keep    client.archive-inactive  floor,unknown-anchor  a free order with a paid invoice of 0.00 (0.8.5)
"""

RECORDS = """
order:9    keep   order.delete-pending     not-due              pending today
order:22   delete order.delete-pending     -                    pending since 2024-11-12
order:23   keep   order.delete-pending     not-due              pending since 2026-09-02
order:24   keep   order.delete-pending     floor,paid-invoice   paid, failed_setup
order:39   delete order.delete-cancelled   -                    order and invoice canceled
service:7  delete service.delete-cancelled -                    canceled 2017
service:17 keep   -                        no-rule              suspended
service:31 keep   -                        no-rule              failed_renew
service:36 delete service.delete-cancelled -                    canceled beside an active one
service:42 delete service.delete-cancelled -                    canceled 2025-05-25
service:43 delete service.delete-cancelled -                    180 days end today
service:53 delete service.delete-cancelled -                    canceled again 2020-10-02
"""
FREE_ORDER = {
    "fossbilling-0.7.2": "order:38 delete order.delete-cancelled -                  a free order, canceled",
    "fossbilling-0.8.5": "order:38 keep   order.delete-cancelled floor,paid-invoice with a paid invoice of 0.00",
}


@pytest.fixture
def database(fossbilling_url: str) -> Iterator[Connection]:
    with connected(fossbilling_url) as connection:
        yield connection


def read(connection: Connection) -> list[Account]:
    host = FossBillingHost("UTC")
    return host.accounts(connection, host.client_ids(connection, None, 1000), lock=True)


def entities(account: Account) -> list[Client | Order | Invoice | Item]:
    client = [account.client] if account.client else []
    return [*client, *account.orders, *account.invoices, *account.items]


def decisions(account: Account) -> dict[Ref, Decision]:
    """What is decided about each record of an account that kigen sees for the first time."""
    memories: dict[Ref, Memory] = {}
    for one in entities(account):
        ref = record_of(one, Facts(account), NOW, ZONE).ref
        memories[ref] = Memory().refreshed(one.state, getattr(one, "bought", ""), NOW, None)
    facts = Facts(account, memories)
    records = [record_of(one, facts, NOW, ZONE) for one in entities(account)]
    return {record.ref: decide(record, facts, SCHEDULE, NOW) for record in records}


def line(name: str, decision: Decision) -> tuple[str, ...]:
    codes = ",".join(sorted({reason.code for reason in decision.reasons})) or "-"
    return (name, decision.action, decision.rule or "-", codes)


def expected(table: str) -> dict[str, tuple[str, ...]]:
    rows = [row.split()[:4] for row in table.strip().splitlines()]
    full = {"registration-only": "client.delete-registration-only"}
    return {name: (name, action, full.get(rule, rule), codes) for name, action, rule, codes in rows}


def test_each_client_comes_to_the_decision_that_its_description_calls_for(
    database: Connection, fossbilling_dump: str
) -> None:
    wanted = expected(CLIENTS)
    if fossbilling_dump == "fossbilling-0.8.5":
        wanted |= expected(CLIENT_37_PAID_NOTHING)
    assert len(wanted) == 60
    found = {
        str(ref[1]): line(str(ref[1]), decision)
        for account in read(database)
        for ref, decision in decisions(account).items()
        if ref[0] is Kind.CLIENT
    }
    assert found == wanted


def test_orders_and_services_come_to_the_decisions_that_their_states_call_for(
    database: Connection, fossbilling_dump: str
) -> None:
    wanted = expected(RECORDS) | expected(FREE_ORDER[fossbilling_dump])
    found = {
        name: line(name, decision)
        for account in read(database)
        for ref, decision in decisions(account).items()
        if (name := f"{ref[0].value}:{ref[1]}") in wanted
    }
    assert found == wanted


def test_canceled_invoices_go_a_year_after_they_were_due(database: Connection) -> None:
    found = [
        (ref, decision.action)
        for account in read(database)
        for ref, decision in decisions(account).items()
        if ref[0] is Kind.INVOICE and decision.record.state is State.CANCELLED
    ]
    assert [action for _, action in found] == ["delete"] * 3


def test_there_are_sixty_clients_and_the_rest_of_one_that_the_platform_deleted(database: Connection) -> None:
    accounts = read(database)
    assert sum(1 for account in accounts if account.client) == 60
    assert [account for account in accounts if not account.client] == [Account(52, None)]


def test_no_status_in_them_is_unknown(database: Connection) -> None:
    unknown = [one for account in read(database) for one in entities(account) if one.state is State.UNKNOWN]
    assert unknown == []


def test_the_map_knows_every_column_and_refuses_no_rule(database: Connection) -> None:
    drift = FossBillingHost("UTC").drift(database)
    assert (drift.refused, drift.unclassified) == ({}, ())


def test_all_that_goes_with_every_client_leaves_only_what_is_nobodys(database: Connection) -> None:
    host = FossBillingHost("UTC")
    ids = host.client_ids(database, None, 1000)
    # The platform's own deletion of client 52 left transactions without an invoice: they name nobody.
    lost = numbers(database, "SELECT id FROM `transaction` WHERE invoice_id NOT IN (SELECT id FROM invoice)")
    assert lost
    host.delete(database, Kind.CLIENT, ids, host.accounts(database, ids, lock=True))
    assert host.client_ids(database, None, 1000) == []
    assert numbers(database, "SELECT id FROM `transaction`") == lost
    for table in ("client", "client_order", "client_order_meta", "invoice", "invoice_item", "subscription"):
        assert numbers(database, f"SELECT id FROM {table}") == [], table
    for table in ("activity_client_email", "activity_client_history", "support_ticket_message", "client_balance"):
        assert numbers(database, f"SELECT id FROM {table} WHERE client_id IS NOT NULL") == [], table


def numbers(connection: Connection, query: str) -> list[int]:
    return list(connection.exec_driver_sql(query).scalars())
