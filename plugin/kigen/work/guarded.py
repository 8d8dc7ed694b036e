"""While a plugin works in the gate's transaction, nobody but the gate ends it: not by a method, not by a statement.

An end in the middle would commit what no evidence tells of yet, or set free the rows that were locked to be decided on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from sqlalchemy import Connection, event
from sqlalchemy.exc import SQLAlchemyError

METHODS = ("close", "commit", "detach", "get_transaction", "rollback")
"""Of a connection, those that end its transaction or hand it out to be ended."""

STATEMENTS = frozenset(
    "ALTER ANALYZE ATTACH BEGIN COMMIT CREATE DETACH DROP END FLUSH GRANT INSTALL LOAD LOCK OPTIMIZE PRAGMA RENAME"
    " REPAIR REVOKE ROLLBACK SET START TRUNCATE UNLOCK VACUUM XA".split()
)
"""First words of statements that end a transaction, or change how the session works, on MariaDB, MySQL or SQLite."""

POINT = "kigen_guarded"


class EndedByOthers(Exception):
    """The text is the word with which somebody tried to end the transaction, or did."""


@contextmanager
def guarded(connection: Connection) -> Iterator[None]:
    """What tries to end the transaction raises EndedByOthers; also afterwards, where it was ended in another way."""
    tried: list[str] = []
    connection.exec_driver_sql(f"SAVEPOINT {POINT}")
    for name in METHODS:
        vars(connection)[name] = _refusing(name, tried)

    def look(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        first = statement.split(maxsplit=2)
        word = first[0].upper().rstrip(";") if first else ""
        if word in STATEMENTS and not (word == "ROLLBACK" and first[1:2] == ["TO"]):
            _refuse(word, tried)

    event.listen(connection, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", look)
        for name in METHODS:
            del vars(connection)[name]
    if tried:  # the plugin swallowed the refusal, and may count on what did not happen
        raise EndedByOthers(tried[0])
    try:
        connection.exec_driver_sql(f"RELEASE SAVEPOINT {POINT}")
    except SQLAlchemyError as error:
        raise EndedByOthers("an end of its own") from error


def _refusing(name: str, tried: list[str]) -> Any:
    return lambda *_given, **_named: _refuse(name, tried)


def _refuse(word: str, tried: list[str]) -> NoReturn:
    tried.append(word)
    raise EndedByOthers(word)
