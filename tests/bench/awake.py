"""Keeps the cores awake while something is measured: a core that sleeps between two messages is slow to wake up.

In a virtual machine that costs as much as the message itself, and whoever exchanges more of them would be measured by
the machine's sleep. The loops run only where nobody else wants the core; both sides of each comparison have them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

LOOP = "import os\nos.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))\nwhile os.getppid() == {parent}: pass"


@contextmanager
def awake() -> Iterator[None]:
    """One idle loop for each core until the end of the block; they end by themselves where this process dies."""
    with ExitStack() as stack:
        for _ in range(os.cpu_count() or 1):
            loop = stack.enter_context(subprocess.Popen([sys.executable, "-c", LOOP.format(parent=os.getpid())]))
            stack.callback(loop.kill)
        yield
