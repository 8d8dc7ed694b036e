"""What counts once, whichever process saw it first and however often it was started since: a row under a unique key."""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy import Connection, delete, select

from kigen.ledger.bulk import add, written
from kigen.ledger.tables_once import once

_NAMES = ("digest", "content", "ends_at")


def take(connection: Connection, value: str, content: str, ends: dt.datetime) -> str | None:
    """Take a value for its one use, in the caller's transaction. None: it is new; else what came with it before.

    A second process waits here until the transaction of the first has ended.
    """
    digest = hashlib.sha256(value.encode()).hexdigest()
    if add(connection, once, _NAMES, [(digest, content, written(ends))]):
        return None
    # A shared lock: all who came too late have one already, and for another they would wait for each other.
    known = connection.scalar(select(once.c.content).where(once.c.digest == digest).with_for_update(read=True))
    return str(known or "")


def forget(connection: Connection, now: dt.datetime) -> int:
    """Let go of what has ended; how many rows that were."""
    return connection.execute(delete(once).where(once.c.ends_at <= now)).rowcount
