"""What counts once: one-time values of signed requests, and keys under which events were sent."""

from __future__ import annotations

from sqlalchemy import String

from kigen.ledger.migrations.steps import INSTANT, create_index, create_table, key, required

revision = "0020"
down_revision = "0017"


def upgrade() -> None:
    """Add one table; no row is touched."""
    create_table(
        "kigen_once",
        key("digest", String(64)),
        required("content", String(64)),
        required("ends_at", INSTANT),
    )
    create_index("kigen_once_ends", "kigen_once", "ends_at")
