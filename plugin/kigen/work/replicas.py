"""How far replicas are behind: asked of a server about itself, and of each replica over a connection of its own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

ANSWER_SECONDS = 3
AGAIN_SECONDS = 10.0  # an unreachable replica costs the run a look every so often, not every look
LAGS = ("Seconds_Behind_Source", "Seconds_Behind_Master")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a gauge shows. `value` None and nothing `unknown`: there is nothing to measure.

    `unknown` says in a clause why something could not be read; `of` names what the value belongs to.
    """

    value: int | None = None
    unknown: str | None = None
    of: str = ""


@dataclass
class Replicas:
    """The replicas that the operator names, each with a connection of its own that lives until `close`."""

    addresses: Sequence[str] = field(repr=False, default=())
    _open: dict[int, Connection] = field(default_factory=dict, init=False, repr=False)
    _failed: dict[int, tuple[float, Reading]] = field(default_factory=dict, init=False, repr=False)

    def lag(self) -> Reading:
        """The longest lag, and one replica whose lag is not known. Never raises, and never tells a password."""
        found = [self._ask(number) for number in range(len(self.addresses))]
        slowest = max((one for one in found if one.value is not None), key=lambda one: one.value or 0, default=None)
        unknown = next((one for one in found if one.unknown is not None), None)
        return Reading(
            slowest.value if slowest else None, unknown.unknown if unknown else None,
            (slowest or unknown or Reading()).of,
        )  # fmt: skip

    def close(self) -> None:
        """End the connections."""
        for number in list(self._open):
            self._drop(number)

    def _ask(self, number: int) -> Reading:
        since, told = self._failed.get(number, (0.0, Reading()))
        if number in self._failed and time.monotonic() - since < AGAIN_SECONDS:
            return told
        name = _name(self.addresses[number])
        try:
            if number not in self._open:
                self._open[number] = _engine(self.addresses[number]).connect()
            reading = replication(self._open[number], name)
        except SQLAlchemyError as error:
            self._drop(number)
            reading = Reading(unknown=f"{name} cannot be asked{_code(error)}", of=name)
            self._failed[number] = (time.monotonic(), reading)
            return reading
        self._failed.pop(number, None)
        return Reading(unknown=f"{name} is no replica", of=name) if reading == Reading() else reading

    def _drop(self, number: int) -> None:
        connection = self._open.pop(number, None)
        if connection is not None:
            connection.invalidate()
            connection.close()


def replication(connection: Connection, name: str) -> Reading:
    """What a server tells of its own replication, the slowest of its sources; nothing where it has none.

    Raises DBAPIError where it may not be asked.
    """
    rows = connection.execute(text(_question(connection))).mappings().all()
    if not rows:
        return Reading()
    lags = [next((row[key] for key in LAGS if key in row), None) for row in rows]
    known = [int(lag) for lag in lags if lag is not None]
    unknown = f"replication of {name} has stopped" if len(known) < len(lags) else None
    return Reading(max(known, default=None), unknown, name)


def _question(connection: Connection) -> str:
    # MariaDB tells of named sources only when asked for ALL; 10.5 and MySQL 8.0.22 brought the new words, and MySQL 8.4
    # no longer knows the old ones.
    version = connection.dialect.server_version_info or (0,)
    if getattr(connection.dialect, "is_mariadb", False):
        return "SHOW ALL REPLICAS STATUS" if version >= (10, 5, 1) else "SHOW ALL SLAVES STATUS"
    return "SHOW REPLICA STATUS" if version >= (8, 0, 22) else "SHOW SLAVE STATUS"


def _engine(address: str) -> Engine:
    seconds = {"connect_timeout": ANSWER_SECONDS, "read_timeout": ANSWER_SECONDS, "write_timeout": ANSWER_SECONDS}
    url = make_url(address).set(drivername="mysql+pymysql")
    return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool, connect_args=seconds)


def _name(address: str) -> str:
    url = make_url(address)
    return f"the replica {url.host}{f':{url.port}' if url.port else ''}"


def _code(error: SQLAlchemyError) -> str:
    """The server's number of an error; its text may name the user."""
    args = getattr(error.orig, "args", ()) if isinstance(error, DBAPIError) else ()
    return f" (error {args[0]})" if args and isinstance(args[0], int) else ""
