"""What tells that a database wants rest: each gauge as a row of data, and what a run saw of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from kigen.work.replicas import Reading, Replicas, replication


@dataclass(frozen=True, slots=True)
class Gauge:
    """One gauge. `setting` is its limit, 0: it is not read. `says` what is the matter above it, as a clause.

    Where an unknown value may mean that a replica is behind (`is_lag`), throttle.replica_unknown says what to do.
    """

    name: str
    setting: str
    read: Callable[[Connection, Replicas], Reading]
    says: str
    is_lag: bool = False


@dataclass(slots=True)
class Seen:
    """What one run saw of a gauge: `unknown` times it could not be read; `waited` seconds because of it.

    `highest` None: there was nothing to measure, or it could never be read.
    """

    limit: int
    highest: int | None = None
    unknown: int = 0
    waited: float = 0.0

    def note(self, reading: Reading) -> None:
        """Add one look."""
        self.unknown += reading.unknown is not None
        if reading.value is not None:
            self.highest = max(reading.value, self.highest or 0)

    def add(self, other: Seen) -> None:
        """Add what another part of the run saw."""
        self.limit = other.limit
        self.unknown += other.unknown
        self.waited += other.waited
        if other.highest is not None:
            self.highest = max(other.highest, self.highest or 0)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "waited": round(self.waited, 1)}


def threads_running(connection: Connection, _replicas: Replicas | None = None) -> Reading:
    """Sessions of the whole server that execute something at this moment, this one included."""
    return _number(connection, "SHOW GLOBAL STATUS LIKE 'Threads_running'", 1)


def own_lag(connection: Connection, _replicas: Replicas | None = None) -> Reading:
    """Seconds that this server is behind; nothing where it is no replica."""
    try:
        return replication(connection, "this server")
    except DBAPIError as error:
        _raise_if_lost(error)
        return Reading(unknown="the database user may not ask for this server's lag", of="this server")


def replica_lag(_connection: Connection, replicas: Replicas) -> Reading:
    """Seconds that the slowest replica is behind; nothing where the operator names none."""
    return replicas.lag()


def history_length(connection: Connection, _replicas: Replicas | None = None) -> Reading:
    """Undo log not yet purged, in transactions."""
    return _number(
        connection, "SELECT count FROM information_schema.innodb_metrics WHERE name = 'trx_rseg_history_len'"
    )


GAUGES: tuple[Gauge, ...] = (
    Gauge("threads-running", "throttle.threads_running", threads_running,
          "{value} sessions run on the server at once, above {setting} {limit}"),
    Gauge("own-lag", "throttle.replica_lag", own_lag,
          "{of} is {value} s behind the one it copies, above {setting} {limit} s", is_lag=True),
    Gauge("replica-lag", "throttle.replica_lag", replica_lag,
          "{of} is {value} s behind, above {setting} {limit} s", is_lag=True),
    Gauge("history-length", "throttle.history_length", history_length,
          "the InnoDB history list is {value} long, above {setting} {limit}"),
)  # fmt: skip


def _number(connection: Connection, query: str, column: int = 0) -> Reading:
    try:
        row = connection.execute(text(query)).first()
    except DBAPIError as error:
        _raise_if_lost(error)
        return Reading(unknown="the database user may not ask for it")
    return Reading(unknown="the server does not tell it") if row is None else Reading(int(row[column]))


def _raise_if_lost(error: DBAPIError) -> None:
    """A gauge that cannot be read is one thing; a connection that is gone took the run's lease with it."""
    if error.connection_invalidated:
        raise error
