"""What was destroyed while no evidence could be written: noted beside the ledger file, until evidence tells of it.

In a database that was put back an entry would not follow from what the ledger file knows. A note in that database would
go with the next restore, and so would the proof that these copies are to be gone. Numbers alone, as in evidence.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kigen.policy.records import Kind, Ref

NAME = "destroyed.jsonl"


@dataclass(frozen=True, slots=True)
class Owed:
    """One record of which what was kept until `at` was destroyed, by the rule that evidence will name."""

    ref: Ref
    rule: str
    at: dt.datetime


def note(state_dir: Path, refs: Iterable[Ref], rule: str, at: dt.datetime) -> None:
    """Note it before the transaction that destroys commits; on disk when it returns. OSError where it cannot be."""
    with _opened(state_dir) as handle:
        # What broke off was never finished; a line that went on behind it would be read as neither.
        handle.seek(handle.read().rfind(b"\n") + 1)
        handle.truncate()
        for kind, number in refs:
            handle.write(json.dumps([kind.value, number, rule, at.isoformat()]).encode() + b"\n")
        handle.flush()
        os.fsync(handle.fileno())


def noted(state_dir: Path) -> list[Owed]:
    """What evidence owes, the first first; what breaks off was never finished; a line that says nothing is left out.

    OSError where the file cannot be read.
    """
    return [one for line in _lines(state_dir) if (one := _of(line))]


def unread(state_dir: Path) -> int:
    """How many lines say nothing: a person looks at them, nothing else waits for that. OSError as above."""
    return sum(_of(line) is None for line in _lines(state_dir))


def paid(state_dir: Path, told: Iterable[Owed]) -> None:
    """Forget these, once evidence tells of them in the database and in the ledger file."""
    done = set(told)
    with _opened(state_dir) as handle:
        rest = [line for line in handle.read().split(b"\n")[:-1] if _of(line) not in done]
        handle.seek(0)
        handle.write(b"".join(line + b"\n" for line in rest))  # before the rest is cut off, or a crash would lose it
        handle.truncate()
        handle.flush()
        os.fsync(handle.fileno())


def _lines(state_dir: Path) -> list[bytes]:
    try:
        return (state_dir / NAME).read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []


def _of(line: bytes) -> Owed | None:
    try:
        kind, number, rule, at = json.loads(line)
        one = Owed((Kind(kind), number), rule, dt.datetime.fromisoformat(at))
    except (ValueError, TypeError):
        return None
    return one if type(number) is int and isinstance(rule, str) and one.at.tzinfo else None


@contextmanager
def _opened(state_dir: Path) -> Iterator[BinaryIO]:
    """The file, made if need be, for one process at a time."""
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(state_dir / NAME, "r+b", opener=lambda path, flags: os.open(path, flags | os.O_CREAT, 0o600)) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
