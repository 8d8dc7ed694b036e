"""`kigen bundle`: the bundles that were made for clients: listed, linked to, checked and removed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection, Row

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import iso, short
from kigen.commands.options import group, with_call
from kigen.commands.records import LARGEST
from kigen.commands.words import say
from kigen.errors import Status, WrongUse
from kigen.ledger import bundles, keys
from kigen.work.export import keep
from kigen.work.export.check import check as work
from kigen.work.export.links import make_link

NUMBER = click.IntRange(min=1, max=LARGEST)


@group("bundle")
def bundle() -> None:
    """The bundles of data that were made for clients."""


@bundle.command("list")
@click.option("--client", metavar="ID", type=NUMBER, help="Only this client's.")
@with_call
def listed(call: Call, client: int | None) -> None:
    """Show which bundles were made, by whom, and until when their files are kept."""
    site = call.site()
    with site.reading() as connection:
        rows = [_as_json(one, site.zone) for one in bundles.listed(connection, client)]
    if call.is_json:
        show.as_json(rows)
        return
    show.table(
        ("Bundle", "Client", "Kind", "State", "Made", "By", "Bytes", "Kept until", "Request"),
        [
            (one["bundle"], one["client"], one["kind"], one["state"], short(one["made"]), one["by"], one["bytes"],
             short(one["expires"]), one["request"])
            for one in rows
        ],
        say(site.language, "bundles"),
        site.language,
    )  # fmt: skip


@bundle.command("link")
@click.argument("number", metavar="BUNDLE", type=NUMBER)
@click.option("--uses", metavar="N", type=click.IntRange(min=1, max=100), default=1, help="How often it opens; once.")
@with_call
def link(call: Call, number: int, uses: int) -> None:
    """Make a link to BUNDLE for its client; the token is shown this once."""
    token = make_link(call.site(), number, uses)
    if call.is_json:
        show.as_json({"bundle": number, "token": token, "uses": uses})
    else:
        show.line(token)


@bundle.command("remove")
@click.argument("number", metavar="BUNDLE", type=NUMBER)
@with_call
def remove(call: Call, number: int) -> Status:
    """Delete the file of BUNDLE now."""
    site = call.site()
    with site.engine.connect() as connection:
        with connection.begin():
            row = _known(connection, number)
        if row.gone_at is not None:
            raise WrongUse(f"the file of bundle {number} is gone already")
        problem = keep.remove(connection, site, row, bundles.REMOVED)
        if problem:
            raise WrongUse(problem)
        with connection.begin():
            told = _as_json(_known(connection, number), site.zone)
    if call.is_json:
        show.as_json(told)
    elif told["why"] == bundles.MOVED:
        show.line(say(site.language, "bundle elsewhere", number=number))
    else:
        show.line(say(site.language, "bundle deleted", number=number))
    return Status.DONE if told["why"] == bundles.REMOVED else Status.FINDINGS


@bundle.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="The operator's public key (evidence.pub), which must have signed it.")  # fmt: skip
@with_call
def check(call: Call, file: Path, key: Path | None) -> Status:
    """Verify every file of a bundle FILE by its manifest; it needs no database and no network."""
    found = work(file, keys.read_public(key) if key else None)
    if call.is_json:
        show.as_json({
            "file": str(file), "files": found.files, "ok": not found.problems, "problems": found.problems,
            "signer": found.signer,
        })  # fmt: skip
    else:
        for problem in found.problems:
            show.line(problem)
        language = call.lang or "en"
        good = f"bundle good{', signed' if key else ', signature unknown' if found.signer else ', unsigned'}"
        show.line(say(language, "bundle changed" if found.problems else good, count=found.files, file=file,
                      key=found.signer or ""))  # fmt: skip
    return Status.FINDINGS if found.problems else Status.DONE


def _known(connection: Connection, number: int) -> Row[Any]:
    row = bundles.get(connection, number)
    if row is None:
        raise WrongUse(f"there is no bundle {number}; 'kigen bundle list' shows them")
    return row


def _as_json(row: Row[Any], zone: str) -> dict[str, Any]:
    return {
        "bundle": row.id, "client": row.client, "contact": row.contact or None, "kind": row.kind,
        "language": row.language, "state": row.state,
        "made": iso(row.made_at, zone), "by": row.made_by, "encrypted": row.is_encrypted, "request": row.request,
        "bytes": row.size, "sha256": row.digest, "files": [str(one) for one in keep.files_of(row)],
        "problems": (row.problems or "").splitlines(), "expires": iso(row.expires_at, zone),
        "gone": iso(row.gone_at, zone), "why": row.gone_why,
    }  # fmt: skip
