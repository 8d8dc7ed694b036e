"""What stands in place of a text: for each sort of value the neutral ones, best first, none of which can be real.

Addresses end in `.invalid` (RFC 2606), hosts of IP version 6 are of the documentation's network (RFC 3849), those of
version 4 of network 0 (RFC 1122); ZZ is nobody's country (ISO 3166-1, user-assigned).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from kigen.policy.sorts import Sort

EMPTIED = frozenset({
    Sort.SECRET, Sort.TOKEN, Sort.TAX_ID, Sort.BANK_ACCOUNT, Sort.CARD, Sort.IDENTIFIER, Sort.USER_AGENT, Sort.BIRTHDAY,
    Sort.TRAIT,
})  # fmt: skip
"""Sorts of which nothing is left: NULL where allowed, else blank. NULL first: some hosts look up a token by equality,
and a blank one would be found."""

SECRETS = frozenset({Sort.SECRET, Sort.TOKEN})

TEXTS: Mapping[Sort, tuple[str, ...]] = {
    **dict.fromkeys((Sort.NAME, Sort.COMPANY, Sort.ADDRESS, Sort.CITY, Sort.REGION, Sort.USERNAME), ("erased", "-")),
    Sort.POSTCODE: ("000-0000", "00000", "0"),
    Sort.COUNTRY: ("ZZ", "-"),
    Sort.PHONE: ("0000000000", "000", "0"),
    Sort.EMAIL: ("erased@erased.invalid", "e@erased.invalid", "e@invalid", "-"),
    Sort.HOSTNAME: ("erased.invalid", "e.invalid", "invalid", "-"),
    Sort.URL: ("https://erased.invalid/", "erased.invalid", "-"),
    Sort.FREE_TEXT: ("[erased]", "-"),
    Sort.SUBJECT: ("[erased]", "-"),
    **dict.fromkeys(EMPTIED, ()),
}
"""A host that requires a field to be filled (cases.md L3) finds it filled; a blank one is the last resort."""


@dataclass(frozen=True, slots=True)
class Seed:
    """What makes a mask unique: the row's own key, which names no person, and the installation's salt.

    `row` is the primary key as text, parts of a composite one joined; never a value of the person. `salt` is secret: a
    token that must be filled and unique is derived from it, so that nobody can guess it.
    """

    row: str
    salt: bytes = field(default=b"", repr=False)

    @property
    def tag(self) -> str:
        """The row's number; for other keys 26 letters of a digest of the key with the salt."""
        if self.row.isascii() and self.row.isdigit():
            return self.row
        return self.secret()[:26]

    @property
    def letters(self) -> str:
        """The row's number in letters only, shorter; never equal to the number of another row."""
        if not self.tag.isdigit():
            return self.tag
        number, out = int(self.tag), ""
        while number or not out:
            number, digit = divmod(number, 26)
            out = chr(ord("a") + digit) + out
        return out

    def secret(self) -> str:
        """52 letters and digits that only this installation can derive for this row."""
        digest = hmac.new(self.salt, b"kigen.mask\0" + self.row.encode(), hashlib.sha256).digest()
        return base64.b32encode(digest).decode("ascii").rstrip("=").lower()


def texts(sort: Sort, old: str, unique: bool, seed: Seed) -> Iterator[str]:
    """Candidates for a text column, best first; the first that fits is taken. `old` only tells the version of an IP."""
    if sort is Sort.IP:
        yield from _unique_ip(old, seed) if unique else _ip(old)
    elif unique:
        yield from UNIQUE.get(sort, _unique)(seed)
    else:
        yield from TEXTS[sort]
        yield ""


def _ip(old: str) -> Iterator[str]:
    return iter(("::", "-") if ":" in old and "." not in old else ("0.0.0.0", "::", "-"))  # noqa: S104 - nothing is bound


def _unique_ip(old: str, seed: Seed) -> Iterator[str]:
    number = int(seed.tag) if seed.tag.isdigit() else None
    if number is not None and number < 2**24 and not (":" in old and "." not in old):
        yield f"0.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    if number is not None and number < 2**80:
        groups = [f"{number >> shift & 0xFFFF:x}" for shift in (64, 48, 32, 16, 0)]
        yield "2001:db8:1:" + ":".join(groups)
    yield from _unique(seed)


def _unique(seed: Seed) -> Iterator[str]:
    yield f"erased-{seed.tag}"
    yield f"e{seed.tag}"
    yield seed.letters


def _unique_email(seed: Seed) -> Iterator[str]:
    for name in (f"erased-{seed.tag}@erased", f"e{seed.tag}@e", f"{seed.letters}@e"):
        yield f"{name}.invalid"
    yield f"{seed.letters}@invalid"


def _unique_host(seed: Seed) -> Iterator[str]:
    for name in (f"erased-{seed.tag}", f"e{seed.tag}", seed.letters):
        yield f"{name}.invalid"


def _unique_url(seed: Seed) -> Iterator[str]:
    yield f"https://erased-{seed.tag}.invalid/"
    yield from _unique_host(seed)


def _unique_secret(seed: Seed) -> Iterator[str]:
    if seed.salt:
        yield seed.secret()
        # Below 20 characters (100 bits) it could be guessed.
        yield seed.secret()[:32]
        yield seed.secret()[:20]


UNIQUE: Mapping[Sort, Callable[[Seed], Iterator[str]]] = {
    Sort.EMAIL: _unique_email,
    Sort.HOSTNAME: _unique_host,
    Sort.URL: _unique_url,
    Sort.SECRET: _unique_secret,
    Sort.TOKEN: _unique_secret,
}
