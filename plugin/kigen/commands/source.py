"""`kigen source`: who may send events to the signed endpoint; each sender has a secret of its own."""

from __future__ import annotations

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.options import group, with_call
from kigen.errors import WrongUse
from kigen.ledger import bridge_secret


@group("source")
def source() -> None:
    """Senders of events to the signed endpoint of 'kigen serve', each with a secret of its own."""


@source.command("add")
@click.argument("name")
@with_call
def add(call: Call, name: str) -> None:
    """Make a secret for the sender NAME and show it, this once: 64 hexadecimal digits, of which the 32 bytes sign."""
    site = call.site()
    try:
        secret = bridge_secret.add_source(site.state_dir, name).hex()
    except ValueError as error:
        raise WrongUse(str(error)) from None
    if call.is_json:
        show.as_json({"source": name, "secret": secret})
    else:
        show.line(secret)


@source.command("list")
@with_call
def listed(call: Call) -> None:
    """Show the names of all senders."""
    names = bridge_secret.sources(call.site().state_dir)
    if call.is_json:
        show.as_json(names)
    else:
        show.table(("Source",), [(name,) for name in names], "Sources")


@source.command("remove")
@click.argument("name")
@with_call
def remove(call: Call, name: str) -> None:
    """Take nothing more from the sender NAME."""
    try:
        bridge_secret.remove_source(call.site().state_dir, name)
    except ValueError as error:
        raise WrongUse(str(error)) from None
    if call.is_json:
        show.as_json({"source": name})
    else:
        show.line(f"Nothing more is taken from {name}.")
