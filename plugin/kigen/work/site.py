"""Where and when work happens: one installation, one instant, one actor; every piece of work is given this."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

import holidays
from sqlalchemy import Connection, Engine

from kigen.hosts.port import Drift, Host
from kigen.ledger import datamap, keys_backup, keys_store
from kigen.ledger import settings as ledger_settings
from kigen.plugins import Plugins
from kigen.policy import settings
from kigen.policy.schedule import RULES, Schedule


@dataclass(frozen=True)
class Site:
    """One installation at one instant. `now` decides, and where it has passed `machine_now` too (policy/moments.py).

    `is_time_stated`: a person said what time it is, so the clock-jump stop is off. Where that agrees with the machine's
    clock, `is_machine_clock` stays true, and later runs are compared with this one.
    """

    engine: Engine
    host: Host
    plugins: Plugins
    zone: str
    now: dt.datetime
    actor: str
    state_dir: Path
    is_machine_clock: bool = True
    is_time_stated: bool = False
    machine_now: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    language: str = "en"  # of sentences for whoever started this; what is stored is in English

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that commits at the end, or leaves nothing behind."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that only reads, one consistent moment for all of it."""
        with self.engine.connect().execution_options(kigen_read_only=True) as connection:
            yield connection
            connection.rollback()

    def drift(self, connection: Connection) -> Drift:
        """How the live schema differs from the map; a plugin's rule is refused with built-in ones of its kind."""
        found = self.host.drift(connection, datamap.classified_names(connection))
        kinds = {rule.kind for rule in RULES if rule.id in found.refused}
        own = {rule.id for rule in RULES}
        others = {
            rule.id: f"{rule.id}: the schema lacks what rules about a {rule.kind.value} read"
            for rule in self.plugins.rules()
            if rule.id not in own and rule.kind in kinds
        }
        return replace(found, refused={**found.refused, **others})

    def schedule(self, connection: Connection) -> Schedule:
        """The schedule with the operator's settings as they are now; raises ValueError that names a bad setting."""
        schedule = self.schedule_of(ledger_settings.stored(connection))
        return self.with_its_own(connection, schedule)

    def with_its_own(self, connection: Connection, schedule: Schedule) -> Schedule:
        """A schedule with what is no setting and yet decides: whether clients are anonymised, and the machine's clock
        where `now` lies before it."""
        today = self.machine_now if self.machine_now > self.now else None
        return replace(schedule, can_anonymise=self.can_anonymise(connection), today=today)

    def can_anonymise(self, connection: Connection) -> bool:
        """Whether a backup of the present keys is noted: with the keys, frozen documents would be lost for years."""
        return keys_backup.is_noted(connection, self.state_dir)

    def schedule_of(self, stored: Mapping[str, str]) -> Schedule:
        """The schedule with these settings; raises ValueError that names a bad one."""
        return settings.schedule_from(
            stored, self.zone, tuple(self.plugins.rules()), self.plugins.guards(), is_tax_office_open
        )

    @cached_property
    def fingerprint_key(self) -> bytes | None:
        """The key of tombstones, None where it cannot be read: then no record can be known again after a restore."""
        try:
            return keys_store.read(self.state_dir).fingerprints
        except ValueError:
            return None

    def setting(self, connection: Connection, name: str) -> object:
        """One parsed setting."""
        return settings.read(ledger_settings.stored(connection), name, tuple(self.plugins.rules()))


@cache
def _japan(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.country_holidays("JP", years=year))


def is_tax_office_open(day: dt.date) -> bool:
    """Monday to Friday without Japan's holidays; the tax office also closes from 29 December to 3 January."""
    if day.weekday() >= 5 or (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
        return False
    return day not in _japan(day.year)
