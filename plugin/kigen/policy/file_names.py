"""What a file is called in a bundle, whatever it was called by whoever sent it: one flat name that opens everywhere.

A number stands first, so that no two names are the same by case or by form, and none is that of a device.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 100
"""Bytes of the part behind the number: with the folders before it no path is too long for Windows."""

_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_ENDS = re.compile(r"^[\s.]+|[\s.]+$")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that show nothing, or turn the direction of a name so that its end looks like another."""


def safe_name(number: int, written: str) -> str:
    """`00012-invoice.pdf` for the twelfth file, called `../invoice.pdf`. The end stays, by which programs open it."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", written)[-1])
    name = "".join(char for char in name if unicodedata.category(char) not in _UNSEEN)
    name = _ENDS.sub("", _REFUSED.sub("_", name))
    stem, dot, end = name.rpartition(".")
    if not dot or len(end.encode()) > 10 or not stem:
        stem, end = name, ""
    stem = _ENDS.sub("", _cut(stem, LONGEST - len(end.encode()))) or "file"
    return f"{number:05d}-{stem}{'.' if end else ''}{end}"


def _cut(text: str, most: int) -> str:
    """As much of a text as its first bytes hold, no character in half."""
    return text.encode()[:most].decode(errors="ignore")
