"""`kigen erase`: erases one client now, on a request or an officer's word; says what went, what stays and why."""

from __future__ import annotations

import datetime as dt

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import written
from kigen.commands.left import show_left
from kigen.commands.options import command
from kigen.commands.records import ClientNumber
from kigen.errors import Refused, Status, WrongUse
from kigen.policy.decide import KEEP, Decision
from kigen.policy.periods import When, to_local
from kigen.policy.records import Kind
from kigen.work.erase import Erased
from kigen.work.erase import erase as work
from kigen.work.erase import preview as preview_of
from kigen.work.lease import AnotherRunner
from kigen.work.plan import explain
from kigen.work.site import Site

SAID = {
    "delete": ("would be deleted", "deleted"), "anonymise": ("would be anonymised", "anonymised"),
    KEEP: ("would be kept", "kept"),
}  # fmt: skip
"""What is said of each action, before and after."""


@command("erase")
@click.argument("client", type=ClientNumber())
@click.option("--preview", is_flag=True, help="Say what would be done, and why not more; nothing is written.")
@click.option("--confirm", is_flag=True, help="Needed with a --now that lies ahead of the machine's clock.")
@click.option("--orphans", is_flag=True, help="What is left of a client whose own row is gone.")
def erase(call: Call, client: int, preview: bool, confirm: bool, orphans: bool) -> Status:
    """Erase CLIENT now: it needs neither request nor grace, but every other reason to keep binds it."""
    site = call.site()
    try:
        erased = preview_of(site, client, orphans) if preview else work(site, client, confirm, orphans)
    except AnotherRunner as error:
        raise Refused(str(error)) from None
    if erased.decision is None and not erased.destroyed and not erased.brakes:
        raise WrongUse(_nobody(site, client, orphans))
    if call.is_json:
        show.as_json(erased.as_json(site.zone))
    else:
        _show(site, erased, preview)
    return _tell(erased, preview)


def _nobody(site: Site, client: int, orphans: bool) -> str:
    if orphans:
        return f"nothing is left of a client {client} whose row is gone on {site.host.name}"
    if gone := explain(site, (Kind.CLIENT, client)):
        return gone.reasons[0].text(site.zone, site.language)
    return f"there is no client {client} on {site.host.name}; what is left of one whose row is gone goes with --orphans"


def _show(site: Site, erased: Erased, is_preview: bool) -> None:
    decision: Decision | None = erased.decision
    if erased.destroyed:
        said = "would be" if is_preview else "are"
        show.line(f"The sealed copies of what kigen had deleted before {said} destroyed: {erased.destroyed:,}.")
    if decision is None:
        return
    action = decision.action if is_preview or erased.done else KEEP
    by = " by an officer's order" if action != KEEP else ""
    show.line(f"Client {decision.record.id}: {SAID[action][not is_preview]}{by}.")
    if known := erased.known:
        name = f"{show.printable(known.name)}: " if known.name else ""
        since = f", registered {_day(known.registered, site.zone)}" if known.registered else ""
        status = show.printable(known.status) or "no status"
        show.line(f"  {name}{status}{since}; services: {known.services:,}, invoices: {known.invoices:,}.")
    for code, text in show.folded(decision.reasons, site.zone, language=site.language):
        show.line(f"  {code}: {text}")
    if erased.is_unchanged:
        show.line("It was anonymised before, and there is nothing more to change: nothing was done.")
    if erased.foreseen:
        going, masked = erased.foreseen.going, erased.foreseen.masked
        foreseen = [(name, f"{going.get(name, 0):,}", f"{masked.get(name, 0):,}") for name in sorted({*going, *masked})]
        show.table(("Table", "Rows that would go", "Rows that would be masked"), foreseen)
    if erased.done:
        rows, parts = erased.outcome.rows, erased.outcome.masked
        cells = [(name, f"{rows[name] - parts[name]:,}", f"{parts[name]:,}") for name in sorted(rows)]
        show.table(("Table", "Rows gone", "Rows masked"), cells)
        show_left(erased.outcome.left, erased.outcome.left_rows, site.language)
        show.line(f"Run {erased.run}: done in {erased.seconds:.1f} s.")
    show.line(f"As of {written(site.now, site.zone)} ({site.zone}).")


def _day(at: When, zone: str) -> str:
    return f"{to_local(at, zone) if isinstance(at, dt.datetime) else at:%Y-%m-%d}"


def _tell(erased: Erased, is_preview: bool) -> Status:
    for text in (*erased.failures, *erased.warnings):
        show.aside(text)
    if erased.brakes:
        for brake in erased.brakes:
            show.aside(brake.text)
        return Status.REFUSED
    if erased.stop:
        show.aside(f"stopped before the end: {erased.stop.text}")
        return Status.FINDINGS
    if erased.decision is None:
        return Status.FINDINGS if erased.warnings else Status.DONE
    is_whole = erased.decision.action == "delete"
    if (is_preview and not erased.failures) or (is_whole and erased.done and not erased.warnings):
        return Status.DONE
    return Status.FINDINGS  # something stays, and a person should know what
