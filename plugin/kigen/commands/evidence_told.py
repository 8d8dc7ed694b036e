"""What `kigen evidence` says, to a program and to a person, and with which status it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kigen.commands import show
from kigen.commands.dates import said
from kigen.errors import Status
from kigen.ledger import keys
from kigen.ledger.certificates import Proved
from kigen.ledger.chain import Head
from kigen.ledger.evidence_verify import Verdict
from kigen.ledger.ledger_standing import Standing, State


def verified(is_json: bool, found: Verdict, in_file: Verdict | None, standing: Standing, seconds: float) -> Status:
    """The result of a verification of database and ledger file."""
    differs = standing.first_bad
    if standing.state is State.FILE_AHEAD:
        differs = standing.database + 1
    bad = [seq for seq in (found.first_bad, in_file.first_bad if in_file else None, differs) if seq is not None]
    first_bad = min(bad) if bad else None
    told = standing.advised
    if is_json:
        show.as_json({
            "entries": found.entries, "ok": first_bad is None, "first_bad": first_bad, "problem": found.problem,
            "records": found.records, "signed": found.signed, "seconds": round(seconds, 3),
            "file": {
                "state": standing.state.value, "entries": standing.file, "text": told,
                "ok": in_file.ok if in_file else None, "first_bad": in_file.first_bad if in_file else None,
                "problem": in_file.problem if in_file else None,
            },
        })  # fmt: skip
    else:
        show.line(_sentence(found, "The database"))
        if in_file and not in_file.ok:
            show.line(_sentence(in_file, "The ledger file"))
        show.line(told)
        if found.ok and found.entries > found.signed:
            unsigned = found.entries - found.signed
            show.line(f"{unsigned:,} of these came after the last signed head; the next run signs them.")
    return Status.DONE if first_bad is None else Status.FINDINGS


def _sentence(found: Verdict, where: str) -> str:
    if found.ok:
        return f"{where}: {found.entries:,} entries about {found.records:,} records are as they were written."
    return f"{where}: {found.problem}; {found.entries:,} entries before it are as they were written."


def headed(is_json: bool, head: Head | None, entries: int, is_sound: bool, key: Ed25519PublicKey, zone: str) -> Status:
    """The head that was signed last, and how long the chain is now."""
    if is_json:
        first_bad = None if is_sound or head is None else max(head.entries, 1)
        show.as_json({
            "entries": entries, "ok": is_sound, "first_bad": first_bad, "head": head and head.as_json(),
            "public_key": keys.as_hex(key),
        })  # fmt: skip
    elif head is None:
        show.line(
            f"The chain has {entries:,} entries; no head has been signed. 'kigen evidence head --sign' signs one."
        )
    else:
        show.line(f"{head.entries:,} entries, signed on {said(head.at, zone)} by the key {head.key}:")
        show.line(f"  {head.hash}")
        if not is_sound:
            show.line(f"This is not what the database holds now, or not signed by the key {keys.name(key)}.")
        elif entries > head.entries:
            show.line(f"{entries - head.entries:,} entries came after it.")
    return Status.DONE if is_sound else Status.FINDINGS


def checked(
    is_json: bool, proved: Proved | None, is_trusted: bool, file: Path, zone: str, problem: str | None = None
) -> Status:  # fmt: skip
    """What a certificate proves, or why it proves nothing. Instants are shown in the zone.

    Without a trusted key somebody has to compare the key that signed, which is a finding.
    """
    if proved is None:
        if is_json:
            show.as_json({"entries": 0, "ok": False, "first_bad": None, "problem": problem, "file": str(file)})
        else:
            show.line(f"{file} proves nothing: {problem}.")
        return Status.FINDINGS
    if is_json:
        show.as_json(_as_json(proved, is_trusted, file))
    else:
        leaf, entry = proved.leaf, proved.entry
        due = f", due {said(leaf['due'], zone)}" if leaf["due"] else ""
        at, signed = said(entry.at, zone), said(proved.head.at, zone)
        show.line(f"{leaf['kind']} {leaf['id']} on {leaf['host']}: {leaf['action']} on {at} by {leaf['rule']}{due}.")
        show.line(
            f"Entry {entry.seq}, by {entry.actor}, under the head of {signed} over {proved.head.entries} ({zone})."
        )
        show.line(f"Signed by the key {keys.name(proved.key)} ({keys.as_hex(proved.key)}).")
    if not is_trusted:
        show.aside(
            f"nobody said which key to trust: compare {keys.name(proved.key)} with the one that the operator publishes,"
            " or name the operator's key file with --key"
        )
    return Status.DONE if is_trusted else Status.FINDINGS


def _as_json(proved: Proved, is_trusted: bool, file: Path) -> dict[str, Any]:
    return {
        "entries": proved.links + 1, "ok": True, "first_bad": None, "problem": None, "file": str(file),
        "trusted": is_trusted, "leaf": proved.leaf, "entry": proved.entry.as_json(), "head": proved.head.as_json(),
        "public_key": keys.as_hex(proved.key),
    }  # fmt: skip
