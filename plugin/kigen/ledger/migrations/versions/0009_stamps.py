"""Time stamps of signed heads, and which frozen documents are gone."""

from __future__ import annotations

from sqlalchemy import String

from kigen.ledger.migrations.steps import BIG, BYTES, INSTANT, create_index, create_table, key, required

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add two tables; no row is touched."""
    create_table(
        "kigen_stamps",
        key("hash", String(64)),
        required("entries", BIG),
        required("at", String(32)),
        required("answer", BYTES),
    )
    create_table(
        "kigen_frozen_gone",
        key("document", BIG),
        required("host", String(64)),
        required("kind", String(12)),
        required("record", BIG),
        required("at", INSTANT),
    )
    create_index("kigen_frozen_gone_at", "kigen_frozen_gone", "at")
