"""How a frozen document lies in the database: locked with a key of its own, which is locked with the installation's.

ChaCha20-Poly1305; host, kind, number and part are bound to each piece, so that none opens in another's place. The
document's key stands in its row alone: when the row goes, no backup of the keys opens what is left elsewhere.
"""

from __future__ import annotations

import secrets
import zlib
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from kigen.ledger.canonical import canonical
from kigen.ledger.keys_store import STORE, StoreKeys
from kigen.policy.records import Ref, ref_text

NONCE = 12


class Unreadable(ValueError):
    """A frozen document that does not open; its text is the sentence."""


@dataclass(frozen=True, slots=True)
class Locked:
    """What is stored of a document: which key locked it, its own key with both digests, its data and its page."""

    store_key: str
    wrapped: bytes
    content: bytes
    page: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """A document's data as canonical JSON and its page, with the SHA-256 of each, as they were locked."""

    content: bytes
    page: bytes
    content_digest: str
    page_digest: str


def lock(keys: StoreKeys, host: str, ref: Ref, content: bytes, page: bytes) -> Locked:
    """Lock a document's data and page with a fresh key."""
    own = ChaCha20Poly1305.generate_key()
    head = own + sha256(content).digest() + sha256(page).digest()
    return Locked(
        keys.names[STORE],
        _sealed(keys.documents, head, host, ref, "key"),
        _sealed(own, zlib.compress(content), host, ref, "content"),
        _sealed(own, zlib.compress(page), host, ref, "page"),
    )


def unlock(keys: StoreKeys, host: str, ref: Ref, locked: Locked) -> Opened:
    """Open a document and compare both digests; Unreadable for another key and for whatever was changed."""
    if locked.store_key != keys.names[STORE]:
        raise Unreadable(
            f"the document of {ref_text(ref)} was locked with the key {locked.store_key}, and the one here is"
            f" {keys.names[STORE]}; restore the right one with 'kigen keys restore'"
        )
    try:
        head = _unsealed(keys.documents, locked.wrapped, host, ref, "key")
        own, digests = head[:32], (head[32:64], head[64:96])
        content = zlib.decompress(_unsealed(own, locked.content, host, ref, "content"))
        page = zlib.decompress(_unsealed(own, locked.page, host, ref, "page"))
    except (InvalidTag, ValueError, zlib.error):
        raise _changed(ref) from None
    if (sha256(content).digest(), sha256(page).digest()) != digests:
        raise _changed(ref)
    return Opened(content, page, digests[0].hex(), digests[1].hex())


def _changed(ref: Ref) -> Unreadable:
    return Unreadable(
        f"the document of {ref_text(ref)} was changed in the database since it was stored, and does not open;"
        " restore that row from a backup"
    )


def _sealed(key: bytes, content: bytes, host: str, ref: Ref, part: str) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, content, _bound(host, ref, part))


def _unsealed(key: bytes, sealed: bytes, host: str, ref: Ref, part: str) -> bytes:
    return ChaCha20Poly1305(key).decrypt(sealed[:NONCE], sealed[NONCE:], _bound(host, ref, part))


def _bound(host: str, ref: Ref, part: str) -> bytes:
    return canonical({"host": host, "kind": ref[0].value, "id": str(ref[1]), "part": part})
