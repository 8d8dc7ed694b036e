"""Many digests under one, and the short proof that one of them is there: the Merkle tree of RFC 6962, chapter 2.1.

A leaf is hashed behind 0x00 and a pair behind 0x01, so that nothing can be both. Digests are SHA-256, 32 bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

SIZE = 32
EMPTY = sha256(b"").digest()
"""The root of no leaves."""


def leaf_hash(data: bytes) -> bytes:
    """The digest of one leaf."""
    return sha256(b"\x00" + data).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes in their order; EMPTY for none."""
    if not leaves:
        return EMPTY
    level = leaves
    while len(level) > 1:
        level = _above(level)
    return level[0]


def proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """What leaf number `index`, counted from 0, is hashed with on the way to the root, the nearest first.

    IndexError where there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"there is no leaf {index} among {len(leaves)}")
    path = []
    level = leaves
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level, index = _above(level), index // 2
    return path


def root_from(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes:
    """The root that a leaf hash leads to as number `index` of `count`; ValueError where the path has another length."""
    if not 0 <= index < count:
        raise ValueError(f"there is no leaf {index} among {count}")
    steps = iter(path)
    found, last = leaf, count - 1
    while last:
        if index % 2 or index < last:  # the last of an odd row has nobody beside it and goes up as it is
            beside = next(steps, None)
            if beside is None:
                raise ValueError("the proof is too short")
            found = _pair(beside, found) if index % 2 else _pair(found, beside)
        index, last = index // 2, last // 2
    if next(steps, None) is not None:
        raise ValueError("the proof is too long")
    return found


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The row above. Pairing from the left gives the tree that RFC 6962 cuts at the largest power of two."""
    hashed = sha256
    pairs = iter(level)
    above = [hashed(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
    if len(level) % 2:
        above.append(level[-1])
    return above


def _pair(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
