"""kigen's table of what counts once: one-time values of signed requests, and keys under which events were sent."""

from __future__ import annotations

from functools import partial

from sqlalchemy import Column, Index, String

from kigen.ledger.columns import Instant, metadata, table

_table = partial(table, metadata)

# `digest` is that of the value, `content` that of what came with it; after `ends_at` the row has no meaning.
once = _table(
    "kigen_once",
    Column("digest", String(64), primary_key=True),
    Column("content", String(64), nullable=False),
    Column("ends_at", Instant, nullable=False),
    Index("kigen_once_ends", "ends_at"),
)
