"""What a text says once more in an encoding: entities, escapes, quoted-printable, words of mail headers, base64.

Every decoded character knows the stretch it came from, so that a name in a stored mail can be replaced where it stands.
"""

from __future__ import annotations

import base64
import binascii
import html
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass

_HINT = re.compile(r"[&%\\]|=(?:[0-9A-F]{2}|\r?\n|\?)")
_ESCAPES = re.compile(
    r"(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?P<percent>(?:%[0-9A-Fa-f]{2})+)"
    r"|(?P<unicode>(?:\\u[0-9a-fA-F]{4})+)"
    r"|(?P<escape>\\[nrtbf\"'/\\])"
    r"|(?P<word>=\?[^?\s]{1,40}\?[bBqQ]\?[^?\s]*\?=)"
    r"|(?P<quoted>(?:=[0-9A-F]{2})+)"
    r"|(?P<soft>=\r?\n)"
)
SHORTEST_RUN = 20
"""Characters from which base64 is looked into: 15 bytes, a short address."""

# Lines of a mail's body, or one run.
_BASE64 = re.compile(
    rf"(?<![A-Za-z0-9+/_\-])[A-Za-z0-9+/_\-]{{{SHORTEST_RUN},}}(?:(?<=[A-Za-z0-9+/]{{60}})\r?\n[A-Za-z0-9+/]+)*={{0,2}}"
)
_SIMPLE = {r"\n": "\n", r"\r": "\r", r"\t": "\t", r"\b": " ", r"\f": " "}
LONGEST_RUN = 8_000_000
"""Characters of base64 that are looked into at once."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text with its escapes resolved; character `i` came from `starts[i]` up to `ends[i]` of the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of base64 and the text inside it."""

    start: int
    end: int
    text: str
    wrapped: str

    def encoded(self, text: str) -> str:
        """Another text as this stretch was written: same alphabet, lines and padding."""
        urlsafe = bool(re.search(r"[_\-]", self.wrapped))
        data = text.encode("utf-8", "surrogateescape")
        out = (base64.urlsafe_b64encode(data) if urlsafe else base64.b64encode(data)).decode("ascii")
        if line := re.match(r"([^\r\n]+)(\r?\n)", self.wrapped):
            width = len(line[1])
            return line[2].join(out[at : at + width] for at in range(0, len(out), width))
        return out if self.wrapped.endswith("=") or len(self.wrapped) % 4 == 0 else out.rstrip("=")


def decoded(text: str) -> Decoded | None:
    """The text with all escapes resolved once, or None where there are none."""
    if not _HINT.search(text) or not _ESCAPES.search(text):
        return None
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for part, start, end in _pieces(text):
        parts.append(part)
        if len(part) == end - start:
            starts += range(start, end)
            ends += range(start + 1, end + 1)
        else:
            starts += [start] * len(part)
            ends += [end] * len(part)
    return Decoded("".join(parts), tuple(starts), tuple(ends))


def readings(text: str) -> Iterator[Decoded]:
    """The text with its escapes resolved once, and once more where that left some: `&amp;#64;`, JSON inside JSON."""
    first = decoded(text)
    if first is None:
        return
    yield first
    second = decoded(first.text)
    if second is not None:
        starts = tuple(first.starts[at] for at in second.starts)
        ends = tuple(first.ends[at - 1] for at in second.ends)
        yield Decoded(second.text, starts, ends)


def runs(text: str) -> Iterator[Run]:
    """Stretches of base64 that hold text; what decodes to no UTF-8 text is passed over."""
    for found in _BASE64.finditer(text):
        wrapped = found.group()
        if len(wrapped) > LONGEST_RUN:
            continue
        packed = re.sub(r"[\r\n=]", "", wrapped).translate(_STANDARD)
        try:
            inner = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
        if inner.isprintable() or not re.search(r"[\x00-\x08\x0e-\x1f\x7f]", inner.replace("\0", "")):
            yield Run(found.start(), found.end(), inner, wrapped)


_STANDARD = str.maketrans("-_", "+/")


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    at = 0
    for found in _ESCAPES.finditer(text):
        start, end = found.span()
        if start > at:
            yield text[at:start], at, start
        match found.lastgroup:
            case "entity":
                yield html.unescape(found.group()), start, end
            case "percent" | "quoted":
                yield from _bytes(bytes.fromhex(re.sub("[%=]", "", found.group())), start)
            case "unicode":
                yield from _units(found.group(), start)
            case "word":
                yield _header_word(found.group()), start, end
            case "escape":
                yield _SIMPLE.get(found.group(), found.group()[1:]), start, end
        at = end
    if at < len(text):
        yield text[at:], at, len(text)


def _bytes(data: bytes, start: int) -> Iterator[tuple[str, int, int]]:
    # Each byte is written in three characters.
    for char in data.decode("utf-8", "surrogateescape"):
        end = start + 3 * len(char.encode("utf-8", "surrogateescape"))
        yield char, start, end
        start = end


def _units(escaped: str, start: int) -> Iterator[tuple[str, int, int]]:
    # Each unit of UTF-16 is written in six characters.
    units = bytes.fromhex(escaped.replace("\\u", ""))
    for char in units.decode("utf-16-be", "surrogatepass"):
        end = start + 6 * (2 if ord(char) > 0xFFFF else 1)
        yield char, start, end
        start = end


def _header_word(word: str) -> str:
    _, charset, how, data, _ = word.split("?")
    try:
        raw = base64.b64decode(data) if how in "bB" else quopri.decodestring(data.encode("ascii"), header=True)
        return raw.decode(charset)
    except (LookupError, ValueError):
        return word
