"""The small installation with more clients, so that several processes find work: a piece of the run for each client."""

from __future__ import annotations

from pathlib import Path

from kigen.policy.records import Kind
from tests.chaos import small
from tests.chaos.small import OLD
from tests.chaos.stage import Stage
from tests.support.mariadb import MariaDB
from tests.work.billing import Billing

NEIGHBOURS = range(61, 69)
"""Clients with a live service; in the orders of each are items of the next one, who may be in another's piece."""

HELD = 67
PIECES = {"width": 1, "records": 1}
"""How a run of these tests is cut: a piece for every client, so that there is always one to take."""


def crowd_stage(url: str, folder: Path, server: MariaDB) -> Stage:
    """The installation, with events that wait."""
    billing = Billing(url, folder / "state")
    small.fill(billing)
    for client in NEIGHBOURS:
        _neighbour(billing, client, NEIGHBOURS[(client - NEIGHBOURS[0] + 1) % len(NEIGHBOURS)])
    billing.hold_on(Kind.ORDER, HELD * 100 + 1)
    small.put_events(billing, small.events())
    billing.site.engine.dispose()
    return Stage(url, folder, server)


def _neighbour(billing: Billing, client: int, following: int) -> None:
    """Two orders whose items are its own, and one with an item of the next client, which keeps that order."""
    billing.live_client(client)
    base = client * 100
    for number in (base + 1, base + 2, base + 3):
        billing.add("tblorders", id=number, ordernum=number, userid=client, status="Cancelled", date=OLD)
        owner = following if number == base + 3 else client
        billing.add("tblhosting", id=number, orderid=number, userid=owner, domainstatus="Terminated",
                    regdate="2019-01-01", termination_date="2019-06-01")  # fmt: skip
        billing.add("tblcustomfieldsvalues", id=number, fieldid=2, relid=number, value="root")
    billing.add("tblinvoices", id=base, userid=client, status="Cancelled", date="2020-01-01", duedate="2020-01-15",
                subtotal="9.00", total="9.00")  # fmt: skip
    billing.add("tblinvoiceitems", id=base, invoiceid=base, userid=client, type="", amount="9.00")
    billing.add("tbldomains", id=base, orderid=base + 2, userid=client, domain=f"d{base}.example.jp", status="Expired",
                registrationdate="2018-01-01", expirydate="2020-01-01")  # fmt: skip
