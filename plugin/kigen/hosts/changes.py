"""What changed on a host since it was last read: digests by client, new ids, change columns, and records by id range.

MariaDB and MySQL hash the rows themselves, so that one short line for each client is all that travels.
"""
# ruff: noqa: S608 - every name is of this code or of the live schema, and quoted; every value is bound

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from kigen.hosts.rows import Rows, quoted
from kigen.hosts.ways import Way
from kigen.packing import can_pack
from kigen.policy.periods import to_local

CHANGED = "updated_at"
"""The column in which both hosts note when they changed a row, in the tables that have it."""


def digests(rows: Rows, ways: Sequence[Way], after: int | None, last: int) -> dict[int, str]:
    """The digest of each client's rows, for ids above `after` up to `last`.

    It is the exclusive or of the hashes of the rows, so that their order does not matter and none can be lost to a
    limit. The number of the way goes into each hash: a row that counts in two ways must not cancel itself.
    """
    there = [(number, way) for number, way in enumerate(ways) if way.is_there(rows.schema)]
    bounds = [last] if after is None else [last, after]
    if not there:
        return {}
    if can_pack(rows.connection):
        packed = _hashed_there(rows, there, bounds)
        if packed is not None:
            return packed
    found: dict[int, int] = {}
    for number, way in there:
        statement = f"SELECT {way.owner}, {', '.join(way.counted(rows.schema))} {way.source(_within(way, bounds))}"
        for client, *row in rows.run(statement, bounds):
            hashed = hashlib.md5(repr((number, row)).encode("utf-8", "replace"), usedforsecurity=False)
            found[client] = found.get(client, 0) ^ int.from_bytes(hashed.digest()[:8])
    return {client: f"{digest:x}" for client, digest in found.items()}


def _hashed_there(rows: Rows, there: Iterable[tuple[int, Way]], bounds: Sequence[int]) -> dict[int, str] | None:
    parts: list[str] = []
    parameters: list[object] = []
    for number, way in there:
        # NULL and an empty text are not the same, and no two columns may run into each other.
        values = ", ".join(f"COALESCE({name}, CHAR(0))" for name in way.counted(rows.schema))
        hashed = f"CAST(CONV(LEFT(MD5(CONCAT_WS(CHAR(31), {number}, {values})), 16), 16, 10) AS UNSIGNED)"
        source = way.source(_within(way, bounds))
        parts.append(f"SELECT {way.owner} AS c, BIT_XOR({hashed}) AS d {source} GROUP BY {way.owner}")
        parameters += bounds
    hashes = f"SELECT c, LOWER(HEX(BIT_XOR(d))) AS h FROM ({' UNION ALL '.join(parts)}) parts GROUP BY c"
    packing = f"SELECT COUNT(*), JSON_OBJECTAGG(c, h) FROM ({hashes}) hashes"
    ((count, text),) = rows.run(packing, parameters)
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return None
    return {int(client): digest for client, digest in found.items()} if len(found) == count else None


def _within(way: Way, bounds: Sequence[int]) -> list[str]:
    return [f"{way.owner} {sign} %s" for sign, _ in zip(("<=", ">"), bounds, strict=False)]


def highest(rows: Rows, ways: Sequence[Way]) -> dict[str, int]:
    """The highest id by table."""
    tables = dict.fromkeys(way.table for way in ways if rows.schema.has(way.table, "id"))
    return {name: rows.run(f"SELECT MAX(id) FROM {quoted(name)}")[0][0] or 0 for name in tables}


def newer(rows: Rows, ways: Sequence[Way], than: Mapping[str, int]) -> set[int]:
    """Clients with rows above these ids."""
    found: set[int] = set()
    for way in ways:
        if way.is_there(rows.schema):
            found |= _clients(rows, way, "t0.id > %s", than.get(way.table, 0))
    return found


def changed_since(rows: Rows, ways: Sequence[Way], since: dt.datetime, zone: str) -> set[int]:
    """Clients with rows whose change column is at or after `since`; zero dates are before anything."""
    found: set[int] = set()
    for way in ways:
        if way.is_there(rows.schema) and rows.schema.has(way.table, CHANGED):
            is_instant = rows.schema.types.get(way.table, {}).get(CHANGED) == "timestamp"
            begins = _local(since, "UTC" if is_instant else zone)  # sessions run in UTC, and a TIMESTAMP follows them
            found |= _clients(rows, way, f"t0.{CHANGED} >= %s", begins)
    return found


def _local(since: dt.datetime, zone: str) -> str:
    """As a host writes it, or earlier: where clocks go back soon, later instants are written as earlier times."""
    hours = (dt.timedelta(hours=n) for n in range(4))
    earliest = min(to_local(since + plus, zone).replace(tzinfo=None) - plus for plus in hours)
    return earliest.isoformat(" ", "seconds")[:19]


def _clients(rows: Rows, way: Way, condition: str, value: object) -> set[int]:
    statement = f"SELECT DISTINCT {way.owner} AS v {way.source([condition])}"
    return {client for client in rows.values(statement, [value]) if client is not None}


def ranges(rows: Rows, table: str, size: int) -> dict[int, int]:
    """How many rows of a table have an id in each range of `size`."""
    if not rows.schema.has(table, "id"):
        return {}
    divided = "id / %s" if rows.connection.dialect.name == "sqlite" else "id DIV %s"
    statement = f"SELECT {divided} AS r, COUNT(*) FROM {quoted(table)} GROUP BY r"
    return {place: count for place, count in rows.run(statement, [size])}  # noqa: C416 - rows are no pairs to mypy


def ids(rows: Rows, table: str, first: int, last: int) -> set[int]:
    """The ids of a table from `first` to `last`."""
    if not rows.schema.has(table, "id"):
        return set()
    return set(rows.values(f"SELECT id AS v FROM {quoted(table)} WHERE id BETWEEN %s AND %s", [first, last]))


def client_ids(rows: Rows, places: Iterable[tuple[str, str]], after: int | None, limit: int) -> list[int]:
    """The next client ids above `after` that any of these columns holds."""
    there = [(quoted(by), quoted(name)) for name, by in places if rows.schema.has(name, by)]
    above = " > %s" if after is not None else " IS NOT NULL"
    bounds: list[object] = [limit] if after is None else [after, limit]
    parts = [
        f"SELECT v FROM (SELECT DISTINCT {by} AS v FROM {name} WHERE {by}{above} ORDER BY {by} LIMIT %s) p{number}"
        for number, (by, name) in enumerate(there)
    ]
    if not parts:
        return []
    statement = f"SELECT v FROM ({' UNION '.join(parts)}) every ORDER BY v LIMIT %s"
    return sorted(rows.values(statement, [*(bounds * len(parts)), limit]))
