"""What the schedule deleted is kept here, sealed, for a while: who asks for erasure has it destroyed at once.

Each part is bound to its record and its run, so that nothing opens in another's place. A row in the open holds numbers,
instants and the short name of the key, as evidence does; beside it stands, by number, which clients it names.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, select, update

from kigen.ledger.bulk import add, batches
from kigen.ledger.keys_store import STORE, StoreKeys
from kigen.ledger.sealed import seal, unseal
from kigen.ledger.tables_quarantine import named
from kigen.ledger.tables_quarantine import quarantine as table
from kigen.policy.records import Kind, Ref, ref_text

MOST = 16_000_000
"""Bytes of one part: the column takes no more, and a server without a SQL mode would cut it."""

PAGE = 20
"""Parts that are read at once, each of up to MOST bytes."""

OPEN = (
    table.c.id, table.c.kind, table.c.record, table.c.client, table.c.run, table.c.at, table.c.until, table.c.ends_by,
)  # fmt: skip


class TooLong(ValueError):
    """A part that no server takes as one value."""


def put(
    connection: Connection, keys: StoreKeys, host: str, ref: Ref, client: int, run: int, at: dt.datetime,
    until: dt.datetime, parts: Iterable[str], names: Iterable[int] = (),
) -> list[int]:  # fmt: skip
    """Seal what went with a record, in the transaction that deletes it; the numbers of the parts. Raises TooLong.

    `names` are the clients that it names besides the one whose it was.
    """
    kind, number = ref
    if kind is Kind.CLIENT:  # one that went in steps comes back whole: all of it is kept as long as the last of it
        earlier = and_(table.c.host == host, table.c.kind == kind.value, table.c.record == number)
        connection.execute(update(table).where(earlier).values(until=until))
    made: list[int] = []
    for part in parts:
        content = seal(keys, _what_for(host, ref, run), part)
        if len(content) > MOST:
            raise TooLong(f"{ref_text(ref)} has a row that is too long to be kept")
        made += connection.execute(insert(table).values(
            host=host, kind=kind.value, record=number, client=client, run=run, at=at, until=until,
            store_key=keys.names[STORE], content=content,
        )).inserted_primary_key or ()  # fmt: skip
    note_named(connection, {part: {client, *names} for part in made})
    return made


def note_named(connection: Connection, found: Mapping[int, Iterable[int]]) -> None:
    """Note by part which clients it names, besides those that are noted already."""
    add(connection, named, ("part", "client"), [(part, one) for part in found for one in sorted(set(found[part]))])


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


def of_clients(connection: Connection, clients: Iterable[int]) -> list[Row[Any]]:
    """The parts of these clients' records; without content."""
    return _open(connection, (table.c.client.in_(batch) for batch in batches(sorted(set(clients)))))


def naming(connection: Connection, clients: Iterable[int]) -> list[Row[Any]]:
    """The parts that name these clients; without content."""
    noted = (select(named.c.part).where(named.c.client.in_(batch)) for batch in batches(sorted(set(clients))))
    return _open(connection, (table.c.id.in_(one) for one in noted))


def by_number(connection: Connection, numbers: Sequence[int]) -> list[Row[Any]]:
    """Those of these parts that are there; without content."""
    return _open(connection, (table.c.id.in_(batch) for batch in batches(numbers)))


def of_records(connection: Connection, host: str, refs: Iterable[Ref]) -> list[Row[Any]]:
    """The parts of these records; without content."""
    by_kind: dict[str, set[int]] = {}
    for kind, number in refs:
        by_kind.setdefault(kind.value, set()).add(number)
    return _open(connection, (
        and_(table.c.host == host, table.c.kind == kind, table.c.record.in_(batch))
        for kind, numbers in by_kind.items() for batch in batches(sorted(numbers))
    ))  # fmt: skip


def put_off(connection: Connection, host: str) -> list[Row[Any]]:
    """The parts that were to go and that a hold kept; without content."""
    return _open(connection, [and_(table.c.host == host, table.c.ends_by.is_not(None))])


def ended(connection: Connection, ends: Mapping[int, dt.datetime]) -> list[Row[Any]]:
    """The parts whose term is over, judged by run at the instant that `ends` gives; without content."""
    return _open(connection, (and_(table.c.run == run, table.c.until <= at) for run, at in ends.items()))


def put_off_until_released(connection: Connection, numbers: Collection[int], rule: str) -> None:
    """Note by which rule these parts go once no hold keeps them; the first that was noted stays."""
    for batch in batches(sorted(numbers)):
        mine = and_(table.c.id.in_(batch), table.c.ends_by.is_(None))
        connection.execute(update(table).where(mine).values(ends_by=rule))


def _open(connection: Connection, conditions: Iterable[ColumnElement[bool]]) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    for condition in conditions:
        found += connection.execute(select(*OPEN).where(condition))
    return found


def names_in(connection: Connection, numbers: Sequence[int]) -> set[int]:
    """The clients that these parts name."""
    found: set[int] = set()
    for batch in batches(sorted(numbers)):
        found.update(connection.scalars(select(named.c.client).where(named.c.part.in_(batch))))
    return found


def unnoted(connection: Connection) -> set[int]:
    """The parts of which nobody has noted yet whom they name."""
    known = select(named.c.part).where(named.c.part == table.c.id)
    return set(connection.scalars(select(table.c.id).where(~known.exists())))


def numbers(connection: Connection) -> list[int]:
    """All parts, ascending."""
    return list(connection.scalars(select(table.c.id).order_by(table.c.id)))


def walk(connection: Connection, keys: StoreKeys, numbers: Sequence[int]) -> Iterator[tuple[Row[Any], str | None]]:
    """Parts by their number with their content, a few at a time and without a lock; None for what does not open."""
    for start in range(0, len(numbers), PAGE):
        query = select(table).where(table.c.id.in_(numbers[start : start + PAGE])).order_by(table.c.id)
        for row in connection.execute(query).all():
            try:
                yield row, _unsealed(keys, row)
            except ValueError:
                yield row, None


def opened(connection: Connection, keys: StoreKeys, numbers: Sequence[int]) -> dict[int, str]:
    """The content of parts by their number, locked; those that are gone are left out.

    ValueError with a sentence for one that another key sealed, or that was changed.
    """
    found = {}
    for batch in batches(sorted(numbers)):
        for row in connection.execute(select(table).where(table.c.id.in_(batch)).with_for_update()):
            found[row.id] = _unsealed(keys, row)
    return found


def _unsealed(keys: StoreKeys, row: Row[Any]) -> str:
    ref = (Kind(row.kind), row.record)
    if row.store_key != keys.names[STORE]:
        raise ValueError(
            f"what is kept of {ref_text(ref)} was sealed with the key {row.store_key}, and here is"
            f" {keys.names[STORE]}; restore the first with 'kigen keys restore'"
        )
    try:
        return unseal(keys, _what_for(row.host, ref, row.run), row.content)
    except (ValueError, zlib.error):
        raise ValueError(f"what is kept of {ref_text(ref)} is damaged and does not open") from None


def drop(connection: Connection, numbers: Collection[int]) -> int:
    """Destroy parts by their number; how many went."""
    gone = 0
    for batch in batches(sorted(numbers)):
        # By number: of a deletion that asks another table the server would walk, and lock, every row.
        mine = list(connection.scalars(select(table.c.id).where(table.c.id.in_(batch)).with_for_update()))
        connection.execute(delete(named).where(named.c.part.in_(mine)))
        connection.execute(delete(table).where(table.c.id.in_(mine)))
        gone += len(mine)
    return gone


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


def first_ends(connection: Connection) -> dict[int, dt.datetime]:
    """By run when the first of what is kept of it comes to its end."""
    query = select(table.c.run, func.min(table.c.until)).group_by(table.c.run)
    return {row[0]: row[1] for row in connection.execute(query)}


def _what_for(host: str, ref: Ref, run: int) -> str:
    return f"what run {run} deleted of {host} {ref_text(ref)}"
