"""Messages that wait to be sent: written in the transaction of what they tell, once each, without anything personal.

A message is a notice's code with codes, dates and numbers of records; words and address are found when it is sent. Only
one to an address that the platform has no more holds it: the last message to a person, and what a former address is
told. Such a one is gone once it was sent.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, or_, select

from kigen.ledger.bulk import add, batches, written
from kigen.ledger.tables_requests import outbox as table

RECEIVED, SIGNED_IN, BLOCKED = "deletion-received", "deletion-sign-in", "deletion-blocked"
WITHDRAWN, DONE, PARTLY_KEPT = "deletion-withdrawn", "deletion-done", "deletion-partly-kept"
FORMER, DELAYED, PASSED_ON = "deletion-former-address", "deletion-delayed", "request-passed-on"
LAST = (DONE, PARTLY_KEPT)
"""Messages after which there is no address to be found any more."""

REMINDER, EXPORT_READY, WARNING = "deletion-reminder", "export-ready", "retention-warning"
ASKED, IDENTITY = "request-received", "request-identity"
EXTENDED, REFUSED, FULFILLED = "request-extended", "request-refused", "request-fulfilled"

WAITING, SENDING, SENT = "waiting", "sending", "sent"
UNSURE, DEAD, BOUNCED, DROPPED = "unsure", "given-up", "bounced", "not-needed"
"""Whether it left nobody knows; it was tried in vain; it came back; it was not to be sent any more."""


def put(
    connection: Connection, client: int, notice: str, data: Mapping[str, Any], at: dt.datetime,
    address: str | None = None, language: str | None = None, about: str | None = None, purpose: str | None = None,
) -> bool:  # fmt: skip
    """Write a message to a client; False where the same was written before.

    The same is: this client, this notice and `about`; where that is not given, the data. `data` holds what JSON can.
    One with a `purpose` goes out only while the client consents to that.
    """
    told = json.dumps(data, sort_keys=True, separators=(",", ":"))
    digest = _digest(client, notice, about or told)
    if connection.scalar(select(table.c.id).where(table.c.digest == digest)) is not None:
        return False
    connection.execute(
        insert(table).values(
            client=client, notice=notice, address=address, language=language, data=told, created_at=at, state=WAITING,
            digest=digest, purpose=purpose,
        )
    )  # fmt: skip
    return True


def put_many(
    connection: Connection, notice: str, messages: Iterable[tuple[int, Mapping[str, Any], str]], at: dt.datetime,
    purpose: str | None = None,
) -> int:  # fmt: skip
    """Write messages of one notice: client, data and what it is about. How many are new, as `put` says it."""
    names = ("client", "notice", "data", "created_at", "state", "digest", "purpose")
    rows = [
        (client, notice, json.dumps(data, sort_keys=True, separators=(",", ":")), written(at), WAITING,
         _digest(client, notice, about), purpose)
        for client, data, about in messages
    ]  # fmt: skip
    return add(connection, table, names, rows)


def put_passed_on(connection: Connection, client: int, right: str, at: dt.datetime) -> bool:
    """Tell a client that somebody asked about what it stores for others: it is the controller of that (Article 3)."""
    return put(connection, client, PASSED_ON, {"received": at.isoformat(), "right": right}, at)


def is_told(connection: Connection, client: int, notice: str, about: str) -> bool:
    """Whether this was written to a client before, sent or not."""
    mine = table.c.digest == _digest(client, notice, about)
    return connection.scalar(select(table.c.id).where(mine)) is not None


def _digest(client: int, notice: str, about: str) -> str:
    return hashlib.sha256(json.dumps([client, notice, about]).encode()).hexdigest()


def of(connection: Connection, client: int) -> list[Row[Any]]:
    """All messages to a client, the oldest first."""
    return list(connection.execute(select(table).where(table.c.client == client).order_by(table.c.id)))


def last(connection: Connection, client: int, notice: str) -> dict[str, Any] | None:
    """The data of the message of this notice that was written last; None where there is none."""
    mine = and_(table.c.client == client, table.c.notice == notice)
    told = connection.scalar(select(table.c.data).where(mine).order_by(table.c.id.desc()).limit(1))
    return dict(json.loads(told)) if told is not None else None


def die_with(connection: Connection, clients: Iterable[int]) -> None:
    """Delete the messages of clients that are gone, but for the last one while it has its own address."""
    for batch in batches(sorted(set(clients))):
        is_over = or_(table.c.address.is_(None), table.c.notice.not_in(LAST))
        connection.execute(delete(table).where(and_(table.c.client.in_(batch), is_over)))


def forget_former(connection: Connection, clients: Iterable[int]) -> None:
    """Delete what is addressed to former addresses of clients that are erased now, sent or not."""
    for batch in batches(sorted(set(clients))):
        connection.execute(delete(table).where(and_(table.c.client.in_(batch), table.c.notice == FORMER)))
