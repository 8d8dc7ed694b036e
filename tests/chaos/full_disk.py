"""A disk that is full: a tmpfs of its own in a mount namespace, which needs no root where users may have namespaces.

`python -m tests.chaos.full_disk TEMPLATE WHAT COUNT SEED` mounts it and works on it; `in_a_namespace` starts that. WHAT
is full: the disk of the "server", of an "sqlite" file, or of the "state" folder with the database elsewhere.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from tests.chaos import small
from tests.chaos.series import Series
from tests.chaos.stage import Figures, Stage
from tests.support.mariadb import MariaDB
from tests.work.billing import Billing
from tests.work.runner import ROOT

MEGABYTES = {"server": 400, "sqlite": 24, "state": 1}
FAT = 20_000
"""Bytes that events carry here: what is heard must take new pages, or a full disk would not be noticed."""


def in_a_namespace(template: Path, what: str, count: int, seed: int) -> Figures:
    """Try it in a process of its own; how that went. Raises RuntimeError where no small disk can be mounted."""
    own = ["--mount"] if os.geteuid() == 0 else ["--map-root-user", "--mount"]
    call = [sys.executable, "-m", "tests.chaos.full_disk", str(template), what, str(count), str(seed)]
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        ["setpriv", "--pdeathsig", "KILL", "unshare", *own, *call],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the small disk ended with {done.returncode}:\n{done.stderr[-3000:]}")
    told = json.loads(done.stdout)
    return Figures(**{**told, "kills": Counter(told["kills"]), "points": Counter(told["points"])})


def main(template: str, what: str, count: str, seed: str) -> None:
    """Mount, try, tell."""
    outside = Path(tempfile.mkdtemp(prefix="kigen-chaos-"))
    disk = outside / "disk"
    disk.mkdir()
    try:
        size = f"size={MEGABYTES[what]}M"
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", str(disk)], check=True)
        figures = _try(Path(template), what, outside, disk, int(count), Random(int(seed)))
        print(json.dumps(vars(figures)))
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=False)
        shutil.rmtree(outside, ignore_errors=True)


def _try(template: Path, what: str, outside: Path, disk: Path, count: int, rng: Random) -> Figures:
    server = None
    if what == "server":
        tempfile.tempdir = str(disk)  # the server's folder, its log and its temporary files
        server = MariaDB(template)
        server.start()
        url = server.url(server.create_database())
    else:
        url = f"sqlite:///{(disk if what == 'sqlite' else outside) / 'billing.sqlite'}"
    try:
        folder = disk if what == "state" else outside
        stage = _stage(url, folder, server, disk / "balloon")
        try:
            series = Series(stage, "fill disk")
            chosen = sorted(rng.sample(range(1, len(series.points) // 3), count - 1)) if count > 1 else []
            for at in (1, *chosen):
                series.play(at, rng, more=1)
        finally:
            stage.end()
        return stage.figures
    finally:
        if server:
            server.remove()


def _stage(url: str, folder: Path, server: MariaDB | None, balloon: Path) -> Stage:
    billing = Billing(url, folder / "state")
    small.fill(billing)
    events = small.events()
    for event in events:
        payload = json.loads(event["payload"])
        event["payload"] = json.dumps({**payload, "data": {**payload.get("data", {}), "fat": "x" * FAT}})
    small.put_events(billing, events)
    billing.site.engine.dispose()
    return Stage(url, folder, server, balloon)


if __name__ == "__main__":
    main(*sys.argv[1:])
