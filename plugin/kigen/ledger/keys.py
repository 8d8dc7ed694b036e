"""The key that signs evidence: made once, kept in `state_dir`, never overwritten; its public half is for everybody.

Ed25519. Both files are PEM, so that any tool reads them: `evidence.key` (mode 600) and `evidence.pub`.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from kigen.ledger.key_files import BRING_BACK_PUBLIC, is_open_to_others, read_key, write_once

PRIVATE, PUBLIC = "evidence.key", "evidence.pub"


def make(state_dir: Path) -> bool:
    """Make the key unless there is one; True where it is new. A lost public half is written again. OSError passes."""
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = state_dir / PRIVATE
    is_new = not path.exists()
    if is_new:
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        is_new = write_once(path, pem, 0o600)
    key = private(state_dir).public_key()
    write_once(state_dir / PUBLIC, key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), 0o644)
    return is_new


def private(state_dir: Path) -> Ed25519PrivateKey:
    """The signing key; ValueError with a sentence where there is none or it is something else."""
    path = state_dir / PRIVATE
    content = read_key(path)
    try:
        return of_pem(content)
    except ValueError:
        raise ValueError(f"the key {path} is no Ed25519 key in PEM; restore it with 'kigen keys restore'") from None


def of_pem(content: bytes) -> Ed25519PrivateKey:
    """A signing key from the content of its file; ValueError where it is something else."""
    try:
        key = load_pem_private_key(content, None)
    except (TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("it is no Ed25519 key in PEM")
    return key


def public(state_dir: Path) -> Ed25519PublicKey:
    """The public key of this installation; ValueError with a sentence where there is none or it is something else."""
    return read_public(state_dir / PUBLIC, BRING_BACK_PUBLIC)


def read_public(path: Path, expected: str = f"expected the operator's {PUBLIC}") -> Ed25519PublicKey:
    """A public key from a PEM file; ValueError with a sentence, which tells what was expected, where there is none."""
    content = read_key(path, expected)
    try:
        key = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(f"{path} is no public Ed25519 key in PEM; {expected}")
    return key


def of_hex(text: str) -> Ed25519PublicKey:
    """A public key from 64 small hexadecimal digits; ValueError for anything else."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))
    if as_hex(key) != text:
        raise ValueError("a public key has 64 small hexadecimal digits")
    return key


def as_hex(key: Ed25519PublicKey) -> str:
    """The 32 bytes of a public key as hexadecimal digits."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def name(key: Ed25519PublicKey) -> str:
    """A short name to compare by: the first 16 digits of the SHA-256 of its 32 bytes."""
    return sha256(bytes.fromhex(as_hex(key))).hexdigest()[:16]


def is_signed(key: Ed25519PublicKey, signature: str, statement: bytes) -> bool:
    """Whether a signature, 128 small hexadecimal digits, is this key's over these bytes."""
    try:
        made = bytes.fromhex(signature)
        if made.hex() != signature:
            return False
        key.verify(made, statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_exposed(state_dir: Path) -> bool:
    """Whether others than the owner may do something with the signing key."""
    return is_open_to_others(state_dir / PRIVATE)
