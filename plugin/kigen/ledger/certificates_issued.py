"""Making the certificate of a record from what the ledger holds: the entry that ended it, and the head over that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection

from kigen.ledger import evidence, evidence_read
from kigen.ledger.certificates import certificate
from kigen.ledger.chain import Entry, Head, Told
from kigen.policy.records import Ref, ref_text
from kigen.policy.schedule import ORDERED


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate, the entry that it is about, and the head that had to be signed for it, if one had to."""

    text: str
    entry: Entry
    signed: Head | None


def issue(
    connection: Connection, ref: Ref, public: Ed25519PublicKey, private: Callable[[], Ed25519PrivateKey],
    at: dt.datetime, entry: int | None = None,
) -> Issued:  # fmt: skip
    """The certificate of the act that ended a record, in the caller's transaction; with `entry` that of another act.

    It is the latest; but where an officer's word repeated an erasure, that one stays what is proved.

    Where no signed head covers its entry, because its run has not ended or was killed, one is signed now; only then
    `private` is asked. `at` is the machine's clock. ValueError with a sentence where no entry knows the record.
    """
    found = _named(connection, ref, entry)
    if found is None:
        which = f"in entry {entry} " if entry else ""
        raise ValueError(
            f"there is no evidence {which}about {ref_text(ref)}: kigen did nothing to it, or what it knew has been"
            " forgotten"
        )
    told, place = found
    head = next(evidence_read.signed(connection, told.entry.seq), None)
    signed = None
    if head is None:
        head = signed = evidence.sign_head(connection, private(), at)
    links = evidence_read.digests(connection, told.entry.seq, head.entries)
    return Issued(certificate(told, place, links, head, public), told.entry, signed)


def _named(connection: Connection, ref: Ref, entry: int | None) -> tuple[Told, int] | None:
    chosen: tuple[Told, int] | None = None
    for told, place in evidence_read.about(connection, ref):
        if entry is not None:
            if told.entry.seq == entry:
                return told, place
        elif chosen is None or (chosen[0].entry.rule == ORDERED and told.entry.action == chosen[0].entry.action):
            chosen = told, place
        else:
            break
    return chosen
