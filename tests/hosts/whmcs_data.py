"""A small WHMCS installation: one client with everything, another with the same numbers for other things, an orphan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine

from kigen.hosts.whmcs import tables

TANAKA, SCHMIDT, EMPTY, ODD, ORPHAN = 1, 2, 3, 4, 9


def add(connection: Connection, table: str, /, **values: Any) -> None:
    """Insert one row; what is not named is as WHMCS leaves it: empty, 0 or a zero date."""
    connection.execute(tables.metadata.tables[table].insert().values(**values))


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction as WHMCS's own, which takes zero dates."""
    with engine.begin() as connection, tables.as_whmcs(connection):
        yield connection


def fill(engine: Engine) -> None:
    """The rows that tests/hosts/test_whmcs_host.py speaks of."""
    with writing(engine) as connection:
        for table, values in ROWS:
            add(connection, table, **values)


ROWS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("tblclients", {"id": TANAKA, "uuid": "7d1f7a80-5a3c-4f0e-8a56-0d0a5b3c9a01",
                    "email": "tanaka@example.jp", "status": "Active", "datecreated": "2015-04-01",
                    "groupid": 7, "country": "JP", "lastlogin": "2019-03-01 10:00:00"}),
    ("tblclients", {"id": SCHMIDT, "email": "schmidt@example.de", "datecreated": "2016-04-01",
                    "uuid": "0c3a5b1e-7b52-4d5e-9d0e-2f6f6f1c2b02"}),
    ("tblclients", {"id": EMPTY, "email": "empty@example.jp", "created_at": "2020-05-06 07:08:09"}),
    ("tblclients", {"id": ODD, "email": "odd@example.jp", "datecreated": "2020-01-01"}),
    # Users: 1 is Tanaka's alone, 2 signs in for Tanaka and Schmidt.
    ("tblusers", {"id": 1, "email": "tanaka@example.jp", "last_login": "2019-05-01 10:00:00"}),
    ("tblusers", {"id": 2, "email": "agency@example.jp", "last_login": "2018-05-01 10:00:00"}),
    ("tblusers_clients", {"auth_user_id": 1, "client_id": TANAKA, "owner": 1}),
    ("tblusers_clients", {"auth_user_id": 2, "client_id": TANAKA}),
    ("tblusers_clients", {"auth_user_id": 2, "client_id": SCHMIDT, "owner": 1}),
    ("tblcontacts", {"userid": TANAKA, "email": "office@example.jp"}),
    ("tblcontacts", {"userid": SCHMIDT, "email": "buero@example.de"}),
    # Tanaka: order 10 with service 20, its add-on 21, domain 22; invoice 30 paid by 40; ticket 50, quote 60.
    ("tblorders", {"id": 10, "ordernum": 1, "userid": TANAKA, "status": " cancelled ", "date": "2018-01-02 03:04:05",
                   "invoiceid": 30}),
    ("tblhosting", {"id": 20, "userid": TANAKA, "orderid": 10, "packageid": 3, "domainstatus": "Cancelled",
                    "billingcycle": "Monthly", "domain": "a.example.jp", "regdate": "2018-01-02"}),
    ("tblhostingaddons", {"id": 21, "hostingid": 20, "userid": 0, "status": "Cancelled", "name": "IP",
                          "regdate": "2018-01-02"}),
    ("tbldomains", {"id": 22, "userid": TANAKA, "orderid": 10, "status": "EXPIRED ", "expirydate": "2019-06-30",
                    "domain": "a.example.jp", "registrationdate": "2018-01-02"}),
    ("tblcancelrequests", {"relid": 20, "date": "2019-02-01 00:00:00", "type": "Immediate"}),
    ("tblcancelrequests", {"relid": 20, "date": "2019-03-01 00:00:00", "type": "Immediate"}),
    ("tblinvoices", {"id": 30, "userid": TANAKA, "status": "Paid", "date": "2018-01-02", "duedate": "2018-01-16",
                     "datepaid": "2018-01-03 09:00:00", "subtotal": "10.00", "tax": "0.80", "tax2": "0.20",
                     "total": "0.00", "credit": "11.00"}),
    ("tblinvoiceitems", {"invoiceid": 30, "userid": TANAKA, "type": "Hosting", "relid": 20, "amount": "10.00"}),
    ("tblinvoicedata", {"invoice_id": 30, "data": "{}"}),
    ("tblaccounts", {"id": 40, "userid": TANAKA, "invoiceid": 30, "amountin": "11.00", "date": "2018-01-03 09:00:00"}),
    ("tbltickets", {"id": 50, "tid": "ABC-1", "userid": TANAKA, "status": "closed ", "date": "2018-02-01 00:00:00"}),
    ("tblticketreplies", {"tid": 50, "userid": TANAKA}),
    ("tblticketnotes", {"ticketid": 50}),
    ("tblticketlog", {"tid": 50, "action": "Closed"}),
    ("tblquotes", {"id": 60, "userid": TANAKA, "stage": "Accepted", "datecreated": "2018-01-01", "total": "10.00",
                   "dateaccepted": "2018-02-01"}),
    ("tblemails", {"userid": TANAKA, "subject": "Welcome", "to": "tanaka@example.jp"}),
    ("tblactivitylog", {"userid": TANAKA, "description": "Signed in"}),
    ("tblcredit", {"clientid": TANAKA, "amount": "5.00"}),
    ("tblnotes", {"userid": TANAKA, "note": "called"}),
    ("tblclientsfiles", {"userid": TANAKA, "title": "passport"}),
    ("tblmarketing_consent", {"userid": TANAKA, "opt_in": 1}),
    ("tblpaymethods", {"id": 80, "userid": TANAKA}),
    ("tblcreditcards", {"pay_method_id": 80, "last_four": "4242"}),
    # Tanaka is an affiliate who referred Schmidt's service 1; Schmidt is one who referred Tanaka's service 20.
    ("tblaffiliates", {"id": 70, "clientid": TANAKA, "balance": "12.50"}),
    ("tblaffiliatesaccounts", {"id": 71, "affiliateid": 70, "relid": 1}),
    ("tblaffiliatespending", {"affaccid": 71, "amount": "1.00"}),
    ("tblaffiliateshistory", {"affiliateid": 70, "affaccid": 71, "amount": "1.00"}),
    ("tblaffiliates", {"id": 72, "clientid": SCHMIDT, "balance": "-3.00"}),
    ("tblaffiliatesaccounts", {"id": 73, "affiliateid": 72, "relid": 20}),
    ("tblaffiliatespending", {"affaccid": 73, "amount": "2.00"}),
    # Schmidt: the number 1 is an order, a service, a domain, an invoice and a ticket, none of them Tanaka's.
    ("tblorders", {"id": 1, "ordernum": 2, "userid": SCHMIDT, "status": "Active", "date": "2019-01-01 00:00:00"}),
    ("tblhosting", {"id": 1, "userid": SCHMIDT, "orderid": 1, "domainstatus": "Active", "regdate": "2019-01-01"}),
    ("tbldomains", {"id": 1, "userid": SCHMIDT, "orderid": 1, "status": "Active", "expirydate": "2027-01-01"}),
    ("tblinvoices", {"id": 1, "userid": SCHMIDT, "status": "Unpaid", "date": "2019-01-01", "duedate": "2019-01-15",
                     "subtotal": "20.00", "total": "20.00"}),
    ("tblinvoiceitems", {"invoiceid": 1, "userid": SCHMIDT, "type": "Domain", "relid": 20, "amount": "20.00"}),
    ("tbltickets", {"id": 1, "tid": "ABC-2", "userid": SCHMIDT, "status": "Answered", "date": "2019-01-01 00:00:00"}),
    ("tblticketreplies", {"tid": 1, "userid": SCHMIDT}),
    # relid 1 and 20 mean a client, a service and a ticket, by the field's type.
    ("tblcustomfields", {"id": 1, "type": "client"}),
    ("tblcustomfields", {"id": 2, "type": "Product "}),
    ("tblcustomfields", {"id": 3, "type": "support"}),
    ("tblcustomfields", {"id": 4, "type": "addon"}),
    *(("tblcustomfieldsvalues", {"fieldid": field, "relid": relid, "value": f"{field} of {relid}"})
      for field in (1, 2, 3, 4, 5) for relid in (1, 20, 21, 50)),
    # A status that nobody mapped, and one that the operator made and explained.
    ("tblorders", {"id": 11, "ordernum": 3, "userid": ODD, "status": "On the moon", "date": "2020-01-01 00:00:00"}),
    ("tblorders", {"id": 12, "ordernum": 4, "userid": ODD, "status": "awaiting papers ",
                    "date": "2020-01-01 00:00:00"}),
    ("tblorderstatuses", {"title": " Awaiting Papers", "color": "#fff", "showpending": 1}),
    ("tblorderstatuses", {"title": "Silent", "color": "#fff"}),
    # Rows of a client that is gone.
    ("tblorders", {"id": 13, "ordernum": 5, "userid": ORPHAN, "status": "Fraud", "date": "2020-01-01 00:00:00"}),
)  # fmt: skip
