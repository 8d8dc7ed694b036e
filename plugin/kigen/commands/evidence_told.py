"""What `kigen evidence` says, to a program and to a person, and with which status it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kigen.commands import show
from kigen.commands.dates import said
from kigen.commands.words import DONE, named, say
from kigen.errors import Status
from kigen.ledger import keys
from kigen.ledger.certificates import Proved, Unproved
from kigen.ledger.chain import Head
from kigen.ledger.evidence_verify import Verdict
from kigen.ledger.ledger_standing import Standing, State
from kigen.ledger.stamps_verify import Seen, Stamped


def verified(
    is_json: bool, found: Verdict, in_file: Verdict | None, standing: Standing, stamped: Stamped, seconds: float
) -> Status:
    """The result of a verification of database, ledger file and time stamps."""
    differs = standing.first_bad
    if standing.state is State.FILE_AHEAD:
        differs = standing.database + 1
    bad = [seq for seq in (found.first_bad, in_file.first_bad if in_file else None, differs) if seq is not None]
    first_bad = min(bad) if bad else None
    told, is_ok = standing.advised, first_bad is None and not stamped.bad
    if is_json:
        show.as_json({
            "entries": found.entries, "ok": is_ok, "first_bad": first_bad, "problem": found.problem,
            "after": found.after, "records": found.records, "signed": found.signed, "seconds": round(seconds, 3),
            "stamps": stamped.as_json(),
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
        if found.ok and (unsigned := found.after + found.entries - found.signed) > 0:
            show.line(f"{unsigned:,} of these came after the last signed head; the next run signs them.")
        _tell_stamps(stamped)
    return Status.DONE if is_ok else Status.FINDINGS


def _tell_stamps(stamped: Stamped) -> None:
    for _, problem in stamped.bad:
        show.line(f"{problem[0].upper()}{problem[1:]}.")
    if stamped.good:
        show.line(f"Time stamps of an authority on signed heads: {stamped.good:,} hold.")
    if stamped.unchecked:
        show.line(f"{stamped.unchecked}.")


def _sentence(found: Verdict, where: str) -> str:
    rest = f" Entries 1 to {found.after:,} were not looked at." if found.after else ""
    since = f" from entry {found.after + 1:,} on" if found.after else ""
    if found.ok:
        told = f"{found.entries:,} entries{since} about {found.records:,} records are as they were written."
        return f"{where}: {told}{rest}"
    return f"{where}: {found.problem}; {found.entries:,} entries{since} before it are as they were written.{rest}"


def headed(
    is_json: bool, head: Head | None, entries: int, is_sound: bool, key: Ed25519PublicKey, seen: Seen, zone: str
) -> Status:  # fmt: skip
    """The head that was signed last, how long the chain is now, and what an authority confirms of the head."""
    is_stamp_bad = seen.stamp is not None and seen.is_checked and seen.problem is not None
    if is_json:
        first_bad = None if is_sound or head is None else max(head.entries, 1)
        show.as_json({
            "entries": entries, "ok": is_sound and not is_stamp_bad, "first_bad": first_bad,
            "head": head and head.as_json(), "public_key": keys.as_hex(key), "stamp": seen.as_json(),
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
        if seen.stamp is not None:
            show.line(f"A time-stamp authority saw it on {said(seen.stamp.at, zone)} ({zone}).")
        if seen.problem:
            show.line(f"{seen.problem[0].upper()}{seen.problem[1:]}.")
    return Status.DONE if is_sound and not is_stamp_bad else Status.FINDINGS


PARTS = {
    "form": ("its form", "証明書の形式"), "leaf": ("what it says of the record", "記録の内容"),
    "proof": ("the way from the record to the entry", "記録から項目へのつながり"),
    "entry": ("the entry", "証跡の項目"), "links": ("the way from the entry to the head", "項目から先頭へのつながり"),
    "head": ("the signed head", "署名された先頭"), "key": ("the key that signed", "署名した鍵"),
}  # fmt: skip
"""What of a certificate can be at fault."""


def unproved(is_json: bool, error: Unproved, file: Path, language: str) -> Status:
    """That a certificate proves nothing, and which part of it is at fault."""
    if is_json:
        show.as_json({
            "entries": 0, "ok": False, "first_bad": None, "problem": str(error), "part": error.part, "file": str(file),
        })  # fmt: skip
    else:
        part = PARTS[error.part][language == "ja"]
        show.line(say(language, "no proof", file=file, part=part, problem=error))
    return Status.FINDINGS


def checked(is_json: bool, proved: Proved, is_trusted: bool, file: Path, zone: str, language: str) -> Status:
    """What a certificate proves. Instants are shown in the zone.

    Without a trusted key somebody has to compare the key that signed, which is a finding.
    """
    if is_json:
        show.as_json(_as_json(proved, is_trusted, file))
    else:
        leaf, entry = proved.leaf, proved.entry
        due = say(language, "was due", due=said(leaf["due"], zone)) if leaf["due"] else ""
        action = str(leaf["action"])
        show.line(say(
            language, "good" if is_trusted else "holds together", file=file,
            record=named(language, leaf["kind"], leaf["id"]), host=leaf["host"],
            done=DONE.get(action, (action, action))[language == "ja"], at=said(entry.at, zone), rule=leaf["rule"],
            due=due,
        ))  # fmt: skip
        show.line(say(language, "entry", actor=entry.actor, seq=entry.seq, entries=proved.head.entries,
                      signed=said(proved.head.at, zone), zone=zone))  # fmt: skip
        show.line(say(language, "key", name=keys.name(proved.key), hex=keys.as_hex(proved.key)))
    if not is_trusted:
        show.aside(say(language, "which key", name=keys.name(proved.key)))
    return Status.DONE if is_trusted else Status.FINDINGS


def _as_json(proved: Proved, is_trusted: bool, file: Path) -> dict[str, Any]:
    return {
        "entries": proved.links + 1, "ok": True, "first_bad": None, "problem": None, "file": str(file),
        "trusted": is_trusted, "leaf": proved.leaf, "entry": proved.entry.as_json(), "head": proved.head.as_json(),
        "public_key": keys.as_hex(proved.key),
    }  # fmt: skip
