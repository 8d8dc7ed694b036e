"""`kigen undo`: opens again what a run archived, brings back what of its deletions is kept, says what stays gone."""

from __future__ import annotations

from typing import Any

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import iso, written
from kigen.commands.options import command
from kigen.commands.records import LARGEST
from kigen.commands.words import by_name, say
from kigen.errors import Refused, Status, WrongUse
from kigen.ledger import quarantine
from kigen.work.brake_words import said_of_brake
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
        raise WrongUse(say(call.lang or "en", "undo what"))
    site = call.site()
    if run is None:
        return _list(call, site)
    try:
        undone = work(site, run, dry_run)
    except UnknownRun:
        raise WrongUse(say(site.language, "no such run", run=run)) from None
    except AnotherRunner as error:
        raise Refused(str(error)) from None
    if call.is_json:
        show.as_json(undone.as_json())
    elif not undone.brake:
        _show(undone, dry_run, site.language)
    return _tell(undone, dry_run, site.language)


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
        (
            one["run"],
            written(one["at"], site.zone),
            show.counts(by_name(site.language, one["records"]), site.language),
            written(one["until"], site.zone),
        )
        for one in found.values()
    ]
    columns = ("Run", "Deleted on", "Records", "Kept until")
    show.table(columns, cells, say(site.language, "can come back"), site.language)
    return Status.DONE


def _show(undone: Undone, is_dry: bool, language: str) -> None:
    def counts(found: dict[str, int]) -> str:
        return show.counts(by_name(language, found), language)

    told = undone.as_json()
    rows = [(say(language, "opened again"), counts(told["unarchived"]))] if undone.unarchived else []
    if undone.brought.refs:
        came = "would come back" if is_dry else "brought back"
        rows.append((say(language, came), counts(counted(undone.brought.refs))))
    if undone.kept:
        rows.append((say(language, "left alone"), show.counts(undone.kept, language)))
    show.table(("", "Records"), rows, language=language)
    if not is_dry:
        show.line(say(language, "undone", run=undone.run, opened=undone.unarchived, of=undone.of))


def _tell(undone: Undone, is_dry: bool, language: str) -> Status:
    if undone.brake:
        show.aside(said_of_brake(undone.brake, language))
        return Status.REFUSED
    for text in undone.warnings:
        show.aside(text)
    refused = undone.refused_ja if language == "ja" else undone.refused
    for client, text in list(refused.items())[:SHOWN]:
        show.aside(say(language, "not back", client=client, text=text))
    if len(undone.refused) > SHOWN:
        show.aside(say(language, "more not back", number=len(undone.refused) - SHOWN))
    if undone.brought.left:
        show.aside(say(language, "changed since", counts=show.counts(undone.brought.left, language)))
    for name in undone.brought.files:
        show.aside(say(language, "file not back", name=name))
    if undone.deleted:
        gone = show.counts(by_name(language, undone.deleted), language)
        show.aside(say(language, "rest stays gone" if undone.refused else "stays gone", of=undone.of, counts=gone))
    elif not undone.acted and not is_dry:
        show.aside(say(language, "nothing archived", of=undone.of))
    is_whole = undone.acted or is_dry
    left = undone.warnings or undone.refused or undone.deleted or undone.brought.left or undone.brought.files
    return Status.FINDINGS if left or not is_whole else Status.DONE
