"""`kigen replay`: after a restore, erases again what came back, and says what stays and why a person must look."""

from __future__ import annotations

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import said, written
from kigen.commands.left import show_left
from kigen.commands.options import command
from kigen.errors import Refused, Status
from kigen.work.lease import AnotherRunner
from kigen.work.replay import replay as work
from kigen.work.replayed import Replayed

AT_MOST = 20
"""Findings that a person is shown; --json has all."""


@command("replay")
@click.option("--dry-run", is_flag=True, help="Only show what came back; nothing is written.")
@click.option("--confirm", is_flag=True, help="Act although --now lies ahead of the machine's clock.")
def replay(call: Call, dry_run: bool, confirm: bool) -> Status:
    """Erase again what a restored backup brought back: what evidence proves, and only where the record is the same.

    Until it has ended, sweep does nothing. Afterwards the first sweep asks for a confirmation, since the rules, holds
    and requests are those of the backup.
    """
    site = call.site()
    try:
        with show.progress("replaying") as tell:
            found = work(site, confirm, dry_run, tell)
    except AnotherRunner as error:
        raise Refused(str(error)) from None
    if call.is_json:
        show.as_json(found.as_json(site.zone))
    elif not found.swept.brakes:
        _show(found, dry_run)
    return _tell(found, site.zone, dry_run)


def _show(found: Replayed, dry_run: bool) -> None:
    returned = found.returned
    rows = [(f"to {action} again", show.counts(counts)) for action, counts in sorted(returned.counts().items())]
    rows += [(f"  by {rule}", f"{number:,}") for rule, number in sorted(returned.rules().items())]
    if not dry_run:
        told = found.swept.as_json()
        rows += [(name, show.counts(told[name])) for name in ("archived", "deleted", "anonymised") if told[name]]
    show.table(("", "Records"), rows)
    show_left(found.swept.left, found.swept.left_rows)
    if not returned.acts and not found.lost:
        show.line("Nothing that was erased is there.")
    if found.put_back:
        show.line(f"{found.put_back:,} entries of evidence were given back to the database.")


def _tell(found: Replayed, zone: str, dry_run: bool) -> Status:
    """Say on standard error what a person must know, and which exit status that is."""
    swept = found.swept
    for brake in swept.brakes:
        show.aside(brake.text)
    if swept.brakes:
        return Status.REFUSED
    if found.begun:
        since = said(found.begun.since_at, zone) if found.begun.since_at else "the beginning"
        show.aside(
            f"holds, contracts, requests, settings and consents noted after {since}"
            f" and before the backup was put back (now it is {written(found.until, zone)}) are not in this database:"
            " enter them again before the next sweep"
        )
    findings = found.findings(zone)
    for one in findings[:AT_MOST]:
        show.aside(one["text"])
    if len(findings) > AT_MOST:
        show.aside(f"… and {len(findings) - AT_MOST:,} more (--json has all)")
    for text in (*swept.refused.values(), *swept.failures, *swept.warnings):
        show.aside(text)
    if swept.stop:
        show.aside(f"stopped before the end: {swept.stop.text}")
    is_clean = not (findings or swept.failures or swept.warnings or swept.stop)
    return Status.DONE if is_clean or (dry_run and not findings) else Status.FINDINGS
