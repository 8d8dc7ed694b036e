"""kigen's tables of work that is not over with one transaction: files to remove, clients that go in steps."""

from __future__ import annotations

from functools import partial

from sqlalchemy import BigInteger, Column, String

from kigen.ledger.columns import KEY, Instant, metadata, table
from kigen.ledger.tables_evidence import BYTES

_table = partial(table, metadata)

# Names of files whose rows are gone, sealed; a row goes when its files went.
going_files = _table(
    "kigen_going_files",
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("names", BYTES, nullable=False),
)

# Clients too large for one transaction, from the first step to the last: who is behind them, sealed, for by then some
# of the rows that say so are gone. `over_at`: since then nothing asks for it any more, and the client stays; who it was
# is remembered, for what went said it, and a later erasure has to look for that too.
intents = _table(
    "kigen_intents",
    Column("client", BigInteger, primary_key=True, autoincrement=False),
    Column("run", BigInteger, nullable=False),
    Column("rule", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("people", BYTES, nullable=False),
    Column("over_at", Instant),
)
