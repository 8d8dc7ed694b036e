"""Clients and records of WHMCS that a run deletes and `undo` brings back, and how the platform is compared."""

from __future__ import annotations

from typing import Any

from kigen.work.swept import Swept
from tests.work.billing import Billing, everything

EMAIL = "taro.yamada@example.jp"
LETTER = "It's \\ 100% 'broken'\n日本語 😀"


def platform(billing: Billing) -> dict[str, list[tuple[Any, ...]]]:
    """Every column of every row that is the platform's own."""
    with billing.site.reading() as connection:
        return everything(connection, but="kigen_|sqlite_")


def due_client(billing: Billing, number: int, email: str = EMAIL) -> None:
    """A client that is due, with orders, services, tickets with replies, mails, custom fields and a contact."""
    billing.idle_client(number)
    ten = number * 10
    billing.run(f"UPDATE tblclients SET email = '{email}', firstname = '太郎' WHERE id = {number}")
    billing.add("tblorders", id=ten, ordernum=ten, userid=number, status="Cancelled", date="2012-01-01 10:00:00")
    billing.add("tblhosting", id=ten, userid=number, orderid=ten, domainstatus="Terminated", regdate="2011-01-01",
                domain="taro.example")  # fmt: skip
    billing.add("tblhostingaddons", id=ten, hostingid=ten, userid=number, orderid=ten, status="Terminated",
                regdate="2011-01-01")  # fmt: skip
    billing.add("tblinvoiceitems", id=ten, invoiceid=ten, userid=number, type="Hosting", relid=ten, amount="10.00",
                description="Hosting")  # fmt: skip
    billing.add("tbltickets", id=ten, userid=number, tid=f"B{ten}", date="2012-01-01 00:00:00", status="Closed",
                title="Help", message=LETTER)  # fmt: skip
    billing.add("tblticketreplies", id=ten, tid=ten, userid=number, date="2012-01-02 00:00:00", message="done")
    billing.add("tblemails", id=ten, userid=number, subject="Hello", message="text", date="2012-01-01 00:00:00",
                to=email)  # fmt: skip
    billing.add("tblcontacts", id=ten, userid=number, email=f"contact.{email}", firstname="Hanako")


def due_records(billing: Billing) -> None:
    """Of the live client 1 a record of each kind that a rule of its own deletes, with what goes along."""
    old = "2015-01-01"
    billing.add("tblorders", id=21, ordernum=21, userid=1, status="Cancelled", date=f"{old} 10:00:00", notes=LETTER)
    billing.add("tbldomains", id=21, userid=1, orderid=21, status="Cancelled", domain="old.example",
                registrationdate=old, updated_at=f"{old} 00:00:00")  # fmt: skip
    billing.add("tblhosting", id=22, userid=1, orderid=0, domainstatus="Terminated", regdate=old,
                termination_date=old, updated_at=f"{old} 00:00:00", domain="22.example")  # fmt: skip
    billing.add("tblhostingaddons", id=22, hostingid=22, userid=1, orderid=0, status="Terminated", regdate=old)
    billing.add("tbldomains", id=23, userid=1, orderid=0, status="Expired", domain="23.example", expirydate=old,
                registrationdate="2010-01-01")  # fmt: skip
    billing.add("tblinvoices", id=24, userid=1, status="Cancelled", date=old, duedate=old, subtotal="9.99",
                total="9.99", notes=LETTER)  # fmt: skip
    billing.add("tblinvoiceitems", id=24, invoiceid=24, userid=1, type="", description="x", amount="9.99")


def stays_kept(billing: Billing) -> Billing:
    """Client 3 is due with all that goes along; client 1 stays and quotes its address; 30 days of quarantine."""
    billing.live_client()
    due_client(billing, 3)
    billing.add("tbltickets", id=41, userid=1, tid="A41", date="2026-01-01 00:00:00", status="Closed", title="Re",
                message=f"Ask {EMAIL} about it")  # fmt: skip
    billing.set(quarantine__term="30 days")
    return billing


def swept_away(billing: Billing) -> Swept:
    """The run that deletes client 3."""
    swept = billing.sweep()
    assert swept.done == {"delete": {"client": 1}}, (swept.failures, swept.warnings, swept.kept)
    assert billing.ids("tblclients") == [1] and billing.ids("tblorders") == []
    return swept
