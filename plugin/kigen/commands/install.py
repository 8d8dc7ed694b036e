"""`kigen install` and `kigen uninstall`: put the bridge into a billing platform, and take it out again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from kigen import __version__
from kigen.commands import bridge_listed, bridge_place, show
from kigen.commands.bridge_settings import (
    LISTEN,
    SETTINGS,
    Installed,
    noted,
    owner,
    php,
    secret_of,
    tally_of,
    write_note,
)
from kigen.commands.bridge_units import PLACES, units
from kigen.commands.bridge_words import say
from kigen.commands.call import Call
from kigen.commands.init import set_up
from kigen.commands.options import command
from kigen.config import database_url, find
from kigen.errors import Status, WrongUse
from kigen.hosts.bridges import Bridge
from kigen.work.site import Site

ETC = Path("/etc")
ASIDE = "bridge"
"""The folder in the state folder for copies of files that somebody had changed."""

FOLDER = click.Path(path_type=Path)


@command("install")
@click.argument("host", metavar="HOST")
@click.argument("path", metavar="PATH", type=FOLDER)
@click.option("--database", metavar="URL", help="The platform's database, where 'kigen init' has not run yet.")
@click.option("--check", is_flag=True, help="Say what would be done, and change nothing.")
@click.option("--listen", metavar="ADDR", default=LISTEN, show_default=True,
              help="Where 'kigen run' listens: 127.0.0.1:PORT, or unix: and the path of a socket.")  # fmt: skip
@click.option("--web-user", metavar="NAME", help="Who runs the platform's PHP; else the owner of its configuration.")
@click.option("--write", is_flag=True, help="Write the systemd unit and the cron line instead of printing them.")
@click.option("--etc", metavar="DIR", type=FOLDER, default=ETC, show_default=True, help="Where --write puts them.")
def install(
    call: Call, host: str, path: Path, database: str | None, check: bool, listen: str, web_user: str | None,
    write: bool, etc: Path,
) -> Status:  # fmt: skip
    """Put the bridge into the platform HOST (whmcs, fossbilling) in its folder PATH, or upgrade it; safe to repeat."""
    bridge, path = _bridge(call, host), path.absolute()
    _refuse_other_folders(bridge, host, path)
    php_user = owner(path / bridge.configuration, web_user)
    site = _site(call, host, database, check)
    with site.reading() as connection:
        found = bridge.version(path, connection)
        language = str(site.setting(connection, "kigen.language"))
    if found is None or not bridge.understands(found):
        wanted = " or ".join(f"{one}.x" for one in bridge.supported)
        raise WrongUse(f"{path} has {host} {found or 'of a version that cannot be read'}; expected {wanted}")
    folder = path / bridge.folder
    told = {"host": host, "platform": found, "version": __version__, "folder": folder, "path": path}
    if check:
        return _check(call, site, folder, told)
    secret = secret_of(site.state_dir)
    files = bridge.files(__version__)
    files[SETTINGS] = php(__version__, listen, secret, language)
    files[f"{tally_of(secret)}/.htaccess"] = b"Require all denied\n"
    wanted_there = bridge_place.Wanted(
        path, folder, __version__, files, SETTINGS, tally_of(secret), php_user, site.state_dir.stat().st_gid
    )
    placed = bridge_place.place(wanted_there, site.state_dir / ASIDE)
    with site.transaction() as connection:
        write_note(connection, Installed(host, str(path), __version__))
    texts = units(call.configuration, listen)
    written = _written(etc, texts) if write else {}
    if call.is_json:
        kept = [str(one) for one in placed.kept]
        steps = bridge.steps[site.language]
        show.as_json({
            **{key: str(value) for key, value in told.items()}, "changed": placed.is_changed, "kept": kept,
            "next": steps, **texts,
        })  # fmt: skip
        return Status.DONE
    show.line(say(site.language, "installed" if placed.is_changed else "same", **told))
    _tell(site.language, bridge, placed.kept)
    _tell_units(site.language, etc, texts, written)
    return Status.DONE


@command("uninstall")
@click.argument("host", metavar="[HOST]", required=False)
@click.argument("path", metavar="[PATH]", type=FOLDER, required=False)
def uninstall(call: Call, host: str | None, path: Path | None) -> Status:
    """Take the bridge out of the platform; the ledger and the frozen documents stay."""
    site = call.site()
    with site.reading() as connection:
        known = noted(connection)
    if host is None or path is None:
        if known is None:
            raise WrongUse("no bridge was installed by this kigen; expected 'kigen uninstall HOST PATH'")
        host, path = host or known.host, path or Path(known.path)
    bridge, path = _bridge(call, host), path.absolute()
    folder = path / bridge.folder
    removed = bridge_place.remove(path, folder, site.state_dir / ASIDE)
    with site.transaction() as connection:
        write_note(connection, None)
    kept = [str(one) for one in removed.kept]
    if call.is_json:
        show.as_json({
            "host": host, "folder": str(folder), "changed": removed.is_changed, "kept": kept,
            "database": call.database, "state_dir": str(site.state_dir),
        })  # fmt: skip
        return Status.DONE
    show.line(say(site.language, "removed" if removed.is_changed else "none", folder=folder, host=host))
    for one in removed.kept:
        show.line(say(site.language, "waiting" if one.name.startswith(bridge_place.KEPT) else "kept", file=one))
    show.line(say(site.language, "remains", database=call.database, state=site.state_dir))
    return Status.DONE


def _bridge(call: Call, host: str) -> Bridge:
    hosts = call.plugins.hosts()
    bridges = {name: found for name, made in hosts.items() if (found := made("UTC").bridge) is not None}
    if host not in bridges:
        raise WrongUse(f"HOST is {host!r}; expected one of {', '.join(sorted(bridges))}")
    return bridges[host]


def _refuse_other_folders(bridge: Bridge, host: str, path: Path) -> None:
    if not path.is_dir():
        raise WrongUse(f"PATH is {path}, which is no folder; expected the folder of {host}")
    if missing := bridge.lacks(path):
        raise WrongUse(f"PATH is {path}, which has no {missing[0]}; expected the folder of {host}")


def _site(call: Call, host: str, database: str | None, check: bool) -> Site:
    """The installation, which is set up first where that was not done; a check sets up nothing."""
    known = find(call.config)
    if known is not None and known.is_file():
        if call.configuration.host != host:
            raise WrongUse(f"HOST is {host}, but {known} names {call.configuration.host}; use --config for another one")
        if database is not None and database_url(database, Path.cwd()) != call.configuration.url:
            told = f"--database is not {call.database}, which {known} names"
            raise WrongUse(f"{told}; expected the same or none, or --config for another installation")
        database = None
    if not check:
        set_up(call, host, database)
    return call.site()


def _check(call: Call, site: Site, folder: Path, told: dict[str, object]) -> Status:
    listed = bridge_listed.read_list(folder)
    if folder.exists() and listed is None:
        raise WrongUse(f"{folder} is there and was not put there by kigen; expected no such folder: move it away first")
    is_current = listed is not None and listed.kigen == __version__ and not bridge_listed.changed(folder, listed)
    if call.is_json:
        show.as_json({**{key: str(value) for key, value in told.items()}, "current": is_current})
    else:
        show.line(say(site.language, "same" if is_current else "would", **told))
    return Status.DONE if is_current else Status.FINDINGS


def _written(etc: Path, texts: Mapping[str, str]) -> dict[str, bool]:
    """Which of the files are there now with their text; one with another text is somebody's and stays."""
    done = {}
    for name, text in texts.items():
        place = etc / PLACES[name]
        if place.exists():
            done[name] = place.read_text(encoding="utf-8", errors="replace") == text
            continue
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        except OSError as error:
            raise WrongUse(
                f"{place} cannot be written: {error.strerror}; run this as root, or without --write"
            ) from None
        done[name] = True
    return done


def _tell(language: str, bridge: Bridge, kept: list[Path]) -> None:
    for one in kept:
        show.line(say(language, "kept", file=one))
    show.line(say(language, "next"))
    for number, step in enumerate(bridge.steps[language], start=1):
        show.line(f"  {number}. {step}")


def _tell_units(language: str, etc: Path, texts: Mapping[str, str], written: dict[str, bool]) -> None:
    for name, key in (("systemd", "unit"), ("cron", "cron")):
        place = etc / PLACES[name]
        if name in written:
            show.line(say(language, "written" if written[name] else "there", place=place))
        else:
            show.line(f"\n{say(language, key, place=place)}\n\n{texts[name]}")
