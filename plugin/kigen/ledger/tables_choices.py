"""kigen's table of choices about cookies that visitors made while nobody was signed in."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, String, UniqueConstraint

from kigen.ledger.columns import KEY, Instant, metadata, table

# `visitor` is a random number that the browser made for this and keeps while a consent holds; no address is kept beside
# it. `stamp` is the browser's own clock in milliseconds, by which one choice that is told twice is known again.
choices = table(
    metadata,
    "kigen_choices",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("visitor", String(32), nullable=False),
    Column("stamp", BigInteger, nullable=False),
    Column("purpose", String(60), nullable=False),
    Column("act", String(12), nullable=False),
    Column("at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("notice", String(60), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("is_signal", Boolean, nullable=False),  # whether Global Privacy Control was on
    UniqueConstraint("visitor", "stamp", "purpose", name="kigen_choices_once"),
    Index("kigen_choices_received", "received_at"),
)
