"""The certificate of one act on one record: a file that proves itself with nothing but the operator's public key.

It holds the leaf with its random bytes, the way from there to the entry's root, the entry, the links from the entry to
a signed head, and the head. Whoever has it need not see any other record, nor the database.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kigen.ledger import keys, merkle
from kigen.ledger.canonical import canonical
from kigen.ledger.chain import Entry, Head, Told, entry_from, head_from, link
from kigen.ledger.leaves import content

FORMAT = "kigen certificate 1"
FIELDS = ("format", "leaf", "salt", "index", "proof", "entry", "links", "head", "public_key")
HEX = re.compile(r"(?:[0-9a-f]{2})*")


_Read = TypeVar("_Read")


class Unproved(ValueError):
    """A certificate that does not prove what it says; the text tells why, and `part` which part of it is at fault:
    form, leaf, proof, entry, links, head or key."""

    def __init__(self, text: str, part: str = "form") -> None:
        super().__init__(text)
        self.part = part


@dataclass(frozen=True, slots=True)
class Proved:
    """What a certificate proves. `leaf` is the record and the act, `key` the public key that signed the head."""

    leaf: dict[str, Any]
    entry: Entry
    head: Head
    key: Ed25519PublicKey
    links: int


def certificate(told: Told, place: int, links: Sequence[str], head: Head, key: Ed25519PublicKey) -> str:
    """The certificate for leaf number `place` of an entry; `links` are the digests of the entries after it to the head.

    ValueError where the record was forgotten: its random bytes are gone, and nothing can be proved any more.
    """
    part, position = _find(told, place)
    item = part.items[position]
    if item is None:
        raise ValueError(f"the record was forgotten: entry {told.entry.seq} holds only the hash of its leaf")
    hashes = told.leaf_hashes
    document = {
        "format": FORMAT,
        "leaf": content(told.act, part.kind, item),
        "salt": part.salt(position).hex(),
        "index": place,
        "proof": [one.hex() for one in merkle.proof(hashes, place)],
        "entry": told.entry.as_json(),
        "links": list(links),
        "head": head.as_json(),
        "public_key": keys.as_hex(key),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def prove(text: str, trusted: Ed25519PublicKey | None = None) -> Proved:
    """What a certificate proves; Unproved with a sentence where it does not, or where not the `trusted` key signed.

    Without a trusted key the one in the file is taken: the certificate then proves only what that key's owner says.
    """
    document = _read(text)
    try:
        key = _field(document, "public_key", "64 small hexadecimal digits, an Ed25519 key", keys.of_hex)
        entry = _field(document, "entry", "an entry of evidence with all its fields", entry_from)
        head = _field(document, "head", "a signed head with all its fields", head_from)
        told = _field(document, "leaf", "a record and what was done to it", lambda leaf: canonical(_leaf(leaf, entry)))
        leaf = merkle.leaf_hash(_bytes(document["salt"], merkle.SIZE) + told)
        path = [_bytes(one, merkle.SIZE) for one in _list(document["proof"])]
        _check(type(document["index"]) is int, "index is no whole number", "proof")
        root = merkle.root_from(leaf, document["index"], entry.count, path)
        _check(root.hex() == entry.root, "the record is not among those that the entry is about", "leaf")
        reached = link(entry.previous, entry.digest())
        _check(reached == entry.hash, "the entry says something else than when it was written", "entry")
        links = _list(document["links"])
        for one in links:
            reached = link(reached, _bytes(one, merkle.SIZE).hex())
        leads = entry.seq + len(links) == head.entries and reached == head.hash
        _check(leads, "the entry does not lead to the head", "links")
        _check(head.key == keys.name(key), "the head names another key than the certificate", "head")
        is_signed = keys.is_signed(key, head.signature, head.statement)
        _check(is_signed, "the head is not signed by the certificate's key", "head")
    except Unproved:
        raise
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        text = "expected entry, proof, links and head as 'kigen evidence certificate' writes them"
        raise Unproved(f"the certificate is damaged where its proof stands; {text}", "proof") from None
    if trusted is not None and keys.as_hex(trusted) != keys.as_hex(key):
        raise Unproved(f"the certificate is signed by the key {keys.name(key)}, not by {keys.name(trusted)}", "key")
    return Proved(document["leaf"], entry, head, key, len(links))


def _field(document: dict[str, Any], name: str, expected: str, read: Callable[[Any], _Read]) -> _Read:
    try:
        return read(document[name])
    except Unproved:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        part = "key" if name == "public_key" else name
        raise Unproved(f"the certificate is damaged in its field {name}; expected {expected}", part) from None


def _read(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text, object_pairs_hook=_without_repetition)
    except Unproved as error:
        raise Unproved(f"it is no certificate: {error}") from None
    except (ValueError, RecursionError):
        raise Unproved("it is no certificate; expected one JSON document") from None
    if not isinstance(document, dict) or set(document) != set(FIELDS):
        raise Unproved(f"it is no certificate; expected the fields {', '.join(FIELDS)}")
    _check(document["format"] == FORMAT, f"it is no certificate of the form {FORMAT!r}")
    return document


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Two readers could take two different values of a name that is there twice.
    found = dict(pairs)
    _check(len(found) == len(pairs), "a field stands there twice")
    return found


def _leaf(leaf: object, entry: Entry) -> dict[str, Any]:
    if not isinstance(leaf, dict):
        raise Unproved("the leaf is no record", "leaf")
    for name, value in (("host", entry.host), ("action", entry.action), ("rule", entry.rule)):
        _check(leaf.get(name) == value, f"the record names another {name} than the entry", "leaf")
    return leaf


def _find(told: Told, place: int) -> tuple[Any, int]:
    for part in told.parts:
        if place < len(part.items):
            return part, place
        place -= len(part.items)
    raise ValueError("the entry is about fewer records")


def _bytes(text: object, size: int) -> bytes:
    if not isinstance(text, str) or len(text) != 2 * size or not HEX.fullmatch(text):
        raise Unproved(f"a digest is not {2 * size} small hexadecimal digits", "proof")
    return bytes.fromhex(text)


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Unproved("a list is none", "proof")
    return value


def _check(holds: bool, problem: str, part: str = "form") -> None:
    if not holds:
        raise Unproved(problem, part)
