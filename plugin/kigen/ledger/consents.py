"""Events of consent as they were told, and addresses to which nothing of a purpose goes, as keyed digests."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, and_, delete, select, update

from kigen.ledger.bulk import add, batches, merge, written
from kigen.ledger.tables_notices import consents, notice_views, suppressed
from kigen.policy.consents import Act, Consented
from kigen.policy.identifiers_fold import folded

_NAMES = (
    "client", "purpose", "act", "at", "notice", "version", "digest", "language", "channel", "actor", "evidence",
    "by_guardian", "age", "country",
)  # fmt: skip


def write(connection: Connection, events: Iterable[Consented]) -> int:
    """Write events in the order of their receipt; told twice it is one. How many were new."""
    rows = [
        (one.client, one.purpose, one.act.value, written(one.at), one.notice, one.version or 0, one.digest,
         one.language, one.channel, one.actor, one.evidence, int(one.by_guardian), one.age, one.country)
        for one in events
    ]  # fmt: skip
    return add(connection, consents, _NAMES, rows)


def of(connection: Connection, clients: Sequence[int] | None = None, purpose: str | None = None) -> list[Consented]:
    """Events of these clients (None: of all), in the order of their receipt."""
    query = select(consents).order_by(consents.c.id)
    if clients is not None:
        query = query.where(consents.c.client.in_(clients))
    if purpose is not None:
        query = query.where(consents.c.purpose == purpose)
    return [
        Consented(
            row.id, row.client, row.purpose, Act(row.act), row.at, row.notice, row.version or None, row.digest,
            row.language, row.channel, row.actor, row.evidence, row.by_guardian, row.age, row.country,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def forget(connection: Connection, clients: Iterable[int], now: dt.datetime) -> None:
    """Of clients that are gone only the proof stays: what was agreed to and when, until its term is over."""
    bare = {"actor": "", "evidence": "", "channel": "", "age": None, "country": ""}
    for batch in batches(sorted(set(clients))):
        mine = and_(consents.c.client.in_(batch), consents.c.ended_at.is_(None))
        connection.execute(update(consents).where(mine).values(ended_at=now, **bare))
        seen = and_(notice_views.c.client.in_(batch), notice_views.c.ended_at.is_(None))
        connection.execute(update(notice_views).where(seen).values(ended_at=now))


def address_digest(key: bytes, address: str) -> str:
    """An address as it is suppressed: keyed, so that nobody without the key can ask for one; case and width are one."""
    return hmac.digest(key, folded(address.strip()).encode("utf-8", "surrogatepass"), "sha256").hex()


def suppress(connection: Connection, digests: Iterable[str], purpose: str, at: dt.datetime) -> None:
    """Let nothing of a purpose go to these addresses; an earlier instant than is known changes nothing."""
    rows = sorted((digest, purpose, written(at)) for digest in set(digests))
    later = "CASE WHEN `at` < {new.at} THEN {new.at} ELSE `at` END"
    merge(connection, suppressed, ("digest", "purpose", "at"), rows, ("digest", "purpose"), {"at": later})


def lift(connection: Connection, digests: Iterable[str], purpose: str, at: dt.datetime) -> None:
    """Let it go there again, where its owner agreed after the suppression."""
    mine = and_(suppressed.c.digest.in_(sorted(set(digests))), suppressed.c.purpose == purpose, suppressed.c.at < at)
    connection.execute(delete(suppressed).where(mine))


def is_suppressed(connection: Connection, digest: str, purpose: str) -> bool:
    """Whether nothing of the purpose may go to this address, whoever has it now."""
    mine = and_(suppressed.c.digest == digest, suppressed.c.purpose == purpose)
    return connection.scalar(select(suppressed.c.digest).where(mine)) is not None
