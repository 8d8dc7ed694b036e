"""What can happen to a run at one of its points: it is killed, its server is, its connection is, its disk fills up."""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymysql

from kigen.work import sharing, throttle
from tests.chaos.points import Point, Points
from tests.chaos.slips import Slips

Tell = Callable[[dict[str, Any]], None]


def arm(points: Points, order: dict[str, Any], tell: Tell) -> Callable[[], dict[str, Any]]:
    """Let the trouble that an order describes happen at the point `at`; what it tells is heard even if the run dies.

    With `pieces` the work of a run is cut as small as that. With `from_lock` points are counted from the first read
    that locks: of a process that waits for others nobody knows how many came before. Returns what is to be asked at the
    end of the run for more to tell.
    """
    # This child ends soon, and what it changes ends with it. The gauges are read once, however long a run takes: the
    # same point comes after the same statements in every run.
    throttle.LOOK_SECONDS = math.inf
    if "pieces" in order:
        sharing.WIDTH, sharing.RECORDS_IN_A_PIECE = order["pieces"]["width"], order["pieces"]["records"]
    if order["does"] == "slip":
        slips = Slips(order, tell)
        points.listeners.append(slips.at)
        return lambda: {"slips": slips.end()}

    before: list[int] = []

    def happen(point: Point) -> None:
        if not before and (not order.get("from_lock") or point.name == "before locking read"):
            before.append(point.number - 1 if order.get("from_lock") else 0)
        if before and point.number - before[0] == order["at"]:
            tell({"hit": point.name})
            TROUBLES[order["does"]](point, order)

    if order["does"] is not None:
        points.listeners.append(happen)
    return dict


def kill(_point: Point, _order: dict[str, Any]) -> None:
    """The process is gone before its next step."""
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def kill_server(_point: Point, order: dict[str, Any]) -> None:
    """The database server is gone as after a power cut; whatever the run says next meets nobody."""
    os.kill(order["server"], signal.SIGKILL)
    stat = Path(f"/proc/{order['server']}/stat")
    until = time.monotonic() + 30
    while stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < until
        time.sleep(0.001)


def drop_connection(point: Point, order: dict[str, Any]) -> None:
    """Somebody kills this connection in the server; its locks and its lease are free when this returns."""
    number = point.connection.thread_id()
    with (
        pymysql.connect(unix_socket=order["socket"], user="root", autocommit=True, ssl_disabled=True) as other,
        other.cursor() as cursor,
    ):
        cursor.execute(f"KILL CONNECTION {number}")
        until = time.monotonic() + 30
        while cursor.execute(f"SELECT 1 FROM information_schema.processlist WHERE id = {number}"):
            assert time.monotonic() < until
            time.sleep(0.001)


def fill_disk(_point: Point, order: dict[str, Any]) -> None:
    """Somebody else's file takes what was left of the small disk."""
    with Path(order["balloon"]).open("ab", buffering=0) as balloon:
        size = 1 << 16
        while size >= 1:
            try:
                balloon.write(b"\0" * size)
            except OSError:
                size //= 2


TROUBLES: dict[str, Callable[[Point, dict[str, Any]], None]] = {
    "kill": kill,
    "kill server": kill_server,
    "drop connection": drop_connection,
    "fill disk": fill_disk,
}
