"""Clients of whom nothing may rest on consent any more, until the gate has emptied what did."""

from __future__ import annotations

from kigen.ledger.migrations.steps import BIG, INSTANT, create_table, key, required

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add one table; no row is touched."""
    create_table("kigen_letting_go", key("client", BIG), required("ended_at", INSTANT))
