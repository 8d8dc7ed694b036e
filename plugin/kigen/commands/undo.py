"""`kigen undo`: opens again what a run archived, brings back what of its deletions is kept, says what stays gone."""

from __future__ import annotations

from typing import Any

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import iso, written
from kigen.commands.options import command
from kigen.commands.records import LARGEST
from kigen.errors import Refused, Status, WrongUse
from kigen.ledger import quarantine
from kigen.work.bringing_back import counted
from kigen.work.lease import AnotherRunner
from kigen.work.site import Site
from kigen.work.undo import Undone, UnknownRun
from kigen.work.undo import undo as work

SHOWN = 20


@command("undo")
@click.argument("run", type=click.IntRange(min=1, max=LARGEST), required=False)
@click.option("--list", "is_list", is_flag=True, help="Which runs deleted what can still be brought back.")
@click.option("--dry-run", is_flag=True, help="Only say what would come back; nothing is written.")
def undo(call: Call, run: int | None, is_list: bool, dry_run: bool) -> Status:
    """Open again the clients that RUN archived, and bring back what it deleted, where quarantine.term kept it.

    The next run archives or deletes them again (what it had deleted not before schedule.settling is over) unless a
    hold, a contract or a changed rule keeps them.
    """
    if (run is None) != is_list:
        raise WrongUse("what should be undone? expected the number of a RUN, or --list")
    site = call.site()
    if run is None:
        return _list(call, site)
    try:
        undone = work(site, run, dry_run)
    except UnknownRun as error:
        raise WrongUse(str(error)) from None
    except AnotherRunner as error:
        raise Refused(str(error)) from None
    if call.is_json:
        show.as_json(undone.as_json())
    elif not undone.brake:
        _show(undone, dry_run)
    return _tell(undone, dry_run)


def _list(call: Call, site: Site) -> Status:
    with site.reading() as connection:
        rows = quarantine.by_run(connection, site.host.name)
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        one = found.setdefault(row.run, {"run": row.run, "at": row.at, "until": row.until, "records": {}})
        one["at"], one["until"] = min(one["at"], row.at), max(one["until"], row.until)
        one["records"][row.kind] = row.records
    if call.is_json:
        told = (
            {**one, "at": iso(one["at"], site.zone), "until": iso(one["until"], site.zone)} for one in found.values()
        )
        show.as_json(list(told))
        return Status.DONE
    cells = [
        (one["run"], written(one["at"], site.zone), show.counts(one["records"]), written(one["until"], site.zone))
        for one in found.values()
    ]
    show.table(("Run", "Deleted on", "Records", "Kept until"), cells, "What 'kigen undo RUN' can bring back")
    return Status.DONE


def _show(undone: Undone, is_dry: bool) -> None:
    told = undone.as_json()
    rows = [("opened again", show.counts(told["unarchived"]))] if undone.unarchived else []
    if undone.brought.refs:
        rows.append(("would come back" if is_dry else "brought back", show.counts(counted(undone.brought.refs))))
    if undone.kept:
        rows.append(("left as they are", show.counts(undone.kept)))
    show.table(("", "Records"), rows)
    if not is_dry:
        show.line(f"Run {undone.run}: opened {undone.unarchived:,} of the clients that run {undone.of} archived.")


def _tell(undone: Undone, is_dry: bool) -> Status:
    if undone.brake:
        show.aside(undone.brake.text)
        return Status.REFUSED
    for text in undone.warnings:
        show.aside(text)
    for client, text in list(undone.refused.items())[:SHOWN]:
        show.aside(f"nothing of client {client} came back: {text}")
    if len(undone.refused) > SHOWN:
        show.aside(f"and nothing of {len(undone.refused) - SHOWN:,} more clients; --json tells why")
    if undone.brought.left:
        changed = show.counts(undone.brought.left)
        show.aside(f"rows of others that were cleared and have changed since stay as they are: {changed}")
    for name in undone.brought.files:
        show.aside(f"the file {name} does not come back: rows name it, and it was removed")
    if undone.deleted:
        gone = show.counts(undone.deleted)
        show.aside(f"run {undone.of} deleted {gone}; no copy of it is kept: what did not come back will stay gone"
                   if not undone.refused else f"of what run {undone.of} deleted, {gone} stay gone")  # fmt: skip
    elif not undone.acted and not is_dry:
        show.aside(f"run {undone.of} archived nothing that is archived still")
    is_whole = undone.acted or is_dry
    left = undone.warnings or undone.refused or undone.deleted or undone.brought.left or undone.brought.files
    return Status.FINDINGS if left or not is_whole else Status.DONE
