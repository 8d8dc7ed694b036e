"""One call of a command: what was given on the line, and the installation that it opens."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import pwd
from functools import cached_property

import click
from sqlalchemy import Engine

from kigen.commands.dates import instant
from kigen.config import Config, load, missing_file
from kigen.errors import NOT_SET_UP, Unreachable, WrongUse
from kigen.hosts.schema import read_schema
from kigen.ledger import ledger_file, migrate
from kigen.ledger.database import open_database
from kigen.ledger.tables import metadata
from kigen.plugins import Plugins, find_plugins
from kigen.work.site import Site

LONGEST_ACTOR = 120


@dataclasses.dataclass
class Call:
    """What the options of every command said; everything else is opened when it is first asked for."""

    config: str | None = None
    now: str | None = None
    actor: str | None = None
    lang: str | None = None
    is_json: bool = False
    is_debug: bool = False

    @staticmethod
    def of(context: click.Context) -> Call:
        """The one Call of a command line, however deep the command."""
        call: Call = context.find_root().ensure_object(Call)
        return call

    @cached_property
    def configuration(self) -> Config:
        """The configuration, found and checked."""
        return load(self.config)

    @cached_property
    def plugins(self) -> Plugins:
        """kigen's own hooks and hosts, and those of others."""
        return find_plugins()

    @cached_property
    def engine(self) -> Engine:
        """The database, which need not answer yet; an SQLite file must be there."""
        if missing_file(self.configuration.url):
            raise Unreachable(f"{self.configuration.database} is not there; expected the billing platform's database")
        return open_database(self.configuration.address)

    @property
    def database(self) -> str:
        """The database for a sentence; not more than a word before the configuration was read."""
        known = self.__dict__.get("configuration")
        return known.database if isinstance(known, Config) else "the database"

    def site(self) -> Site:
        """The installation at the call's instant; WrongUse where its tables are not those of this program."""
        found = migrate.revision(self.engine.execution_options(kigen_read_only=True))
        if found is None:
            raise WrongUse(self._not_set_up())
        if found != migrate.HEAD:
            raise WrongUse(
                f"kigen's tables in {self.database} have revision {found}, this program works with {migrate.HEAD};"
                " run 'kigen init' of the newer one"
            )
        self._check_own_tables()
        site = self.site_of_any_revision()
        with site.reading() as connection:
            return dataclasses.replace(site, language=self.lang or str(site.setting(connection, "kigen.language")))

    def _not_set_up(self) -> str:
        if (self.configuration.state_dir / ledger_file.NAME).exists():
            return (
                f"kigen's tables are not in {self.database}, but {self.configuration.state_dir} remembers what was done"
                " there: the database is from before the installation; run 'kigen init', then 'kigen replay'"
            )
        return NOT_SET_UP.format(db=self.database)

    def _check_own_tables(self) -> None:
        """Refuse to work with a table missing or without transactions: what it held would be missing in silence."""
        with self.engine.execution_options(kigen_read_only=True).connect() as connection:
            schema = read_schema(connection)
        missing = sorted(name for name in metadata.tables if name not in schema.columns)
        if missing:
            raise WrongUse(
                f"{', '.join(missing)} is missing in {self.database}, although kigen is set up there;"
                " restore it from a backup: an empty one would forget what it held"
            )
        unsafe = sorted(schema.without_transactions & set(metadata.tables))
        if unsafe:
            raise WrongUse(f"{', '.join(unsafe)} in {self.database} has no transactions; expected ENGINE=InnoDB")

    def site_of_any_revision(self) -> Site:
        """The same without a look at kigen's tables."""
        hosts, config = self.plugins.hosts(), self.configuration
        if config.host not in hosts:
            raise WrongUse(f"host.name is {config.host!r}; expected one of {', '.join(sorted(hosts))}")
        machine_now = dt.datetime.now(dt.UTC)
        site = Site(
            self.engine, hosts[config.host](config.host_zone), self.plugins, config.zone,
            instant(self.now, config.zone, "--now") if self.now is not None else machine_now,
            self.who, config.state_dir, machine_now=machine_now, language=self.lang or "en",
        )  # fmt: skip
        return site if self.now is None else _at_a_stated_time(site)

    @property
    def who(self) -> str:
        """The acting person or program."""
        if self.actor is None:
            try:
                return pwd.getpwuid(os.geteuid()).pw_name
            except KeyError:
                return f"user {os.geteuid()}"
        name = self.actor.strip()
        if not name or len(name) > LONGEST_ACTOR or not name.isprintable():
            raise WrongUse(f"--actor is no name; expected 1 to {LONGEST_ACTOR} printable characters")
        return name


def _at_a_stated_time(site: Site) -> Site:
    """A stated instant switches the clock-jump stop off; one that agrees with the machine's clock vouches for it."""
    apart = abs((site.now - site.machine_now).total_seconds())
    return dataclasses.replace(site, is_machine_clock=apart <= _tolerance(site), is_time_stated=True)


def _tolerance(site: Site) -> int:
    """How far a stated time may be from the machine's clock and still mean the same."""
    with site.reading() as connection:
        return int(str(site.setting(connection, "brakes.clock_back")))
