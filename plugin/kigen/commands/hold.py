"""`kigen hold`: legal holds on a client and all that is its, or on one record; placed, listed, released."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click
from sqlalchemy import Row

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import instant, iso, short, written
from kigen.commands.options import group, with_call
from kigen.commands.records import LARGEST, is_there, scope, scope_text
from kigen.commands.words import say
from kigen.errors import Status, WrongUse
from kigen.ledger import holds
from kigen.policy.records import Kind
from kigen.work.site import Site

NUMBER = click.IntRange(min=1, max=LARGEST)


@group("hold")
def hold() -> None:
    """Place, list and release legal holds: what is under one stays, whatever is due."""


@hold.command("add")
@click.option("--client", metavar="ID", type=NUMBER, help="The client, with all that is its.")
@click.option("--record", metavar="KIND:ID", help="One record and what it needs, such as invoice:12.")
@click.option("--reason", metavar="TEXT", required=True, help="Why, for the record.")
@click.option("--until", metavar="DATE", help="When it ends by itself: through the end of that day.")
@click.option("--not-told", is_flag=True, help="The law forbids to tell the client that there is one.")
@with_call
def add(
    call: Call, client: int | None, record: str | None, reason: str, until: str | None, not_told: bool
) -> Status:  # fmt: skip
    """Place a hold."""
    owner, ref = scope(client, record)
    site = call.site()
    _check_reason(reason, site.language)
    ends = instant(until, site.zone, "--until", is_end=True) if until is not None else None
    if ends is not None and ends <= site.now:
        raise WrongUse(say(site.language, "hold in the past", until=until))
    about = scope_text(owner, ref)
    is_known = is_there(site, ref or (Kind.CLIENT, owner or 0))
    if not is_known:
        # Placed all the same: a record can come back with a backup or an import.
        show.aside(say(site.language, "hold on nothing", host=site.host.name, scope=about))
    with site.transaction() as connection:
        number = holds.place(connection, owner, ref, reason.strip(), ends, site.now, site.actor, not_told)
    told = {"hold": number, "scope": about, "reason": reason.strip(), "until": iso(ends, site.zone)}
    if not_told:
        told["told"] = False
    if call.is_json:
        show.as_json(told)
    else:
        silence = say(site.language, "hold silent") if not_told else ""
        end = written(ends, site.zone) or say(site.language, "until released")
        show.line(say(site.language, "hold placed", hold=number, scope=about, until=end, silence=silence))
    return Status.DONE if is_known else Status.FINDINGS


@hold.command("list")
@with_call
def listed(call: Call) -> None:
    """Show every hold ever placed."""
    site = call.site()
    with site.reading() as connection:
        rows = [_as_json(site, row) for row in holds.listed(connection)]
    if call.is_json:
        show.as_json(rows)
        return
    show.table(
        ("Hold", "On", "State", "Until", "Told", "Reason", "Placed", "By"),
        [
            (
                one["hold"],
                one["scope"],
                say(site.language, str(one["state"])),
                short(one["until"]),
                say(site.language, "yes" if one["told"] else "never"),
                one["reason"],
                short(one["placed"]),
                one["by"],
            )
            for one in rows
        ],
        say(site.language, "holds"),
        site.language,
    )


@hold.command("release")
@click.argument("number", metavar="HOLD", type=NUMBER)
@click.option("--reason", metavar="TEXT", required=True, help="Why, for the record.")
@with_call
def release(call: Call, number: int, reason: str) -> None:
    """Release HOLD: from now on it keeps nothing, and what it delayed goes by its own dates.

    With the setting holds.second_person, only for another person than the one who placed it.
    """
    site = call.site()
    _check_reason(reason, site.language)
    with site.transaction() as connection:
        placed_by = next((row.placed_by for row in holds.listed(connection) if row.id == number), None)
        if placed_by == site.actor and site.setting(connection, "holds.second_person"):
            raise WrongUse(say(site.language, "second person", hold=number, by=placed_by))
        is_released = holds.release(connection, number, reason.strip(), site.now, site.actor)
        row = next((row for row in holds.listed(connection) if row.id == number), None)
    if row is None:
        raise WrongUse(say(site.language, "no hold", hold=number))
    if not is_released:
        on = written(row.released_at, site.zone)
        raise WrongUse(say(site.language, "released before", hold=number, by=row.released_by, on=on))
    if call.is_json:
        show.as_json(_as_json(site, row))
    else:
        show.line(say(site.language, "hold released", hold=number))


def _as_json(site: Site, row: Row[Any]) -> dict[str, object]:
    ref = (Kind(row.kind), row.record) if row.kind else None
    return {
        "hold": row.id, "scope": scope_text(row.client, ref), "reason": row.reason, "until": iso(row.until, site.zone),
        "state": _state(row, site.now), "placed": iso(row.placed_at, site.zone), "by": row.placed_by,
        "told": not row.is_untold, "released": iso(row.released_at, site.zone), "released_by": row.released_by,
        "release_reason": row.release_reason,
    }  # fmt: skip


def _state(row: Row[Any], now: dt.datetime) -> str:
    if row.released_at is not None:
        return "released"
    return "ended" if row.until is not None and row.until <= now else "in force"


def _check_reason(reason: str, language: str) -> None:
    if not reason.strip():
        raise WrongUse(say(language, "blank reason"))
