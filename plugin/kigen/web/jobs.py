"""Work that may take longer than a page may wait: it goes on beside the pages, and a page asks again for what came.

One and the same question is worked on once. What is worked on ends with the process, as if that had been killed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from flask import current_app

from kigen.errors import one_sentence
from kigen.work.site import Site

WAIT_SECONDS = 1.5
"""How long a page waits for an answer; bridges give up after three."""

KEPT_SECONDS = 300.0
MOST = 64
AT_ONCE = 2

_log = logging.getLogger("kigen.web")


class Finding(Protocol):
    """What `doctor` finds: a level, a code and a sentence in either language."""

    @property
    def level(self) -> str: ...
    @property
    def code(self) -> str: ...
    def said(self, language: str) -> str: ...


Look = Callable[[Site], Iterable[Finding]]
"""Looks at an installation as `doctor --quick` does."""


def nothing(site: Site) -> Iterable[Finding]:
    """Where nobody gave a way to look."""
    return ()


@dataclass
class Job:
    """One piece of work; `value` or `error` once it is done."""

    began: float = field(default_factory=time.monotonic)
    done: threading.Event = field(default_factory=threading.Event)
    value: Any = None
    error: Exception | None = None

    @property
    def is_done(self) -> bool:
        return self.done.is_set()

    @property
    def is_old(self) -> bool:
        return self.is_done and time.monotonic() - self.began > KEPT_SECONDS


@dataclass
class Shared:
    """What all requests of one application share. `stopping` is set when the process is told to end."""

    look: Look = nothing
    wait_seconds: float = WAIT_SECONDS
    stopping: threading.Event = field(default_factory=threading.Event)
    _jobs: OrderedDict[Hashable, Job] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE))

    def ask(self, key: Hashable, work: Callable[[], Any]) -> Job:
        """The work under this key, begun if it is not going on; done within `wait_seconds`, or still going on."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.is_old:
                job = self._jobs[key] = Job()
                threading.Thread(target=self._do, args=(job, work), daemon=True, name="kigen-job").start()
            self._jobs.move_to_end(key)
            while len(self._jobs) > MOST:
                self._jobs.popitem(last=False)
        job.done.wait(self.wait_seconds)
        return job

    def known(self, key: Hashable) -> Job | None:
        """The work under this key, where any was begun lately."""
        with self._lock:
            job = self._jobs.get(key)
            return None if job is None or job.is_old else job

    def forget(self, key: Hashable) -> None:
        """The next that asks begins anew."""
        with self._lock:
            self._jobs.pop(key, None)

    def _do(self, job: Job, work: Callable[[], Any]) -> None:
        with self._room:
            try:
                job.value = work()
            except Exception as error:
                job.error = error
                _log.warning("work beside the pages failed: %s", one_sentence(error))
            finally:
                job.done.set()


def shared() -> Shared:
    """What the application of this request shares."""
    found: Shared = current_app.extensions["kigen"]
    return found
