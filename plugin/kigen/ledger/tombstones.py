"""What evidence still knows of records that are gone: tombstones, each with its record's fingerprint.

A tombstone is a leaf of evidence. A fingerprint is a keyed digest of what never changes of a record, so that it tells
nothing to whoever lacks the key in `state_dir`, and a record that comes back is known by more than its number.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from kigen.ledger import settings
from kigen.ledger.chain import DESTROYED, OF_COPIES, Told
from kigen.ledger.evidence_read import one as entry_of
from kigen.ledger.tables_evidence import leaves
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import ON_REQUEST, asked_by

ENDING = frozenset({"delete", "anonymise"})
"""Acts after which a person is no longer in a record."""

GONE, UNDONE = "delete", "undo"
"""The act after which a record is not there, and the one that takes an act back: then it is there by right."""

UNDOES = {UNDONE: frozenset({GONE, "anonymise", "archive"}), "unarchive": frozenset({"archive"})}
"""By an act that takes others back, which ones."""


def is_asked(action: str, rule: str) -> bool:
    """Whether this was done because somebody asked for it, so that no copy of before may come back."""
    return action == DESTROYED or (action in ENDING and asked_by(rule) == ON_REQUEST)


DIGITS = 32
HIGHEST = "highest erased"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One act on one record, as evidence proves it. `due` and `at` in UTC; `fingerprint` None where none was made.

    `codes` are the reasons of its whole entry, which may speak of other records too.
    """

    seq: int
    at: dt.datetime
    action: str
    rule: str
    due: dt.datetime | None
    fingerprint: str | None
    codes: frozenset[str] = frozenset()


def of(told: Told) -> Iterator[tuple[Ref, Tombstone]]:
    """The tombstones of an entry; those that were forgotten are left out."""
    entry = told.entry
    at, codes = dt.datetime.fromisoformat(entry.at), frozenset(entry.reasons)
    for part in told.parts:
        kind = Kind(part.kind)
        for item in part.items:
            if item is None:
                continue
            number, due, *rest = item
            came_due = None if due is None else dt.datetime.fromtimestamp(int(due), dt.UTC)
            print_ = str(rest[0]) if rest else None
            yield (kind, int(number or 0)), Tombstone(entry.seq, at, entry.action, entry.rule, came_due, print_, codes)


def highest(connection: Connection) -> dict[Kind, int]:
    """The highest id of each kind that evidence knows, or knew before it forgot."""
    query = select(leaves.c.kind, func.max(leaves.c.highest)).group_by(leaves.c.kind)
    known = {kind: number for kind, number in connection.execute(query) if number is not None}
    noted: dict[str, int] = json.loads(settings.note(connection, HIGHEST) or "{}")
    return {Kind(kind): max(known.get(kind, 0), noted.get(kind, 0)) for kind in known.keys() | noted.keys()}


def keep_highest(connection: Connection) -> None:
    """Note the highest ids apart from the tombstones, before some of these are forgotten."""
    found = {kind.value: number for kind, number in sorted(highest(connection).items())}
    settings.write_note(connection, HIGHEST, json.dumps(found))


def about(connection: Connection, refs: Iterable[Ref]) -> dict[Ref, Tombstone]:
    """Of these records, those whose latest act deleted them, with that act; one query for each record."""
    found: dict[Ref, Tombstone] = {}
    for ref in refs:
        for stone in _latest_first(connection, ref):
            if stone.action in OF_COPIES:
                continue
            if stone.action == GONE:
                found[ref] = stone
            break
    return found


def _latest_first(connection: Connection, ref: Ref) -> Iterator[Tombstone]:
    kind, number = ref
    # An id stands in the stored list at the beginning of its item; the server looks through rows that may hold it.
    query = (
        select(leaves.c.entry)
        .where(leaves.c.kind == kind.value, leaves.c.highest >= number, leaves.c.lowest <= number,
               leaves.c.records.contains(f"[{int(number)},"))
        .order_by(leaves.c.entry.desc())
    )  # fmt: skip
    for seq in connection.scalars(query).all():
        told = entry_of(connection, seq)
        yield from (stone for found, stone in (of(told) if told else ()) if found == ref)


def fingerprints(key: bytes, host: str, materials: Mapping[int, str]) -> dict[int, str]:
    """The fingerprints of records of one kind, by id: keyed digests of what never changes of each.

    HMAC-SHA256, 128 bits of it in hexadecimal digits.
    """
    begun = hmac.new(key, f"{host}\x1f".encode(), "sha256")  # the same for all, hence hashed once
    return {number: _digest(begun.copy(), material) for number, material in materials.items()}


def _digest(begun: hmac.HMAC, material: str) -> str:
    begun.update(material.encode())
    return begun.hexdigest()[:DIGITS]
