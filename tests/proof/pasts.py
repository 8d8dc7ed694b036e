"""Decides what clients had done before kigen came: a few plain pasts, so that terms of years end in a short life."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.proof.life import Life


def a_client(life: Life, registered: str, **values: Any) -> int:
    number = life.add("tblclients", datecreated=registered, country="JP", created_at=f"{registered} 09:00:00", **values)
    user = life.add("tblusers", email=f"u{number}@example.jp")
    life.add("tblusers_clients", auth_user_id=user, client_id=number, owner=1)
    life.add("tblcontacts", userid=number)
    return number


def paid(life: Life, client: int, day: str, order: int = 0) -> None:
    """An invoice paid on that day by a payment of its own."""
    invoice = life.add("tblinvoices", userid=client, status="Paid", date=day, duedate=day, datepaid=f"{day} 12:00:00",
                       subtotal="100.00", total="100.00")  # fmt: skip
    life.add("tblaccounts", userid=client, invoiceid=invoice, amountin="100.00", date=f"{day} 12:00:00")
    if order:
        life.set("tblorders", order, invoiceid=invoice)


def one_who_paid_long_ago(life: Life) -> None:
    paid(life, a_client(life, "2009-02-28"), "2012-08-31")


def one_who_paid_last_year(life: Life) -> None:
    paid(life, a_client(life, "2019-05-01"), "2024-08-31")


def one_archived_long_ago(life: Life) -> None:
    """Closed by staff before kigen came: its archival is when it was first seen."""
    paid(life, a_client(life, "2009-02-28", status="Closed"), "2011-03-31")


def one_who_only_registered(life: Life) -> None:
    a_client(life, "2025-10-31", status="Inactive")


def one_with_something_live(life: Life) -> None:
    client = a_client(life, "2015-01-01")
    order = life.add("tblorders", userid=client, status="Active", date="2015-01-01 10:00:00")
    service = life.add("tblhosting", userid=client, orderid=order, domainstatus="Active", regdate="2015-01-01")
    life.add("tblhostingaddons", hostingid=service, status="Active")
    life.add("tbldomains", userid=client, orderid=order, status="Active", registrationdate="2015-01-01",
             expirydate="2026-12-31")  # fmt: skip
    paid(life, client, "2025-01-31", order)


def one_who_left(life: Life) -> None:
    client = a_client(life, "2016-02-29")
    order = life.add("tblorders", userid=client, status="Cancelled", date="2025-02-10 10:00:00")
    life.add("tblhosting", userid=client, orderid=order, domainstatus="Terminated", termination_date="2025-03-31")
    life.add("tblhosting", userid=client, domainstatus="Cancelled", termination_date="2025-08-31")
    life.add("tbldomains", userid=client, orderid=order, status="Expired", expirydate="2025-10-31")
    life.add("tbldomains", userid=client, status="Cancelled", expirydate="2025-10-31")
    life.add("tblinvoices", userid=client, status="Cancelled", date="2025-01-31", duedate="2025-02-14", total="9.00")
    paid(life, client, "2024-12-31")


def one_who_never_bought(life: Life) -> None:
    client = a_client(life, "2025-06-30")
    for status, created in (("Fraud", "2024-02-29"), ("Pending", "2025-08-10"), ("Draft", "2026-01-10")):
        order = life.add("tblorders", userid=client, status=status, date=f"{created} 10:00:00")
        life.add("tblhosting", userid=client, orderid=order, domainstatus="Pending", regdate=created)


PASTS: dict[str, Callable[[Life], None]] = {
    past.__name__.replace("_", " "): past
    for past in (
        one_with_something_live, one_who_paid_long_ago, one_who_left, one_who_only_registered, one_who_never_bought,
        one_who_paid_last_year, one_archived_long_ago,
    )
}  # fmt: skip
