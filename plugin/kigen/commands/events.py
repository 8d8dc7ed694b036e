"""`kigen events`: takes events from a file or a pipe, a JSON object a line; a bad line never stops the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.options import command
from kigen.commands.words import say
from kigen.commands.words_events import MEANINGS_JA
from kigen.errors import Status, WrongUse
from kigen.ledger import inbox
from kigen.policy.events import EVENTS
from kigen.specs import PROJECT, SPECIFICATIONS
from kigen.work.lines import lines, understood

BATCH = 1000
SHOWN = 20


@command("events")
@click.argument("file", type=click.File("rb"), required=False)
@click.option(
    "--list", "is_list", is_flag=True, help="Which events there are, what each means and which keys it needs."
)
def events(call: Call, file: BinaryIO | None, is_list: bool) -> Status:
    """Take events from FILE (- is standard input), a JSON object a line, into the inbox; or list what is taken."""
    if (file is None) != is_list:
        raise WrongUse(say(call.lang or "en", "events what"))
    if file is None:
        return _list(call)
    site = call.site()
    accepted = new = 0
    rejected: list[dict[str, object]] = []
    batch: list[Mapping[str, Any]] = []

    def store() -> int:
        # A batch commits by itself; a file that is sent again is known by its events, not by its lines.
        with site.transaction() as connection:
            return inbox.append(connection, batch, site.now)

    with show.progress("reading events") as tell:
        for number, raw in lines(file):
            try:
                batch.append(understood(raw, site))
                accepted += 1
            except ValueError as error:
                rejected.append({"line": number, "error": str(error)})
            if len(batch) >= BATCH:
                new += store()
                batch.clear()
                tell(accepted, None)
        new += store() if batch else 0
    _report(call, accepted, new, rejected)
    return Status.FINDINGS if rejected else Status.DONE


def _list(call: Call) -> Status:
    """Every event of the specifications; no installation is asked, so that --lang alone chooses the language."""
    language = call.lang or "en"
    told = [
        {"event": name, "family": one.family, "keys": ["at", *one.needs], "means": _meaning(name, language)}
        for name, one in EVENTS.items()
    ]  # fmt: skip
    if call.is_json:
        show.as_json(told)
    else:
        rows = [(one["event"], one["family"], ", ".join(one["keys"]), one["means"]) for one in told]
        show.table(("Event", "Family", "Keys", "Means"), rows, language=language)
        show.line(say(language, "events optional"))
    return Status.DONE


def _meaning(name: str, language: str) -> str:
    """The first sentence of the hook's specification, or its Japanese."""
    words = " ".join((SPECIFICATIONS[f"{PROJECT}_{name}"].__doc__ or "").split())
    return MEANINGS_JA[name] if language == "ja" else f"{words.partition('. ')[0].rstrip('.')}."


def _report(call: Call, accepted: int, new: int, rejected: list[dict[str, object]]) -> None:
    if call.is_json:
        show.as_json({"accepted": accepted, "rejected": rejected, "new": new})
        return
    show.line(f"{accepted:,} events accepted, {new:,} of them new; {len(rejected):,} lines rejected.")
    for one in rejected[:SHOWN]:
        show.aside(f"line {one['line']}: {one['error']}")
    if len(rejected) > SHOWN:
        show.aside(f"and {len(rejected) - SHOWN:,} more; --json lists them all")
