"""`kigen evidence`: what was done can be proved: the chain verified, its signed head, a record's certificate."""

from __future__ import annotations

import time
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from kigen import config
from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.evidence_told import checked, headed, unproved, verified
from kigen.commands.options import group, with_call
from kigen.commands.records import LARGEST
from kigen.errors import Refused, Status, WrongUse
from kigen.ledger import (
    certificates,
    certificates_issued,
    evidence_read,
    keys,
    ledger_file,
    ledger_standing,
    stamps_verify,
)
from kigen.ledger import evidence as ledger
from kigen.ledger.chain import Head
from kigen.ledger.evidence_verify import Bad, verify
from kigen.policy.records import Kind
from kigen.policy.stamps import CERTIFICATES
from kigen.work.restored import lost
from kigen.work.site import Site


@group("evidence")
def evidence() -> None:
    """Prove what was done: verify the chain, show or sign its head, make and check certificates."""


@evidence.command("verify")
@click.option("--from", "start", metavar="ENTRY", type=click.IntRange(min=1, max=LARGEST),
              help="Start at the last signed head before this entry, and leave the ledger file out.")  # fmt: skip
@with_call
def verify_all(call: Call, start: int | None) -> Status:
    """Follow the chain in the database and in the ledger file, and name the first bad entry."""
    site = call.site()
    key = keys.public(site.state_dir)
    began = time.monotonic()
    with show.progress("verifying entries") as tell, site.reading() as connection:
        head = evidence_read.head_before(connection, start) if start else None
        of, _ = ledger.end(connection)
        found = verify(connection, key, head, lambda seq: tell(seq, of))
        stamped = stamps_verify.verify(connection, _certificates(site, connection), found.after)
    with site.reading() as connection:  # a later moment: a run may have gone on meanwhile
        standing = ledger_standing.standing(site.state_dir, connection)
    in_file = ledger_file.verify(site.state_dir, key) if start is None and standing.file else None
    return verified(call.is_json, found, in_file, standing, stamped, time.monotonic() - began)


@evidence.command("head")
@click.option("--sign", is_flag=True, help="Sign the chain as it is now; otherwise every run signs it at its end.")
@click.option("--stamp-out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the time-stamp authority's answer, which 'openssl ts -verify' checks.")  # fmt: skip
@with_call
def head(call: Call, sign: bool, stamp_out: Path | None) -> Status:
    """Show the signed head: noted down elsewhere, it proves that nothing before it was changed or cut off."""
    site = call.site()
    if sign:
        with site.transaction() as connection:
            fresh = ledger.sign_head(connection, keys.private(site.state_dir), site.machine_now)
        _write_to_file(site, fresh)
    with site.reading() as connection:
        found = evidence_read.last_head(connection)
        entries, _ = ledger.end(connection)
        stored = evidence_read.hash_of(connection, found.entries) if found and found.entries else None
        seen = stamps_verify.seen(connection, found.hash if found else None, _certificates(site, connection))
    if stamp_out is not None:
        if seen.stamp is None:
            raise WrongUse("the head that was signed last has no time stamp; 'kigen doctor' says why")
        stamp_out.write_bytes(seen.stamp.answer)
    key = keys.public(site.state_dir)
    is_sound = found is None or (
        keys.is_signed(key, found.signature, found.statement) and (not found.entries or stored == found.hash)
    )
    return headed(call.is_json, found, entries, is_sound, key, seen, site.zone)


@evidence.command("certificate")
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@click.argument("id", type=click.IntRange(min=1, max=LARGEST))
@click.option("--out", metavar="FILE", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="Where the certificate is written; a file that is there is overwritten.")  # fmt: skip
@click.option("--entry", type=click.IntRange(min=1, max=LARGEST), metavar="NUMBER",
              help="Of another act: the entry that tells of it.")  # fmt: skip
@with_call
def certificate(call: Call, kind: str, id: int, out: Path, entry: int | None) -> None:
    """Write the certificate of the act that ended the record KIND ID: the first, where an order repeated it."""
    site = call.site()
    key = keys.public(site.state_dir)
    with site.reading() as connection:
        stands = ledger_standing.standing(site.state_dir, connection)
        missing = lost(site, connection, stands)
    if missing or stands.state is ledger_standing.State.FILE_AHEAD:
        raise Refused(f"{missing or stands.sentence.rstrip('.')}; run 'kigen replay' first")
    with site.transaction() as connection:
        issued = certificates_issued.issue(
            connection, (Kind(kind), id), key, lambda: keys.private(site.state_dir), site.machine_now, entry
        )
    if issued.signed:
        _write_to_file(site, issued.signed)
    proved = certificates.prove(issued.text, key)  # what would prove nothing is not handed out
    out.write_text(issued.text, encoding="utf-8")
    checked(call.is_json, proved, is_trusted=True, file=out, zone=site.zone, language=site.language)


@evidence.command("check")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--key", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="The operator's public key (evidence.pub); else that of the installation here.")  # fmt: skip
@with_call
def check(call: Call, file: Path, key: Path | None) -> Status:
    """Check a certificate with nothing but the FILE and the public key: no database, no network."""
    try:
        text = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise WrongUse(f"the certificate {file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        text = ""
    trusted = keys.read_public(key) if key else _key_here(call)
    zone = call.configuration.zone if _is_configured(call) else "UTC"
    try:
        proved = certificates.prove(text, trusted)
    except certificates.Unproved as error:
        return unproved(call.is_json, error, file, call.lang or "en")
    return checked(call.is_json, proved, trusted is not None, file, zone, call.lang or "en")


def _certificates(site: Site, connection: Connection) -> str:
    return str(site.setting(connection, CERTIFICATES))


def _key_here(call: Call) -> Ed25519PublicKey | None:
    """The key of the installation that is configured here, None where there is none."""
    if not _is_configured(call):
        return None
    folder = call.configuration.state_dir
    return keys.public(folder) if (folder / keys.PUBLIC).exists() else None


def _is_configured(call: Call) -> bool:
    path = config.find(call.config)
    return path is not None and path.is_file()


def _write_to_file(site: Site, signed: Head) -> None:
    """The database has it; a file that cannot be written loses nothing but must be told."""
    try:
        with site.engine.connect() as connection:
            ledger_file.append(site.state_dir, connection, heads=[signed])
    except OSError as error:
        show.aside(f"the head could not be written to the ledger file in {site.state_dir}: {error.strerror}")
    except Bad as bad:
        show.aside(f"the head was not written to the ledger file: {bad.problem}; see 'kigen evidence verify'")
