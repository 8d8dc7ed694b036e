"""What the schedule deleted is kept here, sealed, for a while: who asks for erasure has it destroyed at once.

Each part is bound to its record and its run, so that nothing opens in another's place. A row in the open holds numbers,
instants and the short name of the key, as evidence does.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, select, update

from kigen.ledger import absorbed
from kigen.ledger.bulk import batches
from kigen.ledger.keys_store import STORE, StoreKeys
from kigen.ledger.sealed import seal, unseal
from kigen.ledger.tables_quarantine import quarantine as table
from kigen.policy.records import Kind, Ref, ref_text

MOST = 16_000_000
"""Bytes of one part: the column takes no more, and a server without a SQL mode would cut it."""

OPEN = (table.c.id, table.c.kind, table.c.record, table.c.client, table.c.run, table.c.at, table.c.until)


class TooLong(ValueError):
    """A part that no server takes as one value."""


def put(
    connection: Connection, keys: StoreKeys, host: str, ref: Ref, client: int, run: int, at: dt.datetime,
    until: dt.datetime, parts: Iterable[str],
) -> None:  # fmt: skip
    """Seal what went with a record, in the transaction that deletes it. Raises TooLong."""
    kind, number = ref
    if kind is Kind.CLIENT:  # one that went in steps comes back whole: all of it is kept as long as the last of it
        earlier = and_(table.c.host == host, table.c.kind == kind.value, table.c.record == number)
        connection.execute(update(table).where(earlier).values(until=until))
    for part in parts:
        content = seal(keys, _what_for(host, ref, run), part)
        if len(content) > MOST:
            raise TooLong(f"{ref_text(ref)} has a row that is too long to be kept")
        connection.execute(insert(table).values(
            host=host, kind=kind.value, record=number, client=client, run=run, at=at, until=until,
            store_key=keys.names[STORE], content=content,
        ))  # fmt: skip


def of_run(connection: Connection, host: str, run: int) -> list[Row[Any]]:
    """The parts that a run put here, and all other parts of the same records, the first first; without content."""
    query = select(table.c.kind, table.c.record).where(table.c.run == run, table.c.host == host).distinct()
    by_kind: dict[str, list[int]] = {}
    for kind, number in connection.execute(query):
        by_kind.setdefault(kind, []).append(number)
    found: list[Row[Any]] = []
    for kind, numbers in by_kind.items():
        for batch in batches(sorted(numbers)):
            mine = and_(table.c.host == host, table.c.kind == kind, table.c.record.in_(batch))
            found += connection.execute(select(*OPEN).where(mine))
    return sorted(found, key=lambda row: int(row.id))


def of_record(connection: Connection, host: str, ref: Ref) -> list[Row[Any]]:
    """The parts of one record, the first first; without content."""
    mine = and_(table.c.host == host, table.c.kind == ref[0].value, table.c.record == ref[1])
    return list(connection.execute(select(*OPEN).where(mine).order_by(table.c.id)))


def of_client(connection: Connection, client: int) -> list[Row[Any]]:
    """The parts of a client's records, and of clients that became part of it: what is held here. Without content."""
    mine = table.c.client.in_(sorted(absorbed.with_gone(connection, [client])))
    return list(connection.execute(select(*OPEN).where(mine).order_by(table.c.id)))


def opened(connection: Connection, keys: StoreKeys, numbers: Sequence[int]) -> dict[int, str]:
    """The content of parts by their number, locked; those that are gone are left out.

    ValueError with a sentence for one that another key sealed, or that was changed.
    """
    found = {}
    for batch in batches(sorted(numbers)):
        for row in connection.execute(select(table).where(table.c.id.in_(batch)).with_for_update()):
            ref = (Kind(row.kind), row.record)
            if row.store_key != keys.names[STORE]:
                raise ValueError(
                    f"what is kept of {ref_text(ref)} was sealed with the key {row.store_key}, and here is"
                    f" {keys.names[STORE]}; restore the first with 'kigen keys restore'"
                )
            try:
                found[row.id] = unseal(keys, _what_for(row.host, ref, row.run), row.content)
            except (ValueError, zlib.error):
                raise ValueError(f"what is kept of {ref_text(ref)} is damaged and does not open") from None
    return found


def drop(connection: Connection, numbers: Collection[int]) -> int:
    """Destroy parts by their number; how many went."""
    return sum(_destroy(connection, table.c.id.in_(batch)) for batch in batches(sorted(numbers)))


def destroy_of(connection: Connection, clients: Iterable[int]) -> int:
    """Destroy all that is kept of these clients and of those that became part of them; how many parts went."""
    everyone = sorted(absorbed.with_gone(connection, clients))
    return sum(_destroy(connection, table.c.client.in_(batch)) for batch in batches(everyone))


def destroy_records(connection: Connection, host: str, refs: Iterable[Ref]) -> int:
    """Destroy all that is kept of these records; how many parts went."""
    by_kind: dict[str, set[int]] = {}
    for kind, number in refs:
        by_kind.setdefault(kind.value, set()).add(number)
    gone = 0
    for name, wanted in by_kind.items():
        for batch in batches(sorted(wanted)):
            gone += _destroy(connection, and_(table.c.host == host, table.c.kind == name, table.c.record.in_(batch)))
    return gone


def destroy_ended(connection: Connection, now: dt.datetime) -> int:
    """Destroy what was kept for its term; how many parts went."""
    return _destroy(connection, table.c.until <= now)


def every(connection: Connection) -> list[Row[Any]]:
    """All parts, the first first; without content."""
    return list(connection.execute(select(*OPEN).order_by(table.c.id)))


def by_run(connection: Connection, host: str) -> list[Row[Any]]:
    """By run and kind how many records of how many clients are kept, since when, and until when; the latest first."""
    query = select(
        table.c.run, table.c.kind, func.count(table.c.record.distinct()).label("records"),
        func.count(table.c.client.distinct()).label("clients"), func.min(table.c.at).label("at"),
        func.max(table.c.until).label("until"),
    ).where(table.c.host == host)  # fmt: skip
    return list(
        connection.execute(query.group_by(table.c.run, table.c.kind).order_by(table.c.run.desc(), table.c.kind))
    )


def sealed_with(connection: Connection) -> dict[str, int]:
    """How many parts each key has sealed, by the key's name."""
    query = select(table.c.store_key, func.count()).group_by(table.c.store_key)
    return {row[0]: row[1] for row in connection.execute(query)}


def earliest_end(connection: Connection) -> dt.datetime | None:
    """When the first of all comes to its end; None where nothing is kept."""
    at: dt.datetime | None = connection.scalar(select(func.min(table.c.until)))
    return at


def _destroy(connection: Connection, condition: ColumnElement[bool]) -> int:
    return connection.execute(delete(table).where(condition)).rowcount


def _what_for(host: str, ref: Ref, run: int) -> str:
    return f"what run {run} deleted of {host} {ref_text(ref)}"
