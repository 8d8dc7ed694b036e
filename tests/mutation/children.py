"""Decides how a question is asked in a process of its own, within limits of time and memory, and how that ended."""

from __future__ import annotations

import math
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

MEMORY = 2 << 30


def outcome(act: Callable[[], Any], seconds: float | None = None) -> tuple[str, Any]:
    """What a forked process answered, and how it ended: answered, timeout, segfault or suspicious."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        _be_child(act, read, write, seconds)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if said:
        return "answered", pickle.loads(said)  # noqa: S301 - it is our own child's
    if os.WIFSIGNALED(status):
        dead = os.WTERMSIG(status)
        return ("timeout" if dead in (signal.SIGXCPU, signal.SIGALRM) else "segfault"), None
    return "suspicious", None


def be_silent() -> None:
    """What a test prints is nobody's business here."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _be_child(act: Callable[[], Any], read: int, write: int, seconds: float | None) -> NoReturn:
    status = 1
    try:
        os.close(read)
        be_silent()
        if seconds is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds), math.ceil(seconds) + 5))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            signal.alarm(math.ceil(seconds * 10))  # one that sleeps; a loaded machine is no timeout
        said = pickle.dumps(act())
        with os.fdopen(write, "wb") as pipe:
            pipe.write(said)
        status = 0
    finally:
        os._exit(status)


@contextmanager
def calls() -> Iterator[set[tuple[str, str]]]:
    """The functions of the policy that are called meanwhile, each as module and qualified name."""
    called: set[tuple[str, str]] = set()

    def look(frame: Any, event: str, _: object) -> None:
        name = frame.f_globals.get("__name__", "")
        if event == "call" and name.startswith("kigen.policy."):
            called.add((name, frame.f_code.co_qualname.partition(".<locals>")[0]))

    sys.setprofile(look)
    try:
        yield called
    finally:
        sys.setprofile(None)
