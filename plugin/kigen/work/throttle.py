"""When a run rests for the database's sake, and when it gives up: each gauge against the operator's limit."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from kigen.work.gauges import GAUGES, Gauge, Seen
from kigen.work.replicas import Reading, Replicas
from kigen.work.site import Site
from kigen.work.stops import THROTTLED, Stop, stop

PAUSE_SECONDS = 1.0
LOOK_SECONDS = 0.5  # between two looks at a calm database, so that looking costs nothing


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings throttle.*: limits by the setting's name, 0 switches a gauge off; `replicas` hold passwords."""

    of: Mapping[str, int]
    replicas: tuple[str, ...] = field(default=(), repr=False)
    wait_if_unknown: bool = False
    patience: float = 300


def limits_of(site: Site, connection: Connection) -> Limits:
    """The operator's limits as they are now."""
    replicas = site.setting(connection, "throttle.replicas")
    return Limits(
        {gauge.setting: whole(site, connection, gauge.setting) for gauge in GAUGES},
        replicas if isinstance(replicas, tuple) else (),
        site.setting(connection, "throttle.replica_unknown") == "wait",
        whole(site, connection, "throttle.patience"),
    )


def whole(site: Site, connection: Connection, name: str) -> int:
    """A setting that is a whole number."""
    value = site.setting(connection, name)
    return value if isinstance(value, int) else 0


@dataclass(frozen=True, slots=True)
class Busy:
    """A gauge above its limit, or one that is unknown and must not be (`value` None); `why` is a clause."""

    gauge: Gauge
    limit: int
    value: int | None
    why: str

    def gives_up(self, seconds: float) -> Stop:
        """The reason to stop after so many seconds of waiting."""
        values = {"gauge": self.gauge.name, "value": self.value, "limit": self.limit, "seconds": seconds}
        return stop(THROTTLED, self.why, **values)


@dataclass
class Throttle:
    """Waits while a gauge is above its limit, at most `patience` seconds in a row."""

    limits: Limits
    sleep: Callable[[float], None] = time.sleep
    _replicas: Replicas = field(init=False, repr=False)
    _calm_at: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._replicas = Replicas(self.limits.replicas)

    def rest(
        self, connection: Connection, seen: dict[str, Seen], is_over: Callable[[], Stop | None] = lambda: None
    ) -> Stop | None:
        """Wait for calm; None when it came, else why the run should stop. What the gauges show goes into `seen`.

        No transaction is open while it waits or afterwards. `is_over` ends the waiting for another reason.
        """
        if self._calm_at is not None and time.monotonic() - self._calm_at < LOOK_SECONDS:
            return None
        waited = 0.0
        while (busy := self._look(connection, seen)) is not None:
            if waited >= self.limits.patience:
                return busy.gives_up(waited)
            self.sleep(PAUSE_SECONDS)
            waited += PAUSE_SECONDS
            seen[busy.gauge.name].waited += PAUSE_SECONDS
            if (told := is_over()) is not None:
                return told
        self._calm_at = time.monotonic()
        return None

    def close(self) -> None:
        """End the connections to replicas."""
        self._replicas.close()

    def _look(self, connection: Connection, seen: dict[str, Seen]) -> Busy | None:
        """Read every gauge; the first that asks for rest."""
        if connection.dialect.name == "sqlite":
            return None
        found = []
        for gauge in GAUGES:
            limit = self.limits.of.get(gauge.setting, 0)
            if limit:
                reading = gauge.read(connection, self._replicas)
                seen.setdefault(gauge.name, Seen(limit)).note(reading)
                found.append(self._judge(gauge, reading, limit))
        connection.rollback()
        return next((one for one in found if one is not None), None)

    def _judge(self, gauge: Gauge, reading: Reading, limit: int) -> Busy | None:
        if reading.value is not None and reading.value > limit:
            values = {"value": reading.value, "limit": limit, "of": reading.of, "setting": gauge.setting}
            return Busy(gauge, limit, reading.value, gauge.says.format(**values))
        if reading.unknown is not None and gauge.is_lag and self.limits.wait_if_unknown:
            return Busy(gauge, limit, None, f"{reading.unknown}, and throttle.replica_unknown is wait")
        return None
