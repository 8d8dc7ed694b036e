"""Whom the sealed copies name, by number, so that an erasure finds them without opening all of them."""

from __future__ import annotations

from kigen.ledger.migrations.steps import BIG, create_index, create_table, key

revision = "0011"
down_revision = "0010"

TABLE = "kigen_quarantine_named"


def upgrade() -> None:
    """Add a table with its index; copies that are there already are read once by the next run that erases somebody."""
    create_table(TABLE, key("part", BIG), key("client", BIG))
    create_index("kigen_quarantine_named_client", TABLE, "client")
