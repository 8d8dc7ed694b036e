"""Columns that rest on consent alone, in the rows of one client: emptied when it agrees to nothing any more.

The rows stay, as what the platform itself noted of the answer and when it came; what said more about the person goes.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, column, table, update

from kigen.hosts.rows import Rows
from kigen.policy.datamap import CLIENT, DataMap


def empty(rows: Rows, datamap: DataMap, client: int, names: Iterable[str]) -> int:
    """Empty these columns (`table.column`) where a row names the client itself; how many rows changed."""
    changed = 0
    for name in names:
        of, _, field = name.partition(".")
        owner = next((link.column for link in datamap[of].links if link.of == CLIENT), None)
        if owner is None or not rows.schema.has(of, owner, field):
            continue  # rows that name no client, such as a mail to many, are nobody's alone
        mine = table(of, column(owner), column(field))
        is_told = and_(mine.c[owner] == client, mine.c[field] != "")
        changed += rows.connection.execute(update(mine).where(is_told).values({field: ""})).rowcount
    return changed
