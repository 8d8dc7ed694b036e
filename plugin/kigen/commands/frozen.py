"""`kigen frozen`: the documents that the law keeps, searched by date, amount and party; every showing is noted."""

from __future__ import annotations

import datetime as dt
import json
import os
from decimal import Decimal
from pathlib import Path

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import date, iso, short, written
from kigen.commands.options import group, with_call
from kigen.commands.records import LARGEST, ClientNumber
from kigen.errors import WrongUse
from kigen.ledger import frozen as store
from kigen.ledger import frozen_gone, frozen_search, keys_store, maskings, parties
from kigen.ledger.frozen_search import Found, Wanted
from kigen.policy.papers import as_json, read_total
from kigen.policy.records import ref_text
from kigen.work.backups import standing_of
from kigen.work.site import Site


@group("frozen")
def frozen() -> None:
    """Find and show documents that are kept as they were issued, until the law lets them go."""


@frozen.command("search")
@click.option("--from", "since", metavar="DATE", help="Issued on this day or later.")
@click.option("--until", metavar="DATE", help="Issued on this day or earlier.")
@click.option("--amount-min", metavar="AMOUNT", help="Of this amount or more.")
@click.option("--amount-max", metavar="AMOUNT", help="Of this amount or less.")
@click.option("--currency", metavar="CODE", help="In this currency, such as JPY.")
@click.option("--party", metavar="TEXT", help="A name, a company, an e-mail address, or client:7; whole, any spelling.")
@with_call
def search(
    call: Call, since: str | None, until: str | None, amount_min: str | None, amount_max: str | None,
    currency: str | None, party: str | None,
) -> None:  # fmt: skip
    """Find documents; all that is given must hold. None is opened for it."""
    wanted = Wanted(
        date(since, "--from") if since is not None else None, date(until, "--until") if until is not None else None,
        _amount(amount_min, "--amount-min"), _amount(amount_max, "--amount-max"), currency, party,
    )  # fmt: skip
    if wanted.since and wanted.until and wanted.since > wanted.until:
        raise WrongUse(f"--from {wanted.since} is later than --until {wanted.until}; expected the earlier day first")
    site = call.site()
    keys = keys_store.read(site.state_dir)
    with site.reading() as connection:
        found = [_found(one, site.zone) for one in frozen_search.search(connection, keys, wanted)]
    if call.is_json:
        show.as_json(found)
        return
    show.table(
        ("Document", "Of", "Number", "Issued", "Amount", "Currency", "Kept until"),
        [
            (one["document"], one["record"], one["number"], one["issued"], one["amount"], one["currency"],
             short(one["until"]) or "nobody knows")
            for one in found
        ],
        "Frozen documents",
    )  # fmt: skip


@frozen.command("show")
@click.argument("id", type=click.IntRange(min=1, max=LARGEST))
@click.option("--html", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write its page into a new file, for this user alone.")  # fmt: skip
@with_call
def showing(call: Call, id: int, html: Path | None) -> None:
    """Show the document ID as it was stored; who saw it is noted first."""
    site = call.site()
    keys = keys_store.read(site.state_dir)
    if html is not None and html.exists():
        raise WrongUse(f"{html} is there already and is not overwritten; expected the name of a new file")
    # What could not be noted is not shown: the note is committed before anything is printed.
    with site.transaction() as connection:
        for one in frozen_gone.listed(connection, id):
            stands = standing_of(connection, site, one.at)
            raise WrongUse(f"document {id} was destroyed on {written(one.at, site.zone)}; it is {stands.text}")
        read = store.read(connection, keys, id)
        frozen_search.note_view(connection, id, read.paper.ref, site.now, site.actor, "page" if html else "data")
    if html is not None:
        _write(html, read.page)
    told = {
        "document": read.id, **as_json(read.paper), "frozen": iso(read.frozen_at, site.zone),
        "until": iso(read.until, site.zone), "sha256": {"data": read.content_digest, "page": read.page_digest},
    }  # fmt: skip
    if call.is_json:
        show.as_json(told)
    else:
        _tell(read, site, html)


@frozen.command("gone")
@with_call
def destroyed(call: Call) -> None:
    """List documents that were destroyed: erased, or beyond use while a backup of the database may hold them."""
    site = call.site()
    with site.reading() as connection:
        found = [(one, standing_of(connection, site, one.at)) for one in frozen_gone.listed(connection)]
    if call.is_json:
        show.as_json([
            {"document": one.document, "record": ref_text(one.ref), "destroyed": iso(one.at, site.zone),
             "state": stands.state, "until": stands.until and stands.until.isoformat()}
            for one, stands in found
        ])  # fmt: skip
        return
    cells = [(one.document, ref_text(one.ref), written(one.at, site.zone), stands.text) for one, stands in found]
    show.table(("Document", "Of", "Destroyed", "State"), cells, "Destroyed documents")


@frozen.command("views")
@click.argument("id", type=click.IntRange(min=1, max=LARGEST), required=False)
@with_call
def views(call: Call, id: int | None) -> None:
    """List who was shown which document, when; of the document ID alone where it is given."""
    site = call.site()
    with site.reading() as connection:
        rows = [
            {"document": row.document, "record": f"{row.kind}:{row.record}", "at": iso(row.at, site.zone),
             "by": row.actor, "part": row.part}
            for row in frozen_search.viewed(connection, id)
        ]  # fmt: skip
    if call.is_json:
        show.as_json(rows)
        return
    cells = [(one["document"], one["record"], short(one["at"]), one["by"], one["part"]) for one in rows]
    show.table(("Document", "Of", "Shown", "To", "What"), cells, "Showings")


@frozen.command("maskings")
@click.option("--party", metavar="CLIENT", type=ClientNumber(), help="Of this client only: 7 or client:7.")
@with_call
def masked(call: Call, party: int | None) -> None:
    """List what was masked: when, in which document, which columns, why and by whom."""
    site = call.site()
    of = parties.of_client(keys_store.read(site.state_dir), party) if party is not None else None
    with site.reading() as connection:
        rows = [
            {"at": iso(row.at, site.zone), "record": f"{row.kind}:{row.record}", "number": row.number,
             "party": row.party, "fields": json.loads(row.fields), "reasons": row.codes.split(","), "by": row.actor,
             "run": row.run}
            for row in maskings.listed(connection, party=of)
        ]  # fmt: skip
    if call.is_json:
        show.as_json(rows)
        return
    cells = [
        (short(one["at"]), one["record"], one["number"], ", ".join(one["fields"]), ", ".join(one["reasons"]), one["by"])
        for one in rows
    ]
    show.table(("At", "Of", "Number", "Columns", "Why", "By"), cells, "Maskings")


def _found(one: Found, zone: str) -> dict[str, object]:
    return {
        "document": one.id, "record": ref_text(one.ref), "client": one.client, "number": one.number,
        "issued": one.issued and one.issued.isoformat(), "amount": None if one.amount is None else f"{one.amount:f}",
        "currency": one.currency, "until": iso(one.until, zone), "frozen": iso(one.frozen_at, zone),
    }  # fmt: skip


def _tell(read: store.Frozen, site: Site, html: Path | None) -> None:
    paper, shown = read.paper, read.paper.shown
    show.line(f"Document {read.id}: {ref_text(paper.ref)}, number {paper.number}, of {_day(paper.issued)}.")
    show.table(("", "What it says"), [
        *(("from", line) for line in shown.seller), *(("to", line) for line in shown.buyer),
        *((code, text) for code, text in shown.dates),
        *(("line", "  ".join(filter(None, (one.text, one.quantity, one.amount)))) for one in shown.lines),
        *((code, amount) for code, _, amount in shown.sums),
        *(("transaction", "  ".join(filter(None, one))) for one in shown.payments),
    ])  # fmt: skip
    show.line(f"Stored {short(iso(read.frozen_at, site.zone))}, kept until {short(iso(read.until, site.zone)) or '?'}.")
    show.line(f"SHA-256 of its data {read.content_digest}, of its page {read.page_digest}.")
    if html is not None:
        show.line(f"Its page is in {html}.")


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else "an unknown date"


def _amount(text: str | None, option: str) -> Decimal | None:
    if text is None:
        return None
    amount = read_total(text)
    if amount is None:
        raise WrongUse(f"{option} is {text!r}; expected an amount such as 11000 or 99.50")
    return amount


def _write(path: Path, page: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(page)
