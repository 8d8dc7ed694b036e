"""What is done at most once a minute by one process, whichever request comes first."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, field

MINUTE = dt.timedelta(minutes=1)


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
