"""Which signed heads have a time stamp, and which wait for one: a queue that is nothing but the heads without."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from kigen.ledger.tables_evidence import heads
from kigen.ledger.tables_stamps import stamps as table


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an authority answered about a head's hash; `at` is the instant that it confirms, in UTC.

    `answer` is the whole answer of RFC 3161 as DER, which any tool verifies: `openssl ts -verify`.
    """

    hash: str
    entries: int
    at: str
    answer: bytes


WAITS = (heads.c.entries > 0, heads.c.hash.not_in(select(table.c.hash)))


def waiting(connection: Connection, most: int) -> list[tuple[int, str]]:
    """Entries and hash of heads without a stamp, at most so many, the longest chain first: its hash holds the others.

    A night that added nothing signs the same hash again, which then needs no second stamp.
    """
    query = select(heads.c.entries, heads.c.hash).where(*WAITS).distinct().order_by(heads.c.entries.desc())
    return [(row.entries, row.hash) for row in connection.execute(query.limit(most))]


def waiting_since(connection: Connection) -> tuple[int, str | None]:
    """How many hashes wait for a stamp, and when the first of them was signed."""
    row = connection.execute(select(func.count(heads.c.hash.distinct()), func.min(heads.c.at)).where(*WAITS)).one()
    return int(row[0]), row[1]


def write(connection: Connection, stamp: Stamp) -> None:
    """Keep a stamp with the head of its hash; of two for one hash the last stays."""
    values = {"hash": stamp.hash, "entries": stamp.entries, "at": stamp.at, "answer": stamp.answer}
    connection.execute(delete(table).where(table.c.hash == stamp.hash))
    connection.execute(insert(table).values(values))


def of(connection: Connection, hash: str) -> Stamp | None:
    """The stamp of a hash."""
    row = connection.execute(select(table).where(table.c.hash == hash)).first()
    return None if row is None else Stamp(row.hash, row.entries, row.at, row.answer)


def from_entries(connection: Connection, entries: int = 0) -> list[Stamp]:
    """Stamps of heads over at least so many entries, the shortest chain first."""
    query = select(table).where(table.c.entries >= entries).order_by(table.c.entries, table.c.hash)
    return [Stamp(row.hash, row.entries, row.at, row.answer) for row in connection.execute(query)]


def signed_over(connection: Connection, hash: str) -> set[int]:
    """Over how many entries heads were signed whose hash this is."""
    return set(connection.scalars(select(heads.c.entries).where(heads.c.hash == hash)))


def is_any(connection: Connection) -> bool:
    """Whether any head is stamped."""
    return connection.scalar(select(table.c.hash).limit(1)) is not None
