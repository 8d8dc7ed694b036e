"""A process of its own that sweeps: `python -m tests.work.runner URL STATE_DIR NOW`, once for every line on its input.

Each sweep is a child forked from this warm parent, so that killing one costs milliseconds and not an interpreter's
start. A number on the line is the seconds after which the child gets SIGKILL. Answers how it ended: `acted N`, `busy`
or `killed`.
"""

from __future__ import annotations

import datetime as dt
import os
import select
import signal
import sys
from pathlib import Path

from kigen.work.lease import AnotherRunner
from kigen.work.sweep import sweep
from tests.work.worlds import site_for


def main(url: str, state_dir: str, now: str) -> None:
    """Serve until the input ends."""
    site = site_for(url, dt.datetime.fromisoformat(now), Path(state_dir))
    print("ready", flush=True)
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            try:
                swept = sweep(site, confirmed=True)
                told = f"acted {swept.acted}" if swept.stopped is None and not swept.failures else f"bad {swept}"
            except AnotherRunner:
                told = "busy"
            except BaseException as error:
                told = f"bad {error!r}"
            os.write(writing, told.encode()[:60_000])
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            if line.strip() and not select.select([pipe], [], [], float(line))[0]:
                os.kill(child, signal.SIGKILL)  # not waited for yet, so the number is still its own
            said = pipe.read()
        os.waitpid(child, 0)
        print((said or "killed").replace("\n", " "), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
