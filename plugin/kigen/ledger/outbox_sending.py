"""How a message leaves, once: claimed by a commit of its own, sent, and noted with what the server answered.

What was claimed and never noted may have left: such a one is unsure, and nobody sends it again but a person. No address
outlives the sending, and no word of the server is kept, which may repeat it.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, or_, select, update

from kigen.ledger.outbox import BOUNCED, DEAD, DROPPED, LAST, SENDING, SENT, UNSURE, WAITING
from kigen.ledger.tables_requests import outbox as table


def waiting(connection: Connection, now: dt.datetime, limit: int = 1000, after: int = 0) -> list[Row[Any]]:
    """Messages whose time has come, the oldest first, with numbers above `after`."""
    is_time = or_(table.c.next_at.is_(None), table.c.next_at <= now)
    mine = and_(table.c.state == WAITING, table.c.id > after, is_time)
    return list(connection.execute(select(table).where(mine).order_by(table.c.id).limit(limit)))


def claim(connection: Connection, number: int, message_id: str, now: dt.datetime) -> bool:
    """Take a message to be sent; False where it is gone, or somebody else has it. To be committed before it is sent."""
    mine = and_(table.c.id == number, table.c.state == WAITING)
    values = {"state": SENDING, "claimed_at": now, "message_id": message_id}
    return connection.execute(update(table).where(mine).values(**values)).rowcount == 1


def sent(connection: Connection, number: int, at: dt.datetime, answer: str) -> None:
    """Note that the server took it. The last message loses its address; one to a former address goes as a whole."""
    mine = table.c.id == number
    connection.execute(delete(table).where(mine, table.c.address.is_not(None), table.c.notice.not_in(LAST)))
    values = {"state": SENT, "sent_at": at, "answer": answer, "why": None, "next_at": None, "address": None}
    connection.execute(update(table).where(mine).values(tries=func.coalesce(table.c.tries, 0) + 1, **values))


def put_off(
    connection: Connection, number: int, until: dt.datetime, why: str, answer: str, is_try: bool = True
) -> None:
    """Let a message wait for its next try; what is no fault of its own is no try."""
    values = {"state": WAITING, "next_at": until, "why": why, "answer": answer or None, "claimed_at": None}
    tries = func.coalesce(table.c.tries, 0) + int(is_try)
    connection.execute(update(table).where(table.c.id == number).values(tries=tries, **values))


def release(connection: Connection, number: int) -> None:
    """Give back what was claimed and surely did not leave; it waits as it did."""
    values = {"state": WAITING, "claimed_at": None, "message_id": None}
    connection.execute(update(table).where(table.c.id == number, table.c.state == SENDING).values(**values))


def end(connection: Connection, number: int, state: str, why: str, answer: str = "") -> None:
    """Note that a message is given up, not needed, or unsure, and why.

    A last message that was given up keeps its address, so that a person can send it again, until own.addresses is over.
    """
    values = {"state": state, "why": why, "answer": answer or None, "next_at": None}
    connection.execute(update(table).where(table.c.id == number).values(**values))


def drop(connection: Connection, number: int) -> None:
    """Delete a message that is not to be sent now, so that it may be written again."""
    connection.execute(delete(table).where(table.c.id == number))


def left_behind(connection: Connection) -> int:
    """What a process claimed and never noted is unsure from now on. Only for whoever holds the lease of mail."""
    mine = table.c.state == SENDING
    return connection.execute(update(table).where(mine).values(state=UNSURE, why="interrupted")).rowcount


def unsettled(connection: Connection, notice: str, before: dt.datetime) -> list[int]:
    """Delete the unsure messages of a notice that were handed over before an instant, so that they may be written anew;
    to which clients they were."""
    mine = and_(table.c.state == UNSURE, table.c.notice == notice, table.c.claimed_at < before)
    clients = sorted(set(connection.scalars(select(table.c.client).where(mine))))
    if clients:
        connection.execute(delete(table).where(mine))
    return clients


def again(connection: Connection, number: int) -> None:
    """Have a message sent again on a person's word; ValueError where it is not one that ended without being sent."""
    row = get(connection, number)
    if row is None or row.state not in (UNSURE, DEAD, BOUNCED):
        said = f"is {row.state}" if row is not None else "is not there"
        raise ValueError(f"message {number} {said}; expected one that is unsure, given up or bounced")
    if row.notice in LAST and row.address is None:
        raise ValueError(f"message {number} was the last one, and its address is gone; nobody can send it again")
    values = {"state": WAITING, "tries": None, "next_at": None, "why": None, "answer": None, "message_id": None}
    connection.execute(update(table).where(table.c.id == number).values(bounced_at=None, sent_at=None, **values))


def bounced(connection: Connection, message_id: str, at: dt.datetime, answer: str) -> Row[Any] | None:
    """Note that a message came back; it as it was before, None where no message has this id or it came back already."""
    mine = and_(table.c.message_id == message_id, table.c.state.in_((SENT, UNSURE, SENDING)))
    row = connection.execute(select(table).where(mine)).first()
    if row is not None:
        values = {"state": BOUNCED, "bounced_at": at, "answer": answer or None, "why": "bounced"}
        connection.execute(update(table).where(table.c.id == row.id).values(**values))
    return row


def get(connection: Connection, number: int) -> Row[Any] | None:
    """One message by its number."""
    return connection.execute(select(table).where(table.c.id == number)).first()


def listed(connection: Connection, states: tuple[str, ...], limit: int = 1000) -> list[Row[Any]]:
    """Messages in these states, the newest first."""
    mine = table.c.state.in_(states)
    return list(connection.execute(select(table).where(mine).order_by(table.c.id.desc()).limit(limit)))


def counted(connection: Connection) -> list[tuple[str, str, str | None, int, int, dt.datetime]]:
    """By state, notice and why: how many messages, the lowest number, and when the oldest was written.

    What was sent, and what was not needed, is left out.
    """
    by = (table.c.state, table.c.notice, table.c.why)
    mine = table.c.state.not_in((SENT, DROPPED))
    query = select(*by, func.count(), func.min(table.c.id), func.min(table.c.created_at)).where(mine).group_by(*by)
    return [tuple(row) for row in connection.execute(query.order_by(*by))]


def data_of(row: Row[Any]) -> dict[str, Any]:
    """What a message tells."""
    return dict(json.loads(row.data))
