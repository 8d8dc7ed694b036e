"""`kigen request`: the request desk; rights requests opened, listed, shown, extended, refused, fulfilled, withdrawn."""

from __future__ import annotations

import click
from sqlalchemy import Connection

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import instant, short
from kigen.commands.options import group, with_call
from kigen.commands.records import LARGEST, is_there
from kigen.commands.request_told import as_json, show_entry
from kigen.errors import Status, WrongUse
from kigen.policy.deadlines import REGIMES
from kigen.policy.desk import FOR_OTHERS, METHODS, RIGHTS, SOURCES
from kigen.policy.records import Kind
from kigen.work import authority, desk, passing_on
from kigen.work.destroying import bring_up_file
from kigen.work.site import Site

NUMBER = click.IntRange(min=1, max=LARGEST)


@group("request")
def request() -> None:
    """The request desk: rights requests with their clocks, whichever way they came in."""


@request.command("open")
@click.option("--client", metavar="ID", type=NUMBER, required=True, help="Whose request it is.")
@click.option("--contact", metavar="ID", type=NUMBER, help="The contact of that client who asks, about itself alone.")
@click.option("--right", type=click.Choice(RIGHTS), required=True, help="Which right is used.")
@click.option("--received", metavar="ISO", help="When it came in; now, if not given.")
@click.option("--regime", type=click.Choice(sorted(REGIMES)), help="Whose law counts; else that of the country.")
@click.option("--source", type=click.Choice(sorted(SOURCES)), help="Which way it came in.")
@click.option("--reauthenticated", type=click.Choice(sorted(METHODS)), help="How it is known who asked.")
@click.option("--by", type=click.Choice(FOR_OTHERS), help="Who asks in the person's place.")
@click.option("--authority", "reference", metavar="REF", help="Where the document is kept by which that one may ask.")
@click.option("--content", is_flag=True, help="It is about what the client stores for others: passed on to the client.")
@with_call
def open_(
    call: Call, client: int, contact: int | None, right: str, received: str | None, regime: str | None,
    source: str | None, reauthenticated: str | None, by: str | None, reference: str | None, content: bool,
) -> Status:  # fmt: skip
    """Open a request and say when it must be answered; for an erasure also its date and what stands against it."""
    if content and (contact or by):
        raise WrongUse("--content is about data of the client's own customers; expected neither --contact nor --by")
    if reference and not by:
        raise WrongUse("--authority says by which document somebody else asks; expected --by as well")
    site = call.site()
    at = instant(received, site.zone, "--received") if received is not None else site.now
    is_known = is_there(site, (Kind.CLIENT, client))
    if not is_known:
        # Opened all the same: a person may ask about an account that is no longer there, and must be answered.
        show.aside(f"{site.host.name} has no client {client} now; the request is opened and waits for an answer")
    codes = {"method": reauthenticated, "source": source}
    with site.transaction() as connection:
        told = {name: code for name, code in codes.items() if code is not None}
        if content:
            number = passing_on.open_and_pass_on(site, connection, client, right, at, regime, told)
        else:
            number = desk.open_request(site, connection, client, right, at, regime, told, contact or 0)
        if by:
            authority.note(site, connection, _entry(site, connection, number), by, reference)
        if contact and not site.host.left_of_contact(connection, client, contact):
            show.aside(f"client {client} has no contact {contact} now; the request is opened and waits for an answer")
            is_known = False
    bring_up_file(site)
    _tell(call, site, number)
    return Status.DONE if is_known else Status.FINDINGS


@request.command("list")
@click.option("--client", metavar="ID", type=NUMBER, help="Only this client's.")
@click.option("--all", "is_all", is_flag=True, help="Also those that are closed.")
@with_call
def listed(call: Call, client: int | None, is_all: bool) -> None:
    """Show open requests, the one that is due first on top."""
    site = call.site()
    with site.reading() as connection:
        found = desk.entries(site, connection, [client] if client is not None else None)
        wanted = sorted((one for one in found if is_all or one.is_open), key=lambda one: (one.deadline.due, one.number))
        rows = [as_json(site, connection, one) for one in wanted]
    if call.is_json:
        show.as_json(rows)
        return
    show.table(
        ("Request", "Client", "Contact", "Right", "State", "Received", "Due", "Law", "Repeats"),
        [
            (one["request"], one["client"], one["contact"], one["right"], one["state"], short(one["received"]),
             short(one["due"]), one["regime"], one["linked"])
            for one in rows
        ],
        "Requests",
    )  # fmt: skip


@request.command("show")
@click.argument("number", metavar="REQUEST", type=NUMBER)
@with_call
def show_(call: Call, number: int) -> None:
    """Show REQUEST with how its date was found, its history and, for an erasure, what stands against it."""
    _tell(call, call.site(), number)


@request.command("extend")
@click.argument("number", metavar="REQUEST", type=NUMBER)
@click.option("--reason", metavar="TEXT", required=True, help="Why; the person must be told.")
@with_call
def extend(call: Call, number: int, reason: str) -> None:
    """Put the answer to REQUEST off by two months, counted from its receipt; once, and within the first month."""
    _step(call, number, lambda site, connection: desk.extend(site, connection, number, reason))


@request.command("identity")
@click.argument("number", metavar="REQUEST", type=NUMBER)
@click.option("--until", metavar="ISO", help="Until when an answer is waited for; the person is told.")
@with_call
def identity(call: Call, number: int, until: str | None) -> None:
    """Ask the person by mail to sign in and confirm REQUEST, where it is doubted who sent it; its clock runs on."""
    zone = call.configuration.zone
    at = instant(until, zone, "--until", is_end=True) if until is not None else None
    _step(call, number, lambda site, connection: desk.ask_identity(site, connection, number, at))


@request.command("refuse")
@click.argument("number", metavar="REQUEST", type=NUMBER)
@click.option("--reason", metavar="TEXT", required=True, help="Why; the person must be told.")
@click.option("--route", metavar="TEXT", required=True, help="Where the person can complain.")
@with_call
def refuse(call: Call, number: int, reason: str, route: str) -> None:
    """Close REQUEST unanswered, with why and where to complain."""
    _step(call, number, lambda site, connection: desk.refuse(site, connection, number, reason, route))


@request.command("fulfil")
@click.argument("number", metavar="REQUEST", type=NUMBER)
@click.option("--note", metavar="TEXT", help="What was done, for the record; nothing personal.")
@click.option("--bundle", metavar="BUNDLE", type=NUMBER, help="The bundle that answers it; 'kigen export' makes one.")
@with_call
def fulfil(call: Call, number: int, note: str | None, bundle: int | None) -> None:
    """Close REQUEST as answered; an erasure closes itself when the client is deleted, a contact's is done by hand."""
    _step(call, number, lambda site, connection: desk.fulfil(site, connection, number, note, bundle))


@request.command("withdraw")
@click.argument("number", metavar="REQUEST", type=NUMBER)
@with_call
def withdraw(call: Call, number: int) -> None:
    """Close REQUEST because the person took it back."""
    _step(call, number, lambda site, connection: desk.withdraw(site, connection, number))


@request.command("pass-on")
@click.argument("number", metavar="REQUEST", type=NUMBER)
@with_call
def pass_on(call: Call, number: int) -> None:
    """Close REQUEST, for it is about what the client stores for others: the client is told, and answers it."""
    _step(call, number, lambda site, connection: passing_on.pass_on(site, connection, number))


@request.command("authority")
@click.argument("number", metavar="REQUEST", type=NUMBER)
@click.option("--by", type=click.Choice(FOR_OTHERS), help="Who asks in the person's place; with --document.")
@click.option("--document", metavar="REF", help="Where the document is kept; not what stands in it.")
@with_call
def authority_(call: Call, number: int, by: str | None, document: str | None) -> None:
    """Note by which document somebody asks in the person's place, or show it; that somebody looked is noted first."""
    if bool(by) != bool(document):
        raise WrongUse("--by and --document belong together; expected both to note a document, neither to see it")
    if by and document:
        _step(
            call,
            number,
            lambda site, connection: authority.note(site, connection, _entry(site, connection, number), by, document),
        )
        return
    site = call.site()
    with site.transaction() as connection:
        found = authority.look_up(site, connection, _entry(site, connection, number))
    if call.is_json:
        show.as_json([{"by": one, "document": reference} for one, reference in found])
    else:
        show.table(("By", "Document"), found, "Documents of authority")


def _step(call: Call, number: int, step: desk.Step) -> None:
    site = call.site()
    try:
        with site.transaction() as connection:
            step(site, connection)
    except ValueError as error:
        raise WrongUse(f"request {number}: {error}") from None
    _tell(call, site, number)


def _tell(call: Call, site: Site, number: int) -> None:
    with site.reading() as connection:
        told = as_json(site, connection, _entry(site, connection, number), in_full=True)
    if call.is_json:
        show.as_json(told)
    else:
        show_entry(told)


def _entry(site: Site, connection: Connection, number: int) -> desk.Entry:
    try:
        return desk.entry(site, connection, number)
    except ValueError as error:
        raise WrongUse(str(error)) from None
