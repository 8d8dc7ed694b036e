"""The platform's own marks for a purpose, as kigen saw or wrote them last.

Only those that are set are kept. Once all were read, a client without a row was seen without the mark.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, and_, delete, exists, func, select

from kigen.ledger import settings
from kigen.ledger.bulk import batches, put
from kigen.ledger.tables_changes import host_flags as table
from kigen.ledger.tables_notices import consents

ALL_READ = "marks of consent were read in"


def seen(connection: Connection, clients: Sequence[int], purpose: str) -> dict[int, dt.datetime]:
    """Those of these clients that had the mark, with when that was seen."""
    found = {}
    for batch in batches(sorted(set(clients))):
        mine = and_(table.c.client.in_(batch), table.c.purpose == purpose)
        found.update({row.client: row.seen_at for row in connection.execute(select(table).where(mine))})
    return found


def note(connection: Connection, flags: Mapping[int, bool], purpose: str, now: dt.datetime) -> None:
    """Remember how these marks are now."""
    put(connection, table, [
        {"client": client, "purpose": purpose, "seen_at": now}
        for client, is_set in sorted(flags.items()) if is_set
    ])  # fmt: skip
    for batch in batches(sorted(client for client, is_set in flags.items() if not is_set)):
        connection.execute(delete(table).where(table.c.client.in_(batch), table.c.purpose == purpose))


def are_all_read(connection: Connection, field: str) -> bool:
    """Whether every client's mark was read once in this column (blank: the platform's own): from then on a difference
    is a change. What another column held tells nothing of this one."""
    return settings.note(connection, ALL_READ) == field


def all_read(connection: Connection, field: str) -> None:
    """Every client's mark was read in this column."""
    if not are_all_read(connection, field):
        settings.write_note(connection, ALL_READ, field)


def without_consent(connection: Connection, purpose: str) -> int:
    """How many clients have the mark although kigen was never told of a consent."""
    mine = and_(consents.c.client == table.c.client, consents.c.purpose == purpose)
    alone = and_(table.c.purpose == purpose, ~exists(select(consents.c.id).where(mine)))
    return connection.scalar(select(func.count()).select_from(table).where(alone)) or 0


def forget(connection: Connection, clients: Iterable[int]) -> None:
    """These clients are gone."""
    for batch in batches(sorted(set(clients))):
        connection.execute(delete(table).where(table.c.client.in_(batch)))
