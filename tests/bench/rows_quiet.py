"""The world in which nothing may go, though three of ten records are due: each of these is kept by a reason.

Of twenty clients six have lapsed: their last payment is long ago and a live service is not there, but an invoice is
unpaid. The others have a live service. Cancelled orders are kept by a live service or a paid invoice, cancelled
invoices by a payment.
"""

from __future__ import annotations

from tests.bench.generator import Fill, Sort
from tests.bench.rows_people import (
    AFFILIATES,
    CANCEL_REQUESTS,
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

LIVE_CLIENT = "20 * MOD(seq * 7919, {clients} DIV 20) + 6 + MOD(seq, 14)"
"""A client with a live service, chosen by the running number."""

OWN = "seq <= {clients}"
"""The first order and invoice of each client; further ones belong to somebody with a live service."""

ORDERS = Fill("tblorders", "seq_1_to_{orders}", {
    "id": "seq",
    "userid": f"IF({OWN}, seq, {LIVE_CLIENT})",
    "date": f"""IF({OWN} OR MOD(seq, 3), TIMESTAMP('2010-04-01 11:00:00') + INTERVAL MOD(seq * 31, 5500) DAY,
        TIMESTAMP('2026-09-01 09:00:00') + INTERVAL MOD(seq, 60) DAY)""",
    "status": f"IF({OWN}, IF(MOD(seq, 20) < 17, 'Cancelled', 'Active'), IF(MOD(seq, 3), 'Cancelled', 'Pending'))",
    "invoiceid": f"IF({OWN}, IF(MOD(seq, 20) < 6, seq, 0), IF(MOD(seq, 3), {LIVE_CLIENT}, 0))",
    **OF_ORDERS,
})  # fmt: skip

SERVICES = Fill("tblhosting", "seq_1_to_{services}", {
    "id": "seq",
    "userid": "seq",
    "orderid": "seq",
    "packageid": "1 + MOD(seq, 12)",
    "regdate": "DATE('2010-04-01') + INTERVAL MOD(seq * 31, 5500) DAY",
    "domain": "CONCAT('vps', seq, '.example.invalid')",
    "amount": "9.80 + MOD(seq, 50)",
    "nextduedate": "'2026-12-01'",
    "termination_date": "IF(MOD(seq, 20) < 3, DATE('2026-03-01') + INTERVAL MOD(seq, 200) DAY, '0000-00-00')",
    "domainstatus": "IF(MOD(seq, 20) < 3, 'Terminated', IF(MOD(seq, 20) < 6, 'Completed', 'Active'))",
    "username": "CONCAT('u', seq)",
    **OF_SERVICES,
})  # fmt: skip

DOMAINS = Fill("tbldomains", "seq_1_to_{domains}", {
    "id": "seq",
    "userid": LIVE_CLIENT,
    "registrationdate": "DATE('2012-05-01') + INTERVAL MOD(seq * 29, 4500) DAY",
    "domain": "CONCAT('shop', seq, '.example.invalid')",
    "expirydate": """IF(MOD(seq, 10) = 4, DATE('2026-09-01') + INTERVAL MOD(seq, 60) DAY,
        DATE('2026-12-01') + INTERVAL MOD(seq, 300) DAY)""",
    "status": "ELT(1 + MOD(seq, 10), 'Active', 'Active', 'Active', 'Active', 'Expired', 'Active', 'Active', 'Active', "
    "'Transferred Away', 'Cancelled')",
    **OF_DOMAINS,
})  # fmt: skip

# `part`: 0 the client's own paid one, 1 an unpaid one of a lapsed client, 2 one that was cancelled after a payment.
INVOICE = """(SELECT seq, IF(seq <= {clients}, 0, IF(seq <= {clients} + {unpaid}, 1, 2)) AS part,
    MOD(seq, 20) < 6 AS lapsed, seq - 1 - {clients} AS place FROM seq_1_to_{invoices}) AS numbers"""

INVOICES = Fill("tblinvoices", INVOICE, {
    "id": "seq",
    "userid": f"""CASE part WHEN 0 THEN seq WHEN 1 THEN 20 * (place DIV 6) + IF(MOD(place, 6), MOD(place, 6), 20)
        ELSE {LIVE_CLIENT} END""",
    "date": "IF(part = 0 AND NOT lapsed, DATE('2026-06-01'), DATE('2013-02-01') + INTERVAL MOD(seq * 23, 4000) DAY)",
    "duedate": "IF(part = 0 AND NOT lapsed, DATE('2026-06-15'), DATE('2013-02-15') + INTERVAL MOD(seq * 23, 4000) DAY)",
    "datepaid": """CASE WHEN part = 1 THEN '0000-00-00 00:00:00'
        WHEN part = 0 AND NOT lapsed THEN TIMESTAMP('2025-12-01 12:00:00') + INTERVAL MOD(seq, 350) DAY
        ELSE TIMESTAMP('2013-02-10 12:00:00') + INTERVAL MOD(seq * 23, 4000) DAY END""",
    "date_cancelled": "IF(part = 2, TIMESTAMP('2024-06-01 12:00:00'), '0000-00-00 00:00:00')",
    "status": "ELT(1 + part, 'Paid', 'Unpaid', 'Cancelled')",
    "paymethodid": "IF(part = 0, seq, 0)",
    **OF_INVOICES,
})  # fmt: skip

QUIET = Sort(
    "quiet",
    {
        "clients": 200, "orders": 230, "services": 200, "domains": 60, "invoices": 310,
        "unpaid": 60, "tickets": 50, "affiliates": 1, "requests": 30,
    },
    (
        CLIENTS, USERS, USER_LINKS, ORDERS, SERVICES, DOMAINS, CANCEL_REQUESTS, INVOICES, LINES, SECOND_LINES,
        TRANSACTIONS, TICKETS, AFFILIATES,
    ),
)  # fmt: skip
