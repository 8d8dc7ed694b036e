"""What bytes say: texts in the encodings that Japanese hosts and their clients use, also compressed; files and blobs.

Bytes that are no text in any of them are searched for what is ASCII in them. Pictures, PDF and office files are not
opened.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from kigen.policy.identifiers_redact import ERASED, redact
from kigen.policy.identifiers_search import Hit, Matcher

LONGEST = 64 * 1024 * 1024
"""Bytes up to which compressed data is opened; `is_too_long` tells of what is longer, so that it can be reported."""

_OTHER_CODECS = ("cp932", "euc_jp")


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which data is compressed: the bits that zlib wants to be told, and MySQL's length before the body."""

    bits: int
    has_length: bool = False

    def closed(self, data: bytes) -> bytes:
        """The data compressed this way."""
        deflate = zlib.compressobj(9, zlib.DEFLATED, self.bits)
        head = len(data).to_bytes(4, "little") if self.has_length else b""
        return head + deflate.compress(data) + deflate.flush()

    def opened(self, data: bytes) -> bytes | None:
        """The data, None if it is not compressed so, b"" if it is longer than may be opened."""
        inflate = zlib.decompressobj(self.bits)
        try:
            opened = inflate.decompress(data[4:] if self.has_length else data, LONGEST)
        except zlib.error:
            return None
        if inflate.eof:
            return None if inflate.unused_data else opened or None
        return b"" if inflate.unconsumed_tail else None


def find_in_bytes(data: bytes, matcher: Matcher) -> tuple[Hit, ...]:
    """All hits in any reading; their places are those of the decoded text, so they only serve to list and to count."""
    if opened := _opened(data):
        return find_in_bytes(opened[1], matcher)
    return tuple(sorted({hit for _, text in _readings(data) for hit in matcher.find(text)}))


def redact_bytes(data: bytes, matcher: Matcher, owners: frozenset[str] = frozenset(), marker: str = ERASED) -> bytes:
    """The same bytes without the person: in the same encoding, compressed again where they were.

    Compressed data without a hit stays byte for byte. A reading that could not be written back exactly is not used.
    """
    if opened := _opened(data):
        way, inner = opened
        changed = redact_bytes(inner, matcher, owners, marker)
        return data if changed == inner else way.closed(changed)
    for codec, text in _readings(data):
        result = redact(text, matcher, owners, marker)
        if result.replaced:
            return result.text.encode(codec, "surrogateescape")
    return data


def is_too_long(data: bytes) -> bool:
    """Whether this is compressed data that was not opened, because it would be longer than LONGEST."""
    return any(way.opened(data) == b"" for way in _ways(data))


def _readings(data: bytes) -> Iterator[tuple[str, str]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        # The mark at the beginning stays where it is.
        codecs: tuple[str, ...] = ("utf-16-le" if data[0] == 0xFF else "utf-16-be",)
    elif b"\x1b$" in data:
        codecs = ("iso2022_jp",)
    else:
        codecs = ()
    is_utf8 = True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        is_utf8 = False
    for codec in (*codecs, *(() if is_utf8 else _OTHER_CODECS)):
        try:
            text = data.decode(codec)
            if text.encode(codec) == data:
                yield codec, text
        except UnicodeError:
            continue
    yield "utf-8", data.decode("utf-8", "surrogateescape")


def _opened(data: bytes) -> tuple[Way, bytes] | None:
    return next(((way, inner) for way in _ways(data) if (inner := way.opened(data))), None)


def _ways(data: bytes) -> Iterator[Way]:
    """gzip, zlib, and COMPRESS() of MySQL, by what data begins with."""
    if data[:2] == b"\x1f\x8b":
        yield Way(31)
    if data[:1] == b"\x78" and len(data) > 2 and int.from_bytes(data[:2], "big") % 31 == 0:
        yield Way(15)
    if data[4:5] == b"\x78" and len(data) > 6 and int.from_bytes(data[4:6], "big") % 31 == 0:
        yield Way(15, has_length=True)
