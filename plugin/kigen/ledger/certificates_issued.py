"""Making the certificate of a record from what the ledger holds: its latest entry, and the head that covers it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection

from kigen.ledger import evidence, evidence_read
from kigen.ledger.certificates import certificate
from kigen.ledger.chain import Entry, Head
from kigen.policy.records import Ref, ref_text


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate, the entry that it is about, and the head that had to be signed for it, if one had to."""

    text: str
    entry: Entry
    signed: Head | None


def issue(
    connection: Connection, ref: Ref, public: Ed25519PublicKey, private: Callable[[], Ed25519PrivateKey],
    at: dt.datetime,
) -> Issued:  # fmt: skip
    """The certificate of the latest act on a record, in the caller's transaction.

    Where no signed head covers its entry, because its run has not ended or was killed, one is signed now; only then
    `private` is asked. `at` is the machine's clock. ValueError with a sentence where no entry knows the record.
    """
    found = evidence_read.latest_about(connection, ref)
    if found is None:
        raise ValueError(
            f"there is no evidence about {ref_text(ref)}: kigen did nothing to it, or what it knew has been forgotten"
        )
    told, place = found
    head = next(evidence_read.signed(connection, told.entry.seq), None)
    signed = None
    if head is None:
        head = signed = evidence.sign_head(connection, private(), at)
    links = evidence_read.digests(connection, told.entry.seq, head.entries)
    return Issued(certificate(told, place, links, head, public), told.entry, signed)
