"""`kigen contract`: individual contracts that replace a rule's term, and duties that a person is reminded of."""

from __future__ import annotations

import datetime as dt
import difflib
from typing import Any

import click
from sqlalchemy import Row

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import date, instant, iso, short, written
from kigen.commands.options import group, with_call
from kigen.commands.records import LARGEST, is_there
from kigen.errors import WrongUse
from kigen.ledger import contracts
from kigen.policy.periods import parse_term
from kigen.policy.records import Kind
from kigen.work.site import Site

LONGEST_TERM = 40
NUMBER = click.IntRange(min=1, max=LARGEST)


@group("contract")
def contract() -> None:
    """Individual contracts: a term of their own for a client or a group, while they are valid."""


@contract.command("add")
@click.option("--client", metavar="ID", type=NUMBER, help="The client that the contract is with.")
@click.option("--group", metavar="G", type=NUMBER, help="Or the client group, by its number.")
@click.option("--rule", metavar="RULE", help="The rule whose term it replaces, such as order.delete-cancelled.")
@click.option("--term", metavar="TERM", help="The term, such as '24 months'.")
@click.option("--from", "begins", metavar="DATE", required=True, help="Valid from the beginning of this day.")
@click.option("--until", metavar="DATE", help="Valid through the end of this day; without it, until it is ended.")
@click.option("--condition", metavar="TEXT", help="A duty that no rule can carry out: a person is reminded.")
@click.option("--review", metavar="DATE", help="The day on which 'kigen doctor' asks for that duty.")
@with_call
def add(
    call: Call, client: int | None, group: int | None, rule: str | None, term: str | None, begins: str,
    until: str | None, condition: str | None, review: str | None,
) -> None:  # fmt: skip
    """Add a contract: a rule with its term, a duty with its day of review, or both."""
    if (client is None) == (group is None):
        raise WrongUse("whose contract is it? expected either --client ID or --group G")
    duty = condition.strip() if condition is not None else None
    if (duty is None) != (review is None) or duty == "":
        raise WrongUse("a duty needs both its words and its day; expected --condition TEXT with --review DATE")
    if (rule is None) != (term is None) or (rule is None and duty is None):
        raise WrongUse("what was agreed? expected --rule RULE with --term TERM, or --condition TEXT with --review DATE")
    site = call.site()
    starts = instant(begins, site.zone, "--from")
    ends = instant(until, site.zone, "--until", is_end=True) if until is not None else None
    if ends is not None and ends <= starts:
        raise WrongUse(f"--until {until} does not lie after --from {begins}; expected a later day")
    values = {
        "client": client, "client_group": group, "rule": _rule(site, rule) if rule is not None else "",
        "term": _term(term) if term is not None else "", "begins": starts, "until": ends, "duty": duty,
        "review": date(review, "--review") if review is not None else None,
    }  # fmt: skip
    if client is not None and not is_there(site, (Kind.CLIENT, client)):
        show.aside(f"{site.host.name} has no client:{client} now; the contract is added")
    with site.transaction() as connection:
        number = contracts.add(connection, values, site.now, site.actor)
        row = next(row for row in contracts.listed(connection) if row.id == number)
    _tell(call, site, row, f"Contract {number} is added.")


@contract.command("list")
@with_call
def listed(call: Call) -> None:
    """Show every contract ever added."""
    site = call.site()
    with site.reading() as connection:
        rows = [_as_json(site, row) for row in contracts.listed(connection)]
    if call.is_json:
        show.as_json(rows)
        return
    names = ("contract", "scope", "state", "rule", "term", "from", "until", "condition", "review")
    cells = [[short(row[name]) if name in ("from", "until") else row[name] for name in names] for row in rows]
    show.table([name.capitalize() for name in names], cells, "Contracts")


@contract.command("end")
@click.argument("number", metavar="CONTRACT", type=NUMBER)
@with_call
def end(call: Call, number: int) -> None:
    """End CONTRACT now: the rule's own term counts again."""
    site = call.site()
    with site.transaction() as connection:
        is_ended = contracts.end(connection, number, site.now, site.actor)
        row = next((row for row in contracts.listed(connection) if row.id == number), None)
    if row is None:
        raise WrongUse(f"there is no contract {number}; 'kigen contract list' shows them")
    if not is_ended:
        raise WrongUse(f"contract {number} was ended already, by {row.ended_by} on {written(row.ended_at, site.zone)}")
    _tell(call, site, row, f"Contract {number} is ended.")


def _rule(site: Site, name: str) -> str:
    known = [rule.id for rule in site.plugins.rules()]
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        raise WrongUse(f"--rule is {name!r}, which is no rule; expected such as {near[0] if near else known[0]}")
    return name


def _term(text: str) -> str:
    try:
        term = parse_term(text)
    except ValueError as error:
        raise WrongUse(f"--term: {error}") from None
    if term is None or len(text.strip()) > LONGEST_TERM:
        # A rule with such a term is off; in a contract nobody could say whether it means never or at once.
        raise WrongUse(f"--term is {text!r}; expected a number above zero and a unit, such as '24 months'")
    return text.strip()


def _tell(call: Call, site: Site, row: Row[Any], sentence: str) -> None:
    if call.is_json:
        show.as_json(_as_json(site, row))
    else:
        show.line(sentence)


def _as_json(site: Site, row: Row[Any]) -> dict[str, object]:
    return {
        "contract": row.id, "scope": f"client:{row.client}" if row.client is not None else f"group:{row.client_group}",
        "rule": row.rule or None, "term": row.term or None, "from": iso(row.begins, site.zone),
        "until": iso(row.until, site.zone), "condition": row.duty,
        "review": row.review.isoformat() if row.review else None, "state": _state(row, site.now),
        "added": iso(row.added_at, site.zone), "by": row.added_by,
        "ended": iso(row.ended_at, site.zone), "ended_by": row.ended_by,
    }  # fmt: skip


def _state(row: Row[Any], now: dt.datetime) -> str:
    if row.ended_at is not None:
        return "ended"
    if now < row.begins:
        return "to come"
    return "expired" if row.until is not None and row.until <= now else "valid"
