"""Whether evidence is as it was written: the first entry that is not, wherever the entries come from.

Every entry's hash is made again from what it says and from the one before, every root from the records below it, and
every signed head is compared with the entry that it names. Entries after the last signed head hang together too, but
who can write the database can write them anew; the ledger file and the next head stand against that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from kigen.ledger import evidence, evidence_read, keys, merkle
from kigen.ledger.chain import GENESIS, Head, Told, link


class Bad(Exception):
    """The first entry that is not as it was written, and what is wrong with it."""

    def __init__(self, seq: int, problem: str) -> None:
        super().__init__(problem)
        self.seq = seq
        self.problem = problem


@dataclass
class Walk:
    """How far a chain was followed: the last good entry, and how many records were proved on the way."""

    seq: int = 0
    hash: str = GENESIS
    records: int = 0

    def step(self, told: Told) -> None:
        """Follow the chain to the next entry; Bad where it does not lead there."""
        entry, expected = told.entry, self.seq + 1
        if entry.seq != expected:
            raise Bad(expected, f"entry {expected} is missing: entry {entry.seq} stands in its place")
        if entry.previous != self.hash:
            raise Bad(expected, f"entry {expected} does not follow from the one before it")
        try:
            found = link(self.hash, entry.digest())
        except (ValueError, TypeError):
            found = ""
        if found != entry.hash:
            raise Bad(expected, f"entry {expected} says something else than when it was written")
        self._check_records(told)
        self.seq, self.hash, self.records = entry.seq, entry.hash, self.records + entry.count

    def _check_records(self, told: Told) -> None:
        entry = told.entry
        try:
            leaves = told.leaf_hashes
        except (ValueError, TypeError, OverflowError):
            raise Bad(entry.seq, f"the records of entry {entry.seq} cannot be read") from None
        if len(leaves) != entry.count:
            raise Bad(entry.seq, f"entry {entry.seq} is about {entry.count} records, and {len(leaves)} are there")
        if merkle.root(leaves).hex() != entry.root:
            raise Bad(entry.seq, f"the records of entry {entry.seq} are not those that it was written about")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: `first_bad` is the number of the first bad entry, None where all is well.

    `entries` and `records` are those found good; `signed` is how many entries the last good head covers. Of a partial
    verification the first `after` entries were not looked at and are counted in none but `signed`.
    """

    entries: int
    records: int
    signed: int
    first_bad: int | None = None
    problem: str | None = None
    after: int = 0

    @property
    def ok(self) -> bool:
        """Whether everything is as it was written."""
        return self.first_bad is None


def verify(
    connection: Connection, key: Ed25519PublicKey, start: Head | None = None,
    progress: Callable[[int], None] = lambda seq: None,
) -> Verdict:  # fmt: skip
    """Follow the chain in the database from its beginning, or from a head that is signed by this key.

    One entry is in memory at a time with some around it. ValueError where `start` is not signed by the key.
    """
    walk, after = Walk(), 0
    if start is not None:
        if not keys.is_signed(key, start.signature, start.statement):
            raise ValueError(f"the head over {start.entries} entries is not signed by the key {keys.name(key)}")
        walk, after = Walk(start.entries, start.hash), start.entries
    signed = _Signed(key, evidence_read.signed(connection, walk.seq))
    try:
        signed.check(walk)
        for told in evidence_read.told(connection, walk.seq):
            walk.step(told)
            signed.check(walk)
            progress(walk.seq)
        _check_end(connection, walk)
        signed.check_rest(walk)
    except Bad as bad:
        return Verdict(walk.seq - after, walk.records, signed.entries, bad.seq, bad.problem, after)
    return Verdict(walk.seq - after, walk.records, signed.entries, after=after)


def _check_end(connection: Connection, walk: Walk) -> None:
    try:
        seq, hash_ = evidence.end(connection)
    except ValueError as error:
        raise Bad(walk.seq + 1, str(error)) from None
    if (seq, hash_) != (walk.seq, walk.hash):
        first = walk.seq + 1 if seq > walk.seq else min(seq + 1, max(walk.seq, 1))
        raise Bad(first, f"the chain is noted to end with entry {seq}, and entry {walk.seq} is the last there is")
    if evidence_read.highest_leaf(connection) > walk.seq:
        raise Bad(walk.seq + 1, f"records are stored for entries after {walk.seq}, which is the last there is")


class _Signed:
    """The signed heads, each compared when the chain has come to its entry."""

    def __init__(self, key: Ed25519PublicKey, heads: Iterable[Head]) -> None:
        self._key = key
        self._heads = iter(heads)
        self._next = next(self._heads, None)
        self.entries = 0

    def check(self, walk: Walk) -> None:
        """Compare every head over as many entries as were followed."""
        while self._next is not None and self._next.entries <= walk.seq:
            head = self._next
            check_signature(head, self._key)
            if head.hash != walk.hash:
                raise Bad(max(head.entries, 1), f"entry {head.entries} is not the one that was signed on {head.at}")
            self.entries = head.entries
            self._next = next(self._heads, None)

    def check_rest(self, walk: Walk) -> None:
        """A head over more entries than there are: the end of the chain was cut off."""
        if self._next is not None:
            check_signature(self._next, self._key)
            signed = f"{self._next.entries} entries were signed on {self._next.at}"
            raise Bad(walk.seq + 1, f"entry {walk.seq + 1} is missing: {signed}")


def check_signature(head: Head, key: Ed25519PublicKey) -> None:
    """Bad where a head is not signed by this key, or names another."""
    name = keys.name(key)
    if head.key != name or not keys.is_signed(key, head.signature, head.statement):
        text = f"the head over {head.entries} entries, of {head.at}, is not signed by the key {name}"
        raise Bad(max(head.entries, 1), text)
