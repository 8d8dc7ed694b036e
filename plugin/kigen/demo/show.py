"""The demo from beginning to end: an invented host is made, its events are heard, and the schedule is shown and kept.

Everything lies in one folder that can be thrown away. A folder or a database that holds anything else is refused.
"""

from __future__ import annotations

import datetime as dt
import io
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import Engine

from kigen.demo import screens
from kigen.demo.events import events
from kigen.demo.world import fill
from kigen.ledger import inbox, keys_backup, migrate
from kigen.ledger.database import open_database
from kigen.plugins import find_plugins
from kigen.policy.decide import Decision
from kigen.policy.records import Kind, Ref
from kigen.work.intake import parse_event, run_intake
from kigen.work.overview import Overview, overview_of
from kigen.work.plan import decisions, explain
from kigen.work.report import write_report
from kigen.work.site import Site
from kigen.work.sweep import sweep

ZONE = "Asia/Tokyo"
MARK = "# Made by 'kigen demo', which overwrites this folder when it runs here again."


def demo(
    dir: Path,
    clients: int = 2000,
    seed: int = 1,
    database: str | None = None,
    now: dt.datetime | None = None,
    actor: str = "demo",
    as_json: bool = False,
    console: Console | None = None,
    *,
    is_served: bool = False,
) -> dict[str, Any]:
    """Make the host, show it, sweep it; returns what `--json` prints. `now` None: the machine's clock.

    Prints to `console` unless `as_json`. `is_served`: the caller serves the pages afterwards.

    Raises ValueError with a sentence for a folder that is not the demo's, for a database with clients in it, and for
    fewer clients than one.
    """
    began = time.monotonic()
    if clients < 1:
        raise ValueError(f"the demo needs at least one client; got {clients}")
    console = Console(quiet=True) if as_json else console or Console()
    if not screens.is_unicode(console) and isinstance(console.file, io.TextIOWrapper):
        console.file.reconfigure(errors="replace")  # a status of the host may be written in any letters
    folder = _empty(Path(dir).resolve())
    address = database or f"sqlite:///{folder / 'billing.sqlite'}"
    config = _write_config(folder, address)
    engine = open_database(address)
    try:
        site = _site(engine, folder, now, actor)
        with _saying(console, f"Inventing {clients} clients and fourteen years of their business"):
            rows = fill(engine, clients, seed, now=site.now)
            migrate.upgrade(engine)
            with site.transaction() as connection:
                keys_backup.make_missing(connection, site.state_dir)
        with _saying(console, "Handing two years of events to the hooks"):
            told = _hear(site, seed)
        with _saying(console, "Reading every record of the host"):
            overview = overview_of(decisions(site), site.now, site.zone)
            write_report(site, folder / "plan.html", overview=overview)
        console.print(f"{sum(rows.values())} rows in {len(rows)} tables, {told['handled']} events heard, "
                      f"{sum(overview.read.values())} records read.", highlight=False)  # fmt: skip
        _show_plan(console, site, overview)
        # A sweep hears what is pending and reconciles before it plans.
        with _saying(console, "Reconciling, and doing what is due, as 'kigen sweep --confirm' does"):
            swept = sweep(site, confirmed=True)
        explained = _explained(site, overview)
        console.print(screens.what_was_done(swept))
        if explained:
            console.print("\n[bold]One of those that stay, as 'kigen explain' tells it[/bold]")
            console.print(screens.one_decision(explained, site.zone))
    finally:
        engine.dispose()
    client = explained.record.client if explained else None
    for line in screens.what_to_try(_command(), _short(config), client or 1):
        console.print(line, soft_wrap=True)
    console.print(f"\nThe same as a page: {_short(folder / 'plan.html')}", highlight=False, soft_wrap=True)
    return {
        "dir": str(folder), "clients": clients, "due": {rule: group.count for rule, group in overview.due.items()},
        "config": str(config), "report": str(folder / "plan.html"), "rows": rows, "events": told,
        "reconciled": swept.reconciled.as_json() if swept.reconciled else None,
        "kept": {code: group.count for code, group in overview.kept.items()},
        "unknown": {code: group.count for code, group in overview.unknown.items()},
        "forecast": overview.forecast.as_json(), "swept": swept.as_json(),
        "explained": explained.as_json(site.zone) if explained else None, "served": is_served,
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip


def _empty(folder: Path) -> Path:
    """The folder, without what an earlier demo left there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"the demo cannot be made in {folder}: {error.strerror}") from None
    config = folder / "kigen.toml"
    is_ours = config.is_file() and config.read_text(encoding="utf-8", errors="replace").startswith(MARK)
    if not is_ours and any(folder.iterdir()):
        raise ValueError(f"the folder {folder} holds something else; expected an empty one, or one of an earlier demo")
    for name in ("billing.sqlite", "billing.sqlite-wal", "billing.sqlite-shm", "plan.html"):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "state", ignore_errors=True)
    return folder


def _write_config(folder: Path, address: str) -> Path:
    """The configuration, written first: it is what tells the next demo that the folder is its own."""
    config = folder / "kigen.toml"

    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    lines = [
        MARK, "", "[host]", 'name = "whmcs"', f"database = {quoted(address)}", "",
        "[kigen]", f'zone = "{ZONE}"', f"state_dir = {quoted(str(folder / 'state'))}", "",
    ]  # fmt: skip
    config.touch(mode=0o600)  # the address may hold a password
    config.write_text("\n".join(lines), encoding="utf-8")
    return config


def _site(engine: Engine, folder: Path, now: dt.datetime | None, actor: str) -> Site:
    plugins = find_plugins()
    host = plugins.hosts()["whmcs"](ZONE)
    at = now or dt.datetime.now(dt.UTC)
    return Site(engine, host, plugins, ZONE, at, actor, folder / "state", is_machine_clock=now is None)


def _hear(site: Site, seed: int) -> dict[str, int]:
    """The events of the invented bridge, through the same inbox as any others."""
    arrivals = [parse_event(event, site.zone) for event in events(site.engine, now=site.now, seed=seed)]
    with site.transaction() as connection:
        inbox.append(connection, arrivals, site.now)
    return run_intake(site).as_json()


def _show_plan(console: Console, site: Site, overview: Overview) -> None:
    console.print()
    console.print(screens.what_is_due(overview, site.plugins.rules()))
    console.print()
    console.print(screens.why_records_stay(overview, site.zone))
    console.print(screens.what_is_coming(overview.forecast, console.width, screens.is_unicode(console)))
    console.print()


def _explained(site: Site, overview: Overview) -> Decision | None:
    """A record that is worth explaining: one that the law keeps, else whatever stays."""
    groups = [overview.kept.get("floor"), *overview.kept.values(), *overview.unknown.values()]
    for group in groups:
        ref: Ref | None = (Kind(group.records[0].kind), group.records[0].id) if group else None
        if ref and (decision := explain(site, ref)):
            return decision
    return None


@contextmanager
def _saying(console: Console, what: str) -> Iterator[None]:
    """Tell what is going on: a turning sign in a terminal, a line anywhere else."""
    if console.is_terminal:
        with console.status(f"{what} …"):
            yield
    else:
        console.print(f"{what} …", highlight=False)
        yield


def _command() -> str:
    """How this kigen is called from here: by name where that finds it, else by its path."""
    called = Path(sys.argv[0]).absolute()
    found = shutil.which("kigen")
    if called.name != "kigen" or (found and Path(found).resolve() == called.resolve()):
        return "kigen"
    return _short(called)


def _short(path: Path) -> str:
    """A path as one would type it here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
