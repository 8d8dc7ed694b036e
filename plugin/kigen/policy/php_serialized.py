"""How PHP's serialize() is read and written back: every length in bytes, so that unserialize() takes it again.

Read strictly: what PHP itself would not take, or only with a notice, is Invalid, because guessing where a broken text
was meant to end could leave half a name behind. What is not changed is written back byte for byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

DEEPEST = 100
"""Arrays within arrays; PHP 8.3 stops at 4096, no host comes near either."""

_SCALAR = re.compile(
    rb"N;|b:[01];|i:[+-]?\d{1,20};|d:(?:-?INF|NAN|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?);|([rR]):(\d{1,18});"
)
_TEXT = re.compile(rb"([sSE]):(\d{1,10}):\"")
_MANY = re.compile(rb"a:(\d{1,10}):\{")
_OBJECT = re.compile(rb"([OC]):\+?(\d{1,5}):\"([\w\\\x80-\xff]+)\":(\d{1,10}):\{")
_ESCAPED = re.compile(rb"\\([0-9a-fA-F]{2})")
# What containers of PHP itself (ArrayObject, SplObjectStorage, SplDoublyLinkedList) write between their values.
_BETWEEN = re.compile(rb"[;:,]|[xm]:(?=[NbidsSaOCErR][:;])")
_LOOKS = re.compile(r"N;$|b:[01];$|[id]:[-+.\deEINFA]+;$|[sS]:\d+:\"|E:\d+:\"|a:\d+:\{|[OC]:\+?\d+:\"")


class Invalid(ValueError):
    """A text that is no serialized value; the sentence says at which byte, never what stands there."""


@dataclass(slots=True, eq=False)
class Value:
    """One value. `kind` is PHP's letter; what is meant by the other fields depends on it.

    s, S: `text` is the bytes without escapes. a, O: `items` are keys with values; `name` the class. C: `parts` are
    literal bytes and values, or only bytes if its class alone can read them. r, R: `target` counts values from 1. All
    others are `raw`.
    """

    kind: str
    raw: bytes = b""
    text: bytes = b""
    name: bytes = b""
    items: list[tuple[Value, Value]] = field(default_factory=list)
    parts: list[Value | bytes] = field(default_factory=list)
    target: int = 0


@dataclass(slots=True)
class Document:
    """A whole text: its value, and all values in the order in which references count them."""

    value: Value
    slots: list[Value]


def looks_serialized(text: str) -> bool:
    """Whether a text begins as serialize() writes; only parse() knows whether it is."""
    return bool(_LOOKS.match(text))


def parse(data: bytes) -> Document:
    """Read one serialized value that fills the bytes; raises Invalid."""
    reader = _Reader(data)
    value = reader.value(0)
    if reader.at != len(data):
        raise Invalid(f"There are {len(data) - reader.at} bytes behind the value that ends at byte {reader.at}")
    return Document(value, reader.slots)


def dump(value: Value) -> bytes:
    """The bytes of a value, lengths counted anew."""
    match value.kind:
        case "a" | "O":
            inner = b"".join(dump(key) + dump(one) for key, one in value.items)
            head = b"a" if value.kind == "a" else b'O:%d:"%s"' % (len(value.name), value.name)
            return b"%s:%d:{%s}" % (head, len(value.items), inner)
        case "C":
            inner = b"".join(part if isinstance(part, bytes) else dump(part) for part in value.parts)
            return b'C:%d:"%s":%d:{%s}' % (len(value.name), value.name, len(inner), inner)
        case _:
            return value.raw


def set_text(value: Value, text: bytes) -> None:
    """Give a string another text; one that is equal leaves it as it was written."""
    if text == value.text:
        return
    value.kind, value.text, value.raw = "s", text, b's:%d:"%s";' % (len(text), text)


def set_zero(value: Value) -> None:
    """Make a number of either sort zero."""
    value.raw = b"i:0;" if value.kind == "i" else b"d:0;"


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.slots = data, 0, list[Value]()

    def value(self, depth: int, is_key: bool = False) -> Value:
        if depth > DEEPEST:
            raise Invalid(f"More than {DEEPEST} levels at byte {self.at}")
        if scalar := _SCALAR.match(self.data, self.at):
            self.at = scalar.end()
            kind = scalar.group()[:1].decode("ascii")
            value = Value(kind, scalar.group(), target=int(scalar[2] or 0))
        elif text := _TEXT.match(self.data, self.at):
            value = self._text(text)
        elif many := _MANY.match(self.data, self.at):
            self.at = many.end()
            value = Value("a")
            self._items(value, int(many[1]), depth, is_key)
            return value
        elif thing := _OBJECT.match(self.data, self.at):
            return self._object(thing, depth)
        else:
            raise Invalid(f"No value begins at byte {self.at}")
        if not is_key and value.kind != "R":
            self.slots.append(value)
        return value

    def _text(self, found: re.Match[bytes]) -> Value:
        kind, length, start = found[1].decode("ascii"), int(found[2]), found.end()
        if kind == "S":
            many, end = bytearray(), start
            while len(many) < length and end < len(self.data):
                escaped = _ESCAPED.match(self.data, end)
                many += bytes([int(escaped[1], 16)]) if escaped else self.data[end : end + 1]
                end = escaped.end() if escaped else end + 1
            text = bytes(many)
        else:
            end = start + length
            text = self.data[start:end]
        if self.data[end : end + 2] != b'";':
            raise Invalid(f"The string of {length} bytes at byte {found.start()} does not end there")
        self.at = end + 2
        return Value(kind, self.data[found.start() : self.at], text)

    def _items(self, value: Value, count: int, depth: int, is_key: bool = False) -> None:
        if is_key:
            raise Invalid(f"An array is no key, at byte {self.at}")
        self.slots.append(value)
        for _ in range(count):
            start = self.at
            key = self.value(depth + 1, is_key=True)
            if key.kind not in ("i", "s", "S"):
                raise Invalid(f"Neither a number nor a string is a key, at byte {start}")
            value.items.append((key, self.value(depth + 1)))
        self._close()

    def _object(self, found: re.Match[bytes], depth: int) -> Value:
        kind, name, count = found[1].decode("ascii"), found[3], int(found[4])
        if int(found[2]) != len(name):
            raise Invalid(f"The name of the class at byte {found.start()} has another length")
        self.at = found.end()
        value = Value(kind, name=name)
        if kind == "O":
            self._items(value, count, depth)
            return value
        self.slots.append(value)
        payload = self.data[self.at : self.at + count]
        value.parts = self._parts(payload, depth)
        self.at = found.end() + count
        self._close()
        return value

    def _parts(self, payload: bytes, depth: int) -> list[Value | bytes]:
        inner, parts = _Reader(payload), list[Value | bytes]()
        try:
            while inner.at < len(payload):
                if between := _BETWEEN.match(payload, inner.at):
                    parts.append(between.group())
                    inner.at = between.end()
                else:
                    parts.append(inner.value(depth + 1))
        except Invalid:
            return [payload]
        self.slots += inner.slots
        return parts

    def _close(self) -> None:
        if self.data[self.at : self.at + 1] != b"}":
            raise Invalid(f"What began before byte {self.at} does not close there")
        self.at += 1
