"""Where kigen's configuration is and what it says: how to reach the database, and in which zones dates are read.

Everything else is a setting in the database.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from whenever import PlainDateTime, TimeZoneNotFoundError

from kigen.errors import WrongUse

VARIABLE = "KIGEN_CONFIG"
HERE = "kigen.toml"
OF_THE_MACHINE = Path("/etc/kigen") / HERE
STATE = "kigen-state"
ZONE_OF_HOST = {"fossbilling": "UTC"}
"""Hosts that write their dates in a zone of their own; all others in the operator's."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _HostSection(_Section):
    name: str = Field(min_length=1)
    database: str = Field(min_length=1)
    zone: str | None = None


class _OwnSection(_Section):
    zone: str
    state_dir: str | None = None


class _File(BaseModel):
    host: _HostSection
    kigen: _OwnSection


@dataclass(frozen=True)
class Config:
    """A configuration that was found, checked, with all defaults filled in. `url` holds the password."""

    path: Path
    host: str
    url: URL
    zone: str
    host_zone: str
    state_dir: Path

    @property
    def database(self) -> str:
        """The database for a sentence: where and what, without user and password."""
        return shown(self.url)

    @property
    def address(self) -> str:
        """The database for an engine."""
        return self.url.render_as_string(hide_password=False)


def find(given: str | None) -> Path | None:
    """The configuration file: the one named, else the variable's, else here, else the machine's; None: none."""
    named = given or os.environ.get(VARIABLE)
    if named:
        return Path(named)
    return next((path for path in (Path(HERE), OF_THE_MACHINE) if path.is_file()), None)


def load(given: str | None) -> Config:
    """Find, read and check the configuration; WrongUse with one sentence that names the file and the setting."""
    path = find(given)
    if path is None:
        raise WrongUse(f"there is neither {HERE} here nor {OF_THE_MACHINE}; run 'kigen init', or use --config")
    return check(read(path), path)


def read(path: Path) -> dict[str, Any]:
    """The file as it is."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise WrongUse(f"there is no configuration file {path}; run 'kigen init' to make it") from None
    except OSError as error:
        raise WrongUse(f"the configuration {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise WrongUse(f"the configuration {path} is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise WrongUse(f"the configuration {path} is not TOML: {error}") from None


def check(content: Mapping[str, Any], path: Path) -> Config:
    """The configuration of a file's content."""
    try:
        file = _File.model_validate(dict(content))
    except ValidationError as error:
        raise WrongUse(f"the configuration {path}: {_first(error)}") from None
    folder = path.absolute().parent
    host_zone = file.host.zone or ZONE_OF_HOST.get(file.host.name, file.kigen.zone)
    try:
        return Config(
            path, file.host.name, database_url(file.host.database, folder), zone(file.kigen.zone, "kigen.zone"),
            zone(host_zone, "host.zone"), folder / (file.kigen.state_dir or STATE),
        )  # fmt: skip
    except WrongUse as error:
        raise WrongUse(f"the configuration {path}: {error}") from None


def zone(name: str, setting: str) -> str:
    """A zone that exists, by its IANA name."""
    try:
        PlainDateTime(2026, 1, 1).assume_tz(name)
    except (TimeZoneNotFoundError, ValueError):
        raise WrongUse(f"{setting} is {name!r}, which is no time zone; expected a name such as Asia/Tokyo") from None
    return name


def database_url(text: str, folder: Path) -> URL:
    """The address of the database; a relative SQLite file lies in `folder`."""
    try:
        url = make_url(text)
        kind = url.get_backend_name()
    except (ArgumentError, ValueError):  # the text is not told: it may hold a password
        raise WrongUse("host.database is not a URL; expected mysql+pymysql://user:password@server/name") from None
    if kind not in ("mysql", "mariadb", "sqlite"):
        raise WrongUse(f"host.database is of the kind {kind}; expected mysql+pymysql:// or sqlite:///")
    if kind != "sqlite":
        if not url.database:
            raise WrongUse("host.database names no database; expected mysql+pymysql://user:password@server/name")
        return url
    if not url.database or url.database == ":memory:":
        raise WrongUse("host.database names no file; expected sqlite:///file")
    return url if url.database.startswith("file:") else url.set(database=str(folder / url.database))


def shown(url: URL) -> str:
    """A database in words: `the database whmcs on db.example`, `the database file …/billing.sqlite`."""
    if url.get_backend_name() == "sqlite":
        return f"the database file {url.database}"
    return f"the database {url.database} on {url.host or 'localhost'}{f':{url.port}' if url.port else ''}"


def missing_file(url: URL) -> bool:
    """Whether the address is an SQLite file that is not there: opening it would make an empty one."""
    if url.get_backend_name() != "sqlite" or url.database is None or url.database.startswith("file:"):
        return False
    return not Path(url.database).is_file()


def _first(error: ValidationError) -> str:
    # The value is not told: it may be the address with its password.
    found = error.errors(include_url=False, include_input=False, include_context=False)[0]
    name = ".".join(str(part) for part in found["loc"])
    if found["type"] == "missing":
        return f"the setting {name} is missing; {_WANTED.get(name, 'run kigen init to write it')}"
    if found["type"] == "extra_forbidden":
        return f"the setting {name} is not known; expected one of {', '.join(sorted(_KNOWN))}"
    return f"the setting {name} is wrong: {found['msg'].lower()}; {_WANTED.get(name, 'expected a text')}"


_WANTED = {
    "host": "expected a section [host] with name and database",
    "host.name": 'expected a name such as "whmcs"',
    "host.database": 'expected such as "mysql+pymysql://user:password@server/name"',
    "kigen": 'expected a section [kigen] with zone = "Asia/Tokyo"',
    "kigen.zone": 'expected the operator\'s zone, such as "Asia/Tokyo"',
}
_KNOWN = ("host.name", "host.database", "host.zone", "kigen.zone", "kigen.state_dir")
