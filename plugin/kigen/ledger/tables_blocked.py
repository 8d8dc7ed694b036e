"""kigen's table of people who are not to become clients again: keyed digests, for a term of their own."""

from __future__ import annotations

from functools import partial

from sqlalchemy import BigInteger, Column, Index, String

from kigen.ledger.columns import KEY, Instant, metadata, table

_table = partial(table, metadata)

# One address or number of somebody who cheated. `client` is whose it was, until that client is erased.
blocked = _table(
    "kigen_blocked",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("sort", String(12), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("client", BigInteger),
    Column("reason", String(24), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(120), nullable=False),
    Index("kigen_blocked_client", "client"),
    Index("kigen_blocked_at", "at"),
)
