"""What evidence says of one record, and how it is hashed so that nobody who lacks its 32 random bytes can guess it.

A leaf names a kind, an id, what was done, by which rule and when it had come due: never a person.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256

from kigen.ledger.canonical import Value, canonical
from kigen.ledger.merkle import SIZE, leaf_hash
from kigen.policy.records import Kind

EPOCH = dt.date(1970, 1, 1)
Item = list[int | str | None] | None
"""One record as it is stored: id, due in seconds since 1970 or None, its fingerprint if it has one; None: forgotten."""


@dataclass(frozen=True, slots=True)
class Act:
    """What was done to all records of one entry, and by which rule."""

    host: str
    action: str
    rule: str


@dataclass(frozen=True)
class Part:
    """The records of one kind in an entry, in the order of their leaves, and the 32 random bytes of each.

    Of a record that was forgotten the 32 bytes are its leaf's hash, so that the others can still be proved.
    """

    kind: str
    items: Sequence[Item]
    salts: bytes

    @cached_property
    def stored_items(self) -> str:
        """The items as the table and the ledger file hold them."""
        return json.dumps(self.items, separators=(",", ":"))

    @property
    def bounds(self) -> tuple[int | None, int | None]:
        """The lowest and the highest id that is still known."""
        known = [item[0] for item in self.items if item is not None]
        return (min(known), max(known)) if known else (None, None)  # type: ignore[type-var,return-value]  # ids first

    def position(self, number: int) -> int | None:
        """Where the record of this id stands, None where it does not."""
        return next((place for place, item in enumerate(self.items) if item and item[0] == number), None)

    def salt(self, position: int) -> bytes:
        """The random bytes of one record."""
        return self.salts[position * SIZE : (position + 1) * SIZE]


def part_of(kind: Kind, done: Sequence[tuple[int, dt.datetime | None]], fingerprints: Mapping[int, str]) -> Part:
    """The records of one kind with fresh random bytes; due dates are cut to the second."""
    items: list[Item] = []
    known = fingerprints.get
    for number, due in done:
        at = None if due is None else int(due.timestamp())
        items.append([number, at] if (found := known(number)) is None else [number, at, found])
    return Part(kind.value, items, os.urandom(SIZE * len(items)))


def content(act: Act, kind: str, item: Sequence[int | str | None]) -> dict[str, Value]:
    """A leaf as data. The id is text: a JSON number is exact only up to 2**53."""
    number, due, *rest = item
    fingerprint: dict[str, Value] = {"fingerprint": rest[0]} if rest else {}
    told = {"action": act.action, "due": None if due is None else written(int(due)), **fingerprint}
    return {**told, "host": act.host, "id": str(number), "kind": kind, "rule": act.rule}


def hashes(act: Act, part: Part) -> list[bytes]:
    """The leaf hashes of a part: SHA-256 of 0x00, the record's random bytes and its canonical JSON.

    ValueError for what no part can hold. The JSON is put together by hand, which is many times as fast; it is
    `canonical(content(…))` in each case.
    """
    items, salts = part.items, part.salts
    if len(salts) != SIZE * len(items):
        raise ValueError("the random bytes do not fit the records")
    known = [item for item in items if item is not None]
    action, host, kind, rule = map(_word, (act.action, act.host, part.kind, act.rule))
    start, between, end = f'{{"action":{action},"due":', f',"host":{host},"id":"', f'","kind":{kind},"rule":{rule}}}'
    told = [f"{start}{first}{between}{number}{end}".encode() for first, number in _columns(known)]
    if len(known) == len(items):
        hashed, starts = sha256, range(0, len(salts), SIZE)
        return [hashed(b"\0" + salts[at : at + SIZE] + one).digest() for at, one in zip(starts, told, strict=True)]
    contents = iter(told)
    slots = [part.salt(position) for position in range(len(items))]
    return [slot if item is None else leaf_hash(slot + next(contents)) for item, slot in zip(items, slots, strict=True)]


def _columns(items: Sequence[Sequence[int | str | None]]) -> Iterator[tuple[str, int | str | None]]:
    """Of each record what stands before the host, its date and fingerprint as JSON, and its id.

    What merely looks the same once it is written (5.0, true) is refused.
    """
    if not items:
        return iter(())
    try:
        widths = set(map(len, items))
        ids, dues, *_ = zip(*items, strict=False)
    except (TypeError, ValueError):
        raise ValueError("what stands for a record is none") from None
    if not widths <= {2, 3} or set(map(type, ids)) != {int} or not set(map(type, dues)) <= {int, type(None)}:
        raise ValueError("a record has an id, a due date in seconds or none, and a fingerprint or none")
    firsts: list[str] = ["null" if due is None else f'"{written(due)}"' for due in dues]
    if widths == {3} and _are_digits(prints := [item[2] for item in items]):
        firsts = [f'{first},"fingerprint":"{one}"' for first, one in zip(firsts, prints, strict=True)]
    elif widths != {2}:
        firsts = [first + _fingerprint(item[2:]) for first, item in zip(firsts, items, strict=True)]
    return zip(firsts, ids, strict=True)


def forgotten(act: Act, part: Part, numbers: frozenset[int] | None = None) -> Part:
    """The part without what it knew of these records (None: of all): neither id nor random bytes, only the hash."""
    items: list[Item] = []
    salts = []
    for position, (item, digest) in enumerate(zip(part.items, hashes(act, part), strict=True)):
        goes = item is not None and (numbers is None or item[0] in numbers)
        items.append(None if goes else item)
        salts.append(digest if goes else part.salt(position))
    return Part(part.kind, items, b"".join(salts))


@lru_cache(maxsize=1000)
def _word(word: str) -> str:
    return canonical(word).decode()


def _are_digits(prints: Sequence[object]) -> bool:
    """Whether all are texts of letters and digits, which stand in JSON as they are."""
    if set(map(type, prints)) != {str}:
        return False
    together = "".join(map(str, prints))
    return together.isascii() and together.isalnum() and all(prints)


def _fingerprint(rest: Sequence[int | str | None]) -> str:
    if rest and not isinstance(rest[0], str):
        raise ValueError("a fingerprint is a text")
    return f',"fingerprint":{canonical(rest[0]).decode()}' if rest else ""


MINUTES = [f"T{minute // 60:02}:{minute % 60:02}:" for minute in range(1440)]
SECONDS = [f"{second:02}Z" for second in range(60)]


def written(seconds: int) -> str:
    """An instant as evidence writes it: UTC, to the second."""
    # Put together from what was written before: several times as fast as strftime.
    return f"{_day(seconds // 86_400)}{MINUTES[seconds % 86_400 // 60]}{SECONDS[seconds % 60]}"


@lru_cache(maxsize=65_536)
def _day(days: int) -> str:
    return (EPOCH + dt.timedelta(days)).isoformat()
