"""What a bridge would have reported of the demo world: its last two years as events, late, shuffled and partly twice.

Everything is read from the host's own rows, so the events agree with the tables: what has a date column from there,
changes of state from the activity log. A closing of a client's account is reported however old it is, because no
column holds it: so the bridge hands over at installation what the log still knows.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, Engine, text

from kigen.demo.times import TOKYO, local

Event = dict[str, Any]

# Activity log text -> event. A client's own id is in the row; an event about the client names it as its record too.
LOGGED = {
    "New client registered - Client ID": ("client_registered", "client"),
    "Client area sign-in - User ID": ("client_signed_in", "client"),
    "Client status set to Closed - Client ID": ("client_archived", "client"),
    "Account deletion requested - Client ID": ("deletion_requested", "client"),
    "Contact added - Contact ID": ("contact_added", "contact"),
    "New order placed - Order ID": ("order_created", "order"),
    "Order saved as draft - Order ID": ("order_drafted", "order"),
    "Order accepted - Order ID": ("order_accepted", "order"),
    "Order status set to Cancelled - Order ID": ("order_cancelled", "order"),
    "Order status set to Fraud - Order ID": ("order_marked_fraud", "order"),
    "Module Create successful - Service ID": ("service_activated", "service"),
    "Module Suspend successful - Service ID": ("service_suspended", "service"),
    "Module Terminate successful - Service ID": ("service_terminated", "service"),
    "Service status set to Cancelled - Service ID": ("service_cancelled", "service"),
    "Service moved to this client - Service ID": ("service_changed", "service"),
    "Domain registered successfully - Domain ID": ("domain_registered", "domain"),
    "Domain renewed successfully - Domain ID": ("domain_renewed", "domain"),
    "Domain status set to Expired - Domain ID": ("domain_expired", "domain"),
    "Domain status set to Cancelled - Domain ID": ("domain_cancelled", "domain"),
    "Domain transferred away - Domain ID": ("domain_transferred", "domain"),
}
# event, kind, a query that gives at, client, id and the columns that become data
READ = (
    ("invoice_created", "invoice", "SELECT created_at AS at, userid AS client, id, duedate AS due FROM tblinvoices"),
    ("invoice_paid", "invoice", "SELECT datepaid AS at, userid AS client, id FROM tblinvoices"),
    ("invoice_cancelled", "invoice", "SELECT date_cancelled AS at, userid AS client, id FROM tblinvoices"),
    ("invoice_refunded", "invoice", "SELECT date_refunded AS at, userid AS client, id FROM tblinvoices"),
    (
        "payment_received", "payment",
        "SELECT date AS at, userid AS client, id, amountin AS amount, invoiceid AS invoice FROM tblaccounts"
        " WHERE amountin > 0",
    ),
    (
        "payment_reversed", "payment",
        # A payment of which only a part was given back still counts.
        "SELECT r.date AS at, r.userid AS client, p.id, r.amountout AS amount, p.invoiceid AS invoice"
        " FROM tblaccounts r JOIN tblaccounts p ON p.id = r.refundid WHERE r.amountout >= p.amountin",
    ),
    ("ticket_opened", "ticket", "SELECT date AS at, userid AS client, id FROM tbltickets"),
    (
        "ticket_replied", "ticket",
        "SELECT r.date AS at, t.userid AS client, t.id FROM tblticketreplies r JOIN tbltickets t ON t.id = r.tid",
    ),
    (
        "ticket_closed", "ticket",
        "SELECT l.date AS at, t.userid AS client, t.id FROM tblticketlog l JOIN tbltickets t ON t.id = l.tid"
        " WHERE l.action LIKE '%Closed'",
    ),
    (
        "commission_approved", "commission",
        "SELECT h.date AS at, f.clientid AS client, h.id, a.relid AS service, h.amount FROM tblaffiliateshistory h"
        " JOIN tblaffiliatesaccounts a ON a.id = h.affaccid JOIN tblaffiliates f ON f.id = h.affiliateid",
    ),
    (
        "consent_given", "consent",
        "SELECT created_at AS at, userid AS client, id, 'marketing' AS purpose, 'privacy-policy' AS notice"
        " FROM tblmarketing_consent WHERE opt_in = 1",
    ),
    (
        "cancellation_requested", "service",
        "SELECT c.date AS at, h.userid AS client, h.id, c.type FROM tblcancelrequests c"
        " JOIN tblhosting h ON h.id = c.relid",
    ),
)  # fmt: skip
_LOG_LINE = re.compile(r"^(.+ ID): (\d+)$")


def events(engine: Engine, *, now: datetime, seed: int = 1, days: int = 730) -> Iterator[Event]:
    """The events of the last `days` days before `now`, in the shape of contract.md, ready for NDJSON.

    The order is that of arrival: most within hours, a few after days; one in a hundred comes twice.
    """
    end = local(now)
    start = end - timedelta(days=days)
    with engine.connect() as connection:
        happened = [*_from_log(connection, start, end), *_from_columns(connection, start, end)]
    happened.sort(key=lambda item: (item[0], item[1]["event"], item[1]["id"]))
    rng, arrived = Random(seed), []
    for at, event in happened:
        for _ in range(2 if rng.random() < 0.01 else 1):
            delay = timedelta(days=rng.randint(1, 4)) if rng.random() < 0.02 else timedelta(minutes=rng.randint(0, 180))
            arrived.append((at + delay, event))
    arrived.sort(key=lambda item: item[0])
    for _, event in arrived:
        yield dict(event)


def _from_log(connection: Connection, start: datetime, end: datetime) -> Iterator[tuple[datetime, Event]]:
    for date, words, client in connection.execute(text("SELECT date, description, userid FROM tblactivitylog")):
        line = _LOG_LINE.match(words)
        if line is None or line[1] not in LOGGED:
            continue
        event, kind = LOGGED[line[1]]
        at = _moment(date)
        if at is not None and at <= end and (at > start or event == "client_archived"):
            yield at, _event(event, at, client, kind, client if kind == "client" else int(line[2]), {})


def _from_columns(connection: Connection, start: datetime, end: datetime) -> Iterator[tuple[datetime, Event]]:
    for event, kind, query in READ:
        for row in connection.execute(text(query)).mappings():
            data = dict(row)
            at = _moment(data.pop("at"))
            if at is not None and start < at <= end:
                yield at, _event(event, at, data.pop("client"), kind, data.pop("id"), _plain(data))


def _event(event: str, at: datetime, client: int, kind: str, number: int, data: dict[str, Any]) -> Event:
    stamp = at.replace(tzinfo=TOKYO).isoformat()
    return {"event": event, "at": stamp, "client": client, "kind": kind, "id": number, "data": data}


def _moment(value: object) -> datetime | None:
    """A column's date-time, whatever the driver gives for it; None for zero and NULL."""
    if value is None or str(value).startswith("0000"):
        return None
    return datetime.fromisoformat(str(value))


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """Amounts as text with two places, dates as text, alike on every engine."""
    amounts = {"amount": f"{data['amount']:.2f}"} if "amount" in data else {}
    return {k: v if isinstance(v, int) else str(v) for k, v in data.items()} | amounts
