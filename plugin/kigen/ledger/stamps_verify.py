"""Whether the time stamps are those of the signed heads, and the authority's: each that is not names its head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.x509 import Certificate
from sqlalchemy import Connection

from kigen.ledger import stamp_answers, stamps
from kigen.ledger.evidence import written
from kigen.ledger.stamp_answers import Unstamped
from kigen.ledger.stamps import Stamp


@dataclass(frozen=True, slots=True)
class Stamped:
    """`good` stamps, those that are not by the entries of their head, with what is wrong; `unchecked` tells why none
    could be looked at."""

    good: int = 0
    bad: tuple[tuple[int, str], ...] = ()
    waiting: int = 0
    unchecked: str | None = None

    def as_json(self) -> dict[str, object]:
        """Every field, the bad ones as the sentence that names the head."""
        bad = [{"entries": entries, "problem": problem} for entries, problem in self.bad]
        return {"good": self.good, "bad": bad, "waiting": self.waiting, "problem": self.unchecked}


@dataclass(frozen=True, slots=True)
class Seen:
    """A head's stamp, None where it has none; the problem with it, and whether it could be checked at all."""

    stamp: Stamp | None = None
    problem: str | None = None
    is_checked: bool = False

    def as_json(self) -> dict[str, object] | None:
        """None where there is no stamp."""
        if self.stamp is None:
            return None
        return {"at": self.stamp.at, "ok": self.problem is None if self.is_checked else None, "problem": self.problem}


def seen(connection: Connection, hash: str | None, certificates: str) -> Seen:
    """What an authority confirms of a head, by its hash."""
    stamp = stamps.of(connection, hash) if hash else None
    if stamp is None:
        return Seen()
    try:
        stamp_answers.library()
        trusted = stamp_answers.certificates(certificates)
    except Unstamped as why:
        return Seen(stamp, f"its time stamp was not checked: {why}")
    return Seen(stamp, problem_of(connection, stamp, trusted), is_checked=True)


def verify(connection: Connection, certificates: str, from_entries: int = 0) -> Stamped:
    """Look at every stamp of a head over at least so many entries; `certificates` is the path of the trusted ones."""
    found = stamps.from_entries(connection, from_entries)
    waiting, _ = stamps.waiting_since(connection)
    if not found:
        return Stamped(waiting=waiting)
    try:
        stamp_answers.library()
        trusted = stamp_answers.certificates(certificates)
    except Unstamped as why:
        return Stamped(waiting=waiting, unchecked=f"{len(found):,} time stamps were not checked: {why}")
    problems = [(one.entries, problem_of(connection, one, trusted)) for one in found]
    bad = tuple((entries, problem) for entries, problem in problems if problem is not None)
    return Stamped(len(found) - len(bad), bad, waiting)


def problem_of(connection: Connection, stamp: Stamp, trusted: Sequence[Certificate]) -> str | None:
    """What is wrong with a stamp, as a sentence that names its head; None where nothing is."""
    of = f"the time stamp of the head over {stamp.entries} entries"
    if stamp.entries not in stamps.signed_over(connection, stamp.hash):
        return f"{of} has no such head: it was changed or cut off after an authority had seen it on {stamp.at}"
    try:
        at = written(stamp_answers.confirmed_at(stamp.answer, stamp.hash, trusted))
    except Unstamped as why:
        return f"{of} does not hold: {why}"
    return None if at == stamp.at else f"{of} is of {at}, and {stamp.at} was noted"
