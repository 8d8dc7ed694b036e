"""`kigen worker`: a second process that helps a sweep, on clients that the sweep is not at."""

from __future__ import annotations

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.options import command
from kigen.errors import Status, WrongUse
from kigen.work.worker import Helped, work


@command("worker")
@click.option("--wait", metavar="S", type=click.FloatRange(min=0), default=60.0, show_default=True,
              help="Seconds to wait for a sweep to begin.")  # fmt: skip
def worker(call: Call, wait: float) -> Status:
    """Help the sweep that runs now, or the next one that begins, until it has nothing left to take."""
    site = call.site()
    if site.engine.dialect.name == "sqlite":
        raise WrongUse("SQLite lets one process write at a time; expected a MariaDB or MySQL database for a worker")
    with show.progress("helping") as tell:
        helped = work(site, wait, lambda done: tell(done, None))
    if call.is_json:
        show.as_json(helped.as_json())
    else:
        _show(helped, wait)
    swept = helped.swept
    if swept and swept.brakes:
        return Status.REFUSED
    return Status.FINDINGS if swept and (swept.failures or swept.warnings or swept.stopped) else Status.DONE


def _show(helped: Helped, wait: float) -> None:
    if helped.run is None or helped.swept is None:
        show.line(f"No sweep that could use help began within {wait:g} s.")
        return
    show.line(f"Helped run {helped.run}: {helped.swept.acted:,} records in {helped.pieces} pieces.")
    for text in (*helped.swept.failures, *helped.swept.warnings):
        show.aside(text)
    if helped.swept.stop:
        show.aside(f"stopped before the end: {helped.swept.stop.text}")
