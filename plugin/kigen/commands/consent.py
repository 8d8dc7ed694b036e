"""`kigen consent`: what clients agreed to, entered, listed as it stood at any instant, and shown as a record."""

from __future__ import annotations

from typing import Any

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import instant, iso, short
from kigen.commands.options import group, with_call
from kigen.commands.records import LARGEST, is_there
from kigen.errors import Status, WrongUse
from kigen.ledger import choices, notices
from kigen.ledger import consents as ledger
from kigen.policy.consents import Act, Consented, Standing
from kigen.policy.consents import standing as standing_of
from kigen.policy.cookies import NOTICE
from kigen.policy.notices import named, spelled
from kigen.policy.purposes import CONSENT, PURPOSES
from kigen.policy.records import Kind
from kigen.policy.vocabulary import LANGUAGES
from kigen.work import consent_record, consents, consents_told
from kigen.work import flags as marks
from kigen.work.site import Site

NUMBER = click.IntRange(min=1, max=LARGEST)
ACTS = (Act.GIVEN, Act.REFUSED, Act.WITHDRAWN, Act.EXPIRED, Act.ASKED)


@group("consent")
def consent() -> None:
    """Record consents, list how they stand or stood, and show what proves them."""


@consent.command("record")
@click.option("--client", metavar="ID", type=NUMBER, required=True, help="The client.")
@click.option("--purpose", type=click.Choice(list(PURPOSES)), required=True, help="What for.")
@click.option("--act", type=click.Choice([one.value for one in ACTS]), required=True, help="What happened.")
@click.option("--at", metavar="ISO8601", help="When; else now.")
@click.option("--notice", metavar="NOTICE[@VERSION]", help="What was read; else the purpose's own, as in force then.")
@click.option("--language", type=click.Choice(LANGUAGES), help="In which language; else the binding one.")
@click.option("--channel", metavar="WORD", default="", help="By which way, such as letter or telephone.")
@click.option("--evidence", metavar="TEXT", default="", help="What proves it, such as the number of a letter.")
@click.option("--guardian", is_flag=True, help="A parent or guardian consented.")
@click.option("--age", type=click.IntRange(0, 150), help="The person's age in years, where it is a minor.")
@click.option("--country", metavar="CC", default="", help="The country of residence, two letters.")
@with_call
def record(call: Call, client: int, purpose: str, act: str, at: str | None, notice: str | None, **told: Any) -> Status:
    """Enter an event of a consent. That somebody agreed needs --evidence: a word of staff alone proves nothing."""
    if act == Act.GIVEN.value and not told["evidence"].strip():
        raise WrongUse(
            "--evidence is blank; expected what proves that the client agreed, such as the number of a letter"
        )
    site = call.site()
    when = instant(at, site.zone, "--at") if at is not None else site.now
    if when > site.now:
        raise WrongUse(f"--at is {at!r}, which has not come; expected an instant that has passed")
    if not is_there(site, (Kind.CLIENT, client)):
        raise WrongUse(f"{site.host.name} has no client {client}")
    name, version = spelled(notice or f"{CONSENT}{purpose}")
    with site.transaction() as connection:
        meant = named(notices.versions(connection, name), version, when)
        if version is not None and meant is None:
            raise WrongUse(f"--notice is {notice!r}; there is no such version, 'kigen notice list' shows them")
        language = told["language"] or (meant.binding if meant else "")
        event = Consented(
            0, client, purpose, Act(act), when, name, meant.number if meant else None,
            (meant.digest(language) if meant else None) or "", language, told["channel"][:40], site.actor,
            told["evidence"].strip()[:255], told["guardian"], told["age"], told["country"].upper()[:2],
        )  # fmt: skip
        consents_told.write(site, connection, event)
        now = consents.standings(site, connection, client, site.now)[purpose]
    if call.is_json:
        show.as_json(_standing(site, client, purpose, now))
    else:
        show.line(f"Consent of client {client} to {purpose} is noted; it stands at: {now.state.value}.")
    return Status.DONE


@consent.command("list")
@click.option("--client", metavar="ID", type=NUMBER, help="One client; else all who were ever asked.")
@click.option("--purpose", type=click.Choice(list(PURPOSES)), help="One purpose; else all.")
@click.option("--at", metavar="ISO8601", help="As it stood then; else now.")
@with_call
def listed(call: Call, client: int | None, purpose: str | None, at: str | None) -> None:
    """Show how consents stand, or stood at an instant; who was never asked has agreed to nothing.

    Beside marketing stands the platform's own mark as it is now, which is no consent.
    """
    site = call.site()
    when = instant(at, site.zone, "--at") if at is not None else site.now
    if client and not is_there(site, (Kind.CLIENT, client)):
        _refuse_unknown(site, client)
    with site.reading() as connection:
        clients = [client] if client else sorted({one.client for one in ledger.of(connection)})
        flags = marks.read(site, connection, clients)
        rows = [
            {**_standing(site, number, key, one), "host": flags.get(number) if key == marks.MARKETING else None}
            for number in clients
            for key, one in consents.standings(site, connection, number, when).items()
            if purpose in (None, key)
        ]
    if call.is_json:
        show.as_json(rows)
        return
    columns = ("Client", "Purpose", "State", "Since", "Until", "Notice", "Platform's mark")
    show.table(columns, [
        (o["client"], o["purpose"], o["state"], short(o["since"]), short(o["until"]), o["notice"], o["host"])
        for o in rows
    ])  # fmt: skip


@consent.command("show")
@click.argument("client", metavar="CLIENT", type=NUMBER)
@click.option("--receipt", is_flag=True, help="Receipts of the consents that hold now, as Kantara's specification has.")
@with_call
def shown(call: Call, client: int, receipt: bool) -> None:
    """Show a client's consent record: every event with its proof, in the fields of ISO/IEC TS 27560 (JSON)."""
    site = call.site()
    if not is_there(site, (Kind.CLIENT, client)):
        _refuse_unknown(site, client)
    with site.reading() as connection:
        made = consent_record.receipts if receipt else consent_record.record
        show.as_json(made(site, connection, client))


@consent.command("visitor")
@click.argument("number", metavar="NUMBER")
@with_call
def visitor(call: Call, number: str) -> None:
    """Show what a visitor of the portal chose about cookies while nobody was signed in (JSON).

    NUMBER is the random one, 32 digits, that the visitor's browser keeps in its cookie kigen_consent while a consent
    holds; kigen knows nothing else of a visitor.
    """
    site = call.site()
    with site.reading() as connection:
        events = choices.of(connection, number)
        if not events:
            raise WrongUse(f"NUMBER is {number!r}, of which no choice is kept; expected that of a cookie kigen_consent")
        versions = notices.versions(connection, NOTICE)
        terms = {one.purpose: consents.term_of(site, connection, one.purpose) for one in events}
    now = {
        key: standing_of([one for one in events if one.purpose == key], site.now, site.zone, term, versions).state.value
        for key, term in sorted(terms.items())
    }
    show.as_json({
        "visitor": number, "consent_state": now,
        "events": [
            consent_record.event(site, one, one.digest, terms[one.purpose]) for one in consent_record.by_time(events)
        ],
    })  # fmt: skip


def _refuse_unknown(site: Site, client: int) -> None:
    """A client of whom consents are still known may be gone from the platform; any other number is a slip."""
    with site.reading() as connection:
        if not ledger.of(connection, [client]):
            raise WrongUse(f"{site.host.name} has no client {client}, and nothing is known of a consent of one")


def _standing(site: Site, client: int, purpose: str, one: Standing) -> dict[str, object]:
    event = one.event
    notice = f"{event.notice}@{event.version}" if event and event.version else event and event.notice
    return {
        "client": client, "purpose": purpose, "state": one.state.value, "allows": one.allows,
        "since": iso(event.at, site.zone) if event else None, "until": iso(one.until, site.zone),
        "notice": notice or None,
    }  # fmt: skip
