"""kigen's table of time stamps: what an authority answered about the hash of a signed head."""

from __future__ import annotations

from functools import partial

from sqlalchemy import BigInteger, Column, String

from kigen.ledger.columns import metadata, table
from kigen.ledger.tables_evidence import BYTES

_table = partial(table, metadata)

# One answer for each hash, however many heads were signed over it. `at` is the instant that the authority confirms.
stamps = _table(
    "kigen_stamps",
    Column("hash", String(64), primary_key=True),
    Column("entries", BigInteger, nullable=False),
    Column("at", String(32), nullable=False),
    Column("answer", BYTES, nullable=False),
)
