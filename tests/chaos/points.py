"""The moments of a run at which something can happen to it: before and after each statement, and around each commit."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

LOCKING = re.compile(r"\bFOR UPDATE\b|\bLOCK IN SHARE MODE\b|\bFOR SHARE\b|GET_LOCK", re.IGNORECASE)


@dataclass(frozen=True)
class Point:
    """One moment. `name` is such as "before DELETE", "after locking read" or "before COMMIT"."""

    number: int
    name: str
    connection: Any
    """The driver's own connection over which the run is talking."""


def sort_of(statement: str) -> str:
    """A statement in a word: what it does, and whether it is a read that locks."""
    return "locking read" if LOCKING.search(statement) else statement.split(None, 1)[0].upper()


@dataclass
class Points:
    """Counts the points of this process from 1, tells each to whoever listens, and knows how often each name came."""

    listeners: list[Callable[[Point], None]] = field(default_factory=list)
    count: int = 0
    names: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """From now on, for every engine of this process: only a child that ends afterwards should be told to."""

        def before(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            self._come(f"before {sort_of(statement)}", connection.connection.dbapi_connection)

        def after(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            self._come(f"after {sort_of(statement)}", connection.connection.dbapi_connection)

        commit = DefaultDialect.do_commit

        def committing(dialect: Any, connection: Any) -> None:
            # There is no event after a commit, which is the moment between the database and the file `last-run`.
            self._come("before COMMIT", connection)
            commit(dialect, connection)
            self._come("after COMMIT", connection)

        event.listen(Engine, "before_cursor_execute", before)
        event.listen(Engine, "after_cursor_execute", after)
        DefaultDialect.do_commit = committing  # type: ignore[method-assign] # a child that ends soon

    def _come(self, name: str, connection: Any) -> None:
        self.count += 1
        self.names.append(name)
        point = Point(self.count, name, connection)
        for listener in self.listeners:
            listener(point)
