"""One runner at a time: a lease that lives with its database connection, so that a dead runner frees it at once."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from kigen.work.site import Site

TURN_SECONDS = 30


class AnotherRunner(Exception):
    """Somebody else holds the lease: nothing was done, and nothing is wrong."""


@contextmanager
def lease(site: Site, name: str = "run") -> Iterator[Connection]:
    """A connection that holds the lease; what the run writes goes over it, so that losing it loses the lease.

    Raises AnotherRunner at once where it is taken. On SQLite a lock on a file in the state folder stands in.
    """
    with site.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            with _file_lock(site, name):
                yield connection
            return
        held = _lock_name(site, name)
        got = connection.scalar(text("SELECT GET_LOCK(:name, 0)"), {"name": held})
        connection.commit()
        if got != 1:
            raise AnotherRunner(_sentence(name))
        try:
            yield connection
        finally:
            # The server sees only after a moment that a connection was closed, so the next is told at once. One that
            # broke has lost the lock already; giving it back to the pool must not carry it along.
            if not connection.invalidated:
                with suppress(SQLAlchemyError):
                    connection.rollback()
                    connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": held})
            connection.invalidate()


def is_free(connection: Connection, site: Site, name: str = "run") -> bool:
    """Whether nobody works; False as well where this user may not look at the lock."""
    if connection.dialect.name != "sqlite":
        held = {"name": _lock_name(site, name)}
        return connection.scalar(text("SELECT IS_USED_LOCK(:name)"), held) is None
    try:
        with _file_lock(site, name):
            return True
    except (AnotherRunner, OSError):
        return False


@contextmanager
def turn(connection: Connection, site: Site, name: str) -> Iterator[None]:
    """A moment that the processes of one run take by turns; on SQLite there is one process.

    Raises AnotherRunner where the turn does not come within a while.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    held = {"name": _lock_name(site, name)}
    with connection.begin():
        got = connection.scalar(text("SELECT GET_LOCK(:name, :seconds)"), {**held, "seconds": TURN_SECONDS})
    if got != 1:
        raise AnotherRunner(_sentence(name))
    try:
        yield
    finally:
        connection.rollback()
        with connection.begin():
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), held)


def _lock_name(site: Site, name: str) -> str:
    return f"kigen.{name}.{site.engine.url.database}"[:64]


@contextmanager
def _file_lock(site: Site, name: str) -> Iterator[None]:
    site.state_dir.mkdir(parents=True, exist_ok=True)
    handle = os.open(site.state_dir / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise AnotherRunner(_sentence(name)) from None
    try:
        yield
    finally:
        os.close(handle)


def _sentence(name: str) -> str:
    return f"another kigen {name} is working on this database; wait until it has finished"
