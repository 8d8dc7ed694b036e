"""Requests about what a client stores for others, on its VPS or in its shop: passed on to it, and not carried out.

The client is the controller of that and answers (Article 3); kigen holds none of it. Who asked is not kept.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from kigen.ledger import marks, outbox, request_acts, requests
from kigen.policy import desk
from kigen.policy.deadlines import EU, regime_of
from kigen.work.desk import entry
from kigen.work.site import Site


def open_and_pass_on(
    site: Site, connection: Connection, client: int, right: str, received: dt.datetime, regime: str | None,
    told: dict[str, str],
) -> int:  # fmt: skip
    """Note such a request and tell the client of it; returns its number, of a known one the same.

    Raises ValueError for an instant that lies ahead or that is one of the client's own requests.
    """
    if received > site.now:
        raise ValueError("--received lies in the future; expected when it came in")
    accounts = site.host.accounts(connection, [client])
    country = next((account.client.country for account in accounts if account.client), "")
    number = requests.pass_on(connection, client, right, received, regime or regime_of(country) or EU)
    if number is None:
        raise ValueError("the client itself asked for the same at that very instant; expected another --received")
    _note(site, connection, client, right, received, told)
    return number


def pass_on(site: Site, connection: Connection, number: int) -> None:
    """Close an open request that turned out to be about what the client stores for others, and none beside it."""
    one = entry(site, connection, number)
    if one.contact:
        raise ValueError("a contact asks about its own data, and nobody else is to answer that")
    requests.close_one(connection, number, site.now, desk.after(one.state, desk.PASS_ON))
    _note(site, connection, one.client, one.right, site.now, {})
    marks.mark(connection, [one.client])


def _note(
    site: Site, connection: Connection, client: int, right: str, at: dt.datetime, told: dict[str, str]
) -> None:  # fmt: skip
    method, source = told.get("method"), told.get("source")
    request_acts.write(
        connection, client, right, desk.PASS_ON, at, actor=site.actor, method=method, source=source
    )  # fmt: skip
    outbox.put_passed_on(connection, client, right, at)
