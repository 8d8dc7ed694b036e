"""`kigen replay`: after a restore, erases again what came back, and says what stays and why a person must look."""

from __future__ import annotations

from collections.abc import Mapping

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import said, written
from kigen.commands.left import show_left
from kigen.commands.options import command
from kigen.commands.words import ACTIONS, by_name, say
from kigen.errors import Refused, Status
from kigen.work.brake_words import said_of_brake, said_of_stop
from kigen.work.lease import AnotherRunner
from kigen.work.replay import replay as work
from kigen.work.replayed import Replayed
from kigen.work.site import Site

DONE = ("archived", "deleted", "anonymised")

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
        show.as_json(found.as_json(site.zone, site.language))
    elif not found.swept.brakes:
        _show(found, dry_run, site.language)
    return _tell(found, site, dry_run)


def _show(found: Replayed, dry_run: bool, language: str) -> None:
    returned = found.returned

    def counts(told: Mapping[str, int]) -> str:
        return show.counts(by_name(language, told), language)

    rows = [
        (say(language, "again", action=ACTIONS[action][language == "ja"]), counts(number))
        for action, number in sorted(returned.counts().items())
    ]
    rows += [(say(language, "by rule", rule=rule), f"{number:,}") for rule, number in sorted(returned.rules().items())]
    if not dry_run:
        told = found.swept.as_json()
        rows += [(say(language, name), counts(told[name])) for name in DONE if told[name]]
    show.table(("", "Records"), rows, language=language)
    show_left(found.swept.left, found.swept.left_rows, language)
    if not returned.acts and not found.lost:
        show.line(say(language, "nothing returned"))
    if found.put_back:
        show.line(say(language, "put back", number=found.put_back))


def _tell(found: Replayed, site: Site, dry_run: bool) -> Status:
    """Say on standard error what a person must know, and which exit status that is."""
    swept, zone, language = found.swept, site.zone, site.language
    for brake in swept.brakes:
        show.aside(said_of_brake(brake, language))
    if swept.brakes:
        return Status.REFUSED
    if found.begun:
        since = said(found.begun.since_at, zone) if found.begun.since_at else say(language, "the beginning")
        show.aside(say(language, "lost between", since=since, until=written(found.until, zone)))
    findings = found.findings(zone, language)
    for one in findings[:AT_MOST]:
        show.aside(one["text"])
    if len(findings) > AT_MOST:
        show.aside(say(language, "and more", number=len(findings) - AT_MOST))
    for text in (*swept.refused.values(), *swept.failures, *swept.warnings):
        show.aside(text)
    if swept.stop:
        show.aside(say(language, "stopped early", text=said_of_stop(swept.stop, language)))
    is_clean = not (findings or swept.failures or swept.warnings or swept.stop)
    return Status.DONE if is_clean or (dry_run and not findings) else Status.FINDINGS
