"""Whether the database wants rest: replica lag and InnoDB's history, read before each chunk."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from kigen.work.site import Site

PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings throttle.*: 0 switches a gauge off; `wait_if_unknown` for a lag that cannot be read."""

    replica_lag: int = 30
    history_length: int = 1_000_000
    wait_if_unknown: bool = False
    patience: float = 300


def limits_of(site: Site, connection: Connection) -> Limits:
    """The operator's limits as they are now."""
    return Limits(
        whole(site, connection, "throttle.replica_lag"),
        whole(site, connection, "throttle.history_length"),
        site.setting(connection, "throttle.replica_unknown") == "wait",
        whole(site, connection, "throttle.patience"),
    )


def whole(site: Site, connection: Connection, name: str) -> int:
    """A setting that is a whole number."""
    value = site.setting(connection, name)
    return value if isinstance(value, int) else 0


@dataclass
class Throttle:
    """Waits while a gauge is above its limit, at most `patience` seconds in a row; `waited` adds up over the run."""

    limits: Limits
    sleep: Callable[[float], None] = time.sleep
    waited: float = 0.0
    seen: str | None = None

    def rest(self, connection: Connection) -> str | None:
        """Wait for calm; None when it came, else the sentence why the run should stop."""
        waited = 0.0
        while (busy := self.busy(connection)) is not None:
            self.seen = busy
            if waited >= self.limits.patience:
                return f"the database did not calm down within {self.limits.patience:g} s: {busy}"
            self.sleep(PAUSE_SECONDS)
            waited += PAUSE_SECONDS
            self.waited += PAUSE_SECONDS
        return None

    def busy(self, connection: Connection) -> str | None:
        """Why the database should be left alone for a moment; None: it need not."""
        if connection.dialect.name == "sqlite":
            return None
        if self.limits.replica_lag and (said := self._replica(connection)):
            return said
        limit = self.limits.history_length
        if limit and (length := history_length(connection)) is not None and length > limit:
            return f"the InnoDB history list is {length} long, above throttle.history_length {limit}"
        return None

    def _replica(self, connection: Connection) -> str | None:
        is_replica, lag = replica_lag(connection)
        if lag is not None and lag > self.limits.replica_lag:
            return f"replica lag is {lag} s, above throttle.replica_lag {self.limits.replica_lag} s"
        if lag is None and is_replica is not False and self.limits.wait_if_unknown:
            why = "replication stopped, or no privilege"
            return f"replica lag cannot be read ({why}), and throttle.replica_unknown is wait"
        return None


def replica_lag(connection: Connection) -> tuple[bool | None, int | None]:
    """Whether this server is a replica (None: no privilege to ask), and its lag in seconds (None: stopped, unknown)."""
    try:
        row: Any = connection.execute(text(_question(connection))).mappings().first()
    except DBAPIError as error:
        _raise_if_lost(error)
        return None, None
    if row is None:
        return False, None
    lag = row.get("Seconds_Behind_Master", row.get("Seconds_Behind_Source"))
    return True, None if lag is None else int(lag)


def history_length(connection: Connection) -> int | None:
    """Undo log not yet purged, in transactions; None where this user may not read it."""
    query = "SELECT count FROM information_schema.innodb_metrics WHERE name = 'trx_rseg_history_len'"
    try:
        value = connection.scalar(text(query))
    except DBAPIError as error:
        _raise_if_lost(error)
        return None
    return None if value is None else int(value)


def _question(connection: Connection) -> str:
    # MySQL 8.4 no longer knows the old words, MariaDB before 10.5 not yet the new ones.
    version = connection.dialect.server_version_info or (0,)
    is_new = version >= ((10, 5) if getattr(connection.dialect, "is_mariadb", False) else (8, 0, 22))
    return "SHOW REPLICA STATUS" if is_new else "SHOW SLAVE STATUS"


def _raise_if_lost(error: DBAPIError) -> None:
    """A gauge that cannot be read is one thing; a connection that is gone took the run's lease with it."""
    if error.connection_invalidated:
        raise error
