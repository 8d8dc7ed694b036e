"""`kigen explain`: why one record is kept, or when it goes, with every rule that speaks of it."""

from __future__ import annotations

import datetime as dt

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import written
from kigen.commands.options import command
from kigen.commands.records import LARGEST
from kigen.commands.words import ACTIONS, SOURCES, named, say
from kigen.errors import WrongUse
from kigen.policy.decide import Decision
from kigen.policy.periods import When
from kigen.policy.reasons import clock_said
from kigen.policy.records import RECORDS, Kind
from kigen.work.plan import explain as work
from kigen.work.site import Site

SHOWN = 3  # sentences of one sort


@command("explain")
@click.argument("kind", type=click.Choice([kind.value for kind in RECORDS]))
@click.argument("id", type=click.IntRange(min=1, max=LARGEST))
def explain(call: Call, kind: str, id: int) -> None:
    """Say why the record KIND ID is kept, or when and by which rule it goes."""
    site = call.site()
    decision = work(site, (Kind(kind), id))
    if decision is None:
        raise WrongUse(f"there is no {kind} {id} on {site.host.name}, and kigen never deleted one of that number")
    if call.is_json:
        show.as_json(decision.as_json(site.zone, site.language))
    else:
        _show(site, decision)


def _show(site: Site, decision: Decision) -> None:
    record, language = decision.record, site.language
    of = record.client is not None and record.kind is not Kind.CLIENT and say(language, "of", client=record.client)
    state = f" ({record.status})" if record.status else ""
    is_gone = any(reason.code == "already-gone" for reason in decision.reasons)
    by = decision.rule and not is_gone and say(language, "by", rule=decision.rule)
    due = decision.due and not is_gone and say(language, "due", due=written(decision.due, site.zone))
    name = named(language, record.kind.value, record.id)
    action = ACTIONS["gone" if is_gone else decision.action][language == "ja"]
    show.line(say(language, "explained", name=f"{name[0].upper()}{name[1:]}", of=of or "", state=state, action=action,
                  by=by or "", due=due or ""))  # fmt: skip
    for code, text in show.folded(decision.reasons, site.zone, SHOWN, language):
        show.line(f"  {code}: {text}")
    show.table(
        ("Rule", "Clock", "Started", "Known", "Due", "Kept by"),
        [
            (
                one.rule.id, clock_said(one.rule.anchor, language), _when(one.clock.anchor.at, site.zone),
                SOURCES[one.clock.anchor.source.value][language == "ja"],
                written(one.clock.due, site.zone), ", ".join(dict.fromkeys(reason.code for reason in one.reasons)),
            )
            for one in decision.considered
        ],
        language=language,
    )  # fmt: skip
    show.line(say(language, "as of", at=written(site.now, site.zone), zone=site.zone))


def _when(at: When | None, zone: str) -> str:
    return written(at, zone) if isinstance(at, dt.datetime) else str(at or "unknown")
