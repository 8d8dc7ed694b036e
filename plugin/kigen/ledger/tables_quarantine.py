"""kigen's tables of what the schedule deleted and what can come back for a while: sealed, told by numbers alone."""

from __future__ import annotations

from functools import partial

from sqlalchemy import BigInteger, Column, Index, String

from kigen.ledger.columns import KEY, Instant, metadata, table
from kigen.ledger.tables_evidence import BYTES

_table = partial(table, metadata)

# One part of what went with one record in one transaction: the rows of the platform and what kigen remembered, sealed.
# What stands in the open stands in evidence as well. `client` is whose the record was; `store_key` names the key.
# `ends_by` is the rule by which it is to go, and would have gone but for a legal hold; NULL: only its term ends it.
quarantine = _table(
    "kigen_quarantine",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("host", String(64), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("record", BigInteger, nullable=False),
    Column("client", BigInteger, nullable=False),
    Column("run", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("store_key", String(16), nullable=False),
    Column("content", BYTES, nullable=False),
    Column("ends_by", String(120)),
    Index("kigen_quarantine_client", "client"),
    Index("kigen_quarantine_record", "kind", "record"),
    Index("kigen_quarantine_run", "run"),
    Index("kigen_quarantine_until", "until"),
)

# Which clients a part names, by number: whose it was, who wrote into it, and whose words or addresses are in it: so it
# is found without being opened. A part without a row here is of an earlier version of kigen.
named = _table(
    "kigen_quarantine_named",
    Column("part", BigInteger, primary_key=True, autoincrement=False),
    Column("client", BigInteger, primary_key=True, autoincrement=False),
    Index("kigen_quarantine_named_client", "client"),
)
