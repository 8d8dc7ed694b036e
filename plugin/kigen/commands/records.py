"""Records as people name them on the command line: `order:12`, or a client by its id."""

from __future__ import annotations

import re

import click

from kigen.errors import WrongUse
from kigen.policy.records import Kind, Ref, ref_text
from kigen.work.site import Site

LARGEST = 2**63 - 1


class ClientNumber(click.ParamType[int]):
    """A client as people name it: its number, or `client:12`."""

    name = "client"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        number = str(value).strip().removeprefix("client:")
        if not re.fullmatch(r"[0-9]{1,19}", number) or not 0 < int(number) <= LARGEST:
            self.fail(f"it is {value!r}; expected a client's number, such as 12", param, ctx)
        return int(number)


def record(text: str, option: str = "--record") -> Ref:
    """A record written as KIND:ID."""
    kind, _, number = text.strip().partition(":")
    kinds = [one.value for one in Kind]
    if kind not in kinds:
        raise WrongUse(f"{option} is {text!r}; expected KIND:ID, where KIND is one of {', '.join(kinds)}")
    if not re.fullmatch(r"\d{1,19}", number) or not 0 < int(number) <= LARGEST:
        raise WrongUse(f"{option} is {text!r}; expected KIND:ID with a number above zero, such as {kind}:12")
    return Kind(kind), int(number)


def scope(client: int | None, written: str | None) -> tuple[int | None, Ref | None]:
    """Exactly one of a client and a record; a record that is a client means the client and all that is its."""
    if (client is None) == (written is None):
        raise WrongUse("what is it about? expected either --client ID or --record KIND:ID")
    if written is None:
        return client, None
    ref = record(written)
    return (ref[1], None) if ref[0] is Kind.CLIENT else (None, ref)


def scope_text(client: int | None, ref: Ref | None) -> str:
    """`client:3` or `order:12`."""
    return ref_text(ref) if ref else ref_text((Kind.CLIENT, client or 0))


def is_there(site: Site, ref: Ref) -> bool:
    """Whether the platform has this record; a kind that it cannot look up counts as there."""
    with site.reading() as connection:
        try:
            return ref[1] in site.host.owners(connection, ref[0], [ref[1]])
        except KeyError:
            return True
