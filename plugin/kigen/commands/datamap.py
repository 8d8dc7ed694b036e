"""`kigen datamap`: what the operator says about columns and tables that no map knows."""

from __future__ import annotations

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import iso, short
from kigen.commands.options import group, with_call
from kigen.errors import WrongUse
from kigen.hosts.schema import read_schema
from kigen.ledger import datamap as ledger

TREATMENTS = {
    "none": "it identifies nobody",
    "keep": "it may identify a person and stays, for a reason that the operator has",
    "mask": "it is masked when its client is anonymised",
    "delete": "its rows go with their client",
}


@group("datamap")
def datamap() -> None:
    """Show and answer the findings about columns that no data map knows."""


@datamap.command("list")
@with_call
def listed(call: Call) -> None:
    """Show the operator's answers, and the columns that wait for one."""
    site = call.site()
    with site.reading() as connection:
        answers = ledger.listed(connection)
        waiting = site.host.drift(connection, [row.name for row in answers]).unclassified
    rows = [
        {
            "name": row.name, "treatment": row.treatment, "client_by": row.client_by,
            "at": iso(row.at, site.zone), "actor": row.actor,
        }
        for row in answers
    ]  # fmt: skip
    rows += [{"name": name, "treatment": None, "client_by": None, "at": None, "actor": None} for name in waiting]
    if call.is_json:
        show.as_json(rows)
        return
    cells = [(r["name"], r["treatment"] or "unanswered", r["client_by"], short(r["at"]), r["actor"]) for r in rows]
    show.table(("Column", "Treatment", "Client by", "Answered", "By"), cells, "Classified columns")


@datamap.command("set")
@click.argument("name", metavar="TABLE.COLUMN")
@click.argument("treatment", type=click.Choice(list(TREATMENTS)))
@click.option("--client-by", metavar="COLUMN", help="The column of the same table that holds the client's id.")
@with_call
def answer(call: Call, name: str, treatment: str, client_by: str | None) -> None:
    """Say what happens to TABLE.COLUMN: none, keep, mask or delete."""
    site = call.site()
    table, _, column = name.partition(".")
    with site.reading() as connection:
        schema = read_schema(connection)
    if not column or not schema.has(table, column):
        raise WrongUse(f"there is no column {name} in {call.database}; expected TABLE.COLUMN")
    if client_by is not None and not schema.has(table, client_by):
        raise WrongUse(f"--client-by is {client_by!r}, which is no column of {table}")
    with site.transaction() as connection:
        ledger.classify(connection, name, treatment, client_by, site.now, site.actor)
    if call.is_json:
        show.as_json({"name": name, "treatment": treatment, "client_by": client_by})
    else:
        show.line(f"{name}: {treatment}, {TREATMENTS[treatment]}.")
        if treatment in ("mask", "delete"):
            show.aside("this is noted; carrying it out comes with anonymising, until then the column stays as it is")
