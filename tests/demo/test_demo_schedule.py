"""For every rule of mission.md chapter 1 the demo world holds something due, for every reason something it keeps."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

Ask = Callable[..., list[tuple[Any, ...]]]

PAID = "SELECT userid FROM tblaccounts WHERE amountin > 0"
LIVE = (
    "SELECT userid FROM tblhosting WHERE domainstatus IN ('Active', 'Suspended')"
    " UNION SELECT userid FROM tbldomains WHERE status IN ('Active', 'Grace', 'Redemption')"
    " UNION SELECT userid FROM tbltickets WHERE status <> 'Closed' AND merged_ticket_id = 0"
)
INACTIVE = f"FROM tblclients c WHERE id IN ({PAID}) AND id NOT IN ({LIVE})"
LAST_PAID = "(SELECT MAX(date) FROM tblaccounts a WHERE a.userid = c.id AND amountin > 0)"
UNPAID = "SELECT userid FROM tblinvoices WHERE status IN ('Unpaid', 'Collections', 'Payment Pending')"
CLEARED = "SELECT a.relid FROM tblaffiliatesaccounts a JOIN tblaffiliateshistory h ON h.affaccid = a.id"
# A plain first reading of mission.md chapter 1, without reasons to keep: the world must hold some of each.
DUE = {
    "client.archive-inactive": f"{INACTIVE} AND status = 'Inactive' AND {LAST_PAID} BETWEEN :months119 AND :months18",
    "client.delete-registration-only": (
        f"FROM tblclients c WHERE id NOT IN ({PAID}) AND id NOT IN ({LIVE}) AND created_at < :months3"
    ),
    "client.delete-inactive before its floor ends": f"{INACTIVE} AND {LAST_PAID} BETWEEN :months134 AND :months120",
    "client.delete-inactive after its floor's end": f"{INACTIVE} AND {LAST_PAID} < :months137",
    "client closed long ago": f"{INACTIVE} AND status = 'Closed' AND {LAST_PAID} < :months122",
    "invoice.delete-cancelled": "FROM tblinvoices WHERE status = 'Cancelled' AND duedate < :months13",
    "order.delete-cancelled": "FROM tblorders WHERE status = 'Cancelled' AND date < :months13",
    "order.delete-fraud": "FROM tblorders WHERE status = 'Fraud' AND date < :months25",
    "order.delete-pending": "FROM tblorders WHERE status = 'Pending' AND date < :months7",
    "order.delete-draft": "FROM tblorders WHERE status = 'Draft' AND date < :months2",
    "service.delete-cancelled": (
        "FROM tblhosting WHERE domainstatus = 'Cancelled' AND termination_date BETWEEN '1995' AND :months7"
    ),
    "service.delete-terminated": (
        "FROM tblhosting WHERE domainstatus = 'Terminated' AND termination_date BETWEEN '1995' AND :months13"
    ),
    "domain.delete-expired": "FROM tbldomains WHERE status = 'Expired' AND expirydate BETWEEN '1995' AND :months5",
    "domain.delete-cancelled": "FROM tbldomains WHERE status = 'Cancelled' AND updated_at < :months7",
}
KEPT = {
    "unpaid-invoice": f"{INACTIVE} AND {LAST_PAID} < :months18 AND id IN ({UNPAID})",
    "credit-balance": f"{INACTIVE} AND {LAST_PAID} < :months18 AND credit > 0",
    "approved-commission of a client": (
        f"{INACTIVE} AND {LAST_PAID} < :months18 AND id IN (SELECT clientid FROM tblaffiliates WHERE balance > 0)"
    ),
    "approved-commission of a service": (
        f"FROM tblhosting WHERE domainstatus IN ('Cancelled', 'Terminated') AND id IN ({CLEARED})"
    ),
    "active-service in an order that is not": (
        "FROM tblorders o JOIN tblhosting h ON h.orderid = o.id WHERE o.status = 'Cancelled'"
        " AND h.domainstatus = 'Active' AND h.userid = o.userid"
    ),
    "active-service, an add-on that lives on": (
        "FROM tblhostingaddons a JOIN tblhosting h ON h.id = a.hostingid WHERE a.status = 'Active'"
        " AND h.domainstatus IN ('Cancelled', 'Terminated')"
    ),
    "paid-invoice": (
        "FROM tblorders o JOIN tblinvoices i ON i.id = o.invoiceid WHERE o.status IN ('Cancelled', 'Pending')"
        " AND i.status = 'Paid'"
    ),
    "paid-invoice, cancelled after a payment": (
        "FROM tblinvoices i JOIN tblaccounts a ON a.invoiceid = i.id WHERE i.status = 'Cancelled' AND a.amountin > 0"
    ),
    "live-estimate": (
        "FROM tblorders WHERE status = 'Draft' AND userid IN"
        " (SELECT userid FROM tblquotes WHERE stage IN ('Draft', 'Delivered', 'On Hold', 'Accepted'))"
    ),
    "pending-order": (
        "FROM tblorders WHERE status = 'Pending' AND date > :months5 AND date < :months3"
        f" AND userid NOT IN ({PAID}) AND userid NOT IN ({LIVE})"
    ),
    "foreign-item": "FROM tblhosting h JOIN tblorders o ON o.id = h.orderid WHERE o.userid <> h.userid",
    "unknown-anchor of an order": "FROM tblorders WHERE status = 'Cancelled' AND date LIKE '0000%'",
    "unknown-anchor of an invoice": "FROM tblinvoices WHERE status = 'Cancelled' AND duedate LIKE '0000%'",
    "unknown-anchor of a domain": "FROM tbldomains WHERE status = 'Expired' AND expirydate LIKE '0000%'",
    "unknown-anchor, a date to come": "FROM tblorders WHERE date > '2060'",
    "unknown-state of an order": "FROM tblorders WHERE status = 'Awaiting Documents'",
    "unknown-state of a domain": "FROM tbldomains WHERE status = 'Parked'",
    "no date at all of an ended service": (
        "FROM tblhosting WHERE domainstatus = 'Cancelled' AND termination_date LIKE '0000%'"
        " AND id NOT IN (SELECT relid FROM tblcancelrequests)"
    ),
}


def months_before(now: datetime, query: str) -> dict[str, str]:
    named = re.findall(r":months(\d+)", query)
    return {f"months{n}": str(now.date() - timedelta(days=int(int(n) * 30.44))) for n in named}


@pytest.mark.parametrize("rule", DUE)
def test_every_rule_finds_records_that_are_due(rule: str, ask: Ask, now: datetime) -> None:
    assert ask(f"SELECT 1 {DUE[rule]} LIMIT 1", **months_before(now, DUE[rule]))


@pytest.mark.parametrize("reason", KEPT)
def test_every_reason_keeps_something(reason: str, ask: Ask, now: datetime) -> None:
    assert ask(f"SELECT 1 {KEPT[reason]} LIMIT 1", **months_before(now, KEPT[reason]))
