"""`kigen reconcile`: brings what kigen remembers in line with the platform's tables, and says what differed."""

from __future__ import annotations

from contextlib import nullcontext

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.options import command
from kigen.errors import Refused, Status
from kigen.work.lease import AnotherRunner, lease
from kigen.work.reconcile import Reconciled
from kigen.work.reconcile import reconcile as work

SHOWN = 20


@command("reconcile")
@click.option("--full", is_flag=True, help="Read and decide everything again, also what no row has changed of.")
@click.option("--dry-run", is_flag=True, help="Only tell what would change; nothing is written.")
def reconcile(call: Call, full: bool, dry_run: bool) -> Status:
    """Read the platform's tables, rebuild every clock, and tell what differed and what nobody knows."""
    site = call.site()
    read = 0
    with show.progress("reading clients") as tell:

        def more(number: int) -> None:
            nonlocal read
            read += number
            tell(read, None)

        try:
            with nullcontext() if dry_run else lease(site):
                found = work(site, dry_run=dry_run, progress=more, anew=full)
        except AnotherRunner as error:
            raise Refused(str(error)) from None
    if call.is_json:
        show.as_json(found.as_json())
    else:
        _show(found, dry_run)
    return Status.FINDINGS if found.needs_a_person else Status.DONE


def _show(found: Reconciled, dry_run: bool) -> None:
    would = "would be" if dry_run else "were"
    show.line(
        f"{found.read:,} records read; the clocks of {found.changed:,} {would} changed; {found.unknown:,} have an"
        f" unknown clock or state; {found.gone:,} are gone from the platform."
    )
    if found.differences:
        show.table(("Clock", "Changed"), sorted(found.differences.items()))
    for title, told in (
        ("Unknown (kept until a person looks)", found.unknown_records),
        ("Unclassified columns (answer with 'kigen datamap set')", found.unclassified),
        ("Violations", found.violations),
        ("Refused rules", list(found.refused.values())),
    ):
        if told:
            more = f" (the first {SHOWN} of {len(told):,})" if len(told) > SHOWN else ""
            show.table((f"{title}{more}",), [(one,) for one in told[:SHOWN]])
    if found.orphans:
        show.aside(f"{found.orphans:,} records belong to clients that no longer exist (orphan)")
