"""Files to remove once their rows are gone, and clients that go in steps."""

from __future__ import annotations

from sqlalchemy import String

from kigen.ledger.migrations.steps import BIG, BYTES, INSTANT, counted, create_table, key, required

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add two tables; no row is touched."""
    create_table("kigen_going_files", counted(), required("at", INSTANT), required("names", BYTES))
    create_table(
        "kigen_intents",
        key("client", BIG),
        required("run", BIG),
        required("rule", String(80)),
        required("at", INSTANT),
        required("people", BYTES),
    )
