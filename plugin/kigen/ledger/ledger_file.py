"""Evidence outside the database: a file in `state_dir` that grows after every commit and outlives a restored backup.

An entry is in the database first, so that the file may be behind, after a crash, and is then brought up. The file holds
no person either; mode 600.
"""

from __future__ import annotations

import fcntl
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from kigen.ledger import evidence_read
from kigen.ledger.chain import GENESIS, Head, Told
from kigen.ledger.evidence_verify import Bad, Verdict, Walk, check_signature
from kigen.ledger.ledger_lines import Last, entry_line, head_line, last_of, lines

NAME = "ledger.jsonl"
TORN = "ledger.torn"
"""Where a piece of an entry is kept that nobody can complete any more."""

FEW = 1000
"""Entries that may be in the file between the last one that a head covers and the head itself."""


def append(state_dir: Path, connection: Connection, fresh: Sequence[Told] = (), heads: Sequence[Head] = ()) -> int:
    """Write what the database has and the file lacks, then these heads; on disk when it returns. How many entries.

    Called after every commit with what was just appended, and at the start with nothing. Processes may call it in any
    order. `connection` is in no transaction. Bad where the file does not lead to what the database has; OSError where
    it cannot be written, which undoes nothing: the next call writes what is missing.
    """
    with _opened(state_dir) as handle:
        last = last_of(handle, handle.seek(0, os.SEEK_END))
        if fresh and fresh[-1].entry.seq == last.seq and fresh[-1].entry.hash != last.hash:
            raise Bad(last.seq, f"entry {last.seq} of the ledger file is another than that of the database")
        waiting = [one for one in fresh if one.entry.seq > last.seq]
        if waiting and _follows(waiting[0], last):
            told: Iterable[Told] = waiting
        elif fresh and not waiting:
            told = ()  # another process has written them
        else:
            told = _from_database(connection, last.seq)
        return _write(handle, last, told, heads)


def _from_database(connection: Connection, after: int) -> Iterator[Told]:
    try:
        yield from evidence_read.told(connection, after)
    finally:
        connection.rollback()  # what was read here must not be what the next transaction sees


def _write(handle: BinaryIO, last: Last, told: Iterable[Told], heads: Sequence[Head]) -> int:
    following = _checked(told, last)
    first = next(following, None)
    if first is None and last.is_entry_torn:
        raise Bad(last.seq + 1, f"the ledger file breaks off in entry {last.seq + 1}, which the database does not know")
    if last.is_torn:
        handle.truncate(last.size)
    if first is None and not heads:
        return 0
    if first is None and _ends_with(handle, last, head_line(heads[-1])):
        return 0  # signed again at the same instant: a line that stands twice would be one that somebody put in
    handle.seek(last.size)
    written = 0
    for one in chain(() if first is None else (first,), following):
        handle.write(entry_line(one))
        written += 1
    for head in heads:
        handle.write(head_line(head))
    handle.flush()
    os.fsync(handle.fileno())
    return written


def _ends_with(handle: BinaryIO, last: Last, line: bytes) -> bool:
    handle.seek(max(0, last.size - len(line)))
    return handle.read(len(line)) == line


def _checked(told: Iterable[Told], last: Last) -> Iterator[Told]:
    for one in told:
        if not _follows(one, last):
            raise Bad(one.entry.seq, f"entry {one.entry.seq} of the database does not follow from the ledger file")
        yield one
        last = Last(one.entry.seq, one.entry.hash, 0, False, False)


def _follows(told: Told, last: Last) -> bool:
    return told.entry.seq == last.seq + 1 and told.entry.previous == last.hash


def verify(state_dir: Path, key: Ed25519PublicKey) -> Verdict:
    """Follow the whole file, entries and heads."""
    walk = Walk()
    recent: deque[tuple[int, str]] = deque([(0, GENESIS)], maxlen=FEW)
    signed, heads = 0, set()
    try:
        with reading(state_dir) as (handle, size):
            for one in lines(handle, size):
                if isinstance(one, Told):
                    walk.step(one)
                    recent.append((walk.seq, walk.hash))
                    continue
                check_signature(one, key)
                if (one.entries, one.hash) not in recent:
                    raise Bad(max(one.entries, 1), f"entry {one.entries} of the ledger file is not the one signed")
                if one in heads:
                    text = f"the head over {one.entries} entries, of {one.at}, stands twice in the ledger file"
                    raise Bad(max(one.entries, 1), text)
                heads.add(one)
                signed = one.entries
    except Bad as bad:
        return Verdict(walk.seq, walk.records, signed, bad.seq, bad.problem)
    return Verdict(walk.seq, walk.records, signed)


def rewrite(state_dir: Path, change: Callable[[Told], Told]) -> None:
    """Write the file anew with every entry as `change` gives it: the one way in which what it knows may die."""
    with _opened(state_dir) as handle:
        size = handle.seek(0, os.SEEK_END)
        fresh = state_dir / f".{NAME}.new"
        with open(fresh, "wb", opener=_private) as made:
            for one in lines(handle, size, may_break_off=True):
                made.write(entry_line(change(one)) if isinstance(one, Told) else head_line(one))
            made.flush()
            os.fsync(made.fileno())
        fresh.replace(state_dir / NAME)
        _sync_folder(state_dir)


def set_torn_aside(state_dir: Path) -> None:
    """Move the piece of an entry with which the file ends out of it: no database has that entry any more."""
    with _opened(state_dir) as handle:
        last = last_of(handle, handle.seek(0, os.SEEK_END))
        if not last.is_entry_torn:
            return
        handle.seek(last.size)
        with open(state_dir / TORN, "ab", opener=_private) as aside:
            aside.write(handle.read() + b"\n")
            aside.flush()
            os.fsync(aside.fileno())
        handle.truncate(last.size)
        os.fsync(handle.fileno())


@contextmanager
def reading(state_dir: Path) -> Iterator[tuple[BinaryIO, int]]:
    """The file and how long it is now: what others append meanwhile is left out. FileNotFoundError where it is not."""
    with (state_dir / NAME).open("rb") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)  # nobody is in the middle of a line
        size = os.fstat(handle.fileno()).st_size
        fcntl.flock(handle, fcntl.LOCK_UN)
        yield handle, size


@contextmanager
def _opened(state_dir: Path) -> Iterator[BinaryIO]:
    """The file, made if need be, for one process at a time."""
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = state_dir / NAME
    while True:
        is_new = not path.exists()
        with open(path, "r+b", opener=_private) as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle.fileno()).st_ino != path.stat().st_ino:
                continue  # written anew while this process waited for its turn
            if is_new:
                _sync_folder(state_dir)
            yield handle
            return


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT, 0o600)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
