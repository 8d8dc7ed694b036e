"""The rows of a client that come in masses and that no decision rests on (mails, activity), and how many there are.

They can go before the rest of a client that is to be deleted, without changing what is decided about it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, column, func, select, table

from kigen.hosts.rows import Rows, batches
from kigen.hosts.ways import Way
from kigen.policy.datamap import CLIENT, DataMap
from kigen.policy.fates import Treatment


def sizes(rows: Rows, datamap: DataMap, ways: Sequence[Way], clients: Sequence[int]) -> dict[int, int]:
    """Rows by client, in all tables that name the client themselves; a grouped count by index for each table."""
    named = [(way.table, way.client) for way in ways if not way.via and way.client != "id"]
    found: Counter[int] = Counter()
    for name, owner in dict.fromkeys([*named, *_masses(datamap, ways)]):
        if not rows.schema.has(name, owner):
            continue
        by: ColumnElement[Any] = column(owner)
        for batch in batches(clients):
            query = select(by, func.count()).select_from(table(name)).where(by.in_(batch)).group_by(by)
            found.update({row[0]: row[1] for row in rows.connection.execute(query)})
    return dict(found)


def shed(
    rows: Rows, datamap: DataMap, ways: Sequence[Way], client: int, limit: int, but: Collection[str] = ()
) -> dict[str, int]:
    """Delete at most `limit` rows of the client, the oldest of each table first; rows deleted by table.

    `but` are tables whose rows go last, because they name files.
    """
    gone: dict[str, int] = {}
    for name, owner in _masses(datamap, ways):
        left = limit - sum(gone.values())
        if left <= 0:
            break
        if name in but or not rows.schema.has(name, "id", owner):
            continue
        key: ColumnElement[Any] = column("id")
        oldest = select(key).select_from(table(name)).where(column(owner) == client).order_by(key).limit(left)
        if numbers := list(rows.connection.scalars(oldest)):
            gone[name] = rows.delete(name, "id", numbers, column(owner) == client)
    return gone


def _masses(datamap: DataMap, ways: Sequence[Way]) -> Iterator[tuple[str, str]]:
    """Tables whose rows go with their client and with nothing else, and that reading an account never looks at."""
    read = {way.table for way in ways}
    for one in datamap:
        if one.name in read or one.holds or one.treatment(is_floored=False) is not Treatment.DELETE:
            continue
        if [link.of for link in one.links] == [CLIENT] and not one.links[0].field and not one.links[0].is_shared:
            yield one.name, one.links[0].column
