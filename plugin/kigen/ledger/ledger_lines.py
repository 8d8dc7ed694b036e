"""How the ledger file holds an entry with its records, and a signed head: one line of JSON each, the entry first."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from kigen.ledger.chain import GENESIS, Entry, Head, Told, entry_from, head_from
from kigen.ledger.evidence_verify import Bad
from kigen.ledger.leaves import Part

OF_ENTRY, OF_HEAD = b'{"entry":', b'{"head":'
BLOCK = 1 << 16


def entry_line(told: Told) -> bytes:
    """An entry with its records, ended by a newline."""
    parts = ",".join(
        f'{{"kind":{json.dumps(part.kind)},"records":{part.stored_items},"salts":"{base64.b64encode(part.salts).decode()}"}}'
        for part in told.parts
    )
    return OF_ENTRY + _compact(told.entry.as_json()) + b',"parts":[' + parts.encode() + b"]}\n"


def head_line(head: Head) -> bytes:
    """A signed head, ended by a newline."""
    return OF_HEAD + _compact(head.as_json()) + b"}\n"


def lines(handle: BinaryIO, size: int, may_break_off: bool = False, start: int = 0) -> Iterator[Told | Head]:
    """What the first `size` bytes hold, line by line; Bad, with the number of the first entry that cannot be read.

    Bad too where the last line breaks off, unless it may: it was never finished, and the next append removes it. From
    `start` on: without the line in the middle of which that is; then the number of a first bad entry is 0, unknown.
    """
    expected = 0 if start else 1
    handle.seek(max(0, start - 1))
    size -= max(0, start - 1) + len(handle.readline() if start else b"")
    for line in handle:
        size -= len(line)
        if size < 0:
            return
        if not line.endswith(b"\n"):
            if may_break_off:
                return
            raise Bad(expected, f"the ledger file breaks off after entry {expected - 1}")
        try:
            found = _parsed(line)
        except (ValueError, TypeError, KeyError, RecursionError):
            which = f"line of entry {expected}" if expected else f"line after byte {start}"
            raise Bad(expected, f"{which} in the ledger file cannot be read") from None
        if isinstance(found, Told):
            expected = found.entry.seq + 1
        yield found


def _parsed(line: bytes) -> Told | Head:
    told = json.loads(line)
    if set(told) == {"head"}:
        return head_from(told["head"])
    if set(told) != {"entry", "parts"}:
        raise ValueError("a line holds an entry with its parts, or a head")
    return Told(entry_from(told["entry"]), tuple(_part(part) for part in told["parts"]))


def _part(told: dict[str, Any]) -> Part:
    if set(told) != {"kind", "records", "salts"} or not isinstance(told["records"], list):
        raise ValueError("a part has a kind, records and salts")
    if type(told["kind"]) is not str:
        raise ValueError("the kind of a part is a word")
    salts = base64.b64decode(told["salts"], validate=True)
    if base64.b64encode(salts).decode() != told["salts"]:
        raise ValueError("the random bytes are written in another way")
    return Part(told["kind"], told["records"], salts)


@dataclass(frozen=True, slots=True)
class Last:
    """Where a file ends: its last whole entry, how many bytes are whole lines, and whether a piece follows them.

    `is_entry_torn`: the piece may be the beginning of an entry, and is not that of a head.
    """

    seq: int
    hash: str
    size: int
    is_torn: bool
    is_entry_torn: bool


def last_of(handle: BinaryIO, size: int) -> Last:
    """Where a file of so many bytes ends, read from its end; Bad where its last entry cannot be read."""
    data, start = b"", size
    while True:
        start = max(0, start - max(BLOCK, len(data)))
        handle.seek(start)
        data = handle.read(size - start)
        *whole, torn = data.split(b"\n")
        if start:
            whole = whole[1:]  # begins somewhere in a line
        found = next((line for line in reversed(whole) if not line.startswith(OF_HEAD)), None)
        if found is not None or not start:
            break
    is_entry_torn = bool(torn) and not OF_HEAD.startswith(torn[: len(OF_HEAD)])
    entry = None if found is None else _entry_of(found)
    seq, hash_ = (entry.seq, entry.hash) if entry else (0, GENESIS)
    return Last(seq, hash_, size - len(torn), bool(torn), is_entry_torn)


def _entry_of(line: bytes) -> Entry:
    try:
        if not line.startswith(OF_ENTRY):
            raise ValueError
        told, _ = json.JSONDecoder().raw_decode(line[len(OF_ENTRY) :].decode())
        return entry_from(told)
    except (ValueError, TypeError, RecursionError):
        raise Bad(0, "the last entry of the ledger file cannot be read") from None


def _compact(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
