"""What a time-stamp authority is asked and whether its answer holds: RFC 3161, by the extra `timestamp`.

The authority is sent a SHA-256 of a head's hash with a random number, never the hash itself nor anything it is made of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from cryptography.x509 import Certificate, load_pem_x509_certificates

from kigen.ledger.evidence import written
from kigen.ledger.stamps import Stamp

NO_LIBRARY = "the extra 'timestamp' is not installed; expected pip install 'kigen[timestamp]'"


class Unstamped(ValueError):
    """There is no stamp to be trusted; the text is the sentence why, without a full stop."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent, as DER, and the random number that a fresh answer repeats."""

    sent: bytes
    nonce: int


def library() -> ModuleType:
    """The extra's library; Unstamped where it is not installed."""
    try:
        import rfc3161_client
    except ImportError:
        raise Unstamped(NO_LIBRARY) from None
    return rfc3161_client


def certificates(path: str) -> Sequence[Certificate]:
    """The certificates that a file holds; Unstamped where there are none or no file is named."""
    if not path:
        raise Unstamped("timestamp.certificates is blank, so that no answer could be checked")
    try:
        return load_pem_x509_certificates(Path(path).read_bytes())
    except OSError as error:
        raise Unstamped(f"timestamp.certificates {path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise Unstamped(f"timestamp.certificates {path} holds no certificate in PEM") from None


def question(hash: str) -> Question:
    """What to ask about a head's hash, 64 hexadecimal digits."""
    rfc3161 = library()
    asked = rfc3161.TimestampRequestBuilder(
        data=bytes.fromhex(hash), hash_algorithm=rfc3161.HashAlgorithm.SHA256, nonce=True, cert_req=True
    ).build()
    return Question(asked.as_bytes(), asked.nonce)


def confirmed_at(answer: bytes, hash: str, trusted: Sequence[Certificate], nonce: int | None = None) -> dt.datetime:
    """The instant, in UTC, at which the authority confirms to have seen the hash.

    Unstamped where the answer is nonsense, a refusal, about something else, not signed under one of the trusted
    certificates, or, with a nonce, not fresh. A certificate has to be valid at the instant of the stamp, not now.
    """
    rfc3161 = library()
    try:
        found = rfc3161.decode_timestamp_response(answer)
        is_granted = found.status == rfc3161.PKIStatus.GRANTED
    except Exception:  # what a library says about bytes from outside is its own affair
        raise Unstamped("it is no answer of a time-stamp authority") from None
    if not is_granted:
        raise Unstamped(f"the authority did not grant it (status {int(found.status)})")
    try:
        rfc3161.VerifierBuilder(roots=list(trusted), nonce=nonce).build().verify_message(found, bytes.fromhex(hash))
        at: dt.datetime = found.tst_info.gen_time
    except Exception as error:
        raise Unstamped(_why(error)) from None
    return at.astimezone(dt.UTC)


def checked(answer: bytes, hash: str, entries: int, trusted: Sequence[Certificate], nonce: int) -> Stamp:
    """A stamp from an answer that just came; raises what `confirmed_at` raises."""
    return Stamp(hash, entries, written(confirmed_at(answer, hash, trusted, nonce)), answer)


def _why(error: Exception) -> str:
    # The library's own sentences, of which the last may hold bytes that came from outside.
    told = str(error)
    if "Mismatch between messages" in told or "hash algorithm" in told:
        return "it is about something else than this head"
    if "Nonce" in told:
        return "it answers another question than the one that was asked"
    return "it is not signed under the certificates of timestamp.certificates"
