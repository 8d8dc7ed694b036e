"""kigen's tables of bundles: each that was made, the links by which it is fetched, and every fetch of one."""

from __future__ import annotations

from functools import partial

from sqlalchemy import BigInteger, Boolean, Column, Index, String, Text

from kigen.ledger.columns import KEY, Instant, metadata, table

_table = partial(table, metadata)

# `path` is where the file was written, gone with it; `digest` the SHA-256 of all parts put together.
bundles = _table(
    "kigen_bundles",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("client", BigInteger, nullable=False),
    Column("contact", BigInteger, nullable=False, server_default="0"),  # 0: the client itself
    Column("kind", String(12), nullable=False),
    Column("language", String(4), nullable=False),
    Column("state", String(12), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(120), nullable=False),
    Column("is_own", Boolean, nullable=False),  # the client had it made itself
    Column("is_encrypted", Boolean, nullable=False),
    Column("request", BigInteger),
    Column("path", Text),
    Column("parts", BigInteger),
    Column("size", BigInteger),
    Column("digest", String(64)),
    Column("problems", Text),
    Column("expires_at", Instant),
    Column("gone_at", Instant),
    Column("gone_why", String(24)),
    Index("kigen_bundles_client", "client"),
    Index("kigen_bundles_expires", "expires_at"),
)

# The digest of a link's token, never the token.
links = _table(
    "kigen_bundle_links",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("bundle", BigInteger, nullable=False),
    Column("client", BigInteger, nullable=False),
    Column("token", String(64), nullable=False, unique=True),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(120), nullable=False),
    Column("expires_at", Instant),
    Column("uses_left", BigInteger, nullable=False),
    Index("kigen_bundle_links_bundle", "bundle"),
)

# Every try to fetch a bundle, by the account that tried; `bundle` is NULL where no link of its own was named.
fetches = _table(
    "kigen_bundle_fetches",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("client", BigInteger, nullable=False),
    Column("bundle", BigInteger),
    Column("at", Instant, nullable=False),
    Column("outcome", String(12), nullable=False),
    Index("kigen_bundle_fetches_client", "client", "at"),
)
