"""Links by which a client fetches a bundle: a token that is stored as its digest, for one account, some uses, a while.

Whatever is wrong with a link is told alike, so that nobody learns of the bundles of others; what was wrong is noted.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from kigen.ledger.tables_bundles import bundles, fetches, links

OPENED, UNKNOWN, FOREIGN, EXPIRED, USED, GONE, LIMITED = (
    "opened", "unknown", "foreign", "expired", "used", "gone", "limited",
)  # fmt: skip


def make(
    connection: Connection, bundle: int, client: int, at: dt.datetime, by: str, expires: dt.datetime | None,
    uses: int = 1,
) -> str:  # fmt: skip
    """A new link; its token, which nobody can be told again."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(links).values(
            bundle=bundle, client=client, token=_digest(token), made_at=at, made_by=by, expires_at=expires,
            uses_left=uses,
        )
    )  # fmt: skip
    return token


def use(connection: Connection, token: str, client: int, now: dt.datetime, most: int) -> Row[Any] | None:
    """The bundle that a link opens for this account, one use less; None where it opens none. Noted either way.

    An account that tried `most` links in vain within an hour is not answered until that hour is over, not even a good
    link. To be called in a transaction that is committed, also where nothing was opened.
    """
    query = select(links).where(links.c.token == _digest(token))
    link = connection.execute(query if connection.dialect.name == "sqlite" else query.with_for_update()).one_or_none()
    found = _bundle(connection, link) if link else None
    outcome = _outcome(connection, link, found, client, now, most)
    is_own = link is not None and link.client == client
    number = link.bundle if link is not None and is_own else None
    connection.execute(insert(fetches).values(client=client, bundle=number, at=now, outcome=outcome))
    if outcome != OPENED or link is None:
        return None
    connection.execute(update(links).where(links.c.id == link.id).values(uses_left=link.uses_left - 1))
    return found


def fetched(connection: Connection, client: int) -> list[Row[Any]]:
    """Every try of an account, the first first."""
    return list(connection.execute(select(fetches).where(fetches.c.client == client).order_by(fetches.c.id)))


def _outcome(
    connection: Connection, link: Row[Any] | None, bundle: Row[Any] | None, client: int, now: dt.datetime, most: int
) -> str:
    since = now - dt.timedelta(hours=1)
    in_vain = and_(fetches.c.client == client, fetches.c.at > since, fetches.c.outcome != OPENED)
    if (connection.scalar(select(func.count()).select_from(fetches).where(in_vain)) or 0) >= most:
        return LIMITED
    if link is None:
        return UNKNOWN
    if link.client != client:
        return FOREIGN
    if link.uses_left < 1:
        return USED
    if link.expires_at is not None and link.expires_at <= now:
        return EXPIRED
    is_there = bundle is not None and bundle.path is not None and bundle.gone_at is None
    is_kept = is_there and bundle is not None and (bundle.expires_at is None or bundle.expires_at > now)
    return OPENED if is_kept else GONE


def _bundle(connection: Connection, link: Row[Any]) -> Row[Any] | None:
    return connection.execute(select(bundles).where(bundles.c.id == link.bundle)).one_or_none()


def _digest(token: str) -> str:
    # The token is 256 random bits, so nobody finds it from its digest.
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
