"""Reading evidence back: entry by entry with what each speaks of, in pieces that fit any memory, or by record."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from kigen.ledger.chain import OF_COPIES, Entry, Head, Told
from kigen.ledger.leaves import Part
from kigen.ledger.tables_evidence import evidence, heads, leaves
from kigen.policy.records import Ref

PAGE = 32
"""Entries read at once, with all that they speak of."""

HEAD = (heads.c.entries, heads.c.hash, heads.c.at, heads.c.signing_key, heads.c.signature)
LATEST = (heads.c.entries.desc(), heads.c.at.desc())

UNREADABLE: Part = Part("", [], b"?")
"""Stands for records that are no JSON list any more: it has no valid hash."""


def told(connection: Connection, after: int = 0, until: int | None = None) -> Iterator[Told]:
    """Entries with a number above `after` and not above `until`, in their order, each with its records."""
    while True:
        query = select(evidence).where(evidence.c.seq > after).order_by(evidence.c.seq).limit(PAGE)
        entries = [_entry(row) for row in connection.execute(query if until is None else query.where(_up_to(until)))]
        if not entries:
            return
        parts = _parts(connection, after, entries[-1].seq)
        for entry in entries:
            yield Told(entry, tuple(parts.pop(entry.seq, ())))
        after = entries[-1].seq


def one(connection: Connection, seq: int) -> Told | None:
    """The entry of this number."""
    return next(told(connection, seq - 1, seq), None)


def hash_of(connection: Connection, seq: int) -> str | None:
    """The stored hash of the entry of this number."""
    return connection.scalar(select(evidence.c.hash).where(evidence.c.seq == seq))


def digests(connection: Connection, after: int, until: int) -> list[str]:
    """The own digests of entries after one number up to another: the links of a certificate."""
    query = select(evidence).where(evidence.c.seq > after, _up_to(until)).order_by(evidence.c.seq)
    return [_entry(row).digest() for row in connection.execute(query)]


def about(connection: Connection, ref: Ref) -> Iterator[tuple[Told, int]]:
    """The entries about a record, the latest first, each with the place of its leaf; none that was forgotten.

    That a sealed copy of it or the key of its frozen document was destroyed is no entry about the record itself.
    """
    kind, number = ref
    query = (
        select(leaves.c.entry, leaves.c.records)
        .where(leaves.c.kind == kind.value, leaves.c.highest >= number, leaves.c.lowest <= number)
        .order_by(leaves.c.entry.desc())
    )
    for seq, records in connection.execute(query).all():
        if str(number) not in records:
            continue
        found = one(connection, seq)
        place = _place(found.parts, ref) if found else None
        if found and place is not None and found.entry.action not in OF_COPIES:
            yield found, place


def latest_about(connection: Connection, ref: Ref) -> tuple[Told, int] | None:
    """The latest of them, None where no entry knows the record (any more)."""
    return next(about(connection, ref), None)


def signed(connection: Connection, from_entries: int = 0) -> Iterator[Head]:
    """Heads over at least so many entries, the shortest chain first, of one length the first signed first.

    They are read as the caller goes, on the same connection.
    """
    query = select(*HEAD).where(heads.c.entries >= from_entries).order_by(heads.c.entries, heads.c.at)
    for row in connection.execute(query):
        yield Head(*row)


def last_head(connection: Connection) -> Head | None:
    """The head that was signed last."""
    row = connection.execute(select(*HEAD).order_by(*LATEST).limit(1)).first()
    return None if row is None else Head(*row)


def head_before(connection: Connection, seq: int) -> Head | None:
    """The head over the most entries before this one."""
    row = connection.execute(select(*HEAD).where(heads.c.entries < seq).order_by(*LATEST).limit(1)).first()
    return None if row is None else Head(*row)


def before_run(connection: Connection, run: int) -> int:
    """The number of the last entry of any run before this one, 0 where there is none."""
    return connection.scalar(select(func.max(evidence.c.seq)).where(evidence.c.run < run)) or 0


def latest_run(connection: Connection) -> int:
    """The highest number of a run that evidence names, 0 where it names none."""
    return connection.scalar(select(func.max(evidence.c.run))) or 0


def highest_leaf(connection: Connection) -> int:
    """The highest entry that any records are stored for, 0 where there are none."""
    return connection.scalar(select(func.max(leaves.c.entry))) or 0


def _place(parts: Sequence[Part], ref: Ref) -> int | None:
    before = 0
    for part in parts:
        position = part.position(ref[1]) if part.kind == ref[0].value else None
        if position is not None:
            return before + position
        before += len(part.items)
    return None


def _parts(connection: Connection, after: int, until: int) -> dict[int, list[Part]]:
    query = select(leaves).where(leaves.c.entry > after, leaves.c.entry <= until)
    found: dict[int, list[Part]] = defaultdict(list)
    for seq, number, *row in connection.execute(query.order_by(leaves.c.entry, leaves.c.part)):
        mine = found[seq]
        mine.append(_part(*row) if number == len(mine) else UNREADABLE)
    return found


def _part(kind: str, lowest: int | None, highest: int | None, records: str, salts: bytes) -> Part:
    """A stored row, UNREADABLE also where it would not be found by the ids that it holds."""
    try:
        part = Part(kind, json.loads(records), salts)
        is_found = part.bounds == (lowest, highest)
    except (ValueError, TypeError, IndexError, KeyError):
        return UNREADABLE
    return part if is_found else UNREADABLE


def _entry(row: Any) -> Entry:
    seq, previous, host, action, rule, reasons, *rest = row
    return Entry(seq, previous, host, action, rule, tuple(reasons.split(" ")) if reasons else (), *rest)


def _up_to(until: int) -> Any:
    return evidence.c.seq <= until
