"""What a mail may hold in its headers, to which address it may go, and when it is tried again.

A header is one line of visible characters: what would break it, hide in it or turn it round is taken out.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from email.headerregistry import Address

LONGEST_SUBJECT, LONGEST_NAME = 200, 80
SHORT = 60
"""Characters of a sender's name and address together that stand on one line (RFC 5322, 2.1.1) with all around them."""

WAITS = (1, 5, 15, 60, 240, 720, 1440, 1440, 1440)
"""Minutes until a message is tried again after each try that failed for the time being; after the last it is given up:
five days, as long as mail servers try (RFC 5321, 4.5.4.1)."""

_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_SPECIAL = frozenset('@<>"\\;:()[]')
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BLANKS = frozenset({"Zs", "Zl", "Zp"})


def header(text: str, longest: int = LONGEST_SUBJECT) -> str:
    """The text as one line: without control, format or bidirectional characters, blanks one space, cut to length."""
    found = "".join(
        " " if (sort := unicodedata.category(one)) in _BLANKS or one in "\t\r\n\v\f\x85" else
        "" if sort in _UNSEEN else one
        for one in text
    )  # fmt: skip
    # The library reads what looks like an encoded word (RFC 2047), and line breaks come out of it: older ones let them
    # break the header.
    line = " ".join(found.split()).replace("=?", "= ?")
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def display_name(text: str, beside: str) -> str:
    """A sender's name as it may stand before the address `beside` it: what separates or encloses addresses goes.

    Commas and dots stay in a plain name that fits on one line: the library quotes them, and loses the quotes where it
    has to fold the line or to encode other letters.
    """
    line = header(text, LONGEST_NAME)
    is_plain = line.isascii() and len(line) + len(beside) <= SHORT
    special = _SPECIAL if is_plain else _SPECIAL | frozenset(",.")
    return " ".join("".join(" " if one in special else one for one in line).split())


def address(text: str) -> Address | None:
    """A mail address of one mailbox; None where the text is none, or holds anything besides.

    A domain in other letters is written as its ASCII form; a local part has only ASCII, and dots wherever they are,
    since Japanese carriers gave out such addresses.
    """
    local, at, domain = text.strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local):
        return None
    try:
        written = domain.encode("ascii" if domain.isascii() else "idna").decode("ascii")
    except UnicodeError:
        return None
    labels = written.split(".")
    if len(labels) < 2 or len(written) > 253 or not all(map(_LABEL.fullmatch, labels)):
        return None
    return Address(username=local, domain=written)


def next_try(tries: int, at: dt.datetime) -> dt.datetime | None:
    """When a message that failed `tries` times, the last at this instant, is tried again; None: it is given up."""
    return at + dt.timedelta(minutes=WAITS[tries - 1]) if 0 < tries <= len(WAITS) else None


def code_of(number: int, text: bytes) -> str:
    """A server's answer without its words, which may name the address: `550 5.1.1`, or the number alone."""
    enhanced = re.match(rb"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)", text.strip())
    return f"{number:03d} {enhanced[0].decode('ascii')}" if enhanced else f"{number:03d}"
