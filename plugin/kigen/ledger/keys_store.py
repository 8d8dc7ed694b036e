"""The two secrets beside the key of evidence: one locks frozen documents, one makes the digests that stand for names.

Both are 32 random bytes in `state_dir`, written as hexadecimal digits, for their owner alone. They are never used as
they are: each use has a key of its own, derived with HKDF-SHA-256 and a label, so that one use tells nothing about
another. Without the first, frozen documents are lost; without the second, nobody is found among them, and no record
that a restore brings back is recognised.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kigen.ledger import keys
from kigen.ledger.key_files import is_open_to_others, read_key, write_once

STORE, DIGEST = "store.key", "digest.key"
SECRETS = (STORE, DIGEST)
_DIGITS = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class StoreKeys:
    """The two secrets, and the keys derived from them, 32 bytes each."""

    store: bytes = field(repr=False)
    digest: bytes = field(repr=False)

    @cached_property
    def documents(self) -> bytes:
        """Locks the keys of frozen documents."""
        return _derived(self.store, "kigen frozen documents 1")

    @cached_property
    def parties(self) -> bytes:
        """Makes the digests by which the parties of frozen documents and of maskings are found."""
        return _derived(self.digest, "kigen parties 1")

    @cached_property
    def fingerprints(self) -> bytes:
        """Makes the fingerprints of tombstones."""
        return _derived(self.digest, "kigen tombstones 1")

    @cached_property
    def waiting(self) -> bytes:
        """Locks what names people and must wait in the database for a while."""
        return _derived(self.store, "kigen waiting 1")

    @cached_property
    def blocked(self) -> bytes:
        """Makes the digests by which people who cheated are known again."""
        return _derived(self.digest, "kigen blocked 1")

    @cached_property
    def masks(self) -> bytes:
        """Makes the values of masks that must differ from row to row where no number of the row can."""
        return _derived(self.digest, "kigen masks 1")

    @cached_property
    def suppressed(self) -> bytes:
        """Makes the digests of addresses to which nothing of a purpose goes."""
        return _derived(self.digest, "kigen suppressed 1")

    @cached_property
    def changes(self) -> bytes:
        """Makes the digests of values that changed."""
        return _derived(self.digest, "kigen changes 1")

    @cached_property
    def unsubscribing(self) -> bytes:
        """Makes the tokens by which somebody ends a purpose from the mail itself."""
        return _derived(self.digest, "kigen unsubscribing 1")

    @cached_property
    def names(self) -> Mapping[str, str]:
        """By file a short name to compare by: 16 digits that tell nothing about the secret."""
        return {STORE: name_of(self.store), DIGEST: name_of(self.digest)}


def name_of(secret: bytes) -> str:
    """A short name of a secret: 16 hexadecimal digits of a key derived for this alone."""
    return _derived(secret, "kigen name 1").hex()[:16]


def make(state_dir: Path) -> list[str]:
    """Make the secrets that are missing, and name their files. The folder is there; OSError passes."""
    return [
        name for name in SECRETS if write_once(state_dir / name, f"{secrets.token_hex(32)}\n".encode("ascii"), 0o600)
    ]  # fmt: skip


def read(state_dir: Path) -> StoreKeys:
    """Both secrets; ValueError with a sentence where one is missing or is something else."""
    return StoreKeys(*(secret_of(read_key(state_dir / name), state_dir / name) for name in SECRETS))


def secret_of(content: bytes, path: Path) -> bytes:
    """The secret that a file holds; ValueError with a sentence where it holds something else."""
    text = content.decode("ascii", "replace").strip()
    if not _DIGITS.fullmatch(text):
        raise ValueError(f"the key {path} is not 64 hexadecimal digits; restore it with 'kigen keys restore'")
    return bytes.fromhex(text)


def names(state_dir: Path) -> dict[str, str]:
    """The names of all three keys of an installation by file; ValueError with a sentence where one is missing."""
    return {keys.PRIVATE: keys.name(keys.private(state_dir).public_key()), **read(state_dir).names}


def exposed(state_dir: Path) -> Iterator[Path]:
    """The files with a secret that others than their owner may do something with."""
    return (state_dir / name for name in SECRETS if is_open_to_others(state_dir / name))


def _derived(secret: bytes, label: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=label.encode("ascii")).derive(secret)
