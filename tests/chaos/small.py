"""A small installation that has one of each: every sort of act, what goes along, what is kept, and events that wait."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert

from kigen.hosts.whmcs import tables as whmcs
from kigen.ledger.tables import inbox
from kigen.policy.periods import Term, add
from kigen.policy.records import Kind
from tests.work.billing import NOW, Billing

LONG_AGO, OLD = "2012-03-01", "2020-01-01 10:00:00"
CHUNK = 3  # so that every kind has several chunks, and the last of them is not full

DELETED = (11, 12, 13, 14)  # paid last in 2012
REGISTERED_ONLY = (21, 22)
ARCHIVED_NOW = (31, 32)  # paid last 2 years ago: archived, for a floor keeps nothing from that
KEPT = {41: "hold", 42: "credit", 43: "ticket"}
LIVE = 1
ON_REQUEST = (51, 52)


def fill(billing: Billing) -> None:
    """Put it in."""
    billing.set(sweep__chunk=CHUNK)
    billing.live_client(LIVE)
    billing.add("tblcustomfields", id=1, type="client", fieldname="VAT")
    billing.add("tblcustomfields", id=2, type="product", fieldname="Root")
    for client in DELETED:
        billing.idle_client(client, LONG_AGO)
        _belongings(billing, client)
    for client in REGISTERED_ONLY:
        billing.add("tblclients", id=client, datecreated="2026-01-01")
        billing.add("tblcontacts", id=client, userid=client, email=f"k{client}@example.jp")
    for client in ARCHIVED_NOW:
        billing.idle_client(client, "2024-06-01")
    for client, why in KEPT.items():
        billing.idle_client(client, LONG_AGO)
        if why == "hold":
            billing.hold(client=client)
        elif why == "credit":
            billing.run(f"UPDATE tblclients SET credit = 5 WHERE id = {client}")
        else:
            billing.add("tbltickets", id=client, userid=client, tid=f"T{client}", status="Open", date=OLD)
    for client in ON_REQUEST:
        billing.add("tblclients", id=client, datecreated="2026-10-01")
        billing.run("INSERT INTO kigen_requests (client, request_right, received)"
                    f" VALUES ({client}, 'erasure', '2026-10-10')")  # fmt: skip
    _records_of_the_live_client(billing)


def _belongings(billing: Billing, client: int) -> None:
    base = client * 10
    billing.add("tblorders", id=base + 1, ordernum=base, userid=client, status="Cancelled", date="2012-01-01 00:00:00")
    billing.add("tblhosting", id=base + 2, orderid=base + 1, userid=client, domainstatus="Terminated",
                regdate="2012-01-01", termination_date="2013-01-01")  # fmt: skip
    billing.add("tblhostingaddons", id=base + 2, hostingid=base + 2, userid=client, status="Terminated")
    billing.add("tblinvoiceitems", id=base, invoiceid=base, userid=client, type="Hosting", relid=base + 2)
    billing.add("tbltickets", id=base, userid=client, tid=f"T{base}", status="Closed", date=OLD)
    billing.add("tblticketreplies", id=base, tid=base, userid=client, date=OLD)
    billing.add("tblcontacts", id=base, userid=client, email=f"k{base}@example.jp")
    billing.add("tblemails", id=base, userid=client, date=OLD)
    billing.add("tblcustomfieldsvalues", id=base, fieldid=1, relid=client, value="JP1")
    billing.add("tblcustomfieldsvalues", id=base + 1, fieldid=2, relid=base + 2, value="root")


def _records_of_the_live_client(billing: Billing) -> None:
    states = ("Cancelled", "Fraud", "Pending", "Draft", "Cancelled")
    for number, state in enumerate(states, start=5001):
        billing.add("tblorders", id=number, ordernum=number, userid=LIVE, status=state, date=OLD)
        billing.add("tblhosting", id=number, orderid=number, userid=LIVE, domainstatus="Terminated",
                    regdate="2019-01-01", termination_date="2019-06-01")  # fmt: skip
    for number in range(6001, 6005):
        billing.add("tblinvoices", id=number, userid=LIVE, status="Cancelled", date="2020-01-01", duedate="2020-01-15",
                    subtotal="9.00", total="9.00")  # fmt: skip
        billing.add("tblinvoiceitems", id=number, invoiceid=number, userid=LIVE, type="", amount="9.00")
    for number in range(7001, 7005):
        billing.add("tblhosting", id=number, userid=LIVE, domainstatus="Terminated", regdate="2019-01-01",
                    termination_date="2020-01-01")  # fmt: skip
        billing.add("tblcustomfieldsvalues", id=number, fieldid=2, relid=number, value="root")
    for number in range(8001, 8004):
        billing.add("tbldomains", id=number, userid=LIVE, domain=f"d{number}.example.jp", status="Expired",
                    registrationdate="2018-01-01", expirydate="2020-01-01")  # fmt: skip


def events() -> list[dict[str, Any]]:
    """What the platform told of it, as rows of the inbox in the order in which it happened.

    Among them: a client that withdrew its request, a client that was merged into another, a payment that ends an
    archive, one event that nobody can understand, and one that is told twice.
    """
    told: list[tuple[str, int, dict[str, Any]]] = []
    for days, client in enumerate((*DELETED, *REGISTERED_ONLY), start=400):
        told.append(("client_registered", days + 900, {"client": client}))
    for number in (5001, 5005):
        told.append(("order_cancelled", 600, {"client": LIVE, "id": number}))
    for number in range(7001, 7003):
        told.append(("service_terminated", 700, {"client": LIVE, "id": number}))
    told += [
        ("service_terminated", 100, {"client": LIVE, "id": 7004}),  # newer than the column: kept on
        ("domain_expired", 900, {"client": LIVE, "id": 8001}),
        ("invoice_cancelled", 800, {"client": LIVE, "id": 6001}),
        ("payment_received", 700, {"client": 31, "id": 310, "data": {"amount": "10.00", "invoice": 310}}),
        ("payment_received", 5300, {"client": 11, "id": 110, "data": {"amount": "10.00", "invoice": 110}}),
        ("deletion_requested", 44, {"client": 52}),
        ("deletion_withdrawn", 5, {"client": 52}),
        ("deletion_requested", 40, {"client": 22}),
        ("client_merged", 30, {"client": 41, "into": 12}),
        ("client_signed_in", 10, {"client": LIVE}),
        ("rights_requested", 3, {"client": 13, "data": {"right": "access"}}),
        ("ticket_opened", 2, {"client": LIVE, "id": 9}),
    ]
    rows = [
        {"event": name, "at": add(NOW, Term(0, -days), "Asia/Tokyo"), "payload": json.dumps(payload)}
        for name, days, payload in sorted(told, key=lambda one: -one[1])
    ]
    return [*rows, {"event": "client_signed_in", "at": NOW, "payload": "{}"}]


def put_events(billing: Billing, rows: Iterable[dict[str, Any]]) -> None:
    """Let them wait in the inbox, in this order."""
    with billing.site.transaction() as connection:
        for row in rows:
            connection.execute(insert(inbox).values(**row))


MAIN_TABLES = {
    Kind.CLIENT: whmcs.tblclients,
    Kind.ORDER: whmcs.tblorders,
    Kind.INVOICE: whmcs.tblinvoices,
    Kind.SERVICE: whmcs.tblhosting,
    Kind.DOMAIN: whmcs.tbldomains,
    Kind.ADDON: whmcs.tblhostingaddons,
    Kind.TICKET: whmcs.tbltickets,
}
