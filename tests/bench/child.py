"""Each piece of kigen's work runs in a process of its own, so that its memory is its own and nothing is warm by chance.

Times are taken inside, so that the start of Python is no part of them.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kigen.ledger import keys, keys_store
from kigen.ledger.database import open_database
from kigen.plugins import find_plugins
from kigen.work.site import Site
from tests.bench.generator import DATABASE
from tests.support.mariadb import MariaDB
from tests.support.tree import ROOT

ZONE = "Asia/Tokyo"
NOW = dt.datetime(2026, 11, 23, 10, tzinfo=ZoneInfo(ZONE))
"""The instant of every measurement: the generated dates lie around it."""


READY = "ready"

Work = Callable[..., dict[str, Any]]


@dataclass
class Child:
    """A process at work."""

    name: str
    process: subprocess.Popen[str]

    def wait_until_ready(self) -> None:
        """Returns when the work has called `say_ready`."""
        if self.process.stdout is None or self.process.stdout.readline().strip() != READY:
            raise RuntimeError(f"{self.name} did not get ready; its words are above")

    def result(self) -> dict[str, Any]:
        """What the work returned, with the peak memory of its process as `peak_mb`."""
        told, _ = self.process.communicate()
        if self.process.returncode:
            raise RuntimeError(f"{self.name} failed ({self.process.returncode}); its words are above")
        result: dict[str, Any] = json.loads(told.splitlines()[-1])
        return result


@contextmanager
def begun(work: Work, url: str, state_dir: Path, **arguments: Any) -> Iterator[Child]:
    """`work(site, **arguments)` in a process that ends with the block at the latest.

    `work` is a function of a module; arguments and result are JSON.
    """
    job = {
        "module": work.__module__, "name": work.__name__, "url": url, "state_dir": str(state_dir),
        "arguments": arguments,
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.bench.child", json.dumps(job)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            yield Child(f"{work.__module__}.{work.__name__}", process)
        finally:
            process.kill()


def in_a_process(work: Work, server: MariaDB, **arguments: Any) -> dict[str, Any]:
    """What the work returns when it runs alone; the state folder lies beside the server's data."""
    with begun(work, server.url(DATABASE), server.folder / "state", **arguments) as child:
        return child.result()


def say_ready() -> None:
    """Tells whoever waits that the work is about to begin."""
    print(READY, flush=True)


def site_at(url: str, state_dir: Path, now: dt.datetime = NOW) -> Site:
    """The installation at an instant of which the machine's clock says the same, whatever the clock says now.

    It has its keys, so that evidence is signed and everything that goes leaves its fingerprint.
    """
    keys.make(state_dir)
    keys_store.make(state_dir)
    plugins = find_plugins()
    host = plugins.hosts()["whmcs"](ZONE)
    return Site(
        open_database(url), host, plugins, ZONE, now, "bench", state_dir, is_machine_clock=False, machine_now=now
    )


def peak_megabytes() -> float:
    """The most memory that this process ever held; the usual call would tell its parent's where that was larger."""
    words = Path("/proc/self/status").read_text(encoding="ascii").partition("VmHWM:")[2].split()
    return int(words[0]) / 1024


def main() -> None:
    """Run the job of the command line and print its result."""
    job = json.loads(sys.argv[1])
    work = getattr(importlib.import_module(job["module"]), job["name"])
    state_dir = Path(job["state_dir"])
    state_dir.mkdir(exist_ok=True)
    result = work(site_at(job["url"], state_dir), **job["arguments"])
    print(json.dumps({**result, "peak_mb": peak_megabytes()}))


if __name__ == "__main__":
    main()
