"""`kigen undo`: opens again what a run archived, and says what it cannot bring back."""

from __future__ import annotations

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.options import command
from kigen.commands.records import LARGEST
from kigen.errors import Refused, Status, WrongUse
from kigen.work.lease import AnotherRunner
from kigen.work.undo import Undone, UnknownRun
from kigen.work.undo import undo as work


@command("undo")
@click.argument("run", type=click.IntRange(min=1, max=LARGEST))
def undo(call: Call, run: int) -> Status:
    """Open again the clients that RUN archived. What it deleted stays gone.

    The next run archives them again unless a hold, a contract or a changed rule keeps them.
    """
    try:
        undone = work(call.site(), run)
    except UnknownRun as error:
        raise WrongUse(str(error)) from None
    except AnotherRunner as error:
        raise Refused(str(error)) from None
    if call.is_json:
        show.as_json(undone.as_json())
    elif undone.run:
        _show(undone)
    return _tell(undone)


def _show(undone: Undone) -> None:
    rows = [("opened again", show.counts(undone.as_json()["unarchived"]))] if undone.unarchived else []
    if undone.kept:
        rows.append(("left as they are", show.counts(undone.kept)))
    show.table(("", "Records"), rows)
    show.line(f"Run {undone.run}: opened {undone.unarchived:,} of the clients that run {undone.of} archived.")


def _tell(undone: Undone) -> Status:
    if undone.brake:
        show.aside(undone.brake.text)
        return Status.REFUSED
    for text in undone.warnings:
        show.aside(text)
    if undone.deleted:
        gone = show.counts(undone.deleted)
        show.aside(f"run {undone.of} deleted {gone}; kigen keeps no copy of what it deletes, so they stay gone")
    elif not undone.unarchived:
        show.aside(f"run {undone.of} archived nothing that is archived still")
    return Status.FINDINGS if undone.warnings or undone.deleted or not undone.unarchived else Status.DONE
