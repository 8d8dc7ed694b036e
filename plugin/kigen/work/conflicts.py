"""What an error of the database says: that somebody else is at these rows, that a row is wrong, or neither."""

from __future__ import annotations

import random
import time

from sqlalchemy.exc import DBAPIError

CONFLICTS = (1020, 1205, 1213, 3572)
"""A row that changed since the snapshot, a lock wait that is over, a deadlock, and MySQL's word for not waiting."""

ROW_ERRORS = (1264, 1265, 1292, 1364, 1366, 1406, 1442, 1451, 1452, 1644, 1690, 3819, 4025)
"""Words of a trigger, a constraint or a value about the rows at hand; every other error is about the server."""


def pause() -> None:
    """A moment of random length, so that two that met do not meet again."""
    time.sleep(random.uniform(0.01, 0.1))  # noqa: S311 - spreads retries, guards nothing


def is_about_the_row(error: DBAPIError) -> bool:
    """Whether the server refused one statement (a trigger, a value), and is itself there, writable and willing."""
    number = code(error)
    return not error.connection_invalidated and isinstance(number, int) and number in ROW_ERRORS


def code(error: DBAPIError) -> int | str:
    """The server's number of an error, else the driver's word for it."""
    args = getattr(error.orig, "args", ())
    return args[0] if args and isinstance(args[0], int) else type(error.orig).__name__
