"""What is compared by its meaning and not by its letters: addresses of the net and dates, in whatever notation."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache

# Each begins with what narrows the places at once; only then does it look behind.
_QUADS = re.compile(
    r"[0-9](?<![0-9.][0-9])(?<![0-9]\.[0-9])\d{0,2}([.\-_])\d{1,3}\1\d{1,3}\1\d{1,3}(?!\d|\.\d)(?:\.in-addr\.arpa)?"
)
_HEXTETS = re.compile(r"(?<![0-9a-f:.])(?:[0-9a-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{1,4})?(?![0-9a-f:])")
_NIBBLES = re.compile(r"(?:[0-9a-f]\.){32}ip6\.arpa")
_YEAR_FIRST = re.compile(r"[12](?<!\d\d)\d{3}([-/.年])(\d{1,2})[-/.月](\d{1,2})(?!\d)日?")
_YEAR_LAST = re.compile(r"[0-9](?<![\d/.\-][0-9])\d?([-/.])(\d{1,2})\1([12]\d{3})(?!\d)")


def addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """Every IP address in a folded text, with its canonical form; 192-0-2-7 and reverse names count too."""
    for found in _QUADS.finditer(text):
        if canonical := canonical_ip(found.group()):
            yield found.start(), found.end(), canonical
    if "::" in text or text.count(":") >= 6:
        for found in _HEXTETS.finditer(text):
            written = found.group()
            if ("::" in written or written.count(":") >= 6) and (canonical := canonical_ip(written)):
                yield found.start(), found.end(), canonical
    if "ip6.arpa" in text:
        for found in _NIBBLES.finditer(text):
            digits = found.group()[:64].replace(".", "")[::-1]
            yield found.start(), found.end(), str(ipaddress.IPv6Address(int(digits, 16)))


def dates(text: str) -> Iterator[tuple[int, int, str]]:
    """Every date in a folded text as YYYY-MM-DD; where day and month may be either, both."""
    for found in _YEAR_FIRST.finditer(text):
        if day := _date(found.group()[:4], found[2], found[3]):
            yield found.start(), found.end(), day
    for found in _YEAR_LAST.finditer(text):
        first = re.split(r"[-/.]", found.group())[0]
        for month, number in {(first, found[2]), (found[2], first)}:
            if day := _date(found[3], month, number):
                yield found.start(), found.end(), day


# A log repeats its addresses and its days.
@lru_cache(maxsize=8192)
def canonical_ip(text: str) -> str | None:
    """One spelling for all notations: 192.0.2.7 also for 192.000.002.007, 192-0-2-7 and ::ffff:192.0.2.7.

    A port, a zone and the length of a prefix are no part of it. None for what is no address.
    """
    reverse = text.endswith(".in-addr.arpa")
    quads = re.fullmatch(
        r"(\d{1,3})([.\-_])(\d{1,3})\2(\d{1,3})\2(\d{1,3})(?:[:/]\d+)?", text.removesuffix(".in-addr.arpa")
    )
    if quads:
        numbers = [int(quads[group]) for group in (1, 3, 4, 5)]
        return ".".join(map(str, numbers[::-1] if reverse else numbers)) if max(numbers) < 256 else None
    if ":" not in text:
        return None
    try:
        address = ipaddress.IPv6Address(re.sub(r"%.*|/\d+$", "", text))
    except ValueError:
        return None
    return str(address.ipv4_mapped or address)


def canonical_date(text: str) -> str | None:
    """YYYY-MM-DD of a date as a host stores it or a person writes it, year first; None for a zero date."""
    found = re.match(r"\s*(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})", text)
    return _date(*found.groups()) if found else None


@lru_cache(maxsize=8192)
def _date(year: str, month: str, day: str) -> str | None:
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
