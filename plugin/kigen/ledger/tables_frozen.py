"""kigen's tables of what a floor keeps: documents as issued, by whom they are found, who saw them; and the maskings."""

from __future__ import annotations

from functools import partial

from sqlalchemy import BigInteger, Column, Date, Index, String, UniqueConstraint

from kigen.ledger.columns import KEY, LONG, Instant, metadata, table
from kigen.ledger.tables_evidence import BYTES

_table = partial(table, metadata)

# One document: `wrapped` is its own key under the installation's, `content` and `page` are locked with it. What stands
# in the open also stays in the host's rows. `amount` is in thousandths, None where it is unknown or beyond counting.
# `dated` is the date that decides the fiscal year, `until` the floor's end; None: nobody knows, so it stays.
# `shorter` is an end that a run told and that a later run may act on.
frozen = _table(
    "kigen_frozen",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("host", String(64), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("record", BigInteger, nullable=False),
    Column("client", BigInteger),
    Column("number", String(255), nullable=False),
    Column("issued", Date),
    Column("currency", String(32), nullable=False),
    Column("amount", BigInteger),
    Column("dated", Date),
    Column("until", Instant),
    Column("shorter", Instant),
    Column("shorter_run", BigInteger),
    Column("frozen_at", Instant, nullable=False),
    Column("store_key", String(16), nullable=False),
    Column("wrapped", BYTES, nullable=False),
    Column("content", BYTES, nullable=False),
    Column("page", BYTES, nullable=False),
    UniqueConstraint("host", "kind", "record", name="kigen_frozen_once"),
    Index("kigen_frozen_client", "client"),
    Index("kigen_frozen_until", "until", "id"),
    Index("kigen_frozen_dated", "dated", "until", "shorter", "shorter_run"),
    Index("kigen_frozen_issued", "issued"),
    Index("kigen_frozen_amount", "amount"),
)

# By which keyed digests of names, companies, addresses and numbers of clients a document is found.
parties = _table(
    "kigen_frozen_parties",
    Column("party", String(64), primary_key=True),
    Column("document", BigInteger, primary_key=True, autoincrement=False),
    Index("kigen_frozen_parties_document", "document"),
)

# Who was shown which document when; it stays when the document is gone.
views = _table(
    "kigen_frozen_views",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("document", BigInteger, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("record", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("part", String(12), nullable=False),
)

# Which documents were destroyed when; what is left of them is in backups, if anywhere.
gone = _table(
    "kigen_frozen_gone",
    Column("document", BigInteger, primary_key=True, autoincrement=False),
    Column("host", String(64), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("record", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Index("kigen_frozen_gone_at", "at"),
)

# What was masked in which record's rows, for whom, why and by whom: names of columns, never values.
maskings = _table(
    "kigen_maskings",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("host", String(64), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("record", BigInteger, nullable=False),
    Column("number", String(255), nullable=False),
    Column("party", String(64), nullable=False),
    Column("fields", LONG, nullable=False),
    Column("codes", String(1000), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("run", BigInteger),
    Index("kigen_maskings_record", "kind", "record"),
    Index("kigen_maskings_at", "at"),
    Index("kigen_maskings_party", "party"),
)
