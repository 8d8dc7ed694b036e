"""How long each statement took and each transaction held the platform's rows, as seen by the process that waited.

That is an upper bound: it holds the way through the driver as well. A row is held from the statement that locks it
until the commit has been answered.
"""

from __future__ import annotations

import re
import time
from typing import Any

from sqlalchemy import Engine, event

from tests.bench.figures import quantile

LOCKS = re.compile(r"\bFOR UPDATE\b|\bLOCK IN SHARE MODE\b|^\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
TABLES = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+`?(\w+)", re.IGNORECASE)
HOST = re.compile(r"\btbl\w+")


class Watch:
    """Listens on an engine from now on."""

    def __init__(self, engine: Engine) -> None:
        self.statements: list[float] = []
        self.locked: list[float] = []
        self.tables: set[str] = set()
        self.slowest = (0.0, "")
        self._began = 0.0
        self._locked_since: dict[int, float] = {}
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)
        for name in ("do_commit", "do_rollback"):  # SQLAlchemy's own events come before the end, not after it
            setattr(engine.dialect, name, self._ending(getattr(engine.dialect, name)))

    def told(self) -> dict[str, Any]:
        """What was seen, in milliseconds."""
        return {
            "statements": len(self.statements),
            "statement_p99": 1000 * quantile(self.statements, 0.99),
            "statement_max": 1000 * self.slowest[0],
            "slowest": " ".join(self.slowest[1].split())[:200],
            "transactions": len(self.locked),
            "lock_p99": 1000 * quantile(self.locked, 0.99),
            "lock_max": 1000 * max(self.locked, default=0.0),
        }

    def _before(self, connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self._began = time.perf_counter()
        if LOCKS.search(statement) and HOST.search(statement):
            self._locked_since.setdefault(id(connection.connection.dbapi_connection), self._began)

    def _after(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seconds = time.perf_counter() - self._began
        self.statements.append(seconds)
        self.tables.update(TABLES.findall(statement))
        self.slowest = max(self.slowest, (seconds, statement))

    def _ending(self, end: Any) -> Any:
        def ended(connection: Any) -> None:
            end(connection)
            driver = getattr(connection, "dbapi_connection", connection)
            since = self._locked_since.pop(id(driver), None)
            if since is not None:
                self.locked.append(time.perf_counter() - since)

        return ended
