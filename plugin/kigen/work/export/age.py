"""How a bundle is encrypted while it is written: with age, to a recipient's key or under a passphrase.

To a key by pyrage, the extra `age`. pyrage holds a text under a passphrase whole in memory, which a bundle must not be:
that form of the format is written here, and any age opens it. Source: age-encryption.org/v1 (C2SP).
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from typing import Protocol

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

CHUNK = 65_536
WORK = 17
"""Binary logarithm of scrypt's N: 128 MiB for a moment, as OWASP asks for."""


class Writer(Protocol):
    """Where bytes go."""

    def write(self, content: bytes) -> int: ...


Seal = Callable[[Iterator[bytes], Writer], None]
"""Writes all pieces, as they are or encrypted."""


def openly(pieces: Iterator[bytes], out: Writer) -> None:
    """As they are."""
    for piece in pieces:
        out.write(piece)


def to_recipient(key: str) -> Seal:
    """To a public key of age (`age1…`) or an SSH key. Raises ValueError for what is none, or without the extra."""
    try:
        import pyrage  # an extra: only who encrypts needs it
    except ImportError:
        raise ValueError("--recipient needs the extra 'age': pip install 'kigen[age]'") from None
    of = pyrage.ssh if key.strip().startswith("ssh-") else pyrage.x25519
    try:
        recipient = of.Recipient.from_str(key.strip())
    except pyrage.RecipientError:
        raise ValueError("--recipient is no public key of age; expected one such as age1… or ssh-ed25519 …") from None

    def seal(pieces: Iterator[bytes], out: Writer) -> None:
        through = _Through(pieces, out)
        try:
            pyrage.encrypt_io(through, through, [recipient])
        except Exception:
            if through.error:
                raise through.error from None
            raise

    return seal


def under_passphrase(passphrase: str) -> Seal:
    """Under a passphrase."""

    def seal(pieces: Iterator[bytes], out: Writer) -> None:
        file_key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
        wrapping = Scrypt(b"age-encryption.org/v1/scrypt" + salt, 32, n=2**WORK, r=8, p=1).derive(passphrase.encode())
        body = ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)
        head = f"age-encryption.org/v1\n-> scrypt {_bare(salt)} {WORK}\n{_bare(body)}\n---".encode()
        mac = hmac.HMAC(_derived(file_key, b"", b"header"), hashes.SHA256())
        mac.update(head)
        out.write(head + b" " + _bare(mac.finalize()).encode() + b"\n" + nonce)
        cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
        for number, (chunk, is_last) in enumerate(_chunks(pieces)):
            out.write(cipher.encrypt(number.to_bytes(11, "big") + bytes([is_last]), chunk, None))

    return seal


def _chunks(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Chunks of one size, the last shorter or full; one that is empty only where nothing came."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) > CHUNK:
            yield bytes(held[:CHUNK]), False
            del held[:CHUNK]
    yield bytes(held), True


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, info).derive(key)


def _bare(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii").rstrip("=")


class _Through:
    """Pieces as a file that can be read, and the file that is written; what either raised is kept, as it was."""

    def __init__(self, pieces: Iterator[bytes], out: Writer) -> None:
        self.pieces, self.out, self.rest = pieces, out, b""
        self.error: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self.rest:  # a piece may be empty, and is not the end by that
                piece = next(self.pieces, None)
                if piece is None:
                    return b""
                self.rest = piece
        except BaseException as error:
            self.error = error
            raise
        taken, self.rest = (self.rest, b"") if size < 0 else (self.rest[:size], self.rest[size:])
        return taken

    def write(self, content: bytes) -> int:
        try:
            return self.out.write(bytes(content))
        except BaseException as error:
            self.error = error
            raise

    def flush(self) -> None:
        """Nothing: the file is flushed at its end."""
