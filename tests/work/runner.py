"""A warm process whose children are `kigen` called as an operator calls it, so that killing one costs milliseconds.

`python -m tests.work.runner CONFIG NOW` reads one order a line: the arguments of a command, after how many seconds it
gets SIGKILL if it has not ended, and what else is to happen to it. It answers with how the command ended.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kigen.cli import main
from kigen.plugins import find_plugins
from kigen.work.site import is_tax_office_open
from tests.chaos import trouble as troubles
from tests.chaos.points import Points

ROOT = Path(__file__).parent.parent.parent
BUSY = "wait until it has finished"
MOST_RUNS = 12
"""Of what one run sets free the next one disposes; longer chains than this do not exist in any world of the tests."""


@dataclass(frozen=True)
class Ended:
    """How a command ended. `status` is None for one that was killed; `hit` is the point at which trouble came."""

    status: int | None
    out: str = ""
    err: str = ""
    points: list[str] = field(default_factory=list, repr=False)
    hit: str | None = None
    slips: dict[str, Any] = field(default_factory=dict)

    @property
    def acted(self) -> int:
        """On how many records a sweep acted."""
        return int(json.loads(self.out)["acted"])


class Runner:
    """The warm process, seen from the test."""

    def __init__(self, config: Path, now: dt.datetime) -> None:
        # The process of a test run that is killed ends by itself, when nobody writes orders any more.
        command = [sys.executable, "-m", "tests.work.runner", str(config), now.isoformat()]
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.runs = 0
        assert self._answer() == {"ready": True}

    def kigen(self, *arguments: str, kill_after: float | None = None, trouble: dict[str, Any] | None = None) -> Ended:
        """One command in a child, to its end; where a time is given, SIGKILL after so many seconds."""
        assert self.process.stdin is not None
        order = {"arguments": arguments, "kill_after": kill_after, "trouble": trouble}
        self.process.stdin.write(f"{json.dumps(order)}\n")
        self.process.stdin.flush()
        self.runs += 1
        return Ended(**self._answer())

    def sweep(self, **trouble: Any) -> Ended:
        """One confirmed sweep; it waits for the lease of a run that was killed, until the server sees it is gone."""
        until = time.monotonic() + 10
        while True:
            ended = self.kigen("--json", "sweep", "--confirm", **trouble)
            if ended.status != 3 or BUSY not in ended.err:
                return ended
            assert time.monotonic() < until, ended
            time.sleep(0.01)

    def finish(self) -> int:
        """Sweep until nothing more is due; how many runs that took."""
        for runs in range(1, MOST_RUNS):
            ended = self.sweep()
            assert ended.status == 0, ended
            if ended.acted == 0:
                return runs
        raise AssertionError(f"after {MOST_RUNS} runs there was still something to do")

    def end(self) -> None:
        """Let it go."""
        self.process.communicate(timeout=60)

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the warm process has ended"
        return json.loads(line)


def serve(config: str, now: str) -> None:
    """Carry out orders until the input ends."""
    find_plugins()
    for year in range(1995, 2060):  # the calendars of every year, made once for all children
        is_tax_office_open(dt.date(year, 3, 2))
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _run(["--config", config, "--now", now, *order["arguments"]], order["trouble"], writing)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            if order["kill_after"] is not None and not select.select([pipe], [], [], order["kill_after"])[0]:
                os.kill(child, signal.SIGKILL)  # not waited for yet, so the number is still its own
            told: dict[str, Any] = {"status": None}
            for said in pipe:
                told |= json.loads(said)
        os.waitpid(child, 0)
        print(json.dumps(told), flush=True)


def _run(arguments: list[str], trouble: dict[str, Any] | None, pipe: int) -> None:
    """The child: one command with its points counted; it never returns."""

    def tell(what: dict[str, Any]) -> None:
        os.write(pipe, (json.dumps(what) + "\n").encode())

    points, status = Points(), 99
    finish: Callable[[], dict[str, Any]] = dict
    if trouble is not None:
        points.watch()
        finish = troubles.arm(points, trouble, tell)
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main(arguments)
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 98
    except BaseException as error:
        err.write(f"left kigen: {error!r}")
    finally:
        tell({"status": status, "out": out.getvalue(), "err": err.getvalue(), "points": points.names, **finish()})
        os._exit(0)


if __name__ == "__main__":
    serve(*sys.argv[1:])
