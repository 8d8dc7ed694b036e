"""Columns that rest on consent alone, in rows of clients who agree to nothing any more: emptied.

The rows stay, as what the platform itself noted of the answer and when it came; what said more about the person goes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import column, table, update

from kigen.hosts.rows import Rows, batches
from kigen.policy.datamap import CLIENT, DataMap


def empty(rows: Rows, datamap: DataMap, clients: Sequence[int], names: Iterable[str]) -> dict[int, dict[str, int]]:
    """Empty these columns (`table.column`) where a row names the client itself; by client and table how many rows.

    `rows` lock what they read. Rows that name no client, such as a mail to many, are nobody's alone and stay.
    """
    columns: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        of, _, field = name.partition(".")
        columns[of].append(field)
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for of, fields in columns.items():
        owner = next((link.column for link in datamap[of].links if link.of == CLIENT), None)
        there = [field for field in fields if rows.schema.has(of, field)]
        if owner is None or not there or not rows.schema.has(of, owner, "id"):
            continue
        telling = [row for row in rows.read(of, there, owner, clients) if any(row[field] for field in there)]
        mine = table(of, column("id"), *map(column, there))
        for batch in batches([row["id"] for row in telling]):
            rows.connection.execute(update(mine).where(mine.c.id.in_(batch)).values(dict.fromkeys(there, "")))
        for row in telling:
            found[row[owner]][of] += 1
    return {client: dict(counted) for client, counted in found.items()}
