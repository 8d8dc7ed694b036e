"""How evidence hangs together: each entry's hash holds that of the one before, and a signed head holds the last.

A link is made of two digests, the former link and the entry's own, so that a certificate can lead to a head past other
entries without showing them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any

from kigen.ledger.canonical import Value, canonical
from kigen.ledger.leaves import Act, Part, hashes

GENESIS = "0" * 64
"""What stands before the first entry."""

DESTROYED = "destroy"
"""The act by which a sealed copy of a record that was gone already went as well, because somebody asked for it."""

KEY_DESTROYED = "destroy-key"
"""The act by which a frozen document and the key of its own were destroyed at its floor's end."""

OF_COPIES = frozenset({DESTROYED, KEY_DESTROYED})
"""Acts on what was kept of a record, which say nothing of the record itself."""

ENTRY, LINK, HEAD = b"kigen entry 1\n", b"kigen link 1\n", b"kigen head 1\n"
"""Put before what is hashed or signed, so that one thing is never taken for another."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act on the records of one chunk. `at` is UTC as text; `root` is over the leaves of `count` records.

    `previous` and `hash` are 64 small hexadecimal digits. `reasons` are codes: why a stronger rule did not act, or
    what asked for the act.
    """

    seq: int
    previous: str
    host: str
    action: str
    rule: str
    reasons: tuple[str, ...]
    run: int | None
    actor: str
    at: str
    count: int
    root: str
    hash: str

    def digest(self) -> str:
        """The digest of what the entry says, without the chain."""
        told: dict[str, Value] = {
            "action": self.action, "actor": self.actor, "at": self.at, "count": self.count, "host": self.host,
            "reasons": self.reasons, "root": self.root, "rule": self.rule, "run": self.run, "seq": self.seq,
        }  # fmt: skip
        return sha256(ENTRY + canonical(told)).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Every field by its name."""
        return {name: getattr(self, name) for name in ENTRY_FIELDS} | {"reasons": list(self.reasons)}


ENTRY_FIELDS = tuple(one.name for one in fields(Entry))


@dataclass(frozen=True, slots=True)
class Told:
    """An entry with the records that it speaks of."""

    entry: Entry
    parts: tuple[Part, ...]

    @property
    def act(self) -> Act:
        """What was done, as its leaves say it."""
        return Act(self.entry.host, self.entry.action, self.entry.rule)

    @property
    def leaf_hashes(self) -> list[bytes]:
        """The leaves in the order of the tree; raises what `hashes` raises."""
        return leaf_hashes(self.act, self.parts)


def leaf_hashes(act: Act, parts: Sequence[Part]) -> list[bytes]:
    """The leaf hashes of all parts, one after the other."""
    return [one for part in parts for one in hashes(act, part)]


def link(previous: str, digest: str) -> str:
    """The hash of an entry from that of the one before and its own digest; ValueError where one is no digest."""
    before, own = bytes.fromhex(previous), bytes.fromhex(digest)
    if (len(before), len(own), before.hex(), own.hex()) != (32, 32, previous, digest):
        raise ValueError("a digest has 64 small hexadecimal digits")
    return sha256(LINK + before + own).hexdigest()


def entry_from(told: object) -> Entry:
    """An entry as JSON gave it; ValueError where a field is missing, unknown or of another type."""
    if not isinstance(told, dict) or told.keys() != set(ENTRY_FIELDS):
        raise ValueError(f"an entry has the fields {', '.join(sorted(ENTRY_FIELDS))}")
    for name in ("previous", "host", "action", "rule", "actor", "at", "root", "hash"):
        _check(type(told[name]) is str, name)
    for name in ("seq", "count"):
        _check(type(told[name]) is int, name)
    _check(told["run"] is None or type(told["run"]) is int, "run")
    reasons = told["reasons"]
    _check(isinstance(reasons, list) and all(type(code) is str for code in reasons), "reasons")
    return Entry(**{**told, "reasons": tuple(reasons)})


def _check(holds: bool, name: str) -> None:
    if not holds:
        raise ValueError(f"the field {name} of an entry is of another type")


@dataclass(frozen=True, slots=True)
class Head:
    """The signed word that the chain had so many entries and ended in this hash. `key` is the public key's name."""

    entries: int
    hash: str
    at: str
    key: str
    signature: str

    @property
    def statement(self) -> bytes:
        """What is signed."""
        return statement(self.entries, self.hash, self.at)

    def as_json(self) -> dict[str, Any]:
        """Every field by its name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


def statement(entries: int, hash: str, at: str) -> bytes:
    """The bytes that a head's signature is over."""
    return HEAD + canonical({"at": at, "entries": entries, "hash": hash})


def head_from(told: object) -> Head:
    """A head as JSON gave it; ValueError where a field is missing, unknown or of another type."""
    wanted = {one.name for one in fields(Head)}
    if not isinstance(told, dict) or told.keys() != wanted:
        raise ValueError(f"a head has the fields {', '.join(sorted(wanted))}")
    if type(told["entries"]) is not int or any(type(told[name]) is not str for name in wanted - {"entries"}):
        raise ValueError("a field of a head is of another type")
    return Head(**told)
