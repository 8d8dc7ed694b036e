"""`kigen consent`: what clients agreed to, entered, listed as it stood at any instant, and shown as a record."""

from __future__ import annotations

import hashlib
from typing import Any

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import instant, iso, short
from kigen.commands.options import group, with_call
from kigen.commands.records import LARGEST, is_there
from kigen.errors import Status, WrongUse
from kigen.ledger import consents as ledger
from kigen.ledger import notices
from kigen.policy.consents import Act, Consented, Standing
from kigen.policy.notices import named, spelled
from kigen.policy.purposes import CONSENT, PURPOSES
from kigen.policy.records import Kind
from kigen.policy.vocabulary import LANGUAGES
from kigen.work import consents, filling
from kigen.work.site import Site

NUMBER = click.IntRange(min=1, max=LARGEST)
ACTS = (Act.GIVEN, Act.REFUSED, Act.WITHDRAWN, Act.EXPIRED, Act.ASKED)
MARKETING = "marketing"  # the one purpose for which platforms have a mark of their own
SCHEMA = "ISO-IEC-TS-27560:2023"


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
        ledger.write(connection, [event])
        consents.settle(site, connection, client, purpose)
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
    with site.reading() as connection:
        clients = [client] if client else sorted({one.client for one in ledger.of(connection)})
        flags = site.host.marketing_flags(connection, clients)
        rows = [
            {**_standing(site, number, key, one), "host": flags.get(number) if key == MARKETING else None}
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
@with_call
def shown(call: Call, client: int) -> None:
    """Show a client's consent record: every event with its proof, in the fields of ISO/IEC TS 27560 (JSON)."""
    site = call.site()
    with site.reading() as connection:
        events = ledger.of(connection, [client])
        now = consents.standings(site, connection, client, site.now)
        speaker = filling.speaker(site, connection, "en")
        digests = {one.number: one.digest or _digest(connection, one) for one in events}
    show.as_json({
        "schema_version": SCHEMA,
        "record_id": hashlib.sha256(f"{site.host.name} {client}".encode()).hexdigest()[:32],
        "pii_principal_id": str(client),
        "pii_processing": [
            _processing(site, key, standing, [one for one in events if one.purpose == key], digests)
            for key, standing in now.items()
        ],
        "party_identification": [{
            "party_id": "controller", "party_role": "pii_controller", "party_name": speaker["name"],
            "party_address": speaker["address"], "party_email": speaker["contact"], "party_url": speaker["portal"],
        }],
    })  # fmt: skip


def _processing(
    site: Site, key: str, standing: Standing, events: list[Consented], digests: dict[int, str]
) -> dict[str, object]:
    purpose = PURPOSES.get(key)
    return {
        "purposes": [{
            "purpose": key, "purpose_type": purpose.dpv if purpose else None, "lawful_basis": "eu-gdpr:A6-1-a",
            "pii_information": purpose.uses[0] if purpose else None,
            "recipient_third_parties": [one.said() for one in purpose.recipients] if purpose else [],
            "withdrawal_method": "kigen consent record --act withdrawn",
        }],
        "consent_state": standing.state.value,
        "events": [
            {"event_time": iso(one.at, site.zone), "event_type": "explicit", "event_state": one.act.value,
             "validity_duration": str(purpose.term) if purpose and one.act is Act.GIVEN else None,
             "entity_id": one.actor or None, "privacy_notice": one.notice or None, "notice_version": one.version,
             "notice_digest": digests[one.number] or None, "language": one.language or None,
             "collection_method": one.channel or None, "evidence": one.evidence or None,
             "by_guardian": one.by_guardian}
            for one in sorted(events, key=lambda one: (one.at, one.number))
        ],
    }  # fmt: skip


def _digest(connection: Any, one: Consented) -> str:
    meant = named(notices.versions(connection, one.notice), one.version, one.at) if one.notice else None
    return (meant.digest(one.language or meant.binding) if meant else None) or ""


def _standing(site: Site, client: int, purpose: str, one: Standing) -> dict[str, object]:
    event = one.event
    notice = f"{event.notice}@{event.version}" if event and event.version else event and event.notice
    return {
        "client": client, "purpose": purpose, "state": one.state.value, "allows": one.allows,
        "since": iso(event.at, site.zone) if event else None, "until": iso(one.until, site.zone),
        "notice": notice or None,
    }  # fmt: skip
