"""What a client is told about its requests: received, doubted, put off, refused, answered, and that its data is ready.

What a contact asks its client is not told. A deletion has messages of its own (work/asked.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection

from kigen.ledger import outbox, requests
from kigen.policy.mail_settings import WAY
from kigen.work.desk_entries import ERASURE, Entry, entries
from kigen.work.site import Site


def received(site: Site, connection: Connection, clients: Sequence[int]) -> int:
    """Write to these clients that each of their open requests came in, and by when it is answered; once each."""
    told = 0
    for one in entries(site, connection, clients) if clients else ():
        if one.is_open and one.linked is None and one.contact == requests.ITSELF and one.right != ERASURE:
            told += _put(site, connection, one, outbox.ASKED, date=one.deadline.due)
    return told


def identity(site: Site, connection: Connection, one: Entry, until: dt.datetime | None) -> None:
    """Ask who it is. Of a contact a person asks."""
    if one.contact == requests.ITSELF:
        _put(site, connection, one, outbox.IDENTITY, until=until)


def step(site: Site, connection: Connection, one: Entry, notice: str) -> None:
    """A step that was taken now; the words of its reason stay with the step, and are read when the message is sent."""
    if one.contact == requests.ITSELF:
        _put(site, connection, one, notice, date=one.deadline.due, step=site.now)


def waits_for_mail(
    site: Site, connection: Connection, one: Entry, bundle: int, expires: dt.datetime | None
) -> bool:  # fmt: skip
    """Write that a bundle is ready, where mail is set up: then the request is answered when that has left."""
    if not site.setting(connection, WAY) or one.contact != requests.ITSELF or expires is None:
        return False
    data = {"request": one.number, "bundle": bundle, "until": expires.isoformat()}
    outbox.put(connection, one.client, outbox.EXPORT_READY, data, site.now, about=f"{one.number} {bundle}")
    return True


def _put(site: Site, connection: Connection, one: Entry, notice: str, **instants: dt.datetime | None) -> bool:
    at = {name: at.isoformat() for name, at in instants.items() if at is not None}
    data = {"right": one.right, "received": one.received.isoformat(), **at}
    about = " ".join((one.right, one.received.isoformat(), at.get("step", ""), at.get("until", "")))
    return outbox.put(connection, one.client, notice, data, site.now, about=about.strip())
