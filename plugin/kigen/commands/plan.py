"""`kigen plan`: what a sweep would do at this instant, and on request everything that it would not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import written
from kigen.commands.options import command
from kigen.commands.words import ACTIONS, by_name, named, say
from kigen.errors import Status
from kigen.policy.catalogue import RESTORABLE
from kigen.policy.decide import Decision
from kigen.policy.records import RECORDS
from kigen.work import plan as work
from kigen.work.site import Site

SHOWN = 200


@command("plan")
@click.option("--all", "is_all", is_flag=True, help="Also what is not due, and what is kept.")
@click.option("--kind", type=click.Choice([kind.value for kind in RECORDS]), help="Only records of this kind.")
@click.option("--client", metavar="ID", type=int, help="Only this client's records.")
@click.option("--report", metavar="FILE.html", type=click.Path(path_type=Path), help="Write it as a page instead.")
def plan(call: Call, is_all: bool, kind: str | None, client: int | None, report: Path | None) -> Status:
    """Show what a sweep would do now; nothing is written."""
    site = call.site()
    _warn(site)
    if report is not None:
        return _write(call, site, report)
    tally = work.Tally()
    wanted = _wanted(site, tally, is_all, kind, client)
    if call.is_json:
        for decision in wanted:
            show.as_json(decision.as_json(site.zone, site.language))
    else:
        _show(site, wanted, tally)
    return Status.DONE


def _wanted(site: Site, tally: work.Tally, is_all: bool, kind: str | None, client: int | None) -> Iterator[Decision]:
    with show.progress("deciding") as tell:
        for number, decision in enumerate(work.decisions(site, client), 1):
            if number % 1000 == 0:
                tell(number, None)
            if kind is not None and decision.record.kind != kind:
                continue
            tally.add(decision, site.now)
            if is_all or decision.acts:
                yield decision


def _show(site: Site, wanted: Iterable[Decision], tally: work.Tally) -> None:
    rows: list[tuple[object, ...]] = []
    total, language = 0, site.language
    for decision in wanted:
        total += 1
        if len(rows) < SHOWN:
            record = decision.record
            reasons = " ".join(text for _, text in show.folded(decision.reasons, site.zone, 1, language))
            due = written(decision.due, site.zone)
            name, action = named(language, record.kind.value, record.id), ACTIONS[decision.action][language == "ja"]
            rows.append((name, record.client, action, decision.rule, due, reasons))
    title = say(language, "plan", at=written(site.now, site.zone), zone=site.zone)
    show.table(("Record", "Client", "Then", "Rule", "Due", "Why"), rows, title, language)
    if total > len(rows):
        show.line(say(language, "more shown", number=total - len(rows)))
    for done, counts in sorted(tally.acts.items()):
        told = ACTIONS[done][language == "ja"]
        show.line(say(language, "counted", action=told, counts=show.counts(by_name(language, counts), language)))
    if tally.kept:
        show.line(say(language, "due but kept", counts=show.counts(tally.kept, language)))
    show.line(say(language, "records read", number=tally.read))


def _write(call: Call, site: Site, path: Path) -> Status:
    from kigen.work.report import write_report  # brings the templates, which nothing else here needs

    write_report(site, path, site.language)
    if call.is_json:
        show.as_json({"report": str(path)})
    else:
        show.line(f"The report is {path}.")
    return Status.DONE


def _warn(site: Site) -> None:
    """What makes a sweep do more or less than these lines say."""
    with site.reading() as connection:
        refused, term = site.drift(connection).refused, site.setting(connection, RESTORABLE)
    for sentence in refused.values():
        show.aside(f"rule refused: {sentence}")
    if term:
        text = f"what the schedule deletes can be brought back for {term} ('kigen undo')"
        show.aside(f"{text}; what is anonymised cannot, nor what was asked for")
