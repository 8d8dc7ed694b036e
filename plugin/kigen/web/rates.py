"""How often the same thing may be asked for: counted in memory, for a minute, and never written down anywhere."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import time
from collections import Counter
from threading import Lock

WINDOW = 60.0
"""Seconds after which counting begins anew."""


class Rate:
    """At most so many in a minute, of one address and of all together.

    An address of this machine is a proxy that speaks for everybody, so that only the whole is counted. Addresses are
    held as digests under a key of this process, which ends with it.
    """

    def __init__(self, of_one: int, of_all: int) -> None:
        self._of_one, self._of_all = of_one, of_all
        self._key = os.urandom(32)
        self._lock = Lock()
        self._begun = time.monotonic()
        self._seen: Counter[bytes] = Counter()

    def is_over(self, address: str | None) -> bool:
        """Count one from an address, and say whether it is one too many."""
        with self._lock:
            now = time.monotonic()
            if now - self._begun >= WINDOW:
                self._begun = now
                self._seen.clear()
            if self._seen.total() >= self._of_all:
                return True
            name = self._name(address)
            self._seen[name] += 1
            return name != b"" and self._seen[name] > self._of_one

    def _name(self, address: str | None) -> bytes:
        """Of a network's addresses (IPv6) the first half names its owner, who could use any of the rest."""
        try:
            known = ipaddress.ip_address(address or "")
        except ValueError:
            return b""
        if known.is_loopback:
            return b""
        told = known.packed[:8] if known.version == 6 else known.packed
        return hashlib.blake2b(told, key=self._key, digest_size=16).digest()
