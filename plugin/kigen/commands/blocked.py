"""`kigen blocked`: addresses of people who cheated, kept as keyed digests when their client is erased, for a term."""

from __future__ import annotations

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import iso, short
from kigen.commands.options import group, with_call
from kigen.commands.records import LARGEST
from kigen.errors import Status, WrongUse
from kigen.ledger import blocked as entries
from kigen.ledger import keys_store
from kigen.policy.own_terms import BLOCK_REASONS, BLOCKED
from kigen.policy.periods import Term, add

NUMBER = click.IntRange(min=1, max=LARGEST)


@group("blocked")
def blocked() -> None:
    """Who is not to become a client again: known by a keyed digest alone, also after the erasure."""


@blocked.command("add")
@click.option("--client", metavar="ID", type=NUMBER, required=True, help="Whose address it is.")
@click.option("--reason", type=click.Choice(BLOCK_REASONS), required=True, help="What for.")
@with_call
def adding(call: Call, client: int, reason: str) -> None:
    """Note the address of a client; the address itself is not kept."""
    site = call.site()
    keys = keys_store.read(site.state_dir)
    with site.transaction() as connection:
        address, _ = site.host.addresses(connection, [client]).get(client, ("", ""))
        if not address:
            raise WrongUse(f"client {client} has no address in {site.host.name}; expected a client that has one")
        number = entries.add(connection, keys, client, address, reason, site.now, site.actor)
    if call.is_json:
        show.as_json({"entry": number, "client": client, "reason": reason})
    else:
        show.line(f"Entry {number} is noted, of client {client} ({reason}).")


@blocked.command("list")
@with_call
def listed(call: Call) -> None:
    """Show every entry with the end of its term; whose address it is only its client tells, until that is erased."""
    site = call.site()
    with site.reading() as connection:
        term = site.setting(connection, BLOCKED)
        rows = [
            {"entry": row.id, "client": row.client, "reason": row.reason, "at": iso(row.at, site.zone),
             "until": iso(add(row.at, term, site.zone), site.zone) if isinstance(term, Term) else None}
            for row in entries.listed(connection)
        ]  # fmt: skip
    if call.is_json:
        show.as_json(rows)
        return
    show.table(
        ("Entry", "Client", "Reason", "Noted", "Until"),
        [(one["entry"], one["client"], one["reason"], short(one["at"]), short(one["until"])) for one in rows],
        "Blocked",
    )


@blocked.command("check")
@click.argument("address")
@with_call
def check(call: Call, address: str) -> Status:
    """Say whether ADDRESS is noted; exit status 1 where it is."""
    site = call.site()
    keys = keys_store.read(site.state_dir)
    with site.reading() as connection:
        row = entries.matching(connection, keys, {0: address}).get(0)
    if call.is_json:
        show.as_json({"entry": row.id, "reason": row.reason} if row else {"entry": None, "reason": None})
    else:
        show.line(f"Entry {row.id} has this address ({row.reason})." if row else "No entry has this address.")
    return Status.FINDINGS if row else Status.DONE


@blocked.command("lift")
@click.argument("entry", type=NUMBER)
@with_call
def lift(call: Call, entry: int) -> None:
    """Remove ENTRY before its term is over."""
    site = call.site()
    with site.transaction() as connection:
        if not entries.lift(connection, entry):
            raise WrongUse(f"there is no entry {entry}; 'kigen blocked list' shows them")
    if call.is_json:
        show.as_json({"entry": entry})
    else:
        show.line(f"Entry {entry} is removed.")
