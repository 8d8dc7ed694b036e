"""The file of `kigen keys backup`: all keys under a passphrase, with a head that says how it was made.

The passphrase becomes a key by scrypt, the keys are sealed with ChaCha20-Poly1305, and the head is bound to them: what
was changed anywhere does not open.
"""

from __future__ import annotations

import base64
import json
import secrets
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from kigen.ledger.canonical import Value, canonical

FORMAT, VERSION = "kigen-keys", 1
SHORTEST = 12
"""Characters of a passphrase: what opens the file opens every frozen document."""

SCRYPT: dict[str, Value] = {"name": "scrypt", "n": 2**17, "r": 8, "p": 1}
"""What version 1 takes: 128 MB and about half a second for each guess."""

CIPHER = "chacha20-poly1305"
LARGEST = 1_000_000
_HEAD = frozenset({"format", "version", "made", "keys", "kdf", "salt", "cipher", "nonce", "sealed"})


class Unopened(ValueError):
    """A file that is no backup, is damaged, or opens with another passphrase; its text is the sentence."""


def passphrase_of(path: Path) -> str:
    """The passphrase in a file, without the end of its line; ValueError with a sentence where there is none."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ValueError(f"the passphrase file {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"the passphrase file {path} is not UTF-8 text") from None
    lines = text.rstrip("\r\n").splitlines()
    if len(lines) != 1 or not lines[0].strip():
        raise ValueError(f"the passphrase file {path} has {len(lines)} lines; expected one, with the passphrase")
    return lines[0]


def seal(files: Mapping[str, bytes], names: Mapping[str, str], passphrase: str, made: str) -> bytes:
    """Seal the files of the keys; `names` tell in the open which keys they are, `made` is an instant in ISO 8601.

    ValueError with a sentence for a passphrase that is too short.
    """
    if len(passphrase.strip()) < SHORTEST:
        raise ValueError(f"the passphrase has {len(passphrase.strip())} characters; expected {SHORTEST} or more")
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    head: dict[str, Value] = {
        "format": FORMAT, "version": VERSION, "made": made, "keys": dict(names), "kdf": SCRYPT, "salt": salt.hex(),
        "cipher": CIPHER, "nonce": nonce.hex(),
    }  # fmt: skip
    content = canonical({name: base64.b64encode(one).decode("ascii") for name, one in files.items()})
    sealed = ChaCha20Poly1305(_key(passphrase, salt)).encrypt(nonce, content, canonical(head))
    told = {**head, "sealed": base64.b64encode(sealed).decode("ascii")}
    return (json.dumps(told, indent=1, ensure_ascii=True) + "\n").encode("ascii")


def unseal(content: bytes, passphrase: str) -> dict[str, bytes]:
    """The files of the keys by name; Unopened with one sentence for anything that seal did not make so."""
    told = _read(content)
    head = {name: value for name, value in told.items() if name != "sealed"}
    try:
        salt, nonce = bytes.fromhex(told["salt"]), bytes.fromhex(told["nonce"])
        sealed = base64.b64decode(told["sealed"], validate=True)
        bound = canonical(head)
    except (ValueError, TypeError):
        raise Unopened("it is damaged: its head is not as a backup of keys has it") from None
    if len(salt) != 16 or len(nonce) != 12:
        raise Unopened("it is damaged: its head is not as a backup of keys has it")
    try:
        opened = ChaCha20Poly1305(_key(passphrase, salt)).decrypt(nonce, sealed, bound)
    except InvalidTag:
        raise Unopened("it does not open: the passphrase is another one, or the file was changed or cut off") from None
    files: dict[str, str] = json.loads(opened)
    return {name: base64.b64decode(one) for name, one in files.items()}


def _read(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content[:LARGEST].decode("utf-8"))
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise Unopened("it is no backup of keys, or it was cut off; expected a file of 'kigen keys backup'")
    if told.get("version") != VERSION:
        raise Unopened(f"it has a version that this program does not know; expected {VERSION}")
    # Only what version 1 makes is computed: a file could ask for more memory than there is.
    if told.keys() != _HEAD or told["kdf"] != SCRYPT or told["cipher"] != CIPHER:
        raise Unopened("it is damaged: its head is not as a backup of keys has it")
    return told


def _key(passphrase: str, salt: bytes) -> bytes:
    # The same signs typed elsewhere can be other bytes.
    secret = unicodedata.normalize("NFC", passphrase.strip()).encode("utf-8")
    return Scrypt(salt, 32, n=2**17, r=8, p=1).derive(secret)
