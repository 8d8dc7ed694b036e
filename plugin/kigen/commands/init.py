"""`kigen init`: checks that a billing platform is there, makes or upgrades kigen's tables, writes the configuration."""

from __future__ import annotations

import importlib
import importlib.util
import os
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.engine import URL

from kigen import config
from kigen.commands import config_file, show
from kigen.commands.call import Call
from kigen.commands.init_keys import make_keys
from kigen.commands.options import command
from kigen.errors import Unreachable, WrongUse
from kigen.hosts.port import Host
from kigen.hosts.schema import read_schema
from kigen.ledger import migrate
from kigen.ledger.database import open_database
from kigen.ledger.grants import grants
from kigen.policy.schedule import RULES

DEFAULT_ZONE = "Asia/Tokyo"

CORE = {
    "whmcs": ("tblclients", "tblorders", "tblinvoices", "tblhosting", "tbldomains"),
    "fossbilling": ("client", "client_order", "invoice"),
}
"""Tables without which a database is not this platform's."""


@command("init")
@click.option("--host", metavar="NAME", help="The billing platform: whmcs, fossbilling, or one that a plugin adds.")
@click.option("--database", metavar="URL", help="Its database: mysql+pymysql://… or sqlite:///file.")
@click.option("--zone", metavar="ZONE", help=f"The operator's zone, which counts the terms; first {DEFAULT_ZONE}.")
@click.option("--host-zone", metavar="ZONE", help="The zone in which the platform writes its dates, if it is another.")
@click.option("--state-dir", metavar="DIR", help=f"Folder for kigen's files; else {config.STATE} beside the file.")
@click.option("--print-grants", is_flag=True, help="Print what the database user needs, and do nothing else.")
def init(
    call: Call,
    host: str | None,
    database: str | None,
    zone: str | None,
    host_zone: str | None,
    state_dir: str | None,
    print_grants: bool,
) -> None:
    """Set kigen up beside a billing platform, or bring its tables up to date; safe to repeat."""
    given = {
        ("host", "name"): host, ("host", "database"): _absolute(database), ("host", "zone"): host_zone,
        ("kigen", "zone"): zone, ("kigen", "state_dir"): _absolute_path(state_dir),
    }  # fmt: skip
    path, values = _wanted(call, given)
    checked, platform = _checked(call, path, values)
    if print_grants:
        _print_grants(call, platform, checked.url)
        return
    reached = _make(platform, checked, path, values)
    if call.is_json:
        show.as_json({"config": str(path), "schema": reached, "host": platform.name})
        return
    show.line(f"kigen's tables in {checked.database} have revision {reached}; the configuration is {path}.")
    show.line("Next: 'kigen doctor' and 'kigen plan'. No run deletes anything before 'kigen sweep --confirm';")
    show.line("an officer's 'kigen erase' acts at once.")


def set_up(call: Call, host: str, database: str | None) -> None:
    """What the command does for a platform, in silence: for another command that needs kigen's tables there."""
    path, values = _wanted(call, {("host", "name"): host, ("host", "database"): _absolute(database)})
    checked, platform = _checked(call, path, values)
    _make(platform, checked, path, values)


def _wanted(call: Call, given: dict[tuple[str, str], str | None]) -> tuple[Path, dict[tuple[str, str], str]]:
    """The file to write and what belongs into it; WrongUse where too little was said."""
    path = _target(call, is_new=bool(given[("host", "name")] and given[("host", "database")]))
    known = config.read(path) if path.is_file() else {}
    values = {key: value for key, value in given.items() if value is not None}
    for section, key, option in (("host", "name", "--host"), ("host", "database", "--database")):
        if (section, key) not in values and key not in known.get(section, {}):
            raise WrongUse(f"{option} is missing; expected 'kigen init --host NAME --database URL' for the first time")
    if "zone" not in known.get("kigen", {}):
        values.setdefault(("kigen", "zone"), DEFAULT_ZONE)
    return path, values


def _checked(call: Call, path: Path, values: dict[tuple[str, str], str]) -> tuple[config.Config, Host]:
    content = config.read(path) if path.is_file() else {}
    for (section, key), value in values.items():
        content[section] = {**content.get(section, {}), key: value}
    call.configuration = checked = config.check(content, path)
    return checked, _host(call, checked)


def _make(platform: Host, checked: config.Config, path: Path, values: dict[tuple[str, str], str]) -> str:
    """Make or upgrade the tables, then write the configuration and the keys; the revision that was reached."""
    if config.missing_file(checked.url):
        raise Unreachable(f"{checked.database} is not there; expected the billing platform's database")
    engine = open_database(checked.address)
    _check_tables(engine, platform, checked)
    _make_folder(path.absolute().parent)
    _make_folder(checked.state_dir)
    reached = migrate.upgrade(engine)
    config_file.write(path, values)
    make_keys(engine, checked)
    return reached


def _target(call: Call, is_new: bool) -> Path:
    """The file to write: the one in use, unless another platform is named and nobody said where."""
    found = config.find(call.config)
    is_named = call.config is not None or "KIGEN_CONFIG" in os.environ
    if found is None or (is_new and found == config.OF_THE_MACHINE and not is_named):
        return Path(config.HERE)
    return found


def _absolute(database: str | None) -> str | None:
    """A relative SQLite file means one here, wherever the configuration lies."""
    if database is None:
        return None
    return config.database_url(database, Path.cwd()).render_as_string(hide_password=False)


def _absolute_path(folder: str | None) -> str | None:
    return None if folder is None else str(Path(folder).absolute())


def _host(call: Call, checked: config.Config) -> Host:
    hosts = call.plugins.hosts()
    if checked.host not in hosts:
        raise WrongUse(f"--host is {checked.host!r}; expected one of {', '.join(sorted(hosts))}")
    return hosts[checked.host](checked.host_zone)


def _check_tables(engine: Engine, platform: Host, checked: config.Config) -> None:
    # Before kigen makes a table: a wrong database must not be littered.
    with engine.execution_options(kigen_read_only=True).connect() as connection:
        there = read_schema(connection).columns
    for name in CORE.get(platform.name, ()):
        if name not in there:
            raise WrongUse(f"{checked.database} has no table {name}; expected the database of {platform.name}")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WrongUse(f"the folder {folder} cannot be made: {error.strerror}") from None


def _print_grants(call: Call, platform: Host, url: URL) -> None:
    if url.get_backend_name() == "sqlite":
        raise WrongUse("--print-grants: an SQLite file has no users; expected a MariaDB or MySQL database")
    changed: set[str] = set()
    package = type(platform).__module__.rpartition(".")[0]
    if importlib.util.find_spec(f"{package}.needs"):
        removes = importlib.import_module(f"{package}.needs").removes
        changed = {table for rule in RULES for table in removes(rule)}
    if not changed:
        raise WrongUse(f"--print-grants: {platform.name} does not tell which tables it changes; ask its plugin")
    statements = grants(changed, url.database or "", url.username or "kigen")
    if call.is_json:
        show.as_json({"grants": statements})
        return
    user = url.username or "kigen"
    making = [one for one in statements if one.partition(" TO ")[2].startswith(f"'{user.partition('@')[0]}_init'")]
    rest = [one for one in statements if one not in making]
    steps: tuple[tuple[str, list[str]], ...] = (
        (f"1. Make two users, {user} for daily work and {user}_init for 'kigen init' alone (CREATE USER).", making),
        (f"2. Run 'kigen init' once with {user}_init in --database. 3. Then run these; one on a table that is not", []),
        ("there fails and may be skipped (mariadb --force).", rest),
        (f"4. Run 'kigen init' again with {user} in --database.", []),
    )
    for words, part in steps:
        show.line(f"-- {words}")
        for statement in part:
            show.line(f"{statement};")
