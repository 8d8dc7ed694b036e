"""`kigen events`: takes events from a file or a pipe, a JSON object a line; a bad line never stops the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.options import command
from kigen.errors import Status
from kigen.ledger import inbox
from kigen.work.lines import lines, understood

BATCH = 1000
SHOWN = 20


@command("events")
@click.argument("file", type=click.File("rb"))
def events(call: Call, file: BinaryIO) -> Status:
    """Take events from FILE (- is standard input), a JSON object a line, into the inbox."""
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


def _report(call: Call, accepted: int, new: int, rejected: list[dict[str, object]]) -> None:
    if call.is_json:
        show.as_json({"accepted": accepted, "rejected": rejected, "new": new})
        return
    show.line(f"{accepted:,} events accepted, {new:,} of them new; {len(rejected):,} lines rejected.")
    for one in rejected[:SHOWN]:
        show.aside(f"line {one['line']}: {one['error']}")
    if len(rejected) > SHOWN:
        show.aside(f"and {len(rejected) - SHOWN:,} more; --json lists them all")
