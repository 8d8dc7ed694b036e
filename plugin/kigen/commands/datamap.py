"""`kigen datamap`: what the platform holds about people, and what the operator says about columns that no map knows."""

from __future__ import annotations

from collections.abc import Iterator

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import iso, short
from kigen.commands.options import group, with_call
from kigen.errors import WrongUse
from kigen.hosts.schema import read_schema
from kigen.ledger import datamap as ledger
from kigen.ledger.own_data import OWN
from kigen.ledger.own_notation import SENTENCES
from kigen.policy.answers import Answer
from kigen.policy.datamap import DataMap, Field, Link
from kigen.policy.fates import Treatment
from kigen.work.site import Site

SHOWN = ("name", "what", "category", "treatment", "rows", "belongs_to")


@group("datamap")
def datamap() -> None:
    """Show the data map, and answer the findings about columns that it does not know."""


@datamap.command("list")
@click.argument("table", required=False)
@click.option("--own", is_flag=True, help="kigen's own tables: what they hold of people, and how long.")
@with_call
def listed(call: Call, table: str | None, own: bool) -> None:
    """Show the columns that wait for an answer, the operator's answers, and the map of what is there, or of TABLE."""
    site = call.site()
    if own:
        _show_own(call, site, table)
        return
    with site.reading() as connection:
        answers = ledger.listed(connection)
        waiting = site.host.drift(connection, [row.name for row in answers]).unclassified
        schema = read_schema(connection)
    rows: list[dict[str, object]] = [
        {"name": name, "treatment": None, "client_by": None, "at": None, "actor": None} for name in waiting
    ]
    rows += [
        {
            "name": row.name, "treatment": row.treatment, "client_by": row.client_by,
            "at": iso(row.at, site.zone), "actor": row.actor,
        }
        for row in answers
    ]  # fmt: skip
    rows += [row for row, field in _mapped(site.host.datamap) if schema.has(field.table, field.name)]
    rows = [row for row in rows if table in (None, str(row["name"]).partition(".")[0])]
    if call.is_json:
        show.as_json(rows)
        return
    told = [row for row in rows if "what" not in row]
    answered = [(r["name"], r["treatment"] or "unanswered", r["client_by"], short(r["at"]), r["actor"]) for r in told]
    show.table(("Column", "Treatment", "Client by", "Answered", "By"), answered, "Classified by the operator")
    mapped = [[row[one] for one in SHOWN] for row in rows if "what" in row]
    show.table(("Column", "What it is", "Category", "Treatment", "Rows", "Belongs to"), mapped, "The map")


def _show_own(call: Call, site: Site, table: str | None) -> None:
    """What may say who somebody is, with the setting or the end by which it goes, and that setting's value."""
    with site.reading() as connection:
        ends = {one.until for held in OWN.values() for one in held.columns.values() if one.is_personal}
        terms = {name: str(site.setting(connection, name) or "") for name in ends if "." in name}
    japanese = site.language == "ja"
    rows = [
        {"name": f"{name}.{column}", "what": one.what, "text": SENTENCES[one.what][japanese], "until": one.until,
         "term": terms.get(one.until)}
        for name, held in OWN.items() if table in (None, name)
        for column, one in held.columns.items() if one.is_personal
    ]  # fmt: skip
    if call.is_json:
        show.as_json(rows)
        return
    told = [(one["name"], one["text"], one["until"], one["term"]) for one in rows]
    show.table(("Column", "What it is", "Until", "Term"), told, "kigen's own tables")


def _mapped(datamap: DataMap) -> Iterator[tuple[dict[str, object], Field]]:
    """A row for each column that the map knows. `client_by` is how its rows lead to their client, None for no way."""
    for table in datamap:
        paths = datamap.paths(table.name)
        ways = [" > ".join(f"{name}.{link.column}{_type(link)}" for name, link in path) or "id" for path in paths]
        owners = [f"{link.of} by {link.column}{_type(link)}" for link in table.links]
        for field in table.fields.values():
            row: dict[str, object] = {
                "name": f"{field.table}.{field.name}", "treatment": field.treatment,
                "client_by": ", ".join(ways) or None, "at": None, "actor": None,
                "belongs_to": ", ".join(owners) or None,
                "what": field.sort or field.plain, "is_personal": field.is_personal, "rows": table.fate,
                "category": field.category, "purposes": field.purposes, "bases": field.bases, "role": field.role,
                "recipients": field.recipients, "kinds": datamap.kinds_of(table.name), "kept": field.kept,
                "withheld": field.withheld, "is_distinct": field.is_distinct,
            }  # fmt: skip
            yield row, field


def _type(link: Link) -> str:
    return f" ({link.field} fields)" if link.field else ""


@datamap.command("set")
@click.argument("name", metavar="TABLE.COLUMN")
@click.argument("treatment", type=click.Choice([one.value for one in Treatment]))
@click.option("--client-by", metavar="COLUMN", help="The column of the same table that holds the client's id.")
@with_call
def answer(call: Call, name: str, treatment: str, client_by: str | None) -> None:
    """Say what happens to TABLE.COLUMN, which the map does not know: none, keep, mask or delete."""
    site = call.site()
    table, _, column = name.partition(".")
    with site.reading() as connection:
        schema = read_schema(connection)
    if not column or not schema.has(table, column):
        raise WrongUse(f"there is no column {name} in {call.database}; expected TABLE.COLUMN")
    if name in site.host.datamap.known:
        raise WrongUse(f"the data map of {site.host.name} knows {name} already; 'kigen datamap list {table}' shows it")
    if client_by is not None and not schema.has(table, client_by):
        raise WrongUse(f"--client-by is {client_by!r}, which is no column of {table}")
    said = Answer(name, Treatment(treatment), client_by)
    with site.transaction() as connection:
        ledger.classify(connection, said, site.now, site.actor)
    if call.is_json:
        show.as_json({"name": name, "treatment": treatment, "client_by": client_by})
    else:
        show.line(f"{name}: {treatment}, {said.treatment.english}.")
