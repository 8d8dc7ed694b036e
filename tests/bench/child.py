"""Each piece of kigen's work runs in a process of its own, so that its memory is its own and nothing is warm by chance.

Times are taken inside, so that the start of Python is no part of them.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kigen.ledger.database import open_database
from kigen.plugins import find_plugins
from kigen.work.site import Site
from tests.bench.generator import DATABASE
from tests.support.mariadb import MariaDB
from tests.support.tree import ROOT

ZONE = "Asia/Tokyo"
NOW = dt.datetime(2026, 11, 23, 10, tzinfo=ZoneInfo(ZONE))
"""The instant of every measurement: the generated dates lie around it."""


def in_a_process(work: Callable[..., dict[str, Any]], server: MariaDB, **arguments: Any) -> dict[str, Any]:
    """What `work(site, **arguments)` returns when it runs alone, with its peak memory as `peak_mb`.

    `work` is a function of a module, arguments and result are JSON. The state folder lies beside the server's data.
    """
    job = {
        "module": work.__module__, "name": work.__name__, "url": server.url(DATABASE),
        "state_dir": str(server.folder / "state"), "arguments": arguments,
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.bench.child"]
    done = subprocess.run(command, input=json.dumps(job), stdout=subprocess.PIPE, text=True, cwd=ROOT, check=False)
    if done.returncode:
        raise RuntimeError(f"{work.__module__}.{work.__name__} failed ({done.returncode}); its words are above")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def site_at(url: str, state_dir: Path, now: dt.datetime = NOW) -> Site:
    """The installation at an instant of which the machine's clock says the same, whatever the clock says now."""
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
    """Run the job that stands on standard input and print its result."""
    job = json.load(sys.stdin)
    work = getattr(importlib.import_module(job["module"]), job["name"])
    state_dir = Path(job["state_dir"])
    state_dir.mkdir(exist_ok=True)
    result = work(site_at(job["url"], state_dir), **job["arguments"])
    print(json.dumps({**result, "peak_mb": peak_megabytes()}))


if __name__ == "__main__":
    main()
