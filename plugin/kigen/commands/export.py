"""`kigen export`: one bundle for one client, with everything that is held about it, into a file."""

from __future__ import annotations

import re
from pathlib import Path

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import iso, written
from kigen.commands.options import command
from kigen.commands.records import LARGEST, ClientNumber
from kigen.commands.words import say
from kigen.errors import Refused, Status, WrongUse
from kigen.ledger.key_files import EXPOSED, is_open_to_others
from kigen.ledger.keys_sealed import SHORTEST, passphrase_of
from kigen.policy.exporting import BundleKind, Section
from kigen.policy.notices import spoken
from kigen.policy.vocabulary import LANGUAGES
from kigen.work.export.age import Seal, openly, to_recipient, under_passphrase
from kigen.work.export.content import Wanted
from kigen.work.export.make import Made, TooMany
from kigen.work.export.make import export as work
from kigen.work.export.sections import CP932, UTF8
from kigen.work.lease import AnotherRunner
from kigen.work.site import Site

PATH = click.Path(path_type=Path)
UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}


class Size(click.ParamType[int]):
    """A size in bytes, such as 700M or 2G."""

    name = "size"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = re.fullmatch(r"(\d{1,12})\s*([kmg]?)b?", str(value).strip().lower())
        if not found:
            self.fail(f"it is {value!r}; expected a size such as 700M or 2G", param, ctx)
        return int(found[1]) * UNITS[found[2]]


@command("export")
@click.argument("client", type=ClientNumber())
@click.option(
    "--out",
    metavar="FILE",
    required=True,
    type=PATH,
    help="The ZIP to write, replaced if it is there; in a folder it gets a name without personal data.",
)
@click.option(
    "--contact",
    metavar="ID",
    type=click.IntRange(min=1, max=LARGEST),
    help="Only what is of this contact of the client, who asks about itself.",
)
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in BundleKind]),
    default=BundleKind.ACCESS.value,
    help="access: all that is held (the default). portability: what the client gave or caused.",
)
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the page; else the client's own, else English.")
@click.option(
    "--csv",
    "encoding",
    type=click.Choice((UTF8, CP932)),
    default=UTF8,
    help="Encoding of the tables: utf-8 (the default) or cp932, where it holds every character.",
)
@click.option("--recipient", metavar="AGE_KEY", help="Encrypt with age to this public key.")
@click.option(
    "--passphrase-file",
    metavar="F",
    type=PATH,
    help=f"Encrypt with age under the passphrase in this file, {SHORTEST} characters or more.",
)
@click.option("--split", metavar="SIZE", type=Size(), help="In parts of at most this size, such as 2G: FILE.001 ….")
def export(
    call: Call, client: int, out: Path, contact: int | None, kind: str, language: str | None, encoding: str,
    recipient: str | None, passphrase_file: Path | None, split: int | None,
) -> Status:  # fmt: skip
    """Write everything that is held about CLIENT into one ZIP: JSON, CSV, a page to read, files, and a manifest."""
    seal = _seal(recipient, passphrase_file)
    site = call.site()
    wanted = Wanted(client, BundleKind(kind), language or _language_of(site, client), encoding, contact or 0)
    try:
        made = work(site, wanted, out, seal, split)
    except (AnotherRunner, TooMany) as error:
        raise Refused(str(error)) from None
    _tell(call, site, made)
    return Status.FINDINGS if made.problems else Status.DONE


def _tell(call: Call, site: Site, made: Made) -> None:
    file = made.files[0] if len(made.files) == 1 else made.files[0].with_suffix("")
    language = site.language
    missing = [one.said(language) for one in made.problems]
    for one in missing:
        show.aside(say(language, "incomplete", problem=one))
    if call.is_json:
        show.as_json(
            {
                "file": str(file), "bytes": made.size, "sha256": made.sha256, "sections": made.sections,
                "bundle": made.number, "parts": [str(one) for one in made.files], "complete": not missing,
                "incomplete": missing, "expires": iso(made.expires, site.zone),
            }
        )  # fmt: skip
        return
    sections = [(Section(name).said(language), rows) for name, rows in made.sections.items()]
    show.table(("Section", "Rows"), sections, language=language)
    parts = say(language, "in parts", count=len(made.files)) if len(made.files) > 1 else ""
    show.line(say(language, "bundle", number=made.number, file=file, size=made.size, parts=parts, sha256=made.sha256))
    if made.expires:
        show.line(say(language, "file until", until=written(made.expires, site.zone)))


def _seal(recipient: str | None, passphrase_file: Path | None) -> Seal:
    if recipient is not None and passphrase_file is not None:
        raise WrongUse("a bundle is encrypted either with --recipient or with --passphrase-file, not with both")
    if recipient is not None:
        return to_recipient(recipient)
    if passphrase_file is None:
        return openly
    passphrase = passphrase_of(passphrase_file)
    if len(passphrase.strip()) < SHORTEST:
        raise WrongUse(f"the passphrase has {len(passphrase.strip())} characters; expected {SHORTEST} or more")
    if is_open_to_others(passphrase_file):
        show.aside(EXPOSED.format(path=passphrase_file))
    return under_passphrase(passphrase)


def _language_of(site: Site, client: int) -> str:
    """The client's own language as the platform says it."""
    with site.reading() as connection:
        _, language = site.host.addresses(connection, [client]).get(client, ("", ""))
    return spoken(language) or "en"
