"""How a command ends: the exit statuses, and the one sentence that stands for whatever went wrong.

A sentence never holds a password, a statement of SQL or a value of a row.
"""

from __future__ import annotations

import re
import sqlite3
import traceback
from enum import IntEnum
from pathlib import Path

from sqlalchemy.exc import DBAPIError, InterfaceError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class Status(IntEnum):
    """The exit statuses of the contract."""

    DONE = 0
    FINDINGS = 1
    WRONG_USE = 2
    REFUSED = 3
    UNREACHABLE = 4


class Problem(Exception):
    """Something that ends a command; its text is the sentence for a person."""

    status = Status.FINDINGS


class WrongUse(Problem):
    """The command, its configuration or the installation is not as it must be."""

    status = Status.WRONG_USE


class Refused(Problem):
    """A safety brake holds, or another runner works."""

    status = Status.REFUSED


class Unreachable(Problem):
    """The database is not there, or was lost midway."""

    status = Status.UNREACHABLE


AGAIN = "nothing half-done remains; run it again"
GRANTS = "'kigen init --print-grants' lists what it needs"

# What MariaDB and MySQL mean by a number; {db} is the database, {what} the table or column they name.
SERVER_SAYS: dict[int, str] = {
    1021: "the disk of {db} is full",
    1040: f"{{db}} has no connection free (too many connections); {AGAIN}",
    1044: "the database user may not write {db}, or not use it at all; " + GRANTS,
    1045: "{db} refused the user or the password; expected those that the configuration names",
    1049: "{db} does not exist on that server; expected the billing platform's database",
    1053: f"the server of {{db}} is shutting down; {AGAIN}",
    1054: "{db} has no column {what}; 'kigen doctor' shows what is missing",
    1114: "the disk of {db} is full",
    1130: "the server of {db} takes no connections from this machine",
    1146: "{db} has no table {what}; 'kigen doctor' shows what is missing",
    1153: "{db} refused a packet as too large; expected max_allowed_packet of 16 MB or more",
    1205: f"somebody else kept rows of {{db}} locked for too long; {AGAIN}",
    1213: f"somebody else kept rows of {{db}} locked (deadlock); {AGAIN}",
    1227: "the database user may not do this in {db}; " + GRANTS,
    1290: "the database user may not write {db}: the server is read-only",
    1317: f"{{db}} interrupted the work; {AGAIN}",
    1698: "{db} refused the user or the password; expected those that the configuration names",
    1792: "the database user may not write {db}: the session is read-only",
    1836: "the database user may not write {db}: the server is read-only",
    2002: "the server of {db} does not answer",
    2003: "the server of {db} does not answer",
    2005: "the server of {db} has a name that nobody knows",
}
LOST = frozenset({0, 1927, 2006, 2013, 2014, 2055, 4031})
DENIED = frozenset({1142, 1143})

FILE_SAYS: tuple[tuple[str, str], ...] = (
    (r"database (table )?is locked", f"{{db}} is locked by another program; {AGAIN}"),
    (r"readonly database", "the database user may not write {db}: the file or its folder is read-only"),
    (r"unable to open", "{db} cannot be opened; expected a file in a folder that this user may read and write"),
    (r"not a database", "{db} is not an SQLite file"),
    (r"malformed", "{db} is damaged; restore it from a backup"),
    (r"disk is full", "the disk of {db} is full"),
    (r"disk I/O", f"{{db}} could not be read or written (disk error); {AGAIN}"),
    (r"no such (?:table|column): (?P<what>\S+)", "{db} has no {what}; 'kigen doctor' shows what is missing"),
)

NOT_SET_UP = "kigen's tables are not in {db}; run 'kigen init' first"


def one_sentence(error: BaseException, database: str = "the database") -> str:
    """What was wrong, where, and what was expected; `database` names it without its password."""
    if isinstance(error, DBAPIError):
        return _of_database(error, database)
    if isinstance(error, PoolTimeout):
        return f"{database} gave no connection in time; {AGAIN}"
    if isinstance(error, OSError):
        where = f": {error.filename}" if error.filename else ""
        return f"{error.strerror or type(error).__name__}{where}"
    if isinstance(error, (Problem, ValueError)) and str(error):
        return " ".join(str(error).split())
    return f"unexpected {type(error).__name__} in {_place(error)}; --debug shows the whole of it"


def status_of(error: BaseException) -> Status:
    """The exit status for an error."""
    if isinstance(error, Problem):
        return error.status
    if isinstance(error, SQLAlchemyError):
        return Status.WRONG_USE if _is_not_set_up(error) else Status.UNREACHABLE
    return Status.WRONG_USE if isinstance(error, (ValueError, OSError)) else Status.FINDINGS


def _of_database(error: DBAPIError, database: str) -> str:
    if _is_not_set_up(error):
        return NOT_SET_UP.format(db=database)
    if isinstance(error.orig, sqlite3.Error):
        return _of_file(str(error.orig), database)
    code, text = _code(error), _text(error)
    if code in DENIED:
        denied = re.search(r"(\w+) command denied .*? for (?:table|column) [`'](.+?)[`'](?:\s|$)", text)
        verb, table = (denied[1].upper(), denied[2].replace("`", "")) if denied else ("write", "a table")
        does = "read" if verb == "SELECT" else "write"
        return f"the database user may not {does} {table} of {database}; {GRANTS}"
    if code in LOST or error.connection_invalidated or isinstance(error, InterfaceError):
        return f"the connection to {database} was lost; {AGAIN}"
    if code in SERVER_SAYS:
        named = re.search(r"'([^']+)'", text)
        return SERVER_SAYS[code].format(db=database, what=named[1].rpartition(".")[2] if named else "it needs")
    return f"{database} refused what was asked of it (error {code if code is not None else type(error.orig).__name__})"


def _of_file(text: str, database: str) -> str:
    for pattern, sentence in FILE_SAYS:
        if found := re.search(pattern, text):
            return sentence.format(db=database, **found.groupdict())
    return f"{database} refused what was asked of it (SQLite error)"


def _is_not_set_up(error: BaseException) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    text = _text(error)
    is_missing = _code(error) == 1146 or "no such table" in text
    return is_missing and re.search(r"\bkigen_\w+", text) is not None


def _code(error: DBAPIError) -> int | None:
    first = next(iter(getattr(error.orig, "args", ())), None)
    return first if isinstance(first, int) else None


def _text(error: DBAPIError) -> str:
    return " ".join(str(part) for part in getattr(error.orig, "args", ()))


def _place(error: BaseException) -> str:
    """The innermost place in kigen's own code, else the innermost of all."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "kigen" in Path(frame.filename).parts]
    last = next(iter(reversed(own or frames)), None)
    return f"{Path(last.filename).name} line {last.lineno}" if last else "kigen"
