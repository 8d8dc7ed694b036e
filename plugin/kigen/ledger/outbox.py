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

from sqlalchemy import Connection, Row, and_, delete, insert, or_, select, update

from kigen.ledger.bulk import batches
from kigen.ledger.tables_requests import outbox as table

RECEIVED, SIGNED_IN, BLOCKED = "deletion-received", "deletion-sign-in", "deletion-blocked"
WITHDRAWN, DONE, PARTLY_KEPT = "deletion-withdrawn", "deletion-done", "deletion-partly-kept"
FORMER, DELAYED, PASSED_ON = "deletion-former-address", "deletion-delayed", "request-passed-on"
LAST = (DONE, PARTLY_KEPT)
"""Messages after which there is no address to be found any more."""

WAITING, SENT = "waiting", "sent"


def put(
    connection: Connection, client: int, notice: str, data: Mapping[str, Any], at: dt.datetime,
    address: str | None = None, language: str | None = None, about: str | None = None,
) -> bool:  # fmt: skip
    """Write a message to a client; False where the same was written before.

    The same is: this client, this notice and `about`; where that is not given, the data. `data` holds what JSON can.
    """
    told = json.dumps(data, sort_keys=True, separators=(",", ":"))
    digest = _digest(client, notice, about or told)
    if connection.scalar(select(table.c.id).where(table.c.digest == digest)) is not None:
        return False
    connection.execute(
        insert(table).values(
            client=client, notice=notice, address=address, language=language, data=told, created_at=at, state=WAITING,
            digest=digest,
        )
    )  # fmt: skip
    return True


def put_passed_on(connection: Connection, client: int, right: str, at: dt.datetime) -> bool:
    """Tell a client that somebody asked about what it stores for others: it is the controller of that (Article 3)."""
    return put(connection, client, PASSED_ON, {"received": at.isoformat(), "right": right}, at)


def is_told(connection: Connection, client: int, notice: str, about: str) -> bool:
    """Whether this was written to a client before, sent or not."""
    mine = table.c.digest == _digest(client, notice, about)
    return connection.scalar(select(table.c.id).where(mine)) is not None


def _digest(client: int, notice: str, about: str) -> str:
    return hashlib.sha256(json.dumps([client, notice, about]).encode()).hexdigest()


def waiting(connection: Connection, limit: int = 1000) -> list[Row[Any]]:
    """Messages that were not sent yet, the oldest first."""
    query = select(table).where(table.c.state == WAITING).order_by(table.c.id).limit(limit)
    return list(connection.execute(query))


def of(connection: Connection, client: int) -> list[Row[Any]]:
    """All messages to a client, the oldest first."""
    return list(connection.execute(select(table).where(table.c.client == client).order_by(table.c.id)))


def last(connection: Connection, client: int, notice: str) -> dict[str, Any] | None:
    """The data of the message of this notice that was written last; None where there is none."""
    mine = and_(table.c.client == client, table.c.notice == notice)
    told = connection.scalar(select(table.c.data).where(mine).order_by(table.c.id.desc()).limit(1))
    return dict(json.loads(told)) if told is not None else None


def sent(connection: Connection, numbers: Iterable[int]) -> None:
    """Note that messages were sent; one with an address of its own is deleted, for nothing else holds that any more."""
    for batch in batches(sorted(set(numbers))):
        mine = table.c.id.in_(batch)
        connection.execute(delete(table).where(and_(mine, table.c.address.is_not(None))))
        connection.execute(update(table).where(mine).values(state=SENT))


def die_with(connection: Connection, clients: Iterable[int]) -> None:
    """Delete the messages of clients that are gone, but for the last one that has its own address and was not sent."""
    for batch in batches(sorted(set(clients))):
        is_over = or_(table.c.address.is_(None), table.c.state != WAITING, table.c.notice.not_in(LAST))
        connection.execute(delete(table).where(and_(table.c.client.in_(batch), is_over)))


def forget_former(connection: Connection, clients: Iterable[int]) -> None:
    """Delete what is addressed to former addresses of clients that are erased now, sent or not."""
    for batch in batches(sorted(set(clients))):
        connection.execute(delete(table).where(and_(table.c.client.in_(batch), table.c.notice == FORMER)))
