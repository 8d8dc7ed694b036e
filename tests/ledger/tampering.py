"""Ways to tamper with evidence: in the rows of a database, and in the bytes of a ledger file.

Each returns the entries of which one must be named as the first bad one; none where the change must merely be found.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, insert, select, update

from kigen.ledger.tables_evidence import chain, evidence, heads, leaves

ENTRIES = 9
Row = dict[str, Any]


def rows(connection: Connection, table: Table) -> list[Row]:
    """All rows of a table, in the order of its key."""
    return [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]


def key_of(table: Table, row: Row) -> Any:
    """The condition that finds a row."""
    return and_(*(column == row[column.name] for column in table.primary_key))


def flipped(value: Any, chance: random.Random) -> Any:
    """The value with one bit turned over; of a text, a bit that leaves it a text."""
    if value is None:
        return 1
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(31))
    if isinstance(value, bytes):
        place = chance.randrange(len(value))
        return value[:place] + bytes([value[place] ^ (1 << chance.randrange(8))]) + value[place + 1 :]
    if not value:
        return "\x01"
    place = chance.randrange(len(value))
    return value[:place] + chr(ord(value[place]) ^ (1 << chance.randrange(7))) + value[place + 1 :]


def flip(connection: Connection, chance: random.Random) -> set[int]:
    """Turn a bit over anywhere: in any column of any row."""
    table = chance.choice([evidence, evidence, leaves, leaves, heads, chain])
    column = chance.choice(list(table.c))
    row = chance.choice(rows(connection, table))
    new = flipped(row[column.name], chance)
    fresh = {**row, column.name: new}
    if column.primary_key and connection.execute(select(table).where(key_of(table, fresh))).first():
        return flip(connection, chance)  # the database would not take it
    connection.execute(update(table).where(key_of(table, row)).values({column.name: new}))
    if table is evidence:
        return {row["seq"]}
    if table is leaves:
        moved_to = fresh["entry"]
        return {min(row["entry"], moved_to) if 0 < moved_to <= ENTRIES else row["entry"]}
    return set()


def drop(connection: Connection, chance: random.Random) -> set[int]:
    """Take one row out."""
    table, name = chance.choice([(evidence, "seq"), (leaves, "entry")])
    row = chance.choice(rows(connection, table))
    connection.execute(delete(table).where(key_of(table, row)))
    return {row[name]}


def swap(connection: Connection, chance: random.Random) -> set[int]:
    """Let two rows change their places."""
    table, names = chance.choice([(evidence, ("seq",)), (leaves, ("entry", "part"))])
    one, other = chance.sample(rows(connection, table), 2)
    for row, source in ((one, other), (other, one)):
        values = {name: value for name, value in source.items() if name not in names}
        connection.execute(update(table).where(key_of(table, row)).values(values))
    return {min(one[names[0]], other[names[0]])}


def truncate(connection: Connection, chance: random.Random) -> set[int]:
    """Cut the end off, leaving no trace but the signed head."""
    kept = chance.randrange(ENTRIES)
    last = connection.scalar(select(evidence.c.hash).where(evidence.c.seq == kept)) or "0" * 64
    connection.execute(delete(evidence).where(evidence.c.seq > kept))
    connection.execute(delete(leaves).where(leaves.c.entry > kept))
    connection.execute(update(chain).values(seq=kept, hash=last))
    return {kept + 1}


def add(connection: Connection, chance: random.Random) -> set[int]:
    """Put something in that was never written: a copy of an entry, or more records below one."""
    if chance.random() < 0.3:
        row = chance.choice(rows(connection, leaves))
        part = max(one["part"] for one in rows(connection, leaves) if one["entry"] == row["entry"]) + 1
        connection.execute(insert(leaves).values({**row, "part": part}))
        return {row["entry"]}
    every, below = rows(connection, evidence), rows(connection, leaves)
    at, copied = chance.randrange(1, ENTRIES + 2), chance.choice(every)
    for row in reversed([one for one in every if one["seq"] >= at]):
        connection.execute(update(evidence).where(key_of(evidence, row)).values(seq=row["seq"] + 1))
    for row in reversed([one for one in below if one["entry"] >= at]):
        connection.execute(update(leaves).where(key_of(leaves, row)).values(entry=row["entry"] + 1))
    connection.execute(insert(evidence).values({**copied, "seq": at}))
    for row in (one for one in below if one["entry"] == copied["seq"]):
        connection.execute(insert(leaves).values({**row, "entry": at}))
    return {at + 1 if copied["seq"] == at else at}  # a copy in its own place is the entry; what it pushed on is bad


WAYS: list[Callable[[Connection, random.Random], set[int]]] = [flip, flip, flip, drop, swap, truncate, add]


def in_file(content: bytes, chance: random.Random) -> tuple[bytes, set[int]]:
    """A ledger file tampered with; its lines are the entries in their order, and then a head."""
    way = chance.choice(["flip", "flip", "flip", "drop", "swap", "cut", "add", "double"])
    lines = content.splitlines(keepends=True)
    if way == "flip":
        place = chance.randrange(len(content))
        line = content[:place].count(b"\n")
        changed = content[:place] + bytes([content[place] ^ (1 << chance.randrange(8))]) + content[place + 1 :]
        return changed, {line + 1} if line < ENTRIES else set()
    if way == "cut":
        place = chance.randrange(len(content))
        return content[:place], {min(content[:place].count(b"\n"), ENTRIES) + 1}
    if way == "double":
        at = chance.randrange(ENTRIES + 1)
        return b"".join([*lines[: at + 1], *lines[at:]]), {at + 2 if at < ENTRIES else ENTRIES}
    at, other = sorted(chance.sample(range(ENTRIES), 2))
    if way == "drop":
        return b"".join([*lines[:at], *lines[at + 1 :]]), {at + 1}
    if way == "swap":
        lines[at], lines[other] = lines[other], lines[at]
        return b"".join(lines), {at + 1}
    return b"".join([*lines[:at], lines[other], *lines[at:]]), {at + 1}
