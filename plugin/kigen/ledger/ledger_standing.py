"""How the ledger file and the database stand to each other, and how a restored database gets back what it lost.

Where the file is ahead, or tells something else, the database is not the one that it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection

from kigen.ledger import evidence, evidence_read
from kigen.ledger.chain import GENESIS, Head, Told
from kigen.ledger.evidence_verify import Bad, Walk
from kigen.ledger.ledger_file import reading
from kigen.ledger.ledger_lines import Last, last_of, lines


class State(StrEnum):
    """How the file and the database stand to each other. Only in the first two may work go on."""

    AGREE = "agree"
    DATABASE_AHEAD = "database-ahead"
    FILE_AHEAD = "file-ahead"
    APART = "apart"
    DAMAGED = "damaged"


SENTENCES = {
    State.AGREE: "The ledger file ends where the database does.",
    State.DATABASE_AHEAD: "The ledger file lacks entries {after_file} to {database}; the next run adds them.",
    State.FILE_AHEAD: "The ledger file goes on to entry {file} where the database ends with {database}: an older"
    " database was put back.",
    State.APART: "The ledger file and the database tell different things from entry {first_bad} on.",
    State.DAMAGED: "The ledger file is damaged from entry {first_bad} on.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A state with the last entry of each, and the first on which they differ or that cannot be read.

    `torn` is the entry in which the file breaks off, where the database does not have it; None: it ends with a line.
    """

    state: State
    file: int
    database: int
    first_bad: int | None = None
    torn: int | None = None

    @property
    def sentence(self) -> str:
        """How they stand to each other, for a person."""
        return SENTENCES[self.state].format(
            file=self.file, after_file=self.file + 1, database=self.database, first_bad=self.first_bad
        )

    @property
    def advised(self) -> str:
        """The same, and the command that deals with it where there is one."""
        return f"{self.sentence} Run 'kigen replay'." if self.state is State.FILE_AHEAD else self.sentence

    @property
    def is_fit_for_work(self) -> bool:
        """Whether the database is the one that the file knows."""
        return self.state in (State.AGREE, State.DATABASE_AHEAD)


def standing(state_dir: Path, connection: Connection) -> Standing:
    """How the file and the database stand to each other, judged by where each ends; asked at every start.

    `connection` has read nothing yet: entries come to the database first, so that what it shows must not be older than
    what the file holds.
    """
    try:
        with reading(state_dir) as (handle, size):
            last = last_of(handle, size)
    except FileNotFoundError:
        last = Last(0, GENESIS, 0, False, False)
    except Bad:
        return Standing(State.DAMAGED, 0, evidence.end(connection)[0], _first_bad(state_dir))
    seq, hash_ = evidence.end(connection)
    if last.seq < seq or (last.seq == seq and not last.is_entry_torn):
        known = GENESIS if not last.seq else evidence_read.hash_of(connection, last.seq)
        if known == last.hash:
            return Standing(State.AGREE if last.seq == seq else State.DATABASE_AHEAD, last.seq, seq)
    elif not seq or _hash_in_file(state_dir, seq) == hash_:
        return Standing(State.FILE_AHEAD, last.seq, seq, torn=last.seq + 1 if last.is_entry_torn else None)
    return Standing(State.APART, last.seq, seq, _first_difference(state_dir, connection))


def leads_on(state_dir: Path, connection: Connection) -> bool:
    """Whether an entry that is appended now follows from what the ledger file knows: not in a database that was put
    back. For who appends without the look at the start of a run; locks the end of the chain, as appending does."""
    seq, hash_ = evidence.lock_end(connection)
    try:
        with reading(state_dir) as (handle, size):
            last = last_of(handle, size)
    except FileNotFoundError:
        return True
    except (OSError, Bad):
        return False
    return last.seq < seq or ((last.seq, last.hash) == (seq, hash_) and not last.is_entry_torn)


def entries(state_dir: Path) -> Iterator[Told | Head]:
    """What the file holds, every entry proved; Bad at the first that is not as it was written."""
    walk = Walk()
    with reading(state_dir) as (handle, size):
        for one in lines(handle, size, may_break_off=True):
            if isinstance(one, Told):
                walk.step(one)
            yield one


def put_back(state_dir: Path, connection: Connection) -> int:
    """Give a restored database the entries back that only the file has, in the caller's transaction. How many.

    Bad where the file is not sound, or does not lead on from where the database ends: then nothing may be written.
    """
    seq, hash_ = evidence.lock_end(connection)
    last, number = 0, 0
    for one in entries(state_dir):
        if isinstance(one, Head):
            if one.entries > seq:
                evidence.write_head(connection, one)
            continue
        last = one.entry.seq
        if last == seq and one.entry.hash != hash_:
            raise Bad(seq, f"entry {seq} of the database is not the one in the ledger file")
        if last > seq:
            evidence.write(connection, [one])
            number += 1
    if last < seq:
        raise Bad(last + 1, f"the ledger file ends with entry {last}, before entry {seq}, which is the database's last")
    return number


def _hash_in_file(state_dir: Path, seq: int) -> str | None:
    with suppress(Bad), reading(state_dir) as (handle, size):
        told = (one.entry for one in lines(handle, size) if isinstance(one, Told))
        return next((entry.hash for entry in told if entry.seq == seq), None)
    return None


def _first_bad(state_dir: Path) -> int:
    walk = Walk()
    try:
        with reading(state_dir) as (handle, size):
            for one in lines(handle, size):
                if isinstance(one, Told):
                    walk.step(one)
    except Bad as bad:
        return bad.seq
    return walk.seq + 1


def _first_difference(state_dir: Path, connection: Connection) -> int:
    walk = Walk()
    with suppress(Bad):
        for one in entries(state_dir):
            if isinstance(one, Told):
                if evidence_read.hash_of(connection, one.entry.seq) != one.entry.hash:
                    return one.entry.seq
                walk.seq = one.entry.seq
    return walk.seq + 1
