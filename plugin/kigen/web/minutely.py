"""What is done at most once a minute by one process, whichever request comes first; and how often somebody may come."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, field

MINUTE = dt.timedelta(minutes=1)
MOST = 1000
"""Names that are remembered at once; with more, all are forgotten and begin anew."""


@dataclass
class Minutely:
    """By name when something was done last."""

    _last: dict[str, dt.datetime] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_time(self, name: str, now: dt.datetime) -> bool:
        """Whether a minute has passed since this was last so; that counts as having done it."""
        with self._lock:
            last = self._last.get(name)
            if last is not None and dt.timedelta(0) <= now - last < MINUTE:
                return False
            self._last[name] = now
            return True


@dataclass
class Rate:
    """How often each name came within the running minute."""

    _seen: dict[str, tuple[dt.datetime, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_over(self, name: str, most: int, now: dt.datetime) -> bool:
        """Count one more of this name; whether that was more than a minute allows."""
        with self._lock:
            if len(self._seen) > MOST:
                self._seen.clear()
            began, count = self._seen.get(name, (now, 0))
            if not dt.timedelta(0) <= now - began < MINUTE:
                began, count = now, 0
            self._seen[name] = (began, count + 1)
            return count >= most
