"""`kigen sweep`: carries out the plan, unless a safety brake holds; says what was done, what stayed and why."""

from __future__ import annotations

import time

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import written
from kigen.commands.left import show_left
from kigen.commands.options import command
from kigen.commands.words import say
from kigen.errors import Refused, Status
from kigen.work.brake_words import said_of_brake, said_of_stop
from kigen.work.lease import AnotherRunner
from kigen.work.site import Site
from kigen.work.stops import ASKED_FOR, MAX_SECONDS
from kigen.work.sweep import Budget
from kigen.work.sweep import sweep as work
from kigen.work.swept import Swept

TRIES, PAUSE_SECONDS = 3, 0.5


@command("sweep")
@click.option(
    "--confirm",
    is_flag=True,
    help="A person accepts the plan as it is at this moment, for this run, and the rules from now on.",
)
@click.option("--limit", metavar="N", type=click.IntRange(min=0), help="Act on at most N records.")
@click.option("--max-seconds", metavar="S", type=click.FloatRange(min=0), help="Begin nothing new after S seconds.")
def sweep(call: Call, confirm: bool, limit: int | None, max_seconds: float | None) -> Status:
    """Do what 'kigen plan' shows: archive and delete what is due and kept by nothing.

    It waits while the database is busy (settings throttle.*), and stops while the file 'stop' is in the state folder.
    """
    site = call.site()
    with show.progress("sweeping") as tell:
        swept = _run(site, confirm, Budget(limit, max_seconds), tell)
    if call.is_json:
        show.as_json(swept.as_json())
    else:
        _show(swept, site.language)
    return _tell(site, swept)


def _run(site: Site, confirm: bool, budget: Budget, tell: show.Tell) -> Swept:
    for left in reversed(range(TRIES)):
        try:
            return work(site, confirm, budget, tell)
        except AnotherRunner as error:
            # A round of `intake --follow` holds the lease for a moment; a night must not be lost to it.
            if not left:
                raise Refused(str(error)) from None
            time.sleep(PAUSE_SECONDS)
    raise AssertionError("the last try returns or raises")


def _tell(site: Site, swept: Swept) -> Status:
    """Say on standard error what a person must know, and which exit status that is."""
    if swept.stated and swept.stated["lies"] == "past" and swept.acted:
        at, clock = written(site.now, site.zone), written(site.machine_now, site.zone)
        show.aside(say(site.language, "past", at=at, clock=clock, zone=site.zone))
    brakes = {brake.code for brake in swept.brakes}
    is_refused = swept.stopped in brakes
    if is_refused:
        for brake in swept.brakes:
            show.aside(said_of_brake(brake, site.language))
    for text in swept.refused.values():
        show.aside(f"rule refused: {text}")
    violations = swept.reconciled.violations if swept.reconciled else []
    for text in (*swept.failures, *swept.warnings, *violations):
        show.aside(text)
    if is_refused or swept.refused:
        return Status.REFUSED
    # A run whose time was over before its first record does nothing on any night.
    came_to_nothing = swept.stopped == MAX_SECONDS and swept.remaining and not swept.looked_at
    if swept.stop and (swept.stop.code not in ASKED_FOR or came_to_nothing):
        show.aside(say(site.language, "stopped early", text=said_of_stop(swept.stop, site.language)))
        return Status.FINDINGS
    return Status.FINDINGS if swept.failures or swept.warnings or violations else Status.DONE


def _show(swept: Swept, language: str) -> None:
    told = swept.as_json()
    if swept.acted or not swept.planned.acts:
        rows = [(name, show.counts(told[name])) for name in ("archived", "deleted", "anonymised") if told[name]]
    else:
        rows = [(f"would {action}", show.counts(counts)) for action, counts in sorted(swept.planned.acts.items())]
    if swept.kept:
        rows.append(("kept", show.counts(swept.kept)))
    show.table(("", "Records"), rows)
    show_left(swept.left, swept.left_rows, language)
    if swept.run is not None:
        ended = f"stopped by {swept.stopped}" if swept.stopped else "looked at everything that was due"
        done = f"{swept.acted:,} records in {swept.seconds:.1f} s, {swept.remaining:,} remaining"
        show.line(f"Run {swept.run}: {done}; {ended}.")
