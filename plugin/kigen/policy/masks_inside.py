"""How data with a structure of its own is masked within: by its keys, by the person's identifiers, and kept valid.

Serialized PHP, JSON, either of them in base64 or inside a string of the other. What cannot be read is never written
changed: it is emptied or kept, as the treatment says, and reported.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from kigen.policy import masks_json, php_serialized
from kigen.policy.identifiers_bytes import find_in_bytes, redact_bytes
from kigen.policy.identifiers_redact import ERASED, SHORT, is_sure, redact
from kigen.policy.identifiers_search import Matcher
from kigen.policy.masks_findings import Finding, Masked
from kigen.policy.masks_keys import KEYS, below, sort_of_key
from kigen.policy.masks_shape import Family, Shape, encoded, fits, from_latin1
from kigen.policy.masks_texts import EMPTIED, Seed, texts
from kigen.policy.php_serialized import Document, Value, looks_serialized
from kigen.policy.sorts import Sort

DEEPEST = 6
"""Structures within strings of structures that are opened."""

_IS_A_SCALAR = re.compile(r"[\"\-0-9]|(?:true|false|null)$")
_HAS_STRUCTURE = re.compile(r"\s*(?:[{\[]|[abidsCEOSN][:;]|[A-Za-z0-9+/\r\n]{8,}={0,2}\s*$)")


class OnInvalid(StrEnum):
    """What becomes of structured data that cannot be read."""

    EMPTY = "empty"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Inside:
    """By what structured data is masked: whose rows these are, what is known of people, which keys tell a sort."""

    matcher: Matcher | None = None
    owners: frozenset[str] = frozenset()
    keys: Mapping[str, Sort] = field(default_factory=lambda: KEYS)
    on_invalid: OnInvalid = OnInvalid.EMPTY


NOTHING = Inside()


def mask_structured(value: object, shape: Shape, inside: Inside) -> Masked:
    """Mask serialized PHP or JSON (text, or bytes in UTF-8) within and write it back valid; other types are invalid."""
    text = value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
    for is_short in (False, True):
        change = _Change(shape, inside, is_short)
        written = change.opened(text, 0) if isinstance(text, str) else None
        if written is None or Finding.OPAQUE in change.findings:
            finding = Finding.INVALID if written is None else Finding.OPAQUE
            kept = inside.on_invalid is OnInvalid.KEEP
            return Masked(value if kept else emptied(shape), (finding,))
        stored = written.encode("utf-8", "surrogateescape") if isinstance(value, bytes) else written
        if fits(stored, shape):
            return Masked(stored, tuple(sorted(change.findings)))
    return Masked(emptied(shape), (Finding.NO_ROOM,))


def redacted(value: object, shape: Shape, inside: Inside) -> Masked:
    """A text of somebody else without the person: hits replaced, all else as it was; shorter marks where room is short.

    Structured data among it is changed within. Values that are no text stay, and so does one that would not fit
    even with the shortest mark, which only a wrong description of the column can cause: it is somebody else's.
    """
    if inside.matcher is None or not isinstance(value, str | bytes):
        return Masked(value)
    for is_short in (False, True):
        change = _Change(shape, inside, is_short, by_key=False)
        if isinstance(value, str):
            stored: object = change.text(None, value)
        else:
            stored = change.bytes_of_others(value)
        if stored == value or fits(stored, shape):
            return Masked(stored, tuple(sorted(change.findings)))
    return Masked(value, (Finding.LEFT,))


def emptied(shape: Shape) -> object:
    """Nothing at all, as the column says it."""
    if shape.nullable:
        return None
    return {Family.JSON: "null", Family.BYTES: b""}.get(shape.family or Family.TEXT, "")


class _Change:
    """One way through one value."""

    def __init__(self, shape: Shape, inside: Inside, is_short: bool, by_key: bool = True) -> None:
        self.inside, self.is_short, self.by_key = inside, is_short, by_key
        self.charset = shape.charset
        self.findings: set[Finding] = set()

    def opened(self, text: str, depth: int) -> str | None:
        """The text changed within, None where it has no structure that can be read."""
        lead = text[: len(text) - len(text.lstrip())]
        body = text.strip()
        if depth > DEEPEST or not body:
            return None
        if looks_serialized(body):
            inner = self._php(body, depth)
        elif body[0] in "{[" or (depth == 0 and _IS_A_SCALAR.match(body)):
            inner = self._json(body, depth)
        else:
            inner = self._base64(body, depth)
        return None if inner is None else lead + inner + text[len(lead) + len(body) :]

    def text(self, key: str | None, text: str, depth: int = 0) -> str:
        """A string under a key, or a key itself (None)."""
        sort = sort_of_key(key, self.inside.keys) if key is not None and self.by_key else None
        if not text.strip():
            return text
        if sort is not None and sort not in (Sort.SERIALIZED, Sort.JSON):
            if self.is_short or sort in EMPTIED:
                return ""
            return next(texts(sort, text, False, Seed("")))
        if _HAS_STRUCTURE.match(text) and (inner := self.opened(text, depth + 1)) is not None:
            return inner
        return self._without_people(text)

    def _without_people(self, text: str) -> str:
        if self.inside.matcher is None:
            return text
        result = redact(text, self.inside.matcher, self.inside.owners, SHORT if self.is_short else ERASED)
        if result.left:
            self.findings.add(Finding.LEFT)
        return result.text

    def bytes_of_others(self, data: bytes) -> bytes:
        """Bytes in any encoding, also compressed; in UTF-8 also with a structure inside."""
        matcher = self.inside.matcher
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = ""
        if _HAS_STRUCTURE.match(text):
            return self.text(None, text).encode("utf-8", "surrogateescape")
        if matcher is None:
            return data
        written = redact_bytes(data, matcher, self.inside.owners, SHORT if self.is_short else ERASED)
        if find_in_bytes(written, matcher):
            self.findings.add(Finding.LEFT)
        return written

    def number(self, key: str | None, written: str) -> str:
        """A number under a key: a telephone number without its zero is one too."""
        if key is not None and self.by_key and sort_of_key(key, self.inside.keys):
            return "0"
        # Seven digits that are also somebody's postcode are an amount.
        hits = self.inside.matcher.find(written) if self.inside.matcher and written.isdigit() else ()
        return "0" if any(is_sure(hit, self.inside.owners) and hit.end - hit.start >= 9 for hit in hits) else written

    def _json(self, text: str, depth: int) -> str | None:
        string = partial(self.text, depth=depth)
        try:
            return masks_json.rewrite(text, string, self.number, partial(below, keys=self.inside.keys))
        except masks_json.Invalid:
            return None

    def _base64(self, text: str, depth: int) -> str | None:
        try:
            inner = base64.b64decode(text, validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            return None
        written = self.opened(inner, depth + 1)
        return None if written is None else base64.b64encode(written.encode("utf-8")).decode("ascii")

    def _php(self, text: str, depth: int) -> str | None:
        # PHP counts the bytes that it saw: UTF-8, or those of a latin1 column that it read as they are.
        for charset in ("utf8mb4", "latin1") if self.charset == "latin1" else ("utf8mb4",):
            data = text.encode("utf-8", "surrogateescape") if charset == "utf8mb4" else encoded(text, charset)
            try:
                document = php_serialized.parse(data or b"")
            except php_serialized.Invalid:
                continue
            self._change_php(document, document.value, None, depth)
            changed = php_serialized.dump(document.value)
            return changed.decode("utf-8", "surrogateescape") if charset == "utf8mb4" else from_latin1(changed)
        return None

    def _change_php(self, document: Document, value: Value, key: str | None, depth: int) -> None:
        match value.kind:
            case "s" | "S":
                php_serialized.set_text(value, self._bytes(key, value.text, depth))
            case "i" | "d":
                if self.number(key, value.raw[2:-1].decode("ascii")) == "0":
                    php_serialized.set_zero(value)
            case "r" | "R":
                # What a reference points to stands under its key as well.
                if key is not None and sort_of_key(key, self.inside.keys) and 0 < value.target <= len(document.slots):
                    target = document.slots[value.target - 1]
                    if target.kind in ("s", "S", "i", "d"):
                        self._change_php(document, target, key, depth)
            case "a" | "O":
                names: set[bytes] = set()
                for name, one in value.items:
                    own = key
                    if name.kind != "i":
                        own = below(key, name.text.decode("utf-8", "replace"), self.inside.keys)
                        new = self._bytes(None, name.text, depth)
                        php_serialized.set_text(name, apart(new, name.text, names))
                    self._change_php(document, one, own, depth)
            case "C":
                for part in value.parts:
                    if isinstance(part, Value):
                        self._change_php(document, part, key, depth)
                    elif self._bytes(None, part, depth) != part:
                        self.findings.add(Finding.OPAQUE)

    def _bytes(self, key: str | None, data: bytes, depth: int) -> bytes:
        try:
            return self.text(key, data.decode("utf-8"), depth).encode("utf-8", "surrogateescape")
        except UnicodeDecodeError:
            return self.text(key, data.decode("latin-1"), depth).encode("latin-1", "replace")


def apart(new: bytes, old: bytes, names: set[bytes]) -> bytes:
    """Two keys that became one would lose a value."""
    name, count = new, 1
    while new != old and name in names:
        count += 1
        name = b"%s %d" % (new, count)
    names.add(name)
    return name
