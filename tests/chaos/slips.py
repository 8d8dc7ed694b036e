"""What others write while a run works, over connections of their own, and when each of it was committed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pymysql

from tests.chaos.points import Point

PAUSE = 0.03
"""Seconds that the other sessions have at the point; one that takes longer waits for a lock of the run."""

DEADLOCK = 1213


class Slips:
    """Statements of other sessions, each about one record, sent as the run comes to a point.

    `order["slips"]` has for each: the statement, and a query that finds a row while nothing was done to the record that
    it keeps. With `lingers` the sessions commit only so many seconds later, so that the run meets what is written and
    not yet committed. What the server gave up, because several waited for each other, is sent again until it is done.
    Told at every commit of the run: which slips had been committed before it began, and which records are gone after.
    """

    def __init__(self, order: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> None:
        self.order, self.tell = order, tell
        self.lingers: float = order.get("lingers", 0.0)
        self.threads: list[threading.Thread] = []
        self.done: dict[str, int] = {}  # how many rows each slip met, of those that were committed
        self.before_commit: set[str] = set()
        self.report: dict[str, dict[str, Any]] = {}
        self.errors: dict[str, str] = {}
        self.given_up: set[str] = set()
        self.sessions = {what: self._session() for what in order["slips"]}
        self.looking = self._session()

    def at(self, point: Point) -> None:
        """A point of the run."""
        if point.name == "before COMMIT":
            self.before_commit = set(self.done)
        elif point.name == "after COMMIT":
            self._look()
        if point.number == self.order["at"]:
            self.tell({"hit": point.name})
            self.threads = [threading.Thread(target=self._slip, args=(what,)) for what in self.sessions]
            for thread in self.threads:
                thread.start()
            until = time.monotonic() + PAUSE
            while len(self.done) < len(self.sessions) and time.monotonic() < until:
                time.sleep(0.001)

    def end(self) -> dict[str, dict[str, Any]]:
        """Wait for the others; of each slip: how many rows it met, and was it committed before its record went."""
        for thread in self.threads:
            thread.join(timeout=30)
        self._look()
        return {
            what: {
                "met": self.done.get(what), "is_gone": what in self.report,
                "was_first": self.report.get(what, {}).get("was_first", False), "error": self.errors.get(what),
                "was_given_up": what in self.given_up,
            }
            for what in self.sessions
        }  # fmt: skip

    def _look(self) -> None:
        """Note which records are gone now, and whether their slip had been committed before this commit began."""
        waiting = [what for what in self.sessions if what not in self.report]
        # All of them in one question, for it is asked after every commit.
        parts = [f"SELECT {n} WHERE EXISTS ({self.order['slips'][what]['still']})" for n, what in enumerate(waiting)]
        if parts:
            with self.looking.cursor() as cursor:
                cursor.execute(" UNION ALL ".join(parts))
                here = {waiting[n] for (n,) in cursor.fetchall()}
            self.report |= {what: {"was_first": what in self.before_commit} for what in waiting if what not in here}

    def _slip(self, what: str) -> None:
        while what not in self.done and what not in self.errors:
            try:
                self.done[what] = self._send(self.sessions[what], self.order["slips"][what]["statement"])
            except pymysql.err.MySQLError as error:
                if error.args[0] == DEADLOCK:
                    self.given_up.add(what)
                else:
                    self.errors[what] = str(error)

    def _send(self, session: pymysql.Connection, statement: str) -> int:
        """How many rows it met, once it is committed."""
        with session.cursor() as cursor:
            if not self.lingers:
                return cursor.execute(statement)
            cursor.execute("BEGIN")
            met = cursor.execute(statement)
            time.sleep(self.lingers)
            cursor.execute("COMMIT")
            return met

    def _session(self) -> pymysql.Connection:
        return pymysql.connect(
            unix_socket=self.order["socket"], user="root", database=self.order["database"], charset="utf8mb4",
            ssl_disabled=True,
            init_command="SET sql_mode='', time_zone='+00:00', innodb_lock_wait_timeout=25", autocommit=True,
        )  # fmt: skip
