"""`kigen mail`: what waits is sent, shown, or sent again; what came back is heard; announcements are made."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import iso, short
from kigen.commands.mail_words import say
from kigen.commands.options import group, with_call
from kigen.commands.records import LARGEST
from kigen.errors import Refused, Status, WrongUse
from kigen.ledger import outbox
from kigen.ledger import outbox_sending as sending
from kigen.policy.purposes import PURPOSES
from kigen.work import announcing, bounces
from kigen.work import mail as work
from kigen.work.lease import AnotherRunner

NUMBER = click.IntRange(min=1, max=LARGEST)
OPEN = (outbox.WAITING, outbox.SENDING, outbox.UNSURE, outbox.DEAD, outbox.BOUNCED)


@group("mail")
def mail() -> None:
    """Send what waits for clients, and hear what comes back."""


@mail.command("send")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many messages.")
@with_call
def send(call: Call, limit: int | None) -> Status:
    """Send the messages that wait, each once. To be run every few minutes."""
    site = call.site()
    try:
        mailed = work.send(site, limit)
    except AnotherRunner as error:
        raise Refused(str(error)) from None
    for one in mailed.sentences:
        show.aside(one)
    told = mailed.as_json()
    if call.is_json:
        show.as_json(told)
    else:
        show.line(say(site.language, "sent", **told))
        if mailed.down:
            show.aside(say(site.language, "down", why=mailed.down))
    needs_person = mailed.down or mailed.sentences or told["given_up"] or told["unsure"]
    return Status.FINDINGS if needs_person else Status.DONE


@mail.command("list")
@click.option("--all", "is_all", is_flag=True, help="Also what was sent, with what the server answered.")
@click.option("--limit", type=click.IntRange(min=1), default=1000, show_default=True, help="At most so many.")
@with_call
def listed(call: Call, is_all: bool, limit: int) -> None:
    """Show messages that wait or did not arrive, the newest first; never an address."""
    site = call.site()
    states = (*OPEN, outbox.SENT, outbox.DROPPED) if is_all else OPEN
    with site.reading() as connection:
        rows = [
            {
                "message": row.id, "client": row.client, "notice": row.notice, "state": row.state,
                "written": iso(row.created_at, site.zone), "tries": row.tries or 0, "why": row.why,
                "answer": row.answer, "next": iso(row.next_at, site.zone), "sent": iso(row.sent_at, site.zone),
                "bounced": iso(row.bounced_at, site.zone), "message_id": row.message_id,
            }
            for row in sending.listed(connection, states, limit)
        ]  # fmt: skip
    if call.is_json:
        show.as_json(rows)
        return
    cells = [
        (one["message"], one["client"], one["notice"], one["state"], short(one["written"]), one["tries"],
         " ".join(filter(None, (one["why"], one["answer"]))), short(one["sent"] or one["next"]))
        for one in rows
    ]  # fmt: skip
    columns = ("Message", "Client", "Notice", "State", "Written", "Tries", "Why", "Sent or next")
    show.table(columns, cells, language=site.language)


@mail.command("again")
@click.argument("number", metavar="MESSAGE", type=NUMBER)
@with_call
def again(call: Call, number: int) -> None:
    """Have MESSAGE sent again, which was given up, bounced, or may or may not have left."""
    site = call.site()
    try:
        with site.transaction() as connection:
            sending.again(connection, number)
    except ValueError as error:
        raise WrongUse(str(error)) from None
    show.as_json({"message": number, "state": outbox.WAITING}) if call.is_json else show.line(
        say(site.language, "again", number=number)
    )


@mail.command("arrived")
@click.argument("number", metavar="MESSAGE", type=NUMBER)
@with_call
def arrived(call: Call, number: int) -> None:
    """Note that MESSAGE, of which nobody knew whether it had left, did arrive: the server's log says so."""
    site = call.site()
    try:
        with site.transaction() as connection:
            work.arrived(site, connection, number)
    except ValueError as error:
        raise WrongUse(str(error)) from None
    show.as_json({"message": number, "state": outbox.SENT}) if call.is_json else show.line(
        say(site.language, "arrived", number=number)
    )


@mail.command("bounce")
@click.argument("file", type=click.File("rb"), default="-")
@with_call
def bounce(call: Call, file: IO[bytes]) -> None:
    """Hear one mail that came back (from FILE or standard input): a delivery report, or a wish to unsubscribe.

    Anything else is left alone, so that a mail server may pipe all that comes in at an address.
    """
    site = call.site()
    content = file.read(bounces.LONGEST)
    with site.transaction() as connection:
        heard, number = bounces.hear(site, connection, content)
    if call.is_json:
        show.as_json({"heard": heard.value, "message": number})
    else:
        show.line(say(site.language, heard.value, number=number))


@mail.command("announce")
@click.argument("notice", type=click.Choice(announcing.KINDS), metavar="NOTICE")
@click.option("--about", metavar="NAME", required=True, help="What it is about; the same again goes on.")
@click.option("--word", "words", metavar="NAME[.LANGUAGE]=TEXT", multiple=True, help="A variable of the notice.")
@click.option(
    "--clients", metavar="FILE", type=click.Path(path_type=Path), help="Only these, a number a line; - reads."
)
@click.option(
    "--purpose", type=click.Choice([key for key, one in PURPOSES.items() if one.by_mail]), help="Of an offer."
)
@with_call
def announce(
    call: Call, notice: str, about: str, words: tuple[str, ...], clients: Path | None, purpose: str | None
) -> None:  # fmt: skip
    """Write a message to all whom it concerns: a policy's new version, a recipient, a breach, an offer; sent later."""
    site = call.site()
    named = _numbers(clients) if clients is not None else None
    if notice == announcing.BREACH and named is None:
        raise WrongUse("--clients is missing; expected whom the breach concerns, for it is told to nobody else")
    done = announcing.announce(site, notice, _words(words), about, named, purpose)
    told = {"notice": notice, "about": about, "clients": done.clients, "new": done.new}
    show.as_json(told) if call.is_json else show.line(say(site.language, "announced", **told))


def _words(given: tuple[str, ...]) -> dict[str, str | dict[str, str]]:
    found: dict[str, str | dict[str, str]] = {}
    for one in given:
        name, equals, text = one.partition("=")
        key, dot, language = name.partition(".")
        if not equals or not key or (dot and language not in ("en", "ja")):
            raise WrongUse(f"--word is {name!r}; expected NAME=TEXT, or NAME.ja=TEXT for one language")
        by_language = found.get(key)
        found[key] = {**(by_language if isinstance(by_language, dict) else {}), language: text} if dot else text
    return found


def _numbers(path: Path) -> list[int]:
    try:
        lines = (sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")).split()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"--clients cannot be read ({type(error).__name__}); expected a number a line") from None
    if wrong := [one for one in lines if not (one.isascii() and one.isdigit() and 0 < int(one) <= LARGEST)]:
        raise WrongUse(f"--clients holds {wrong[0]!r}; expected the number of a client on each line")
    return [int(one) for one in lines]
