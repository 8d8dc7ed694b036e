"""The world for deleting: a fifth of all records are cancelled orders that are due, scattered over clients and ids.

Orders come in tens: four active ones with a live service, one for each client; five cancelled and due; one that was
cancelled not long ago. Seven of ten cancelled orders have a cancelled service, two a cancelled domain, one nothing. No
other record is due, so that a peer which knows nothing of retention can name what goes by status and date.
"""

from __future__ import annotations

from tests.bench.generator import Fill, Sort
from tests.bench.rows_people import (
    AFFILIATES,
    CLIENTS,
    LINES,
    OF_DOMAINS,
    OF_INVOICES,
    OF_ORDERS,
    OF_SERVICES,
    SECOND_LINES,
    TICKETS,
    TRANSACTIONS,
    USER_LINKS,
    USERS,
)

# `ten` counts the tens; `live` is 1 to 4, `due` 1 to 5 for orders of that sort, else 0.
ORDER = """(SELECT seq, (seq - 1) DIV 10 AS ten, FIELD(MOD(seq - 1, 10), 0, 3, 5, 8) AS live,
    FIELD(MOD(seq - 1, 10), 1, 2, 4, 6, 9) AS due FROM seq_1_to_{orders}) AS numbers"""

# Every other ten gives its first due order an invoice that nobody paid.
INVOICED = "due = 1 AND MOD(ten, 2) = 0 AND ten DIV 2 BETWEEN 1 AND {invoices} DIV 4"

ORDERS = Fill("tblorders", ORDER, {
    "id": "seq",
    "userid": """CASE WHEN live THEN 4 * ten + live WHEN due THEN 1 + MOD((5 * ten + due) * 7919, {clients})
        ELSE 1 + MOD(ten * 6007, {clients}) END""",
    "date": """CASE WHEN live THEN TIMESTAMP('2009-04-01 11:00:00') + INTERVAL MOD(seq * 31, 6000) DAY
        WHEN due THEN TIMESTAMP('2012-01-10 14:05:00') + INTERVAL MOD(seq * 977, 5000) DAY
        ELSE TIMESTAMP('2026-02-01 09:00:00') + INTERVAL MOD(ten, 250) DAY END""",
    "status": "IF(live, 'Active', 'Cancelled')",
    "invoiceid": f"IF({INVOICED}, 4 * (ten DIV 2), 0)",
    **OF_ORDERS,
})  # fmt: skip

# What an order has is chosen by the ten and the place in it, so that it is spread over both.
SERVICES = Fill("tblhosting", "tblorders WHERE status = 'Active' OR MOD((id - 1) DIV 10 + id, 10) < 7", {
    "id": "id",
    "userid": "userid",
    "orderid": "id",
    "packageid": "1 + MOD(id, 12)",
    "regdate": "DATE(date)",
    "domain": "CONCAT('vps', id, '.example.invalid')",
    "amount": "amount",
    "nextduedate": "IF(status = 'Active', '2026-12-01', NULL)",
    # Ended lately, or at a time that the host does not know: not due by the service's own rule.
    "termination_date": """IF(status = 'Active' OR MOD(id, 2) = 0, '0000-00-00',
        DATE('2026-08-01') + INTERVAL MOD(id, 90) DAY)""",
    "domainstatus": "IF(status = 'Active', 'Active', 'Cancelled')",
    "username": "CONCAT('u', id)",
    **OF_SERVICES,
})  # fmt: skip

DOMAINS = Fill("tbldomains", "tblorders WHERE status = 'Cancelled' AND MOD((id - 1) DIV 10 + id, 10) IN (7, 8)", {
    "id": "id",
    "userid": "userid",
    "orderid": "id",
    "registrationdate": "DATE(date)",
    "domain": "CONCAT('shop', id, '.example.invalid')",
    "expirydate": "NULL",
    "status": "'Cancelled'",
    **OF_DOMAINS,
})  # fmt: skip

# Three of four are paid and bill the client's live service; the fourth belongs to a due order and was never paid.
INVOICE = """(SELECT seq, MOD(seq, 4) > 0 AS paid, seq DIV 4 AS e,
    1 + MOD(seq * 6007, {clients}) AS payer FROM seq_1_to_{invoices}) AS numbers"""

INVOICES = Fill("tblinvoices", INVOICE, {
    "id": "seq",
    "userid": "IF(paid, payer, 1 + MOD((10 * e + 1) * 7919, {clients}))",
    "date": "IF(paid, '2026-06-01', '2024-02-01')",
    "duedate": "IF(paid, '2026-06-15', '2024-02-15')",
    "datepaid": "IF(paid, TIMESTAMP('2026-06-10 12:00:00') + INTERVAL MOD(seq, 100) HOUR, '0000-00-00 00:00:00')",
    "status": "IF(paid, 'Paid', 'Unpaid')",
    # For the line: the service of the payer's own active order; nothing else reads this column.
    "paymethodid": "IF(paid, 10 * ((payer - 1) DIV 4) + ELT(1 + MOD(payer - 1, 4), 1, 4, 6, 9), 0)",
    **OF_INVOICES,
})  # fmt: skip

DUE = Sort(
    "due",
    {
        "clients": 160, "orders": 400, "services": 328, "domains": 48, "invoices": 64,
        "tickets": 40, "affiliates": 1,
    },
    (
        CLIENTS, USERS, USER_LINKS, ORDERS, SERVICES, DOMAINS, INVOICES, LINES, SECOND_LINES, TRANSACTIONS, TICKETS,
        AFFILIATES,
    ),
)  # fmt: skip
