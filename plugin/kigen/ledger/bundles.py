"""Each bundle that was made for a client: who had it made and when, what became of it, and until when its file is kept.

A row is written before the file is begun, so that one left behind by a killed process is found; it holds no data of the
client, only its number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from kigen.ledger.bulk import batches
from kigen.ledger.tables_bundles import bundles as table
from kigen.ledger.tables_bundles import links

MAKING, WHOLE, INCOMPLETE, FAILED, GONE = "making", "whole", "incomplete", "failed", "gone"

EXPIRED, ERASED, REPLACED, REMOVED, MOVED = "expired", "client-erased", "replaced", "removed", "not-there"
"""Why a file is gone; the last: it was no more where it had been written, or was another file."""


def begin(
    connection: Connection, client: int, kind: str, language: str, at: dt.datetime, by: str, path: str,
    is_own: bool = False, is_encrypted: bool = False, contact: int = 0,
) -> int:  # fmt: skip
    """Note that a bundle is being made; its number."""
    values = {"client": client, "kind": kind, "language": language, "made_at": at, "made_by": by, "path": path}
    values["contact"] = contact
    flags = {"is_own": is_own, "is_encrypted": is_encrypted}
    made = connection.execute(insert(table).values(**values, **flags, state=MAKING))
    (number,) = made.inserted_primary_key or (0,)
    return int(number)


def finish(
    connection: Connection, number: int, path: str, parts: int, size: int, digest: str, problems: Iterable[str],
    expires: dt.datetime | None, at: dt.datetime,
) -> None:  # fmt: skip
    """Note that its file is there. What was written to the same place before is gone by that."""
    told = "\n".join(problems)
    same = and_(table.c.path == path, table.c.id != number)
    connection.execute(update(table).where(same).values(state=GONE, gone_at=at, gone_why=REPLACED, path=None))
    connection.execute(
        update(table).where(table.c.id == number).values(
            state=INCOMPLETE if told else WHOLE, path=path, parts=parts, size=size, digest=digest,
            problems=told or None, expires_at=expires,
        )
    )  # fmt: skip


def fail(connection: Connection, number: int, at: dt.datetime) -> None:
    """Note that nothing came of it, and nothing of it is left."""
    values = {"state": FAILED, "gone_at": at, "path": None}
    connection.execute(update(table).where(table.c.id == number).values(**values))


def get(connection: Connection, number: int) -> Row[Any] | None:
    """One bundle by its number."""
    return connection.execute(select(table).where(table.c.id == number)).one_or_none()


def listed(connection: Connection, client: int | None = None) -> list[Row[Any]]:
    """Bundles of a client, or of all, the newest first."""
    query = select(table).order_by(table.c.id.desc())
    return list(connection.execute(query if client is None else query.where(table.c.client == client)))


def made_since(connection: Connection, client: int, since: dt.datetime) -> int:
    """How many a client had made itself since an instant, or is having made; what failed does not count."""
    mine = and_(table.c.client == client, table.c.is_own, table.c.made_at > since, table.c.state != FAILED)
    return connection.scalar(select(func.count()).select_from(table).where(mine)) or 0


def answered_by(connection: Connection, number: int, request: int) -> None:
    """Note which request a bundle answered."""
    connection.execute(update(table).where(table.c.id == number).values(request=request))


def of_request(connection: Connection, request: int) -> list[int]:
    """The bundles that answered a request."""
    return list(connection.scalars(select(table.c.id).where(table.c.request == request).order_by(table.c.id)))


def ending(connection: Connection, now: dt.datetime, unfinished_before: dt.datetime) -> list[Row[Any]]:
    """Bundles whose term is over, and those that somebody began before an instant and nobody finished."""
    is_over = and_(table.c.gone_at.is_(None), table.c.expires_at <= now)
    is_left = and_(table.c.state == MAKING, table.c.made_at <= unfinished_before)
    return list(connection.execute(select(table).where(or_(is_over, is_left)).order_by(table.c.id)))


def gone(connection: Connection, number: int, why: str, at: dt.datetime) -> None:
    """Note that the file is gone, and that no link leads to it."""
    values = {"state": GONE, "gone_at": at, "gone_why": why, "path": None}
    connection.execute(update(table).where(table.c.id == number).values(**values))
    connection.execute(update(links).where(links.c.bundle == number).values(uses_left=0))


def end_with(connection: Connection, clients: Iterable[int], now: dt.datetime) -> None:
    """These clients go: so does every file with their data, at the end of the run, and no link opens any more."""
    for batch in batches(sorted(set(clients))):
        mine = and_(table.c.client.in_(batch), table.c.gone_at.is_(None))
        connection.execute(update(table).where(mine).values(expires_at=now, gone_why=ERASED))
        connection.execute(update(links).where(links.c.client.in_(batch)).values(uses_left=0))
