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
from kigen.commands.words import say
from kigen.errors import Refused, Status, WrongUse
from kigen.policy.decide import KEEP
from kigen.policy.periods import When, to_local
from kigen.policy.records import Kind
from kigen.work.brake_words import said_of_brake, said_of_stop
from kigen.work.erase import Erased, Known
from kigen.work.erase import erase as work
from kigen.work.erase import preview as preview_of
from kigen.work.lease import AnotherRunner
from kigen.work.plan import explain
from kigen.work.site import Site


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
    if erased.decision is None and not (erased.destroyed or erased.copies or erased.brakes):
        raise WrongUse(_nobody(site, client, orphans))
    if call.is_json:
        show.as_json(erased.as_json(site.zone, site.language))
    else:
        _show(site, erased, preview)
    return _tell(erased, preview, site.language)


def _nobody(site: Site, client: int, orphans: bool) -> str:
    if orphans:
        return say(site.language, "no orphans", client=client, host=site.host.name)
    if gone := explain(site, (Kind.CLIENT, client)):
        return gone.reasons[0].text(site.zone, site.language)
    return say(site.language, "nobody", client=client, host=site.host.name)


def _show(site: Site, erased: Erased, is_preview: bool) -> None:
    decision, language = erased.decision, site.language
    if erased.destroyed:
        show.line(say(language, "copies would go" if is_preview else "copies went", number=erased.destroyed))
    for code, text in show.folded(erased.copies, site.zone, language=language):
        show.line(f"  {code}: {text}")
    if decision is None:
        return
    action = decision.action if is_preview or erased.done else KEEP
    by = say(language, "by an order") if action != KEEP else ""
    show.line(say(language, f"{'would' if is_preview else 'did'} {action}", client=decision.record.id, by=by))
    if erased.known:
        show.line(_known(site, erased.known))
    for code, text in show.folded(decision.reasons, site.zone, language=language):
        show.line(f"  {code}: {text}")
    if erased.is_unchanged:
        show.line(say(language, "unchanged"))
    if erased.foreseen:
        going, masked = erased.foreseen.going, erased.foreseen.masked
        foreseen = [(name, f"{going.get(name, 0):,}", f"{masked.get(name, 0):,}") for name in sorted({*going, *masked})]
        show.table(("Table", "Rows that would go", "Rows that would be masked"), foreseen, language=language)
    if erased.done:
        rows, parts = erased.outcome.rows, erased.outcome.masked
        cells = [(name, f"{rows[name] - parts[name]:,}", f"{parts[name]:,}") for name in sorted(rows)]
        show.table(("Table", "Rows gone", "Rows masked"), cells, language=language)
        show_left(erased.outcome.left, erased.outcome.left_rows, language)
        show.line(say(language, "run took", run=erased.run, seconds=erased.seconds))
    show.line(say(language, "as of", at=written(site.now, site.zone), zone=site.zone))


def _known(site: Site, known: Known) -> str:
    language = site.language
    name = say(language, "named", name=show.printable(known.name)) if known.name else ""
    since = say(language, "since", day=_day(known.registered, site.zone)) if known.registered else ""
    status = show.printable(known.status) or say(language, "no status")
    counts = {"services": known.services, "invoices": known.invoices}
    return say(language, "known", name=name, status=status, since=since, **counts)


def _day(at: When, zone: str) -> str:
    return f"{to_local(at, zone) if isinstance(at, dt.datetime) else at:%Y-%m-%d}"


def _tell(erased: Erased, is_preview: bool, language: str) -> Status:
    for text in (*erased.failures, *erased.warnings):
        show.aside(text)
    if erased.brakes:
        for brake in erased.brakes:
            show.aside(said_of_brake(brake, language))
        return Status.REFUSED
    if erased.stop:
        show.aside(say(language, "stopped early", text=said_of_stop(erased.stop, language)))
        return Status.FINDINGS
    if erased.decision is None:
        return Status.FINDINGS if erased.warnings or erased.copies else Status.DONE
    is_whole = erased.decision.action == "delete"
    is_clean = not (erased.warnings or erased.copies)
    if (is_preview and not erased.failures) or (is_whole and erased.done and is_clean):
        return Status.DONE
    return Status.FINDINGS  # something stays, and a person should know what
