"""kigen's tables of evidence: the chain of entries, where it ends, what each entry speaks of, and the signed heads."""

from __future__ import annotations

from functools import partial

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String
from sqlalchemy.dialects.mysql import MEDIUMBLOB

from kigen.ledger.columns import LONG, metadata, table

_table = partial(table, metadata)
BYTES = LargeBinary().with_variant(MEDIUMBLOB(), "mysql")

# One entry per act on the records of one chunk by one rule. Everything stands as the text that was hashed.
evidence = _table(
    "kigen_evidence",
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("previous", String(64), nullable=False),
    Column("host", String(64), nullable=False),
    Column("action", String(12), nullable=False),
    Column("rule", String(80), nullable=False),
    Column("reasons", String(1000), nullable=False),
    Column("run", BigInteger),
    Column("actor", String(120), nullable=False),
    Column("at", String(32), nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("root", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

# The one row that everybody who appends locks: the last entry, so that no two follow the same one.
chain = _table(
    "kigen_chain",
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

# The records of an entry, a kind a row: ids, due dates and 32 random bytes each, until their tombstone's term ends.
leaves = _table(
    "kigen_leaves",
    Column("entry", BigInteger, primary_key=True, autoincrement=False),
    Column("part", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(12), nullable=False),
    Column("lowest", BigInteger),
    Column("highest", BigInteger),
    Column("records", LONG, nullable=False),
    Column("salts", BYTES, nullable=False),
    Index("kigen_leaves_record", "kind", "highest"),
)

# How long the chain was and in what it ended, signed at the end of every run.
heads = _table(
    "kigen_heads",
    Column("entries", BigInteger, primary_key=True, autoincrement=False),
    Column("at", String(32), primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("signing_key", String(16), nullable=False),
    Column("signature", String(128), nullable=False),
)
