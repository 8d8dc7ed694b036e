"""What others may write about a record while a run works, each of which keeps it; and an installation to try it on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.work.billing import Billing

SOON = "2026-11-22 02:00:00"
OLD = "2020-01-01 10:00:00"
LIVE, HELD = 1, 2


@dataclass(frozen=True)
class Slip:
    """One statement of somebody else. `{n}` is the number of the record, of which everything of it begins with it.

    `meets` says that the statement finds nothing once the record is gone: one that found a row kept it.
    """

    prepare: Callable[[Billing, int], None]
    statement: str
    still: str
    """A query that finds a row as long as nothing was done to the record."""
    meets: bool = False


def idle(billing: Billing, n: int) -> None:
    """A client that is due, with one of each of what is looked at."""
    billing.idle_client(n)
    billing.add("tblorders", id=n * 10 + 1, ordernum=n, userid=n, status="Cancelled", date="2012-01-01 00:00:00")
    billing.add("tblhosting", id=n * 10 + 2, userid=n, orderid=n * 10 + 1, domainstatus="Terminated",
                regdate="2012-01-01", termination_date="2013-01-01")  # fmt: skip


def asked(billing: Billing, n: int) -> None:
    """A client that asked for its deletion, and has nothing."""
    billing.add("tblclients", id=n, datecreated="2026-11-01")
    billing.run(f"INSERT INTO kigen_requests (client, request_right, received) VALUES ({n}, 'erasure', '2026-10-01')")


def archived(billing: Billing, n: int) -> None:
    """A client due for nothing but the end of its archive."""
    idle(billing, n)
    billing.run(f"UPDATE tblclients SET status = 'Closed' WHERE id = {n}")
    billing.run(f"INSERT INTO kigen_archives (client, at, former_status) VALUES ({n}, '2014-01-01', 'Active')")
    values = f"{n}, 'client.delete-inactive', '600 months', '2010-01-01', '2014-01-01', 'sales'"
    billing.run(f"INSERT INTO kigen_contracts (client, rule, term, begins, added_at, added_by) VALUES ({values})")


def to_archive(billing: Billing, n: int) -> None:
    """A client that paid last two years ago."""
    billing.idle_client(n, "2024-06-01")


def order(billing: Billing, n: int) -> None:
    """An old order with an item, and an invoice that nobody paid, of a client that stays."""
    billing.live_client(n)
    billing.add("tblinvoices", id=n, userid=n, status="Draft", date="2020-01-01", subtotal="9.00", total="9.00")
    billing.add("tblorders", id=n, ordernum=n, userid=n, status="Cancelled", date=OLD, invoiceid=n)
    billing.add("tblhosting", id=n, userid=n, orderid=n, domainstatus="Cancelled", regdate="2019-01-01")


def invoice(billing: Billing, n: int) -> None:
    """An invoice cancelled years ago."""
    billing.add("tblinvoices", id=n, userid=LIVE, status="Cancelled", date="2020-01-01", duedate="2020-01-15",
                subtotal="9.00", total="9.00")  # fmt: skip
    billing.add("tblinvoiceitems", id=n, invoiceid=n, userid=LIVE, type="", amount="9.00")


def service(billing: Billing, n: int) -> None:
    """A service terminated years ago, once sold by an affiliate who is somebody else."""
    billing.add("tblhosting", id=n, userid=LIVE, domainstatus="Terminated", regdate="2019-01-01",
                termination_date="2020-01-01")  # fmt: skip
    billing.add("tblaffiliatesaccounts", id=n, affiliateid=1, relid=n)


def domain(billing: Billing, n: int) -> None:
    """A domain expired years ago."""
    billing.add("tbldomains", id=n, userid=LIVE, domain=f"d{n}.example.jp", status="Expired",
                registrationdate="2018-01-01", expirydate="2020-01-01")  # fmt: skip


CLIENT = "SELECT 1 FROM tblclients WHERE id = {n}"
OPEN = CLIENT + " AND status = 'Active'"
ORDER = "SELECT 1 FROM tblorders WHERE id = {n}"
INVOICE = "SELECT 1 FROM tblinvoices WHERE id = {n}"
SERVICE = "SELECT 1 FROM tblhosting WHERE id = {n}"
DOMAIN = "SELECT 1 FROM tbldomains WHERE id = {n}"

PAID = "INSERT INTO tblaccounts (userid, invoiceid, amountin, date) VALUES"
HOLD = "INSERT INTO kigen_holds ({of}, reason, placed_at, placed_by) VALUES ({{value}}, 'x', '" + SOON + "', 'legal')"
HOLD_CLIENT = HOLD.format(of="client").replace("{value}", "{n}")
REQUEST = "INSERT INTO kigen_requests (client, request_right, received) VALUES ({n}, '%s', '" + SOON + "')"
EVENT = "INSERT INTO kigen_inbox (event, at, payload) VALUES ('%s', '" + SOON + "', '%s')"

AGREED = (
    "INSERT INTO kigen_contracts (client, rule, term, begins, added_at, added_by)"
    f" VALUES ({{{{n}}}}, '{{rule}}', '240 months', '2010-01-01', '{SOON}', 'sales')"
)


def hold_on(kind: str, number: str = "{n}") -> str:
    """A hold on one record."""
    return HOLD.format(of="kind, record").replace("{value}", f"'{kind}', {number}")


WRITTEN: dict[str, Slip] = {
    "a payment": Slip(idle, PAID + " ({n}, 0, 5, '2026-11-20 10:00:00')", CLIENT),
    "a payment on its invoice": Slip(idle, PAID + " (0, {n}0, 5, '2026-11-20 10:00:00')", CLIENT),
    "a live service": Slip(idle, "INSERT INTO tblhosting (userid, domainstatus) VALUES ({n}, 'Active')", CLIENT),
    "a service live again": Slip(
        idle, "UPDATE tblhosting SET domainstatus = 'Active' WHERE id = {n}2", CLIENT, meets=True
    ),
    "a live add-on": Slip(
        idle, "INSERT INTO tblhostingaddons (userid, hostingid, status) VALUES ({n}, {n}2, 'Active')", CLIENT
    ),
    "a live domain": Slip(idle, "INSERT INTO tbldomains (userid, status) VALUES ({n}, 'Active')", CLIENT),
    "an open ticket": Slip(idle, "INSERT INTO tbltickets (userid, tid, status) VALUES ({n}, 'X{n}', 'Open')", CLIENT),
    "credit": Slip(idle, "UPDATE tblclients SET credit = 5 WHERE id = {n}", CLIENT, meets=True),
    "an unpaid invoice": Slip(
        idle, "INSERT INTO tblinvoices (userid, status, subtotal, total) VALUES ({n}, 'Unpaid', 9, 9)", CLIENT
    ),
    "an affiliate's balance": Slip(idle, "INSERT INTO tblaffiliates (clientid, balance) VALUES ({n}, 5)", CLIENT),
    "a live service merged in": Slip(idle, "UPDATE tblhosting SET userid = {n} WHERE id = {n}9", CLIENT),
    "a foreign item": Slip(
        idle, "INSERT INTO tblhosting (userid, orderid, domainstatus) VALUES (1, {n}1, 'Cancelled')", CLIENT
    ),
    "a hold": Slip(idle, HOLD_CLIENT, CLIENT),
    "a hold on its invoice": Slip(idle, hold_on("invoice", "{n}0"), CLIENT),
    "a contract": Slip(
        idle,
        AGREED.format(rule="client.delete-inactive"),
        CLIENT,
    ),
    "a restriction": Slip(idle, REQUEST % "restriction", CLIENT),
    "a request for its data": Slip(idle, REQUEST % "access", CLIENT),
    "a withdrawal": Slip(asked, f"UPDATE kigen_requests SET closed_at = '{SOON}' WHERE client = {{n}}", CLIENT),
    "a sign-in": Slip(asked, "UPDATE tblclients SET lastlogin = '2026-11-20 10:00:00' WHERE id = {n}", CLIENT, True),
    "the end of its archive": Slip(
        archived, "UPDATE tblclients SET status = 'Active' WHERE id = {n}", CLIENT, meets=True
    ),
    "a payment before the archive": Slip(to_archive, PAID + " ({n}, {n}0, 5, '2026-11-20 10:00:00')", OPEN),
    "a live service before the archive": Slip(
        to_archive, "INSERT INTO tblhosting (userid, domainstatus) VALUES ({n}, 'Active')", OPEN
    ),
    "a payment on the invoice": Slip(invoice, PAID + " (1, {n}, 9, '2026-11-20 10:00:00')", INVOICE),
    "an invoice unpaid again": Slip(
        invoice, "UPDATE tblinvoices SET status = 'Unpaid' WHERE id = {n}", INVOICE, meets=True
    ),
    "an invoice due later": Slip(
        invoice, "UPDATE tblinvoices SET duedate = '2026-11-01' WHERE id = {n}", INVOICE, meets=True
    ),
    "a hold on the invoice": Slip(invoice, hold_on("invoice"), INVOICE),
    "a service that is active": Slip(
        service, "UPDATE tblhosting SET domainstatus = 'Active' WHERE id = {n}", SERVICE, meets=True
    ),
    "a live add-on of the service": Slip(
        service, "INSERT INTO tblhostingaddons (userid, hostingid, status) VALUES (1, {n}, 'Active')", SERVICE
    ),
    "an approved commission": Slip(
        service, "INSERT INTO tblaffiliateshistory (affiliateid, affaccid, amount) VALUES (1, {n}, 5)", SERVICE
    ),
    "a hold on the service": Slip(service, hold_on("service"), SERVICE),
    "a domain that is active": Slip(domain, "UPDATE tbldomains SET status = 'Active' WHERE id = {n}", DOMAIN, True),
    "a domain renewed": Slip(domain, "UPDATE tbldomains SET expirydate = '2027-11-01' WHERE id = {n}", DOMAIN, True),
    "a hold on the domain": Slip(domain, hold_on("domain"), DOMAIN),
}

ORDERS: dict[str, Slip] = {
    "an item live again": Slip(order, "UPDATE tblhosting SET domainstatus = 'Active' WHERE id = {n}", ORDER, True),
    "a live item": Slip(
        order, "INSERT INTO tblhosting (userid, orderid, domainstatus) VALUES ({n}, {n}, 'Active')", ORDER
    ),
    "an order that is active": Slip(order, "UPDATE tblorders SET status = 'Active' WHERE id = {n}", ORDER, True),
    "an order that moved": Slip(order, "UPDATE tblorders SET userid = 2 WHERE id = {n}", ORDER, meets=True),
    "a payment on the order's invoice": Slip(order, PAID + " ({n}, {n}, 9, '2026-11-20 10:00:00')", ORDER),
    "a hold on the order": Slip(order, hold_on("order"), ORDER),
    "a hold on the order's client": Slip(order, HOLD_CLIENT, ORDER),
    "a hold on its item": Slip(order, hold_on("service"), ORDER),
    "a request of the order's client": Slip(order, REQUEST % "access", ORDER),
    "a contract with the order's client": Slip(order, AGREED.format(rule="order.delete-cancelled"), ORDER),
    "another client's item": Slip(
        order, "INSERT INTO tblhosting (userid, orderid, domainstatus) VALUES (1, {n}, 'Cancelled')", ORDER
    ),
    "a live add-on of the item": Slip(
        order, "INSERT INTO tblhostingaddons (userid, hostingid, status) VALUES ({n}, {n}, 'Active')", ORDER
    ),
    "a live add-on of the order": Slip(
        order, "INSERT INTO tblhostingaddons (userid, orderid, status) VALUES ({n}, {n}, 'Active')", ORDER
    ),
    "a line of a paid invoice": Slip(
        order, "INSERT INTO tblinvoiceitems (invoiceid, userid, type, relid) VALUES (10, {n}, 'Hosting', {n})", ORDER
    ),
}
"""What keeps an order among many that are alike, each of a client of its own: nothing else is said about them."""

TOLD: dict[str, Slip] = {
    "a withdrawal in the inbox": Slip(asked, EVENT % ("deletion_withdrawn", '{{"client": {n}}}'), CLIENT),
    "a sign-in in the inbox": Slip(asked, EVENT % ("client_signed_in", '{{"client": {n}}}'), CLIENT),
    "a merger in the inbox": Slip(idle, EVENT % ("client_merged", '{{"client": 2, "into": {n}}}'), CLIENT),
    "the end of an archive in the inbox": Slip(archived, EVENT % ("client_unarchived", '{{"client": {n}}}'), CLIENT),
    "a request in the inbox": Slip(idle, EVENT % ("export_requested", '{{"client": {n}}}'), CLIENT),
    "a change of the service in the inbox": Slip(
        service, EVENT % ("service_changed", '{{"client": 1, "kind": "service", "id": {n}}}'), SERVICE
    ),
}
"""What only an event says; each makes the run hear it first and look again at its chunk, so it is tried alone."""


def fill(billing: Billing, slips: dict[str, Slip]) -> dict[str, dict[str, Any]]:
    """An installation with a record for each; what to send, and how to see what became of it."""
    billing.live_client(LIVE)
    billing.live_client(HELD)
    billing.hold(client=HELD)
    billing.add("tblinvoices", id=10, userid=LIVE, status="Paid", date="2026-01-01", subtotal="9.00", total="9.00")
    orders = {}
    for n, (what, slip) in enumerate(slips.items(), start=11):
        slip.prepare(billing, n)
        if what == "a live service merged in":
            billing.add("tblhosting", id=n * 10 + 9, userid=LIVE, domainstatus="Active", regdate="2015-01-01")
        orders[what] = {"statement": slip.statement.format(n=n), "still": slip.still.format(n=n), "meets": slip.meets}
    return orders
