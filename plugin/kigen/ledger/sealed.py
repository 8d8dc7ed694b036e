"""What must wait in the database for a while and names people: locked with the installation's key.

ChaCha20-Poly1305; what it is for is bound to it, so that nothing opens in another's place.
"""

from __future__ import annotations

import secrets
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from kigen.ledger.keys_store import StoreKeys

NONCE = 12


def seal(keys: StoreKeys, what_for: str, content: str, nonce: bytes = b"") -> bytes:
    """A text, locked. `nonce`: made from the content with a key, where the same text must come out the same."""
    nonce = nonce or secrets.token_bytes(NONCE)
    return nonce + ChaCha20Poly1305(keys.waiting).encrypt(nonce, zlib.compress(content.encode()), what_for.encode())


def unseal(keys: StoreKeys, what_for: str, sealed: bytes) -> str:
    """The text again; ValueError with a sentence for another key and for whatever was changed."""
    try:
        content = ChaCha20Poly1305(keys.waiting).decrypt(sealed[:NONCE], sealed[NONCE:], what_for.encode())
    except InvalidTag:
        raise ValueError(
            f"what waits in the database as {what_for} does not open with the keys here; restore the right ones with"
            " 'kigen keys restore'"
        ) from None
    return zlib.decompress(content).decode()
