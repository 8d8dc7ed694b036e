"""One runner at a time: the second is turned away, a dead one is in nobody's way, an interrupted one says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kigen.work.lease import AnotherRunner, lease
from tests.work.billing import Billing

ROOT = Path(__file__).parent.parent.parent


def test_a_person_who_interrupts_the_run_leaves_a_record_that_says_so(either: Billing) -> None:
    either.live_client()
    either.old_orders(10, 11)
    either.set(sweep__chunk=1)

    def interrupt(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        either.sweep(progress=interrupt)
    assert either.ids("tblorders") == [11]
    assert (either.last_run()["outcome"], either.last_run()["stopped"]) == ("stopped", "interrupted")
    assert '"remaining": 1' in either.last_run()["counts"]
    assert "Somebody stopped it while it worked." in either.last_run()["counts"]


def test_of_two_runners_the_second_does_nothing_and_says_so(either: Billing) -> None:
    either.live_client()
    either.old_orders(10)
    with lease(either.site), pytest.raises(AnotherRunner):
        either.sweep()
    assert (either.ids("tblorders"), either.rows("kigen_runs")) == ([10], [])
    assert either.sweep().acted == 1  # the lease is free again
    assert either.ids("tblclients") == [1]


HOLDING = """
import datetime as dt, sys, time
from pathlib import Path
from kigen.work.lease import lease
from tests.work.worlds import site_for
with lease(site_for(sys.argv[1], dt.datetime.now(dt.UTC), Path(sys.argv[2]))):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_runner_that_was_killed_frees_the_lease_at_once(either: Billing) -> None:
    either.live_client()
    either.old_orders(10)
    command = [sys.executable, "-c", HOLDING, either.url, str(either.site.state_dir)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AnotherRunner):
            either.sweep()
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    until = time.monotonic() + 2
    while True:
        try:
            assert either.sweep().acted == 1
            break
        except AnotherRunner:
            assert time.monotonic() < until
    assert either.ids("tblclients") == [1]
