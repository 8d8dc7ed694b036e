"""A look into the ledger file that costs little: each day another piece of it, so that all of it is seen in turn.

Where the file and the database end is compared at every start; what was changed in the middle of the file is seen only
by whoever reads it. An entry names the hash before it, so that a piece can be proved without what stands before it.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from kigen.ledger.chain import Told
from kigen.ledger.evidence_verify import Bad, Walk
from kigen.ledger.ledger_file import reading
from kigen.ledger.ledger_lines import lines

PIECE = 4 * 1024 * 1024
"""Bytes that are read in one day, about 40,000 records and a tenth of a second. A file of 1 GB is seen in 256 days."""


def glance(state_dir: Path, day: dt.date, piece: int | None = PIECE) -> Bad | None:
    """What is first found wrong in the piece of that day, None where nothing is, or no file; `piece` None: in all.

    The signatures of heads, and whether the database says the same, are for `kigen evidence verify`.
    """
    try:
        with reading(state_dir) as (handle, size):
            start = 0 if piece is None else day.toordinal() % max(1, -(-size // piece)) * piece
            end = size if piece is None else start + piece
            walk: Walk | None = None if start else Walk()
            for one in lines(handle, size, may_break_off=True, start=start):
                if isinstance(one, Told):
                    walk = walk or Walk(one.entry.seq - 1, one.entry.previous)
                    walk.step(one)
                if handle.tell() >= end:
                    break
    except FileNotFoundError:
        return None
    except Bad as bad:
        return bad
    return None
