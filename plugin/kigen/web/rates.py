"""How often the same thing may be asked for: counted in memory, for a minute, and never written down anywhere."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import os
import threading
from collections.abc import Hashable
from dataclasses import dataclass, field

from kigen.web.minutely import MINUTE

MOST = 1000
"""Names that are remembered at once; with more, all are forgotten and begin anew."""

EVERYBODY = b""
"""The name under which all together are counted."""


@dataclass
class Rate:
    """How often each name came within the running minute."""

    _seen: dict[Hashable, tuple[dt.datetime, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_over(self, name: Hashable, most: int, now: dt.datetime) -> bool:
        """Count one more of this name; whether that was more than a minute allows."""
        with self._lock:
            if len(self._seen) > MOST:
                self._seen.clear()
            began, count = self._seen.get(name, (now, 0))
            if not dt.timedelta(0) <= now - began < MINUTE:
                began, count = now, 0
            self._seen[name] = (began, count + 1)
            return count >= most


class Visitors:
    """At most so many in a minute, of one address and of all together; `of_all` is below MOST.

    An address of this machine is a proxy that speaks for everybody, so that only the whole is counted. Addresses are
    held as digests under a key of this process, which ends with it.
    """

    def __init__(self, of_one: int, of_all: int) -> None:
        self._of_one, self._of_all = of_one, of_all
        self._key = os.urandom(32)
        self._rate = Rate()

    def is_over(self, address: str | None, now: dt.datetime) -> bool:
        """Count one from an address, and say whether it is one too many."""
        if self._rate.is_over(EVERYBODY, self._of_all, now):
            return True
        name = self._name(address)
        return name != EVERYBODY and self._rate.is_over(name, self._of_one, now)

    def _name(self, address: str | None) -> bytes:
        """Of a network's addresses (IPv6) the first half names its owner, who could use any of the rest."""
        try:
            known = ipaddress.ip_address(address or "")
        except ValueError:
            return EVERYBODY
        if known.is_loopback:
            return EVERYBODY
        told = known.packed[:8] if known.version == 6 else known.packed
        return hashlib.blake2b(told, key=self._key, digest_size=16).digest()
