"""kigen's tables of what changed at the platform: the log of values, and the marks that are kept in step."""

from __future__ import annotations

from functools import partial

from sqlalchemy import BigInteger, Column, Index, String, UniqueConstraint

from kigen.ledger.columns import KEY, LONG, Instant, metadata, table

_table = partial(table, metadata)

# The digests are keyed; the values themselves are in `sealed`, NULL once the client was anonymised.
change_log = _table(
    "kigen_change_log",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("client", BigInteger, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("record", BigInteger, nullable=False),
    Column("field", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("act", String(12), nullable=False),
    Column("actor", String(12), nullable=False),
    Column("old_digest", String(64)),
    Column("new_digest", String(64)),
    Column("sealed", LONG),
    UniqueConstraint("kind", "record", "field", "at", name="kigen_change_log_once"),
    Index("kigen_change_log_client", "client", "id"),
)

# Who has the platform's own mark for a purpose, as kigen saw or wrote it last: what differs somebody else changed.
host_flags = _table(
    "kigen_host_flags",
    Column("client", BigInteger, primary_key=True, autoincrement=False),
    Column("purpose", String(60), primary_key=True),
    Column("seen_at", Instant, nullable=False),
)
