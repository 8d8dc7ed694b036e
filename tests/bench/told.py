"""What a busy WHMCS tells: half in kigen's words, half as its hooks do, about clients whose rows are in the tables."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from typing import Any

import pymysql

ZONE = "Asia/Tokyo"
NOW = dt.datetime(2026, 6, 1, 3, tzinfo=dt.UTC)
FIRST = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
SEED = 3

Told = dict[str, Any]

IN_OUR_WORDS: tuple[Callable[[int], Told], ...] = (
    lambda n: {"event": "client_signed_in", "payload": {"client": n, "data": {"by": "client"}}},
    lambda n: {"event": "client_signed_in", "payload": {"client": n}},
    lambda n: {"event": "client_changed", "payload": {"client": n, "data": {"fields": ["status"]}}},
    lambda n: {"event": "order_created", "payload": {"client": n, "id": n, "kind": "order"}},
    lambda n: {"event": "order_cancelled", "payload": {"client": n, "id": n, "kind": "order", "data": {"by": "staff"}}},
    lambda n: {"event": "invoice_created", "payload": {"client": n, "id": n, "data": {"due": "2026-07-01"}}},
    lambda n: {"event": "invoice_paid", "payload": {"client": n, "id": n, "data": {"gross": "1320.00"}}},
    lambda n: {"event": "payment_received", "payload": {"client": n, "id": n,
                                                        "data": {"amount": "1320.00", "invoice": n}}},
    lambda n: {"event": "service_activated", "payload": {"client": n, "id": n, "kind": "service"}},
    lambda n: {"event": "service_changed", "payload": {"client": n, "id": n, "data": {"fields": ["quantity"]}}},
)  # fmt: skip
AS_HOOKS: tuple[Callable[[int], Told], ...] = (
    lambda n: {"host_event": "UserLogin", "payload": {"user_id": n}},
    lambda n: {"host_event": "UserLogin", "payload": {"user_id": n, "client_id": n, "sso": False}},
    lambda n: {"host_event": "ClientEdit", "payload": {"userid": n, "status": "Active", "groupid": 0, "currency": 1}},
    lambda n: {"host_event": "AfterShoppingCartCheckout",
               "payload": {"OrderID": n, "OrderNumber": 10**9 + n, "ServiceIDs": [n], "AddonIDs": [], "DomainIDs": [n],
                           "InvoiceID": n, "TotalDue": "1320.00"}},
    lambda n: {"host_event": "CancelOrder", "payload": {"orderid": n}},
    lambda n: {"host_event": "InvoiceCreation", "payload": {"invoiceid": n, "source": "autogen", "status": "Unpaid"}},
    lambda n: {"host_event": "InvoicePaid", "payload": {"invoiceid": n}},
    lambda n: {"host_event": "AddTransaction",
               "payload": {"id": n, "userid": n, "invoiceid": n, "currency": 0, "amountin": "1320.00", "fees": "0.00",
                           "amountout": "0.00", "refundid": 0}},
    lambda n: {"host_event": "AfterModuleCreate",
               "payload": {"params": {"serviceid": n, "userid": n, "pid": 4, "serverid": 2, "producttype": "other",
                                      "moduletype": "cpanel"}}},
    lambda n: {"host_event": "TicketOpen", "payload": {"ticketid": n, "userid": n, "deptid": 1, "priority": "Medium"}},
)  # fmt: skip

ROWS = (
    "INSERT INTO tblclients (id, email, status, datecreated)"
    " SELECT seq, CONCAT('c', seq, '@example.jp'), 'Active', '2020-01-01' FROM seq_1_to_{n}",
    "INSERT INTO tblusers_clients (auth_user_id, client_id, owner) SELECT seq, seq, 1 FROM seq_1_to_{n}",
    "INSERT INTO tblorders (id, ordernum, userid, date, status, invoiceid)"
    " SELECT seq, 1000000000 + seq, seq, '2026-01-01', 'Cancelled', seq FROM seq_1_to_{n}",
    "INSERT INTO tblinvoices (id, userid, date, duedate, subtotal, tax, status)"
    " SELECT seq, seq, '2026-01-01', '2026-07-01', 1200, 120, 'Paid' FROM seq_1_to_{n}",
    "INSERT INTO tblaccounts (id, userid, date, amountin, invoiceid)"
    " SELECT seq, seq, '2026-01-02', 1320, seq FROM seq_1_to_{n}",
    "INSERT INTO tblhosting (id, userid, orderid, domainstatus) SELECT seq, seq, seq, 'Active' FROM seq_1_to_{n}",
    "INSERT INTO tbltickets (id, tid, userid, status) SELECT seq, seq, seq, 'Open' FROM seq_1_to_{n}",
)
"""One row of each sort for every client; MariaDB counts by itself."""


def fill_host(connection: pymysql.Connection, clients: int) -> None:
    """The rows that the hooks' events are about."""
    with connection.cursor() as cursor:
        cursor.execute("SET sql_mode = ''")
        for statement in ROWS:
            cursor.execute(statement.format(n=clients))


def told(events: int, clients: int) -> Iterator[Told]:
    """Events as `inbox.append` takes them, in the order of their instants, no two alike; the same at every call."""
    chance = random.Random(SEED)
    step = (NOW - FIRST) / (events + 1)
    for number in range(events):
        sort = chance.choice((IN_OUR_WORDS, AS_HOOKS))
        yield {**chance.choice(sort)(chance.randint(1, clients)), "at": FIRST + step * number}
