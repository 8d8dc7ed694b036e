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
        handle.seek(0, os.SEEK_END)
        for kind, number in refs:
            handle.write(json.dumps([kind.value, number, rule, at.isoformat()]).encode() + b"\n")
        handle.flush()
        os.fsync(handle.fileno())


def noted(state_dir: Path) -> list[Owed]:
    """What evidence owes, the first first; a line that breaks off was never finished."""
    try:
        text = (state_dir / NAME).read_bytes()
    except FileNotFoundError:
        return []
    return [_of(line) for line in text.split(b"\n")[:-1]]


def paid(state_dir: Path, told: Iterable[Owed]) -> None:
    """Forget these, once evidence tells of them in the database and in the ledger file."""
    done = set(told)
    with _opened(state_dir) as handle:
        rest = [line for line in handle.read().split(b"\n")[:-1] if _of(line) not in done]
        handle.seek(0)
        handle.truncate()
        handle.writelines(line + b"\n" for line in rest)
        handle.flush()
        os.fsync(handle.fileno())


def _of(line: bytes) -> Owed:
    kind, number, rule, at = json.loads(line)
    return Owed((Kind(kind), number), rule, dt.datetime.fromisoformat(at))


@contextmanager
def _opened(state_dir: Path) -> Iterator[BinaryIO]:
    """The file, made if need be, for one process at a time."""
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(state_dir / NAME, "r+b", opener=lambda path, flags: os.open(path, flags | os.O_CREAT, 0o600)) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
